"""The quarantine: inputs that were set aside, why, and reading them again."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, status

from smalti.service.api.access import Admin, Viewer
from smalti.service.api.masks import masked_address
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheService, TheStore
from smalti.service.api.values import Id
from smalti.service.runs import QUARANTINED, quarantine_view, quarantined
from smalti.service.tasks import TaskView
from smalti.service.views import QuarantineView

router = APIRouter(tags=["quarantine"], prefix="/quarantine")

_NEWEST = Order("quarantine", (Key("recorded_at", "moment", descending=True), Key("quarantine_id")))


@router.get("", summary="List what was set aside")
def list_quarantine(
    store: TheStore,
    who: Viewer,
    code: Annotated[
        str | None,
        Query(max_length=60, pattern="^[A-Za-z]+$", description="The error's name.", examples=["Malformed"]),
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[QuarantineView]:
    """Inputs and records that could not be read, newest first, each with its reason and its mend."""
    params = {"code": code, "quarantine_id": None}
    page = read_page(store, QUARANTINED, params, _NEWEST, limit, cursor, quarantine_view)
    return Page(items=[_shown(one) for one in page.items], next=page.next)


@router.get("/{quarantine_id}", summary="One entry")
def get_quarantined(quarantine_id: Id, store: TheStore, who: Viewer) -> QuarantineView:
    """One input or record that was set aside."""
    return _shown(quarantined(store, quarantine_id))


@router.post("/{quarantine_id}/retry", status_code=status.HTTP_202_ACCEPTED, summary="Read it again")
def retry_quarantined(quarantine_id: Id, service: TheService, who: Admin) -> TaskView:
    """Read an input again, in the background. Result: a report of each stage."""
    quarantined(service.engine.store, quarantine_id)
    return service.start_task("retry", who.name, lambda own: own.gateway.retry(quarantine_id))


def _shown(one: QuarantineView) -> QuarantineView:
    return replace(one, source=masked_address(one.source))
