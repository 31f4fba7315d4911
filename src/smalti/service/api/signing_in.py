"""Signing in, however it is done: the checks, the cookie, the audit log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from fastapi import Request, Response

from smalti.platform.audit import SIGN_IN, Entry
from smalti.platform.auth.sessions import Session
from smalti.platform.auth.users import User
from smalti.platform.errors import SmaltiError
from smalti.service.api.access import cookie_name, security_of
from smalti.service.api.errors import status_of
from smalti.service.api.security import address_of
from smalti.service.api.state import service_of

_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
"""Printable ASCII but for the backslash, which browsers take for a slash; no second slash after the first."""
_MOST_PATH = 1_500


def by_password(request: Request, name: str, password: str) -> tuple[User, Session, str]:
    """Sign somebody in by their password; returns who, the session and its token.

    Raises:
        NotSignedIn: name and password do not belong together, or the user is disabled.
        NotAllowed: it went over the network in the clear, or another site's page sent it.
        TooMany: too many were wrong of late, from there or for this name.
    """
    security = security_of(request)
    security.check_sign_in(request)
    with audited(request, name, "password"), security.guess(request):
        return service_of(request).gateway.access.sign_in(name, password)


def by_ticket(request: Request, secret: str) -> tuple[User, Session, str]:
    """Sign somebody in by a ticket, which is used up; returns who, the session and its token.

    Raises:
        NotSignedIn: it was used or has ended, or the user is disabled.
        NotAllowed: it comes from another machine, or another site's page sent it.
        TooMany: too many were wrong of late.
    """
    security = security_of(request)
    security.check_sign_in(request)
    security.check_here(request)
    with audited(request, "", "ticket") as told, security.guess(request):
        user, session, token = service_of(request).gateway.access.sign_in_by_ticket(secret)
        told["who"] = user.name
    return user, session, token


def set_cookie(request: Request, response: Response, session: Session, token: str) -> None:
    """Give the session's token to the browser, where no page can read it."""
    response.set_cookie(
        cookie_name(request),
        token,
        expires=session.ends_at,
        path="/",
        secure=security_of(request).secure(request),
        httponly=True,
        samesite="lax",
    )


@contextmanager
def audited(request: Request, name: str, via: str) -> Iterator[dict[str, str]]:
    """Put one try to sign in into the audit log, well or ill, before it is answered."""
    told = {"who": name}
    outcome = "200"
    try:
        yield told
    except SmaltiError as error:
        outcome = str(status_of(error))
        raise
    finally:
        action = f"{request.method} {request.url.path}"
        address = address_of(request)
        # What is over the limit is not written: a flood of tries must not become a flood of writes.
        if outcome != "429":
            entry = Entry(SIGN_IN, told["who"], via, action, outcome=outcome, address=address)
            service_of(request).gateway.access.audit.record(entry)


def path_of(told: str) -> str:
    """A path of the dashboard with its query, as it was asked to go on to; its beginning if it is none."""
    return told if len(told) <= _MOST_PATH and _PATH.fullmatch(told) else "/"


def where_to(request: Request, path: str) -> str:
    """Where on the dashboard somebody goes who is signed in; to who they are, where there is no dashboard.

    Args:
        request: of their browser, which reaches the dashboard by the name it reaches us by.
        path: as `path_of` gives it; or nothing, for the dashboard's address, empty where there is none.
    """
    service, host = service_of(request), security_of(request).host(request)
    public = service.engine.settings.dashboard_url
    if public and urlsplit(public).hostname == host.strip("[]"):  # elsewhere their cookie would not count
        return public + path
    if not service.dashboard:
        return "/sign-in" if path else ""
    scheme = "https" if security_of(request).secure(request) else "http"
    return f"{scheme}://{host}:{urlsplit(service.dashboard).port}{path}"
