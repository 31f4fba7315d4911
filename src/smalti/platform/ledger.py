"""The run ledger: one row for each execution of one stage."""

from __future__ import annotations

import time
import uuid
from collections import Counter

from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json


class Run:
    """One execution of one stage, from `running` to `done` or `failed`.

    Its row is written when it opens, so that a run cut short is found at the next start as one that is
    still `running` although nobody runs it.
    """

    def __init__(self, store: Store, stage: str, subject: str) -> None:
        self.run_id = uuid.uuid4().hex
        self.stage = stage
        self.subject = subject
        self.counts: Counter[str] = Counter()
        self._store = store
        self._started = store.now()
        self._clock = time.monotonic()
        self._write("running")

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            self._write("done")
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
                "started_at": self._started,
                "finished_at": None if state == "running" else self._store.now(),
                "counts": as_json(dict(self.counts)),
                "error": error,
            },
        )
        self._store.commit(batch)


def close_interrupted(store: Store) -> int:
    """Mark runs that a crash left `running` as `interrupted`; returns how many. Call only as the owner."""
    left = store.read("SELECT * EXCLUDE (recorded_at) FROM runs WHERE state = 'running'")
    batch = Batch()
    for row in left.iter_rows(named=True):
        batch.add("runs", row | {"state": "interrupted", "error": "the process ended before the run did"})
    if left.height:
        store.commit(batch)
    return left.height
