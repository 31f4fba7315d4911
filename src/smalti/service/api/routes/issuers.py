"""Issuers: who is followed, what is held about each, how fresh it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from smalti.service.api.access import Viewer
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheStore
from smalti.service.api.values import AsOf, Issuer, Text
from smalti.service.issuers import LIST, IssuerDetail, IssuerRow, issuer, issuer_called, row_view

router = APIRouter(tags=["issuers"], prefix="/issuers")

_BY_NAME = Order("issuers", (Key("sorted_name"), Key("issuer_id")))


@router.get("", summary="List issuers")
def list_issuers(
    store: TheStore,
    who: Viewer,
    search: Annotated[
        Text | None, Query(description="Part of a name, or the beginning of a ticker, or a CIK.")
    ] = None,
    as_of: AsOf = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[IssuerRow]:
    """Issuers by name, with the tickers in use at the moment asked about and how fresh what is held is."""
    moment = as_of or store.now()
    params = {"text": search.strip().lower() if search else None, "day": moment.date(), "as_of": moment}
    return read_page(store, LIST, params, _BY_NAME, limit, cursor, row_view)


@router.get("/{name}", summary="One issuer")
def get_issuer(name: Issuer, store: TheStore, who: Viewer, as_of: AsOf = None) -> IssuerDetail:
    """An issuer by id, name, ticker or CIK, with all its names and what is held about it by kind."""
    return issuer(store, issuer_called(store, name), as_of or store.now())
