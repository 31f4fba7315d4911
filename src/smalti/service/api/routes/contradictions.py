"""What contradicts what, over all issuers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from smalti.platform.auth import Principal
from smalti.platform.store import Store
from smalti.service.api.access import Viewer
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_rows
from smalti.service.api.state import TheCalled, TheStore
from smalti.service.api.values import AsOf, Issuer, Text
from smalti.service.contradictions import FOUND, Contradiction, Tally, chosen, contradictions, tally
from smalti.service.issuers import Called
from smalti.service.watchlists import members

router = APIRouter(tags=["findings"], prefix="/contradictions")

_STRONGEST = Order("contradictions", (Key("strength", "number", descending=True), Key("finding_id")))

SomeIssuer = Annotated[Issuer | None, Query(description="Name, ticker, CIK or id; all if left out.")]
SomeList = Annotated[Text | None, Query(min_length=1, description="Only issuers of this watchlist.")]
Check = Annotated[
    str | None,
    Query(
        min_length=1, max_length=100, pattern="^[a-z0-9_.]+$", examples=["fraud.claim_against_fact"],
        description="Only of this check.",
    ),
]  # fmt: skip


@router.get("", summary="Contradictions of all issuers")
def list_contradictions(
    store: TheStore,
    called: TheCalled,
    who: Viewer,
    as_of: AsOf = None,
    issuer: SomeIssuer = None,
    watchlist: SomeList = None,
    check: Check = None,
    least: Annotated[float, Query(ge=0, le=1, description="Strength of a finding, at least.")] = 0.0,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[Contradiction]:
    """What the checks found by each issuer's newest scoring as of a moment, strongest first."""
    asked = chosen(as_of or store.now(), _issuers(store, called, who, issuer, watchlist), check, least)
    rows, after = read_rows(store, FOUND, asked, _STRONGEST, limit, cursor)
    return Page(items=contradictions(store, rows), next=after)


@router.get("/tally", summary="Contradictions counted")
def count_contradictions(
    store: TheStore,
    called: TheCalled,
    who: Viewer,
    as_of: AsOf = None,
    issuer: SomeIssuer = None,
    watchlist: SomeList = None,
    check: Check = None,
) -> Tally:
    """How much each check found, and why it could not judge other things, as of a moment."""
    wanted = _issuers(store, called, who, issuer, watchlist)
    return tally(store, as_of or store.now(), wanted, check)


def _issuers(
    store: Store, called: Called, who: Principal, issuer: str | None, watchlist: str | None
) -> Sequence[str] | None:
    """The ids that are meant; None is all of them."""
    listed = members(store, watchlist, who.name).issuers if watchlist else None
    if issuer is None:
        return listed
    wanted = called.issuer(issuer)
    return [wanted] if listed is None or wanted in listed else []
