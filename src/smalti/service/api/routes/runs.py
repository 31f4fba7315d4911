"""The ledger: what ran, what runs, and how far it is."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from smalti.platform.ledger import RunProgress
from smalti.service.api.access import Viewer
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheEngine
from smalti.service.api.values import Id, Moment, Text
from smalti.service.runs import RUNS, RunView, run, run_view

router = APIRouter(tags=["runs"], prefix="/runs")

_NEWEST = Order("runs", (Key("started_at", "moment", descending=True), Key("run_id")))


@router.get("", summary="List runs")
def list_runs(
    engine: TheEngine,
    who: Viewer,
    stage: Annotated[Text | None, Query(description="`pull`, `ingest`, `link`, `score` …")] = None,
    state: Annotated[Literal["running", "done", "failed", "interrupted"] | None, Query()] = None,
    since: Annotated[Moment | None, Query(description="Begun no earlier.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[RunView]:
    """Runs of stages, newest first, with what they counted; those under way with how far they are."""
    far = engine.running.under_way()
    params = {"stage": stage, "state": state, "since": since}
    return read_page(engine.store, RUNS, params, _NEWEST, limit, cursor, lambda row: run_view(row, far))


@router.get("/under-way", summary="Runs under way")
def list_runs_under_way(engine: TheEngine, who: Viewer) -> list[RunProgress]:
    """The runs that go on at this moment and tell how far they are, oldest first."""
    return engine.running.under_way()


@router.get("/{run_id}", summary="One run")
def get_run(run_id: Id, engine: TheEngine, who: Viewer) -> RunView:
    """A run of a stage, with how far it is if it is under way."""
    return run(engine.store, run_id, engine.running.under_way())
