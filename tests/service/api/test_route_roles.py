"""Every route of the API asked by everybody: let in or refused as the route says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from tests.service.api.route_roles import DOCUMENTS, OPEN, in_docs, routes, table

from smalti.platform.auth import Principal, Role
from smalti.service.api.access import Asks, identified, open_to_all

LET_IN = 418
"""What a route answers in these tests in the place of running."""


@pytest.fixture
def stopping(api: FastAPI, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The API whose routes stop right after they let somebody in, so that none of them does anything."""
    asked: Callable[..., Any] = Asks.__call__

    async def stop(self: Asks, who: Annotated[Principal, Depends(identified)]) -> None:
        await asked(self, who)
        raise HTTPException(LET_IN)

    async def stop_open() -> None:
        raise HTTPException(LET_IN)

    monkeypatch.setattr(Asks, "__call__", stop)
    api.dependency_overrides[open_to_all] = stop_open
    return api


def test_every_route_says_who_may_ask_it_and_only_once(api: FastAPI) -> None:
    wrong = {route.name: route.said for route in routes(api) if len(route.said) != 1}
    assert wrong == {}


def test_no_route_is_missed(api: FastAPI) -> None:
    documented = {
        f"{method.upper()} {path}" for path, methods in api.openapi()["paths"].items() for method in methods
    }
    assert documented <= {route.name for route in routes(api)}
    assert len(documented) > 20


def test_only_the_named_routes_are_open_to_all(api: FastAPI) -> None:
    assert {route.name for route in routes(api) if "anyone" in route.said} <= OPEN


def test_each_route_lets_in_whom_it_says_and_refuses_the_others(
    stopping: FastAPI, nobody: TestClient, with_key: Callable[[Role], TestClient]
) -> None:
    askers: dict[Role | None, TestClient] = {None: nobody} | {role: with_key(role) for role in Role}
    wrong = []
    for route in routes(stopping):
        path = re.sub(r"\{[^}]*\}", "x", route.path)
        for role, client in askers.items():
            status = client.request(route.method, path, follow_redirects=False).status_code
            wanted = LET_IN if route.lets_in(role) else 401 if role is None else 403
            if status != wanted:
                wrong.append((route.name, role, status, wanted))
    assert wrong == []


def test_the_documents_hold_no_data_and_are_all_that_fastapi_adds(nobody: TestClient) -> None:
    for path in DOCUMENTS:
        assert nobody.get(path).status_code == 200


def test_the_docs_tell_the_roles_of_every_route(api: FastAPI) -> None:
    assert in_docs() == table(api), "python -m tests.service.api.route_roles writes the table anew"
