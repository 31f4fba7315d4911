"""Alerts, what stands behind them, and what people do with them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from smalti.service.alerts import history
from smalti.service.alerts.conditions import Name, Severity
from smalti.service.alerts.stored import ALERTS, AlertDetail, AlertView, Verdict, alert_detail, view
from smalti.service.api.access import Analyst, Viewer
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheStore
from smalti.service.api.values import Id, Issuer, Moment, Text
from smalti.service.issuers import issuer_called

router = APIRouter(tags=["alerts"], prefix="/alerts")

_NEWEST = Order("alerts", (Key("raised_at", "moment", descending=True), Key("alert_id")))


def _prose(text: str) -> str:
    if any(0xD800 <= ord(c) < 0xE000 or (ord(c) < 32 and c not in "\n\t") for c in text):
        raise ValueError("it holds characters that are no text")
    return text


Prose = Annotated[str, Field(max_length=10_000), AfterValidator(_prose)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Assigned(_Body):
    """Who sees to an alert."""

    to: Name


class Comment(_Body):
    """What somebody writes about an alert."""

    text: Annotated[Prose, Field(min_length=1)]


class Judged(_Body):
    """What somebody thinks of an alert."""

    verdict: Verdict
    text: Prose = ""


@router.get("", summary="List alerts")
def list_alerts(
    store: TheStore,
    who: Viewer,
    issuer: Annotated[Issuer | None, Query()] = None,
    rule: Annotated[Id | None, Query()] = None,
    severity: Severity | None = None,
    state: Literal["new", "acknowledged"] | None = None,
    assignee: Annotated[Text | None, Query(max_length=200, description="Who sees to them.")] = None,
    until: Annotated[Moment | None, Query(description="Of signals as of then or before.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[AlertView]:
    """The alerts, newest first."""
    wanted = None if issuer is None else issuer_called(store, issuer)
    return read_page(
        store,
        f"SELECT * FROM ({ALERTS}) WHERE ($issuer IS NULL OR issuer_id = $issuer)"
        " AND ($rule IS NULL OR rule_id = $rule) AND ($severity IS NULL OR severity = $severity)"
        " AND ($state IS NULL OR coalesce(acknowledged, false) = ($state = 'acknowledged'))"
        " AND ($assignee IS NULL OR assignee = $assignee) AND ($until IS NULL OR as_of <= $until)",
        {"issuer": wanted, "rule": rule, "severity": severity, "state": state}
        | {"assignee": assignee, "until": until},
        _NEWEST,
        limit,
        cursor,
        view,
    )


@router.get("/{alert}", summary="One alert")
def get_alert(alert: Id, store: TheStore, who: Viewer) -> AlertDetail:
    """An alert by its id or its beginning: evidence with quote and place, findings, and what became of it."""
    return alert_detail(store, alert)


@router.post("/{alert}/acknowledge", summary="Acknowledge an alert")
def acknowledge(alert: Id, store: TheStore, who: Analyst) -> AlertDetail:
    """Say that somebody saw it."""
    return history.acknowledge(store, alert, who.name)


@router.post("/{alert}/assign", summary="Assign an alert")
def assign(alert: Id, told: Assigned, store: TheStore, who: Analyst) -> AlertDetail:
    """Say who sees to it."""
    return history.assign(store, alert, told.to, who.name)


@router.post("/{alert}/comment", summary="Comment on an alert")
def comment(alert: Id, told: Comment, store: TheStore, who: Analyst) -> AlertDetail:
    """Write something about it; what was written stays."""
    return history.comment(store, alert, told.text, who.name)


@router.post("/{alert}/verdict", summary="Judge an alert")
def judge(alert: Id, told: Judged, store: TheStore, who: Analyst) -> AlertDetail:
    """Say whether it was right. Of each person the newest verdict counts; all are kept."""
    return history.judge(store, alert, told.verdict, who.name, told.text)
