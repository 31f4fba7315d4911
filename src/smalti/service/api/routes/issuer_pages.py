"""What stands around an issuer's scores: what happened, what came later, whom to compare with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from smalti.service import happened
from smalti.service import peers as peers_
from smalti.service import watchlists as lists
from smalti.service.api.access import Viewer
from smalti.service.api.state import TheCalled, TheMemory, TheStore
from smalti.service.api.values import AsOf, Issuer, Moment, Text
from smalti.service.happened import Events, Later
from smalti.service.peers import Peers

router = APIRouter(tags=["issuers"], prefix="/issuers")


@router.get("/{name}/events", summary="What happened around an issuer")
def issuer_events(
    name: Issuer,
    store: TheStore,
    called: TheCalled,
    who: Viewer,
    since: Annotated[Moment, Query(alias="from", description="The first moment.")],
    as_of: AsOf = None,
) -> Events:
    """Days with filings and calls, and bursts: days with far more news or posts than the 28 before them.

    At most the 500 newest; copies, and documents that nobody dated, are left out.
    """
    return happened.events(store, called.issuer(name), since, as_of or store.now())


@router.get("/{name}/later", summary="What came after a moment")
def issuer_later(
    name: Issuer,
    store: TheStore,
    called: TheCalled,
    who: Viewer,
    as_of: Annotated[Moment, Query(description="The moment looked at.")],
) -> Later:
    """How many documents and scorings of an issuer have come since a moment: counts, and nothing of them."""
    return happened.later(store, called.issuer(name), as_of, store.now())


@router.get("/{name}/peers", summary="Whom to hold an issuer against")
def issuer_peers(
    name: Issuer,
    store: TheStore,
    memory: TheMemory,
    called: TheCalled,
    who: Viewer,
    as_of: AsOf = None,
    watchlist: Annotated[Text | None, Query(min_length=1, description="Id or name of the list.")] = None,
) -> Peers:
    """An issuer's newest scores beside those of others on a watchlist that has it, or of all that are scored.

    The list asked for, else the first by name that one sees and that has the issuer. At most 25 others.
    """
    if watchlist is not None:
        seen = [lists.members(store, watchlist, who.name)]
    else:
        seen = lists.watchlists(store, who)
    return peers_.peers(store, memory, called.issuer(name), seen, as_of)
