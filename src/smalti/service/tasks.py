"""Long work asked for over HTTP: done in the background, with its progress, result or error to ask for.

Tasks live as long as the process. What one was doing when the process ended stands in the ledger, as runs
that were cut short, and asking for the same again goes on from there.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import structlog
from pydantic_core import to_jsonable_python

from smalti.platform.errors import Conflict, NotFound, SmaltiError, Stopped, TooMany
from smalti.platform.telemetry import Progress
from smalti.service.live import Live

_log = structlog.get_logger(__name__)

_AT_ONCE = 2
_MOST_WAITING = 32
_MOST_OF_ONE = 8
"""Unfinished tasks of one person, so that nobody fills the queue."""
_KEPT = 200
"""Tasks remembered; the oldest finished ones are forgotten first."""
_STAGES = 50
"""Stages of one task whose progress is told."""
_TELL_EVERY = 0.5
"""Seconds between two events about one task's progress."""

State = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How far one stage of a task is, in items."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class TaskError:
    """Why a task failed, in the one error shape."""

    code: str
    what: str
    subject: str
    mend: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """Long work that was asked for, and what became of it.

    Attributes:
        name: what is done: `ingest`, `score`.
        who: asked for it.
        stages: how far each stage that began is.
        result: what it gave, once it is `done`; its shape is that of the operation which started it.
        error: why it `failed` or was `cancelled`.
    """

    task_id: str
    name: str
    who: str
    state: State
    stages: Sequence[StageProgress]
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result: Any
    error: TaskError | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state not in ("queued", "running")


@dataclass(slots=True)
class _Task:
    """A task as it goes on; changed under the lock of `Tasks` alone."""

    name: str
    who: str
    clock: Callable[[], datetime]
    live: Live
    asked_at: datetime
    task_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    state: State = "queued"
    stages: dict[str, tuple[int, int]] = field(default_factory=dict)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    result: Any = None
    error: TaskError | None = None
    called_off: str = ""
    given_up: Callable[[], None] | None = None
    future: Future[object] | None = None
    told_at: float = 0.0

    def view(self) -> TaskView:
        stages = [StageProgress(name, done, total) for name, (done, total) in self.stages.items()]
        return TaskView(
            self.task_id, self.name, self.who, self.state, stages,
            self.asked_at, self.started_at, self.finished_at, self.result, self.error,
        )  # fmt: skip

    def tell(self, **more: Any) -> None:
        self.told_at = time.monotonic()
        self.live.tell("task", task_id=self.task_id, name=self.name, state=self.state, **more)


class _Told:
    """The `Progress` of one task: keeps count, and ends the work where it was called off."""

    def __init__(self, task: _Task, changing: threading.Lock) -> None:
        self._task = task
        self._changing = changing

    def start(self, stage: str, total: int) -> None:
        """See `Progress`."""
        self._count(stage, 0, total)

    def step(self, stage: str, what: str = "") -> None:
        """See `Progress`."""
        self._count(stage, 1, None)

    def _count(self, stage: str, more: int, total: int | None) -> None:
        task = self._task
        if task.called_off:
            raise _stopped(task)
        with self._changing:
            done, before = task.stages.get(stage, (0, 0))
            if total is not None:
                # Pulling begins again with each list it finds: what was done stays done.
                total += done
            if stage in task.stages or len(task.stages) < _STAGES:
                task.stages[stage] = done + more, before if total is None else total
            if time.monotonic() - task.told_at >= _TELL_EVERY:
                done, total = task.stages.get(stage, (0, 0))
                task.tell(stage=stage, done=done, total=total)


@dataclass(frozen=True, slots=True)
class Both:
    """Tells two of the same progress: a task, and whoever watches all runs of the engine."""

    first: Progress
    second: Progress

    def start(self, stage: str, total: int) -> None:
        """See `Progress`."""
        self.first.start(stage, total)
        self.second.start(stage, total)

    def step(self, stage: str, what: str = "") -> None:
        """See `Progress`."""
        self.first.step(stage, what)
        self.second.step(stage, what)


class Tasks:
    """Work in the background: so much at once, so much waiting, and no more."""

    def __init__(self, at_once: int = _AT_ONCE, most_waiting: int = _MOST_WAITING) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="task")
        self._most = at_once + most_waiting
        self._tasks: dict[str, _Task] = {}
        self._changing = threading.Lock()
        self._closed = False

    def start(
        self,
        name: str,
        who: str,
        work: Callable[[Progress], object],
        *,
        clock: Callable[[], datetime],
        live: Live,
        given_up: Callable[[], None] | None = None,
    ) -> TaskView:
        """Put work in the queue. `Service.start_task` is how routes do it.

        Args:
            name: what is done.
            who: asks for it.
            work: gets the task's progress; what it returns (records, plain values) becomes the result.
            clock: what time it is.
            live: hears of the task's progress and end.
            given_up: done once somebody has called it off; not where the service stopped meanwhile, since
                what was asked for is then taken up at its next start.

        Raises:
            TooMany: the queue is full, or the asker's share of it.
            Conflict: the service is stopping.
        """
        task = _Task(name, who, clock, live, clock(), given_up=given_up)
        with self._changing:
            if self._closed:
                raise Conflict("the service is stopping", subject=name, mend="ask again when it is up")
            waiting = [one for one in self._tasks.values() if not one.view().is_over]
            if len(waiting) >= self._most or sum(one.who == who for one in waiting) >= _MOST_OF_ONE:
                mend = "wait for some to end (`smalti tasks list`), or cancel them"
                raise TooMany(f"{len(waiting)} tasks are under way or waiting", subject=name, mend=mend)
            self._tasks[task.task_id] = task
            self._forget()
            task.future = self._pool.submit(self._run, task, work)
            task.tell()
            view = task.view()
        task.future.add_done_callback(lambda future: self._ended(task, future))
        return view

    def all(self) -> list[TaskView]:
        """The tasks remembered, newest first."""
        with self._changing:
            return [task.view() for task in reversed(self._tasks.values())]

    def find(self, task_id: str) -> TaskView:
        """One task.

        Raises:
            NotFound: none has this id, or it was long ago.
        """
        with self._changing:
            return self._find(task_id).view()

    def cancel(self, task_id: str, why: str) -> TaskView:
        """Call a task off. What waits never begins; what runs ends at its next sign of progress.

        What a running task has stored by then stays, and asking for the same again goes on from there.

        Raises:
            NotFound: no such task.
        """
        with self._changing:
            task = self._find(task_id)
            task.called_off = task.called_off or why
            future = task.future
        if future is not None:
            future.cancel()  # outside the lock, which what follows a cancellation takes
        return self.find(task_id)

    def close(self) -> None:
        """Take no more, call off what there is, and wait until it has ended."""
        with self._changing:
            self._closed = True
            open_tasks = [task.task_id for task in self._tasks.values() if not task.view().is_over]
        for task_id in open_tasks:
            self.cancel(task_id, "the service is stopping")
        self._pool.shutdown(wait=True)

    def _find(self, task_id: str) -> _Task:
        if task_id not in self._tasks:
            raise NotFound(
                "no such task", subject=task_id, mend="`smalti tasks list`; the oldest are forgotten"
            )
        return self._tasks[task_id]

    def _forget(self) -> None:
        over = [one.task_id for one in self._tasks.values() if one.view().is_over]
        for task_id in over[: max(0, len(self._tasks) - _KEPT)]:
            del self._tasks[task_id]

    def _run(self, task: _Task, work: Callable[[Progress], object]) -> object:
        with self._changing:
            task.state, task.started_at = "running", task.clock()
            task.tell()
        return to_jsonable_python(work(_Told(task, self._changing)))

    def _ended(self, task: _Task, future: Future[object]) -> None:
        error = _stopped(task) if future.cancelled() else future.exception()
        with self._changing:
            if error is None:
                task.state, task.result = "done", future.result()
            else:
                task.state = "cancelled" if isinstance(error, Stopped) else "failed"
                task.error = _told(error)
            task.finished_at = task.clock()
            task.future = None  # and with it the result's or error's whole stack
            task.tell()
            given_up = task.given_up if task.state == "cancelled" and not self._closed else None
        if given_up is not None:
            given_up()
        if task.state == "failed" and task.error is not None and task.error.code == "Defect":
            _log.error("a defect in a task", task=task.name, exc_info=error)


def _stopped(task: _Task) -> Stopped:
    return Stopped(task.called_off, mend="ask for the same again: it goes on from there")


def _told(error: BaseException) -> TaskError:
    if isinstance(error, SmaltiError):
        return TaskError(error.code, error.what, error.subject, error.mend)
    return TaskError("Defect", "the service broke on this task", "", "report it with the log's last lines")
