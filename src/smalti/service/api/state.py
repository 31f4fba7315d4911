"""What routes take from the running service."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from smalti.platform.store import Store
from smalti.service.local import LocalGateway
from smalti.service.service import Service


def service_of(request: Request) -> Service:
    """The service that this application speaks for."""
    service: Service = request.app.state.service
    return service


def _gateway(request: Request) -> LocalGateway:
    return service_of(request).gateway


def _store(request: Request) -> Store:
    return service_of(request).engine.store


TheService = Annotated[Service, Depends(service_of)]
TheGateway = Annotated[LocalGateway, Depends(_gateway)]
TheStore = Annotated[Store, Depends(_store)]
