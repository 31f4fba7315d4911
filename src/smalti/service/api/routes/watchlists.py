"""Watchlists: issuers that somebody follows together."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, ConfigDict, Field

from smalti.service import watchlists as lists
from smalti.service.api.access import Analyst, Viewer, about
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Limit, Page, page_of
from smalti.service.api.state import TheStore
from smalti.service.api.values import Issuer, Text
from smalti.service.watchlists import MOST_ISSUERS, Watchlist

router = APIRouter(tags=["watchlists"], prefix="/watchlists")


class WatchlistAsked(BaseModel):
    """What a watchlist shall be."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Industrials", "issuers": ["MMM"], "shared": True}]},
    )

    name: Annotated[Text, Field(min_length=1, max_length=120)]
    issuers: Annotated[list[Issuer], Field(max_length=MOST_ISSUERS)]
    shared: bool = Field(False, description="Whether everybody who signs in sees it.")


@router.get("", summary="List watchlists")
def list_watchlists(
    store: TheStore, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[Watchlist]:
    """One's own watchlists and the shared ones, by name."""
    return page_of(lists.watchlists(store, who), "watchlists", lambda one: one.watchlist_id, limit, cursor)


@router.post("", status_code=status.HTTP_201_CREATED, summary="Make a watchlist")
def make_watchlist(asked: WatchlistAsked, request: Request, store: TheStore, who: Analyst) -> Watchlist:
    """A new watchlist of one's own; issuers by id, name, ticker or CIK."""
    made = lists.make(store, who, asked.name, asked.issuers, shared=asked.shared)
    about(request, made.watchlist_id)
    return made


@router.get("/{watchlist}", summary="One watchlist")
def get_watchlist(watchlist: Issuer, store: TheStore, who: Viewer) -> Watchlist:
    """A watchlist by its id, or its name."""
    return lists.members(store, watchlist, who.name)


@router.put("/{watchlist}", summary="Change a watchlist")
def change_watchlist(watchlist: Issuer, asked: WatchlistAsked, store: TheStore, who: Analyst) -> Watchlist:
    """Another name, other issuers, shared or not: one's own, or as an admin a shared one."""
    return lists.change(store, who, watchlist, asked.name, asked.issuers, shared=asked.shared)


@router.delete("/{watchlist}", summary="Remove a watchlist")
def remove_watchlist(watchlist: Issuer, store: TheStore, who: Analyst) -> Watchlist:
    """Take a watchlist away: one's own, or as an admin a shared one. Answers with what it was."""
    return lists.remove(store, who, watchlist)
