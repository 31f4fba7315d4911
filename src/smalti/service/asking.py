"""Asking a running service: its answers as the records they were, its tasks waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter

from smalti.client.tasks import Task
from smalti.client.transport import Transport
from smalti.platform.telemetry import Progress

T = TypeVar("T")

_LONG = 600.0
"""Seconds for answers that a model has to be asked for."""
_PAGE = 1_000

_adapters: dict[Any, TypeAdapter[Any]] = {}


class GoesOn(KeyboardInterrupt):
    """Somebody stopped waiting for a task, which goes on in the service.

    Args:
        task_id: names it.
    """

    def __init__(self, task_id: str) -> None:
        super().__init__(task_id)
        self.task_id = task_id


class Asking:
    """Asks one service.

    Args:
        transport: reaches it.
        progress: told of what its tasks tell.
    """

    def __init__(self, transport: Transport, progress: Progress) -> None:
        self.transport = transport
        self.progress = progress

    def one(self, record_kind: type[T], *path: str, **params: Any) -> T:
        """The record that a route answers with."""
        return record(record_kind, self.transport.get(path, params, timeout=_LONG).json())

    def all(self, record_kind: type[T], *path: str, **params: Any) -> list[T]:
        """All records of a list, page by page."""
        found: list[T] = []
        cursor = None
        while True:
            asked = {**params, "limit": _PAGE, "cursor": cursor}
            told = self.transport.get(path, asked, timeout=_LONG).json()
            found += [record(record_kind, one) for one in told["items"]]
            cursor = told["next"]
            if cursor is None:
                return found

    def first(self, record_kind: type[T], *path: str, limit: int, **params: Any) -> list[T]:
        """The first records of a list, at most `limit`, which is no more than a page."""
        told = self.transport.get(path, {**params, "limit": limit}, timeout=_LONG).json()
        return [record(record_kind, one) for one in told["items"]]

    def send(self, method: str, *path: str, **body: Any) -> Any:
        """Change something; what is None is left out of the body. Gives the answer's JSON, if it has any."""
        given = {name: value for name, value in body.items() if value is not None}
        answer = self.transport.send(method, path, timeout=_LONG, **({"json": given} if body else {}))
        return answer.json() if answer.body else None

    def done(self, *path: str, **body: Any) -> Any:
        """The result, in JSON values, of long work that a route begins; its progress is told here.

        Raises:
            GoesOn: somebody stopped waiting (Ctrl-C).
        """
        return self.waited(Task.begin(self.transport, path, body))

    def waited(self, task: Task) -> Any:
        """The result of a task that was begun, as `done`."""
        try:
            return task.wait(_Shown(self.progress))
        except KeyboardInterrupt:
            raise GoesOn(task.task_id) from None


class _Shown:
    """Tells of a task's progress as if the work were done here."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._known: dict[str, int] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._known:
            self._progress.start(stage, total)
        for _ in range(done - self._known.get(stage, 0)):
            self._progress.step(stage)
        self._known[stage] = done


def record(kind: type[T], told: Any) -> T:
    """A record from its JSON values."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    made: T = _adapters[kind].validate_python(told)
    return made


def records(kind: type[T], told: Sequence[Mapping[str, Any]]) -> list[T]:
    """Records from a list of JSON objects."""
    return [record(kind, one) for one in told]
