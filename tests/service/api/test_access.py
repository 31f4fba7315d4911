"""Who is let in, and who is not."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from smalti.service.api.access import still_counts
from smalti.service.service import Service


def test_a_key_lets_in_as_far_as_its_role(viewer: TestClient, customer: TestClient) -> None:
    assert viewer.get("/v1/status").status_code == 200
    refused = customer.get("/v1/status")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "NotAllowed")


def test_a_revoked_key_is_refused_at_once_although_it_was_remembered(
    viewer: TestClient, service: Service
) -> None:
    assert viewer.get("/v1/status").status_code == 200
    keys = service.gateway.access.keys
    keys.revoke(keys.all("viewer")[0].key_id)
    assert viewer.get("/v1/status").status_code == 401


def test_a_disabled_users_key_is_refused_at_once(viewer: TestClient, service: Service) -> None:
    assert viewer.get("/v1/status").status_code == 200
    service.gateway.access.change("viewer", disabled=True)
    assert viewer.get("/v1/status").status_code == 401


def test_a_key_of_other_letters_is_a_wrong_key(nobody: TestClient) -> None:
    answer = nobody.get("/v1/status", headers={b"Authorization": "Bearer schlüssel".encode("latin-1")})
    assert answer.status_code == 401


def test_an_answer_that_lasts_can_ask_whether_its_key_still_counts(
    viewer: TestClient, service: Service, api: FastAPI
) -> None:
    @api.get("/lasting")
    async def lasting(request: Request) -> list[bool]:
        before = await still_counts(request)
        keys = service.gateway.access.keys
        keys.revoke(keys.all("viewer")[0].key_id)
        return [before, await still_counts(request)]

    assert viewer.get("/lasting").json() == [True, False]
