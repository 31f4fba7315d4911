"""All issuers beside each other, in one answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from smalti.platform.errors import Malformed
from smalti.service.api.access import Viewer
from smalti.service.api.state import TheStandings, TheStore
from smalti.service.api.values import AsOf, Moment, Text
from smalti.service.overview import MOST_ISSUERS, MOST_MOVES, Asked, Order, OverviewView, overview
from smalti.service.watchlists import members

router = APIRouter(tags=["issuers"])

_BEFORE = timedelta(days=1)


@router.get("/overview", summary="All issuers beside each other")
def get_overview(
    store: TheStore,
    standings: TheStandings,
    who: Viewer,
    as_of: AsOf = None,
    since: Annotated[
        Moment | None, Query(description="The moment before; one day earlier if left out.")
    ] = None,
    watchlist: Annotated[Text | None, Query(min_length=1, description="Id or name of a list.")] = None,
    search: Annotated[Text, Query(description="Part of a name, or the beginning of a ticker.")] = "",
    order: Order = "moved",
    first: Annotated[int, Query(ge=0, le=1_000_000, description="Rows passed over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ISSUERS, description="Most rows.")] = 50,
    moves: Annotated[int, Query(ge=0, le=MOST_MOVES, description="Most moves.")] = 8,
    alerts_by: Annotated[
        Moment | None, Query(description="Alerts of no later moment; of none after `as_of`, if left out.")
    ] = None,
) -> OverviewView:
    """Where each issuer's scores stand, how far they moved since a moment, and what moved the most.

    Of each issuer risk over 30 days, fraud, sentiment and the contradiction index.
    """
    moment = as_of or store.now()
    before = since or moment - _BEFORE
    if before > moment:
        raise Malformed("since is after as_of", subject=before.isoformat(), mend="give an earlier moment")
    chosen = None if watchlist is None else members(store, watchlist, who.name)
    asked = Asked(moment, before, chosen, search, order, first, limit, moves, alerts_by)
    return overview(store, standings, asked)
