"""The run ledger: one row for each execution of one stage, and how far those under way are."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from smalti.platform import traces
from smalti.platform.errors import Stopped
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.platform.telemetry import NoProgress, Progress

_CUT_SHORT = "the process ended before the run did"
_current: ContextVar[Run | None] = ContextVar("run", default=None)


class Run:
    """One execution of one stage, from `running` to `done`, `failed` or `interrupted`.

    Its row is written when it opens, so that a run cut short is found at the next start as one that is
    still `running` although nobody runs it. A run that was asked to stop, or whose command was, is
    `interrupted` too: what it did stays, and the next run of its stage goes on from there.
    """

    def __init__(self, store: Store, stage: str, subject: str) -> None:
        self.run_id = uuid.uuid4().hex
        self.stage = stage
        self.subject = subject
        self.counts: Counter[str] = Counter()
        self.started_at = store.now()
        self.is_over = False
        self._store = store
        self._clock = time.monotonic()
        self._open = ExitStack()
        self._write("running")

    def __enter__(self) -> Run:
        self._open.enter_context(traces.span(f"stage {self.stage}", run_id=self.run_id, subject=self.subject))
        before = _current.set(self)
        self._open.callback(_current.reset, before)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_over = True
        self._open.__exit__(kind, error, trace)
        if error is None:
            self._write("done")
        elif isinstance(error, Stopped | KeyboardInterrupt):
            self._write("interrupted", error=str(error) or "stopped from the keyboard")
        else:
            self._write("failed", error=f"{type(error).__name__}: {error}")

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._clock

    def _write(self, state: str, error: str | None = None) -> None:
        batch = Batch()
        batch.add(
            "runs",
            {
                "run_id": self.run_id,
                "stage": self.stage,
                "subject": self.subject,
                "state": state,
                "started_at": self.started_at,
                "finished_at": None if state == "running" else self._store.now(),
                "counts": as_json(dict(self.counts)),
                "error": error,
            },
        )
        self._store.commit(batch)


def count(what: str, times: int = 1) -> None:
    """Add to the counts of the run that this thread works for; without one, nothing."""
    run = _current.get()
    if run is not None:
        run.counts[what] += times


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run under way is: items done of those its present part has."""

    run_id: str
    stage: str
    subject: str
    started_at: datetime
    part: str
    done: int
    total: int


@dataclass(slots=True)
class _Part:
    run: Run
    name: str
    total: int
    done: int = 0


class Running:
    """The progress of an engine: keeps how far each of its runs is, and lets all of them be stopped.

    Args:
        told: hears of it too.
    """

    def __init__(self, told: Progress | None = None) -> None:
        self._told = told or NoProgress()
        self._parts: dict[str, _Part] = {}
        self._changing = threading.Lock()
        self._stopped = ""

    def start(self, stage: str, total: int) -> None:
        """See `Progress`."""
        self._go_on()
        run = _current.get()
        if run is not None:
            with self._changing:
                self._parts[run.run_id] = _Part(run, stage, total)
        self._told.start(stage, total)

    def step(self, stage: str, what: str = "") -> None:
        """See `Progress`."""
        self._go_on()
        run = _current.get()
        with self._changing:
            part = self._parts.get(run.run_id) if run is not None else None
            if part is not None:
                part.done += 1
        self._told.step(stage, what)

    def stop(self, why: str) -> None:
        """Have every run end at its next item, as interrupted for this reason."""
        self._stopped = why

    def under_way(self) -> list[RunProgress]:
        """The runs that are going on and have told how much they have to do, oldest first."""
        with self._changing:
            self._parts = {key: part for key, part in self._parts.items() if not part.run.is_over}
            parts = sorted(self._parts.values(), key=lambda part: part.run.started_at)
            return [
                RunProgress(
                    p.run.run_id, p.run.stage, p.run.subject, p.run.started_at, p.name, p.done, p.total
                )
                for p in parts
            ]

    def _go_on(self) -> None:
        if self._stopped:
            raise Stopped(self._stopped, mend="the next start goes on from there")


@dataclass(frozen=True, slots=True)
class CutShort:
    """A run that did not come to its end."""

    stage: str
    subject: str
    started_at: datetime


def close_interrupted(store: Store, why: str = _CUT_SHORT) -> list[CutShort]:
    """Mark the runs that nobody runs any more as `interrupted`, and say which. Call only as the owner."""
    left = store.read("SELECT * EXCLUDE (recorded_at) FROM runs WHERE state = 'running' ORDER BY started_at")
    batch = Batch()
    for row in left.iter_rows(named=True):
        batch.add("runs", row | {"state": "interrupted", "error": why})
    if left.height:
        store.commit(batch)
    return [CutShort(r["stage"], r["subject"], r["started_at"]) for r in left.iter_rows(named=True)]
