"""Who asks, and whether they may: what each route names as its argument.

@router.get("/signals")
def signals(gateway: TheGateway, who: Viewer) -> ...

A route that anybody may ask, signed in or not, says so as well: `who: Anyone`.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from smalti.platform.auth import Principal, Role
from smalti.platform.auth.users import LOCAL
from smalti.platform.errors import NotAllowed, NotSignedIn, TooMany
from smalti.service.api.security import Security
from smalti.service.api.state import service_of

_SESSION = "session"
"""How programs that act for somebody who is signed in send the session's token: the dashboard."""


async def identified(request: Request) -> Principal:
    """Who sent a request; within what they may ask and change by what they sent.

    Raises:
        NotSignedIn: it carries no key or session, or one that does not count.
        NotAllowed: a session's change that none of our pages sent.
        TooMany: they ask too often, or too many wrong keys came from there.
    """
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        who = await _of_key(request, key)
    else:
        who = await _of_session(request, by_cookie=scheme.lower() != _SESSION)
    security_of(request).check_rate(request, who)
    request.state.who = who
    return who


async def still_counts(request: Request) -> bool:
    """Whether the key or session of a request that is being answered for long would still let it in.

    Asking so does not count as using a session: it may end for idleness meanwhile.
    """
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() == "bearer":
            await _of_key(request, key)
        else:
            service_of(request).gateway.access.sessions.of(session_token(request))
    except (NotSignedIn, TooMany):
        return False
    return True


async def _of_key(request: Request, key: str) -> Principal:
    service = service_of(request)
    if hmac.compare_digest(key.encode(), service.local_key.encode()):
        return Principal(LOCAL, Role.ADMIN, "local")
    keys = service.gateway.access.keys
    if (who := keys.remembered(key)) is not None:
        return who
    with security_of(request).guess(request):
        return await run_in_threadpool(keys.compared, key)


async def _of_session(request: Request, *, by_cookie: bool) -> Principal:
    if not (token := session_token(request)):
        raise NotSignedIn("no key or session came with the request", mend="send `Authorization: Bearer KEY`")
    sessions = service_of(request).gateway.access.sessions
    session, who = sessions.of(token)
    if by_cookie:  # which browsers send unasked; the header they do not
        security_of(request).check_change(request, token)
    if sessions.stale(session):
        await run_in_threadpool(sessions.note, session)
    return who


def security_of(request: Request) -> Security:
    """The rules for requests of this application."""
    security: Security = request.app.state.security
    return security


def cookie_name(request: Request) -> str:
    """What the session's cookie is called; the prefix makes browsers hold it to https and to this host."""
    return "__Host-smalti" if security_of(request).secure(request) else "smalti"


def session_token(request: Request) -> str:
    """The token of the session a request carries in `Authorization: Session` or its cookie, or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == _SESSION:
        return token
    return request.cookies.get(cookie_name(request), "")


def about(request: Request, subject: str) -> None:
    """Say what a change was about, for the audit log, where the path does not name it."""
    request.state.subject = subject


def only_reads(request: Request) -> None:
    """Say of a request that is sent like a change that it changes nothing: the audit log is of changes."""
    request.state.only_reads = True


_key = HTTPBearer(auto_error=False, scheme_name="key", description="An API key: `smalti keys create`.")
# So that the OpenAPI document says it; what is in the header is judged by `identified`.
_Key = Annotated[HTTPAuthorizationCredentials | None, Depends(_key)]


@dataclass(frozen=True, slots=True)
class Asks:
    """The dependency of a route that says who may ask it; `needed` is None for everybody who is signed in."""

    needed: Role | None

    async def __call__(self, who: Annotated[Principal, Depends(identified)], _: _Key = None) -> Principal:
        """Whoever asks, if they may.

        Raises:
            NotAllowed: they may not.
        """
        if self.needed is not None and not who.role.may(self.needed):
            raise NotAllowed(f"a {who.role} may not do this", subject=who.name, mend=f"ask a {self.needed}")
        return who


async def open_to_all() -> None:
    """The dependency of a route that may be asked without a key or session."""


Viewer = Annotated[Principal, Depends(Asks(Role.VIEWER))]
Analyst = Annotated[Principal, Depends(Asks(Role.ANALYST))]
Admin = Annotated[Principal, Depends(Asks(Role.ADMIN))]
Customer = Annotated[Principal, Depends(Asks(Role.CUSTOMER))]
SignedIn = Annotated[Principal, Depends(Asks(None))]
Anyone = Annotated[None, Depends(open_to_all)]
