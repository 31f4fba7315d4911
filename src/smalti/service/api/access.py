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
from starlette.concurrency import run_in_threadpool

from smalti.platform.auth import Principal, Role
from smalti.platform.auth.users import LOCAL
from smalti.platform.errors import NotAllowed, NotSignedIn
from smalti.service.api.state import service_of


async def identified(request: Request) -> Principal:
    """Who sent a request.

    Raises:
        NotSignedIn: it carries no key or session, or one that does not count.
    """
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn("no key or session came with the request", mend="send `Authorization: Bearer KEY`")
    service = service_of(request)
    if hmac.compare_digest(key.encode(), service.local_key.encode()):
        return Principal(LOCAL, Role.ADMIN, "local")
    keys = service.gateway.access.keys
    return keys.remembered(key) or await run_in_threadpool(keys.compared, key)


@dataclass(frozen=True, slots=True)
class Asks:
    """The dependency of a route that says who may ask it; `needed` is None for everybody who is signed in."""

    needed: Role | None

    async def __call__(self, who: Annotated[Principal, Depends(identified)]) -> Principal:
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
