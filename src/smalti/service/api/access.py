"""Who asks, and whether they may: what each route names as its argument.

@router.get("/signals")
def signals(gateway: TheGateway, who: Viewer) -> ...
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from smalti.platform.auth import Principal, Role
from smalti.platform.errors import NotAllowed, NotSignedIn
from smalti.service.api.state import service_of


def identified(request: Request) -> Principal:
    """Who sent a request.

    Raises:
        NotSignedIn: it carries no key or session, or one that does not count.
    """
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and hmac.compare_digest(key, service_of(request).local_key):
        return Principal("local", Role.ADMIN, "local")
    raise NotSignedIn("no key or session came with the request", mend="send `Authorization: Bearer KEY`")


def _at_least(needed: Role) -> Callable[[Principal], Principal]:
    def checked(who: Annotated[Principal, Depends(identified)]) -> Principal:
        if not who.role.may(needed):
            raise NotAllowed(f"a {who.role} may not do this", subject=who.name, mend=f"ask a {needed}")
        return who

    return checked


Viewer = Annotated[Principal, Depends(_at_least(Role.VIEWER))]
Analyst = Annotated[Principal, Depends(_at_least(Role.ANALYST))]
Admin = Annotated[Principal, Depends(_at_least(Role.ADMIN))]
Customer = Annotated[Principal, Depends(_at_least(Role.CUSTOMER))]
