"""What routes take from the running service."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from smalti.platform.errors import TooMany
from smalti.platform.settings import Settings
from smalti.platform.store import Store
from smalti.service.api.pace import Pace
from smalti.service.editions import Editions
from smalti.service.engine import Engine
from smalti.service.issuers import Called
from smalti.service.local import LocalGateway
from smalti.service.series import SignalMemory
from smalti.service.service import Service
from smalti.service.standings import Standings

_AT_ONCE = 4
"""Questions that score something anew, answered at once; a thread of the server each while they last."""


def set_up(app: FastAPI, service: Service) -> None:
    """Give an application what its routes take."""
    app.state.service = service
    app.state.memory = SignalMemory(service.engine.store)
    app.state.standings = Standings(service.engine.store)
    app.state.called = Called(service.engine.store)
    app.state.editions = Editions(service.engine.store, service.engine.settings)
    app.state.pace = Pace(service.engine.settings)
    app.state.slots = threading.BoundedSemaphore(_AT_ONCE)


def service_of(request: Request) -> Service:
    """The service that this application speaks for."""
    service: Service = request.app.state.service
    return service


def _gateway(request: Request) -> LocalGateway:
    return service_of(request).gateway


def _engine(request: Request) -> Engine:
    return service_of(request).engine


def _store(request: Request) -> Store:
    return service_of(request).engine.store


def _settings(request: Request) -> Settings:
    return service_of(request).engine.settings


def _memory(request: Request) -> SignalMemory:
    memory: SignalMemory = request.app.state.memory
    return memory


def _standings(request: Request) -> Standings:
    standings: Standings = request.app.state.standings
    return standings


def _called(request: Request) -> Called:
    called: Called = request.app.state.called
    return called


def _editions(request: Request) -> Editions:
    editions: Editions = request.app.state.editions
    return editions


def _slot(request: Request) -> Iterator[None]:
    slots: threading.BoundedSemaphore = request.app.state.slots
    if not slots.acquire(blocking=False):
        raise TooMany("others are being answered that need as much work", mend="ask again in some seconds")
    try:
        yield
    finally:
        slots.release()


TheService = Annotated[Service, Depends(service_of)]
TheGateway = Annotated[LocalGateway, Depends(_gateway)]
TheEngine = Annotated[Engine, Depends(_engine)]
TheStore = Annotated[Store, Depends(_store)]
TheSettings = Annotated[Settings, Depends(_settings)]
TheMemory = Annotated[SignalMemory, Depends(_memory)]
TheStandings = Annotated[Standings, Depends(_standings)]
TheEditions = Annotated[Editions, Depends(_editions)]
TheCalled = Annotated[Called, Depends(_called)]
Slot = Annotated[None, Depends(_slot)]
"""For routes that score something anew: a few at once, so that cheap questions find a free thread."""
