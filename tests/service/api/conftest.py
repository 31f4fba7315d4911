"""The API over a store of its own, asked as whoever a test needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from smalti.platform.auth import Role, hashing
from smalti.service.api import create_app
from smalti.service.engine import Engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

LOCAL_KEY = "local-key-of-the-tests"
HERE = "http://127.0.0.1:8000"
"""Where the service believes to be asked; other hosts are refused."""

AsRole = Callable[[Role], TestClient]


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords and keys are hashed at the least cost; tests of the hashes themselves are elsewhere."""
    least = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(hashing, "_ARGON2", least)


@pytest.fixture
def service(engine: Engine) -> Service:
    return Service(engine, LocalGateway(engine), LOCAL_KEY)


def made(service: Service) -> FastAPI:
    """An application like any other, but its routes are those of the first one made here.

    They are the same for every service, and FastAPI takes half a second to prepare them when they are first
    asked: too much for each test.
    """
    app = create_app(service)
    if not _prepared:
        _prepared.append(app)
    first = _prepared[0]
    first.dependency_overrides.clear()
    app.router.routes = list(first.router.routes)
    app.dependency_overrides = first.dependency_overrides
    return app


_prepared: list[FastAPI] = []


@pytest.fixture
def api(service: Service) -> FastAPI:
    return made(service)


@pytest.fixture
def nobody(api: FastAPI) -> Iterator[TestClient]:
    """Asks without any key."""
    with TestClient(api, HERE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def admin(api: FastAPI) -> Iterator[TestClient]:
    """Asks as whoever may read the home folder."""
    with TestClient(api, HERE, headers={"Authorization": f"Bearer {LOCAL_KEY}"}) as client:
        yield client


@pytest.fixture
def with_key(api: FastAPI, service: Service) -> Iterator[AsRole]:
    """Makes a user and a key of a role, named like the role, and asks with it."""
    access = service.gateway.access
    with ExitStack() as open_clients:

        def asking(role: Role) -> TestClient:
            if access.users.get(role.value) is None:
                access.users.add(role.value, role)
            _, key = access.keys.create(role.value)
            client = TestClient(api, HERE, headers={"Authorization": f"Bearer {key}"})
            return open_clients.enter_context(client)

        yield asking


@pytest.fixture
def viewer(with_key: AsRole) -> TestClient:
    return with_key(Role.VIEWER)


@pytest.fixture
def analyst(with_key: AsRole) -> TestClient:
    return with_key(Role.ANALYST)


@pytest.fixture
def customer(with_key: AsRole) -> TestClient:
    return with_key(Role.CUSTOMER)
