"""The API over a store of its own, asked as whoever a test needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from smalti.service.api import create_app
from smalti.service.engine import Engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

LOCAL_KEY = "local-key-of-the-tests"


@pytest.fixture
def service(engine: Engine) -> Service:
    return Service(engine, LocalGateway(engine), LOCAL_KEY)


@pytest.fixture
def nobody(service: Service) -> Iterator[TestClient]:
    """Asks without any key."""
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def admin(service: Service) -> Iterator[TestClient]:
    """Asks as whoever may read the home folder."""
    with TestClient(create_app(service), headers={"Authorization": f"Bearer {LOCAL_KEY}"}) as client:
        yield client
