"""Signing in and out: by password, or at an OpenID provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, unquote, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from smalti.platform.auth import Role
from smalti.platform.auth.users import MOST_PASSWORD
from smalti.platform.errors import Conflict, NotFound, NotSignedIn, SmaltiError
from smalti.service.api.access import Anyone, SignedIn, cookie_name, security_of, session_token
from smalti.service.api.security import csrf_token
from smalti.service.api.signing_in import audited, by_password, path_of, set_cookie, where_to
from smalti.service.api.state import TheService

if TYPE_CHECKING:
    from smalti.platform.auth.openid import Openid

router = APIRouter(tags=["session"])

_BACK = "/v1/session/openid/callback"
_PENDING, _NEXT = "smalti-openid", "smalti-openid-next"


class Credentials(BaseModel):
    """A name and its password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    password: SecretStr = Field(min_length=1, max_length=MOST_PASSWORD)


class NewPassword(BaseModel):
    """One's password, and the one to take its place."""

    model_config = ConfigDict(extra="forbid")

    password: SecretStr = Field(min_length=1, max_length=MOST_PASSWORD)
    new: SecretStr = Field(min_length=1, max_length=MOST_PASSWORD)


@dataclass(frozen=True, slots=True)
class SessionView:
    """Who asks. `csrf` is what a page sends as `X-CSRF-Token` with each change; null where a key is sent."""

    name: str
    role: Role
    via: str
    csrf: str | None
    ends_at: datetime | None


@router.post("/session")
def sign_in(given: Credentials, request: Request, response: Response, _: Anyone) -> SessionView:
    """Sign in by password. The session's token comes as a cookie that pages cannot read."""
    user, session, token = by_password(request, given.name, given.password.get_secret_value())
    set_cookie(request, response, session, token)
    return SessionView(user.name, user.role, "session", csrf_token(token), session.ends_at)


@router.get("/session")
def who_am_i(request: Request, service: TheService, who: SignedIn) -> SessionView:
    """Who asks, and what a page of theirs has to send with changes."""
    if who.via != "session":
        return SessionView(who.name, who.role, who.via, None, None)
    token = session_token(request)
    session, _ = service.gateway.access.sessions.of(token)
    return SessionView(who.name, who.role, who.via, csrf_token(token), session.ends_at)


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, service: TheService, who: SignedIn) -> None:
    """Sign out; the session's token is refused from now on."""
    _needs_session(who.via)
    service.gateway.access.sessions.end(session_token(request))
    response.delete_cookie(cookie_name(request), path="/", secure=security_of(request).secure(request))


@router.put("/session/password", status_code=204)
def change_own_password(given: NewPassword, request: Request, service: TheService, who: SignedIn) -> None:
    """Change one's own password; every session of theirs ends, this one too."""
    _needs_session(who.via)
    access = service.gateway.access
    with security_of(request).guess(request):
        if access.users.with_password(who.name, given.password.get_secret_value()) is None:
            raise NotSignedIn("this is not the password so far", subject=who.name)
    access.set_password(who.name, given.new.get_secret_value())


@router.get("/session/openid", status_code=303, response_class=RedirectResponse)
def sign_in_at_provider(
    request: Request, _: Anyone, back: Annotated[str, Query(alias="next", max_length=2_000)] = ""
) -> RedirectResponse:
    """Go to the OpenID provider to sign in there; with `next`, on to that path of the dashboard after it."""
    security = security_of(request)
    security.check_sign_in(request)
    security.check_begin(request)
    address, browser = _openid(request).begin(security.origin(request) + _BACK)
    answer = RedirectResponse(address, 303)
    # It comes back from the provider's site, which `Lax` lets through and `Strict` would not.
    kept = {_PENDING: browser} | ({_NEXT: quote(path_of(back), safe="")} if back else {})
    for name, value in kept.items():
        answer.set_cookie(
            name, value, 600, path=_BACK, secure=security.secure(request), httponly=True, samesite="lax"
        )
    return answer


@router.get("/session/openid/callback", status_code=303, response_class=RedirectResponse)
def back_from_provider(
    request: Request,
    service: TheService,
    _: Anyone,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2_000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> RedirectResponse:
    """Come back from the OpenID provider, and be signed in; who came by the sign-in page goes on from it."""
    security = security_of(request)
    asked = path_of(unquote(request.cookies[_NEXT])) if _NEXT in request.cookies else ""
    try:
        with audited(request, "", "openid") as told, security.guess(request):
            if error or not (state and code):
                raise NotSignedIn("the provider did not let them in", subject=error, mend="begin again")
            person = _openid(request).finish(state, code, request.cookies.get(_PENDING, ""))
            user, session, token = service.gateway.access.sign_in_openid(person)
            told["who"] = user.name
    except SmaltiError as refused:
        if not asked:
            raise
        return RedirectResponse(f"/sign-in?{urlencode({'next': asked, 'refused': refused.code})}", 303)
    answer = RedirectResponse(where_to(request, asked) if asked else "/v1/session", 303)
    set_cookie(request, answer, session, token)
    for name in (_PENDING, _NEXT):
        answer.delete_cookie(name, path=_BACK, secure=security.secure(request))
    return answer


def _openid(request: Request) -> Openid:
    openid = security_of(request).openid
    if openid is None:
        raise NotFound("no OpenID provider is set up", subject="oidc_issuer", mend="see docs/access.md")
    return openid


def _needs_session(via: str) -> None:
    if via != "session":
        raise Conflict("no session came with the request", subject=via, mend="sign in first")
