"""Whether the service lives and can work, for whoever watches it, and its metrics."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from smalti.platform.auth import Principal, Role
from smalti.platform.metrics import CONTENT_TYPE_LATEST
from smalti.service.api.access import Anyone, Asks, identified
from smalti.service.api.state import TheService, service_of
from smalti.service.health import owns_store

root = APIRouter(tags=["health"])


@dataclass(frozen=True, slots=True)
class HealthView:
    """Whether the process lives and has its store."""

    status: Literal["alive", "lost the store"]


@dataclass(frozen=True, slots=True)
class ReadyView:
    """Whether the service can do its work.

    Attributes:
        parts: what it needs, and of each why it cannot be used; empty where it can.
    """

    ready: bool
    parts: dict[str, str]


class _Scraper(Asks):
    """A viewer; where the settings say so, anybody on this machine too."""

    async def __call__(self, request: Request) -> Principal:  # type: ignore[override]  # FastAPI reads what it needs
        """Whoever asks, if they may.

        Raises:
            NotSignedIn: nobody is known to ask.
            NotAllowed: they may not.
        """
        if service_of(request).engine.settings.metrics == "loopback" and _is_here(request):
            return Principal("loopback", Role.VIEWER, "loopback")
        return await Asks.__call__(self, await identified(request))


def _is_here(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:  # no address of the internet at all
        return False


Scraper = Annotated[Principal, Depends(_Scraper(Role.VIEWER))]


@root.get("/healthz", response_model=HealthView, responses={503: {"model": HealthView}})
async def health(service: TheService, _: Anyone) -> Response:
    """Whether the process lives: it answers, and the store is still its own."""
    alive = owns_store(service)
    return _told(HealthView("alive" if alive else "lost the store"), ok=alive)


@root.get("/readyz", response_model=ReadyView, responses={503: {"model": ReadyView}})
def readiness(service: TheService, _: Anyone) -> Response:
    """Whether the service can work: each part it needs was tried, and what cannot be used says why."""
    parts = service.health.parts(service)
    ready = not any(part.fault for part in parts)
    return _told(ReadyView(ready, {part.name: part.fault for part in parts}), ok=ready)


@root.get("/metrics", response_class=Response)
def metrics(service: TheService, who: Scraper) -> Response:
    """Metrics in Prometheus' text format."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _told(view: HealthView | ReadyView, *, ok: bool) -> Response:
    return JSONResponse(asdict(view), 200 if ok else 503)
