"""What became of what a run dealt with."""

from __future__ import annotations

from fastapi import APIRouter

from smalti.service.api.access import Viewer
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_rows
from smalti.service.api.state import TheStore
from smalti.service.api.values import Id
from smalti.service.outcomes import OUTCOMES, OutcomeView, outcomes_view
from smalti.service.runs import run

router = APIRouter(tags=["runs"], prefix="/runs")

_BY_PATH = Order("outcomes", (Key("path"), Key("record")))


@router.get("/{run_id}/outcomes", summary="What became of each file")
def list_outcomes(
    run_id: Id, store: TheStore, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[OutcomeView]:
    """Each file, and each record inside one, that a run dealt with: what became of it, and where it is.

    A later run that dealt with the same file has taken it over.
    """
    run(store, run_id, [])
    rows, after = read_rows(store, OUTCOMES, {"run_id": run_id}, _BY_PATH, limit, cursor)
    return Page(items=outcomes_view(store, rows), next=after)
