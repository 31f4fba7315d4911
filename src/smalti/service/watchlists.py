"""Watchlists: issuers that somebody follows together, for themselves or for all who sign in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.platform.auth import Principal, Role
from smalti.platform.errors import Conflict, NotAllowed, NotFound, TooMany
from smalti.platform.store import Batch, Store
from smalti.service.issuers import issuer_called

MOST_LISTS, MOST_ISSUERS = 200, 2_000
"""Lists of one owner, issuers of one list."""


@dataclass(frozen=True, slots=True)
class Watchlist:
    """One list; `shared`: everybody who signs in sees it, only its owner and admins change it."""

    watchlist_id: str
    name: str
    owner: str
    shared: bool
    issuers: Sequence[str]
    changed_at: datetime


def watchlists(store: Store, who: Principal) -> list[Watchlist]:
    """Those that are somebody's own, and the shared ones, by name."""
    rows = store.read(
        "SELECT * FROM watchlists WHERE owner = $who OR shared ORDER BY lower(name), watchlist_id",
        {"who": who.name},
    )
    return [_view(row) for row in rows.iter_rows(named=True)]


def members(store: Store, wanted: str, user: str | None = None) -> Watchlist:
    """The list of that id, or else of that name.

    Args:
        store: to read from.
        wanted: its id, or its name.
        user: who asks, and so sees their own and the shared ones; None is the service, which sees all.

    Raises:
        NotFound: there is none that they see, or several have this name.
    """
    rows = store.read(
        "SELECT * FROM watchlists WHERE (watchlist_id = $wanted OR lower(name) = lower($wanted))"
        " AND ($user IS NULL OR shared OR owner = $user)",
        {"wanted": wanted, "user": user},
    )
    found = [_view(row) for row in rows.iter_rows(named=True)]
    by_id = [one for one in found if one.watchlist_id == wanted]
    own = [one for one in found if one.owner == user]
    best = by_id or own or found
    if len(best) != 1:
        what = "several watchlists are called so" if best else "no such watchlist"
        raise NotFound(what, subject=wanted, mend="`watchlists` names them with their ids")
    return best[0]


def make(store: Store, who: Principal, name: str, issuers: Sequence[str], *, shared: bool) -> Watchlist:
    """A new list of issuers, each by id, name, ticker or CIK.

    Raises:
        NotFound: an issuer is not known.
        Conflict: its owner has a list of this name.
        TooMany: its owner has too many lists.
    """
    own = [one for one in watchlists(store, who) if one.owner == who.name]
    if len(own) >= MOST_LISTS:
        raise TooMany(f"somebody has at most {MOST_LISTS} watchlists", subject=who.name, mend="remove one")
    return _write(store, uuid.uuid4().hex, who.name, name, issuers, shared=shared)


def change(
    store: Store, who: Principal, wanted: str, name: str, issuers: Sequence[str], *, shared: bool
) -> Watchlist:
    """Another name, other issuers, or shared or not any more.

    Raises:
        NotFound: there is no such list, or an issuer is not known.
        NotAllowed: it is somebody else's.
        Conflict: its owner has another list of this name.
    """
    old = _to_change(store, who, wanted)
    return _write(store, old.watchlist_id, old.owner, name, issuers, shared=shared)


def remove(store: Store, who: Principal, wanted: str) -> Watchlist:
    """Take a list away; returns what it was.

    Raises:
        NotFound: there is no such list.
        NotAllowed: it is somebody else's.
    """
    old = _to_change(store, who, wanted)
    batch = Batch()
    batch.drop("watchlists", watchlist_id=old.watchlist_id)
    store.commit(batch)
    return old


def _to_change(store: Store, who: Principal, wanted: str) -> Watchlist:
    found = members(store, wanted, who.name)
    if who.name != found.owner and not who.role.may(Role.ADMIN):
        raise NotAllowed("the watchlist is somebody else's", subject=found.name, mend="make one of your own")
    return found


def _write(
    store: Store, watchlist_id: str, owner: str, name: str, issuers: Sequence[str], *, shared: bool
) -> Watchlist:
    same = store.read(
        "SELECT 1 FROM watchlists WHERE owner = ? AND lower(name) = lower(?) AND watchlist_id <> ?",
        [owner, name, watchlist_id],
    )
    if same.height:
        raise Conflict("there is a watchlist of this name", subject=name, mend="choose another name")
    ids = list(dict.fromkeys(issuer_called(store, one) for one in issuers))
    made = Watchlist(watchlist_id, name, owner, shared, ids, store.now())
    batch = Batch()
    batch.add("watchlists", {name: getattr(made, name) for name in Watchlist.__slots__})
    store.commit(batch)
    return made


def _view(row: Mapping[str, Any]) -> Watchlist:
    return Watchlist(**{name: row[name] for name in Watchlist.__slots__})
