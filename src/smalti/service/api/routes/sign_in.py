"""The page people sign in and out on, and the links that sign somebody in on the machine itself."""

from __future__ import annotations

import pwd
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from smalti.platform.auth import Role
from smalti.platform.auth.users import MOST_PASSWORD
from smalti.platform.errors import InputError, Malformed, NotAllowed, NotSignedIn, SmaltiError, TooMany
from smalti.service.api import sign_in_page
from smalti.service.api.access import Admin, Anyone, about, cookie_name, security_of, session_token
from smalti.service.api.errors import status_of
from smalti.service.api.security import csrf_token
from smalti.service.api.sign_in_page import Known, Offer
from smalti.service.api.signing_in import by_password, by_ticket, path_of, set_cookie, where_to
from smalti.service.api.state import TheService, service_of
from smalti.service.service import Service

root = APIRouter(tags=["session"], include_in_schema=False)
router = APIRouter(tags=["session"])

_MOST_FIELDS = 10
_MOST_NAME, _MOST_TICKET = 64, 100
_REFUSED = {
    "NotAllowed": "Your organisation knows you, but nothing says what you may do here. Ask an admin.",
    "TooMany": "Too many tries were made from here. Wait a little, and try again.",
}
_REFUSED_SO = "Your organisation did not sign you in here. Try again, or ask an admin."
"""What is said of a sign-in at the OpenID provider that failed, by its error's code; else the last."""
_PAGES_GONE = {"clear-site-data": '"cache"'}
"""What somebody saw is not kept for who sits down next."""


class Whom(BaseModel):
    """Whom a link is to sign in; nobody named: whoever the service's home folder belongs to."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, min_length=1, max_length=_MOST_NAME)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link that signs somebody in, once, until `ends_at`, on the service's own machine."""

    name: str
    role: Role
    link: str
    ends_at: datetime


async def _fields(request: Request) -> Mapping[str, str]:
    """What a form of ours sent."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise InputError("not a form", subject=kind[:100], mend="send application/x-www-form-urlencoded")
    try:
        return dict(parse_qsl((await request.body()).decode(), max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Malformed("the form cannot be read", mend="send the form of the page") from None


Form = Annotated[Mapping[str, str], Depends(_fields)]
Next = Annotated[str, Query(alias="next", max_length=2_000)]


@root.get("/sign-in", response_class=HTMLResponse)
def sign_in_form(
    request: Request,
    _: Anyone,
    back: Next = "/",
    ticket: Annotated[str, Query(max_length=_MOST_TICKET)] = "",
    refused: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The page to sign in on; signed in, one goes on from there, or signs out."""
    known = _known(request)
    counts = service_of(request).gateway.access.tickets.look(ticket) is not None
    answer = _page(request, 200, back, known=None if counts else known, ticket=ticket, refused=refused)
    if known is None and session_token(request):
        _forget(request, answer)
    return answer


@root.post("/sign-in", response_class=RedirectResponse)
def sign_in_by_form(_: Anyone, request: Request, given: Form) -> Response:
    """Sign in by name and password, or by a one-time link, and go on to the dashboard."""
    back = given.get("next", "/")
    try:
        if ticket := given.get("ticket", ""):
            _who, session, token = by_ticket(request, ticket[:_MOST_TICKET])
        else:
            name, password = given.get("name", ""), given.get("password", "")
            if len(name) > _MOST_NAME or len(password) > MOST_PASSWORD:
                raise NotSignedIn("name and password do not belong together")
            _who, session, token = by_password(request, name, password)
    except SmaltiError as error:
        return _page(request, status_of(error), back, error=error, name=given.get("name", ""))
    answer = RedirectResponse(where_to(request, path_of(back)), 303, _PAGES_GONE)
    set_cookie(request, answer, session, token)
    return answer


@root.post("/sign-out", response_class=HTMLResponse)
def sign_out_by_form(_: Anyone, request: Request, service: TheService, given: Form) -> Response:
    """Sign out: the session ends here, and its cookie and what was kept of pages in the browser."""
    back, token = given.get("next", "/"), session_token(request)
    try:
        security_of(request).check_meant(request, token, given.get("csrf", ""))
    except NotAllowed as error:
        return _page(request, 403, back, error=error, known=_known(request))
    service.gateway.access.sessions.end(token)
    answer = _page(request, 200, back, note="You are signed out.")
    _forget(request, answer)
    return answer


@router.post("/session/links", status_code=201)
def make_link(who: Admin, given: Whom, request: Request, service: TheService) -> LinkView:
    """Make a link that signs somebody in on this machine, once and within a minute.

    Only for whoever may read the service's home folder: they could read all that is stored anyway.
    """
    if who.via != "local":
        raise NotAllowed("only who may read the home folder makes such links", subject=who.name)
    security_of(request).check_here(request)
    name = given.name or _owner(service)
    ticket, secret = service.gateway.access.ticket(name)
    about(request, ticket.name)
    user = service.gateway.access.users.find(ticket.name)
    link = f"{security_of(request).origin(request)}/sign-in?{urlencode({'ticket': secret})}"
    return LinkView(user.name, user.role, link, ticket.ends_at)


def _owner(service: Service) -> str:
    """The user of whoever the home folder belongs to; an admin who has no password, made at first use."""
    users = service.gateway.access.users
    name = _account(service.engine.settings.home)
    if users.get(name) is None:
        users.add(name, Role.ADMIN)
    return name


def _account(folder: Path) -> str:
    try:
        told = pwd.getpwuid(folder.stat().st_uid).pw_name
    except KeyError:  # a container's user need have no name
        told = ""
    plain = re.sub(r"[^a-z0-9._@+-]+", "-", told.lower()).strip("-._@+")[:_MOST_NAME]
    return plain if plain and plain != "local" else "owner"


def _known(request: Request) -> Known | None:
    token = session_token(request)
    if not token:
        return None
    try:
        _, who = service_of(request).gateway.access.sessions.of(token)
    except NotSignedIn:
        return None
    return Known(who.name, who.role.value, csrf_token(token))


def _page(
    request: Request,
    status: int,
    back: str,
    *,
    known: Known | None = None,
    ticket: str = "",
    refused: str = "",
    error: SmaltiError | None = None,
    name: str = "",
    note: str = "",
) -> Response:
    path, home = path_of(back), where_to(request, "")
    alert = _told(error) if error else _REFUSED.get(refused, _REFUSED_SO) if refused else ""
    offer = Offer()
    try:
        security_of(request).check_unread(request)
        offer = replace(_offer(request, path, ticket), name=name[:_MOST_NAME])
        if ticket and not offer.ticket:
            alert = "This link was used or is too old; `smalti dashboard` prints another."
    except NotAllowed as unsafe:
        alert = _told(unsafe)
    answer = sign_in_page.answer(
        status, back=path, home=home, offer=offer, known=known, alert=alert, note=note
    )
    if isinstance(error, TooMany):
        answer.headers["retry-after"] = str(error.retry_after)
    return answer


def _offer(request: Request, path: str, ticket: str) -> Offer:
    access = service_of(request).gateway.access
    if ticket and (found := access.tickets.look(ticket)) is not None:
        return Offer(ticket=ticket, ticket_name=found.name)
    openid = security_of(request).openid is not None
    password = any(user.password_hash for user in access.users.all())
    return Offer(
        password=password,
        openid=f"/v1/session/openid?{urlencode({'next': path})}" if openid else "",
        setting_up=not (password or openid),
    )


def _told(error: SmaltiError) -> str:
    return f"{error.what.capitalize()}." + (f" {error.mend.capitalize()}." if error.mend else "")


def _forget(request: Request, answer: Response) -> None:
    answer.delete_cookie(
        cookie_name(request),
        path="/",
        secure=security_of(request).secure(request),
        httponly=True,
        samesite="lax",
    )
    answer.headers.update(_PAGES_GONE)
