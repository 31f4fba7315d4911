"""The ledger and the quarantine as people ask for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.platform.errors import NotFound
from smalti.platform.ledger import RunProgress
from smalti.platform.store import Store
from smalti.service.views import QuarantineView


@dataclass(frozen=True, slots=True)
class RunView:
    """One execution of one stage.

    Attributes:
        state: `running`, `done`, `failed` or `interrupted`.
        counts: what it counted: inputs by outcome, cases.
        part, done, total: how far it is, while it is under way and tells.
    """

    run_id: str
    stage: str
    subject: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    error: str | None
    part: str | None = None
    done: int | None = None
    total: int | None = None


RUNS = """
SELECT run_id, stage, subject, state, started_at, finished_at, counts, error FROM runs
WHERE ($stage IS NULL OR stage = $stage) AND ($state IS NULL OR state = $state)
    AND ($since IS NULL OR started_at >= $since)
"""
"""Runs of a stage, in a state, begun no earlier."""

QUARANTINED = """
SELECT q.*, s.address AS source FROM quarantine q JOIN sources s USING (source_id)
WHERE ($code IS NULL OR q.code = $code) AND ($quarantine_id IS NULL OR q.quarantine_id = $quarantine_id)
"""
"""What is set aside, for one reason or for all."""


def run_view(row: Mapping[str, Any], under_way: Sequence[RunProgress]) -> RunView:
    """A run from its row (`RUNS`), with how far it is."""
    far = next((one for one in under_way if one.run_id == row["run_id"]), None)
    told = (far.part, far.done, far.total) if far else (None, None, None)
    return RunView(
        **{**row, "counts": json.loads(row["counts"] or "{}")}, part=told[0], done=told[1], total=told[2]
    )


def run(store: Store, run_id: str, under_way: Sequence[RunProgress]) -> RunView:
    """One run.

    Raises:
        NotFound: the ledger has no such run.
    """
    rows = store.read(
        f"{RUNS} AND run_id = $run_id", {"stage": None, "state": None, "since": None, "run_id": run_id}
    )
    if not rows.height:
        raise NotFound("no run has this id", subject=run_id, mend="the list of runs names ids")
    return run_view(rows.row(0, named=True), under_way)


def quarantined(store: Store, quarantine_id: str) -> QuarantineView:
    """One entry of the quarantine.

    Raises:
        NotFound: there is none of this id.
    """
    rows = store.read(QUARANTINED, {"code": None, "quarantine_id": quarantine_id})
    if not rows.height:
        raise NotFound("no such quarantine entry", subject=quarantine_id, mend="`quarantine` lists them")
    return quarantine_view(rows.row(0, named=True))


def quarantine_view(row: Mapping[str, Any]) -> QuarantineView:
    """An entry from its row (`QUARANTINED`)."""
    return QuarantineView(**{name: row[name] for name in QuarantineView.__slots__})
