"""Keys of programs: one's own, and for admins everybody's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from smalti.platform.auth import Principal, Role
from smalti.platform.auth.keys import DEFAULT_DAYS, MOST_DAYS
from smalti.platform.errors import NotAllowed, NotFound
from smalti.service.access import KeyView, NewKeyView, key_view, new_key
from smalti.service.api.access import SignedIn, about
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheService, TheStore
from smalti.service.api.values import Id, Text

router = APIRouter(tags=["keys"])

_ORDER = Order("keys", (Key("made_at", "moment", descending=True), Key("key_id")))


class NewKey(BaseModel):
    """A key to make.

    Attributes:
        owner: whose; one's own if left out.
        role: what it may do; its owner's role if left out, and never more.
        label: what it is for.
        days: until it ends.
    """

    model_config = ConfigDict(extra="forbid")

    owner: str | None = Field(None, max_length=64)
    role: Role | None = None
    label: Text = ""
    days: int = Field(DEFAULT_DAYS, ge=1, le=MOST_DAYS)


@router.get("/keys")
def list_keys(
    store: TheStore,
    service: TheService,
    who: SignedIn,
    owner: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[KeyView]:
    """Keys, newest first: one's own; admins see everybody's, or those of one `owner`."""
    access = service.gateway.access
    whose = owner if who.role is Role.ADMIN else who.name
    return read_page(
        store,
        "SELECT key_id, made_at FROM api_keys WHERE $whose IS NULL OR owner = lower($whose)",
        {"whose": whose},
        _ORDER,
        limit,
        cursor,
        lambda row: key_view(access, access.keys.find(row["key_id"])),
    )


@router.post("/keys", status_code=201)
def create_key(given: NewKey, request: Request, service: TheService, who: SignedIn) -> NewKeyView:
    """Make a key, for oneself or (admins) for anybody. Its text is told in this answer and never again."""
    if who.via.startswith("key:"):
        # Or whoever stole a key could outlive its end and its revocation.
        mend = "sign in, or ask whoever runs the service"
        raise NotAllowed("a key makes no keys", subject=who.via, mend=mend)
    owner = given.owner or who.name
    _own(who, owner, "somebody else's keys are an admin's to make")
    made = new_key(service.gateway.access, owner, given.role, given.label, given.days)
    about(request, f"{made.key.key_id} of {owner}")
    return made


@router.delete("/keys/{key_id}")
def revoke_key(key_id: Id, service: TheService, who: SignedIn) -> KeyView:
    """Take a key back, one's own or (admins) anybody's; it is refused from now on."""
    access = service.gateway.access
    key = access.keys.find(key_id)
    if who.role is not Role.ADMIN and key.owner != who.name:
        raise NotFound("no such key", subject=key_id, mend="GET /v1/keys lists them")
    return key_view(access, access.keys.revoke(key_id))


def _own(who: Principal, owner: str, what: str) -> None:
    if who.role is not Role.ADMIN and owner.lower() != who.name:
        raise NotAllowed(what, subject=owner, mend="ask an admin")
