"""Signals: the newest, one over time, all that are stored; each as JSON or as an Arrow stream."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Query, Request, Response

from smalti.service.api import arrow
from smalti.service.api.access import Analyst, Viewer
from smalti.service.api.etags import UNCHANGED, tagged
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, page_of, read_page
from smalti.service.api.state import Slot, TheCalled, TheGateway, TheMemory, TheSettings, TheStore
from smalti.service.api.values import AsOf, Id, Issuer, Moment, RecordedBy, Text
from smalti.service.series import ALL, EXPORTED, FIRST, LAST, Point, Series, filters
from smalti.service.signals import NEWEST, signal_row, signal_view
from smalti.service.views import ReplayView, ScoreChangeView, SignalView, WhatIfView, Why

router = APIRouter(tags=["signals"])

_STORED = Order("signals", (Key("as_of", "moment", descending=True), Key("signal_id")))
_BY_NAME = f"SELECT *, lower(issuer) AS sorted_name FROM ({NEWEST})"
_NEWEST = Order(
    "newest signals", (Key("sorted_name"), Key("issuer_id"), Key("kind"), Key("horizon_days", "whole"))
)
_POINTS = Order("series", (Key("as_of", "moment"),))
_TAGGED: dict[int | str, dict[str, Any]] = {**arrow.CONTENT, **UNCHANGED}

_KIND: dict[str, Any] = {
    "min_length": 1,
    "max_length": 100,
    "pattern": "^[a-z0-9_.]+$",
    "examples": ["risk", "fraud.beneish_m"],
}
Kind = Annotated[
    str | None, Query(**_KIND, description="`risk`, `fraud`, `sentiment`: with its sub-signals.")
]
OneKind = Annotated[str, Query(**_KIND, description="Exactly this signal or sub-signal.")]
Horizon = Annotated[int, Query(ge=0, le=10_000, description="Trading days ahead; 0 is about now.")]
SomeIssuer = Annotated[Issuer | None, Query(description="Name, ticker, CIK or id; all if left out.")]
OneIssuer = Annotated[Issuer, Query()]
Since = Annotated[Moment | None, Query(alias="from", description="The earliest `as_of`.")]
Until = Annotated[Moment | None, Query(alias="to", description="The latest `as_of`.")]


@router.get("/signals", summary="List signals", response_model=Page[SignalView], responses=arrow.CONTENT)
def list_signals(
    request: Request,
    store: TheStore,
    called: TheCalled,
    settings: TheSettings,
    who: Viewer,
    issuer: SomeIssuer = None,
    kind: Kind = None,
    horizon: Annotated[int | None, Query(ge=0, le=10_000)] = None,
    since: Since = None,
    until: Until = None,
    recorded_by: RecordedBy = None,
    details: Annotated[bool, Query(description="Arrow only: with the column `details`, JSON.")] = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[SignalView] | Response:
    """All stored signals, newest first, in pages; or as one Arrow stream, in the order they were stored.

    The stream (`Accept: application/vnd.apache.arrow.stream`) takes no `limit` and no `cursor`; it ends with
    an error where there are more rows than the setting `api_max_rows`.
    """
    wanted = called.issuer(issuer) if issuer else None
    span = {"horizon": horizon, "since": since or FIRST}
    params = filters(wanted, kind, until, recorded_by) | span
    if not arrow.wanted(request):
        return read_page(store, ALL, params, _STORED, limit, cursor, signal_view)
    columns = EXPORTED + (", details" if details else "")
    return arrow.stream(store, f"SELECT {columns} FROM ({ALL})", params, settings.api_max_rows, "signals")


@router.get(
    "/signals/newest", summary="The newest signals", response_model=Page[SignalView], responses=_TAGGED
)
def newest_signals(
    request: Request,
    store: TheStore,
    memory: TheMemory,
    called: TheCalled,
    settings: TheSettings,
    who: Viewer,
    issuer: SomeIssuer = None,
    as_of: AsOf = None,
    recorded_by: RecordedBy = None,
    kind: Kind = None,
    limit: Limit = 1_000,
    cursor: Cursor = None,
) -> Response:
    """Of each issuer, kind and horizon the newest signal as of a moment.

    `as_of` reads the world as it was known then; `recorded_by` leaves out what was stored later. The answer
    has an `ETag`: send it as `If-None-Match` and nothing is sent again while nothing is new.
    """
    wanted = called.issuer(issuer) if issuer else None
    params = filters(wanted, kind, as_of, recorded_by)
    if arrow.wanted(request):
        sql = f"SELECT {EXPORTED} FROM ({_BY_NAME}) ORDER BY {_NEWEST.by}"
        return arrow.stream(store, sql, params, settings.api_max_rows, "newest")
    if wanted is None:
        page = read_page(store, _BY_NAME, params, _NEWEST, limit, cursor, signal_view)
    else:
        found = memory.newest(wanted, as_of or LAST, recorded_by or LAST, kind)
        page = page_of(found, f"newest of {wanted}", lambda one: one.signal_id, limit, cursor)
    return tagged(request, Page[SignalView], page)


@router.get("/signals/series", summary="One signal over time", response_model=Series, responses=_TAGGED)
def signal_series(
    request: Request,
    memory: TheMemory,
    called: TheCalled,
    settings: TheSettings,
    who: Viewer,
    issuer: OneIssuer,
    kind: OneKind,
    horizon: Horizon = 0,
    since: Since = None,
    until: Until = None,
    recorded_by: RecordedBy = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Most moments of one page.")] = 1_000,
    cursor: Cursor = None,
) -> Response:
    """The values of one signal of an issuer between two moments, oldest first.

    Of a moment that was scored several times, the value stored last, or last by `recorded_by`.
    """
    wanted = called.issuer(issuer)
    begin, end, stored = since or FIRST, until or LAST, recorded_by or LAST
    points, synthetic = memory.points(wanted, kind, horizon, begin, end, stored)
    if arrow.wanted(request):
        return arrow.frame(points.select(Point.__slots__), settings.api_max_rows, "series")
    if cursor is not None:
        points = points.filter(pl.col("as_of") > _POINTS.read(cursor)[0])
    shown = points.head(limit)
    series = Series(
        wanted,
        kind,
        horizon,
        synthetic,
        [Point(**row) for row in shown.select(Point.__slots__).iter_rows(named=True)],
        _POINTS.cursor(shown.row(-1, named=True)) if points.height > limit else None,
    )
    return tagged(request, Series, series)


@router.get("/signals/{signal_id}", summary="One signal")
def get_signal(signal_id: Id, store: TheStore, who: Viewer) -> SignalView:
    """A signal by its id; the beginning of the id will do where only one signal begins so."""
    return signal_view(signal_row(store, signal_id))


@router.get("/signals/{signal_id}/why", summary="Why a signal is what it is")
def why_signal(signal_id: Id, gateway: TheGateway, who: Viewer) -> Why:
    """The evidence behind a signal, best first, with what contradicts it and who stands behind it."""
    return gateway.why(signal_id)


@router.get("/signals/{signal_id}/replay", summary="Make a signal again")
def replay_signal(signal_id: Id, gateway: TheGateway, who: Analyst, _: Slot) -> ReplayView:
    """A stored signal made again from what was stored then, and how near it comes."""
    return gateway.replay(signal_id)


@router.get("/change", summary="Why scores changed")
def change_of_scores(
    gateway: TheGateway,
    who: Analyst,
    _: Slot,
    issuer: OneIssuer,
    before: Annotated[Moment, Query(description="The earlier moment.")],
    after: Annotated[Moment, Query(description="The later moment.")],
) -> ScoreChangeView:
    """The difference of each signal of an issuer between two moments, split exactly into what brought it."""
    return gateway.change(issuer, before, after)


@router.get("/what-if", summary="Scores without a document")
def what_if(
    gateway: TheGateway,
    who: Analyst,
    _: Slot,
    issuer: OneIssuer,
    document: Annotated[
        Text, Query(min_length=1, description="Id of a document, its beginning, or the name of a file.")
    ],
    as_of: AsOf = None,
) -> WhatIfView:
    """Each signal of an issuer as it is, and as it would be had a document not been published."""
    return gateway.what_if(issuer, document, as_of)
