"""What stands around the API: hosts, headers, rates, and the audit of changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import duckdb
import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient
from tests.service.api.conftest import made

from smalti.platform.auth import Role
from smalti.platform.settings import Settings
from smalti.service.engine import Engine, open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

KEY = {"Authorization": "Bearer local-key-of-the-tests"}


def test_a_request_to_a_name_that_is_not_ours_is_refused(admin: TestClient) -> None:
    ours = ("127.0.0.1:8000", "localhost", "LOCALHOST:8000", "[::1]:8000")
    others = (
        "evil.example.net",
        "127.0.0.1.evil.example.net",
        "localhost.evil.example.net:8000",
        "10.0.0.7:8000",
        "",
        "localhost:8000@evil.example.net",
    )
    told = {host: admin.get("/v1/status", headers={"Host": host}).status_code for host in ours + others}
    assert told == dict.fromkeys(ours, 200) | dict.fromkeys(others, 400)


def test_every_answer_has_the_headers_also_refusals_and_defects(api: FastAPI, nobody: TestClient) -> None:
    @api.get("/broken")
    def broken() -> None:
        raise RuntimeError("a defect")

    for path, status in (("/v1/status", 401), ("/nowhere", 404), ("/broken", 500), ("/v1/openapi.json", 200)):
        answer = nobody.get(path)
        assert answer.status_code == status
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in answer.headers


def test_a_route_may_answer_with_headers_of_its_own(api: FastAPI, nobody: TestClient) -> None:
    @api.get("/page")
    def page() -> Response:
        return Response("", headers={"Content-Security-Policy": "sandbox", "Cache-Control": "private"})

    answer = nobody.get("/page")
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers["cache-control"] == "private"
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_docs_page_loads_all_it_needs_from_here(nobody: TestClient) -> None:
    page = nobody.get("/v1/docs")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(loaded) == 3
    assert [nobody.get(address).status_code for address in loaded] == [200, 200, 200]
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_tools_can_read_in_the_document_that_a_key_is_needed(nobody: TestClient) -> None:
    document = nobody.get("/v1/openapi.json").json()
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert document["paths"]["/v1/status"]["get"]["security"] == [{"key": []}]


@pytest.fixture
def hurried(settings: Settings) -> Iterator[Service]:
    """A service where a key may ask once, and one wrong key may come from an address, in many minutes."""
    changed = settings.model_copy(
        update={"api_rate": 0.001, "signin_rate": 0.01, "public_url": "https://smalti.example.org"}
    )
    with open_engine(changed) as engine:
        yield Service(engine, LocalGateway(engine), "local-key-of-the-tests")


def asking(service: Service, key: str, base: str = "https://smalti.example.org") -> TestClient:
    return TestClient(made(service), base, headers={"Authorization": f"Bearer {key}"})


def test_whoever_asks_too_often_is_told_when_to_come_back(hurried: Service) -> None:
    access = hurried.gateway.access
    access.users.add("bot", Role.VIEWER)
    keys = [access.keys.create("bot")[1] for _ in range(2)]
    client = asking(hurried, keys[0])
    assert client.get("/v1/status").status_code == 200
    late = client.get("/v1/status")
    assert (late.status_code, late.json()["error"]["code"]) == (429, "TooMany")
    assert 900 < int(late.headers["retry-after"]) <= 1000
    other = client.get("/v1/status", headers={"Authorization": f"Bearer {keys[1]}"})
    assert other.status_code == 200


def test_wrong_keys_from_one_address_are_soon_not_even_compared(hurried: Service) -> None:
    access = hurried.gateway.access
    access.users.add("bot", Role.VIEWER)
    key, secret = access.keys.create("bot")
    client = asking(hurried, f"smk_{key.key_id}_wrong")
    assert [client.get("/v1/status").status_code for _ in range(4)] == [401, 429, 429, 429]
    refused = client.get("/v1/status")
    assert 5_000 < int(refused.headers["retry-after"]) <= 6_000
    assert secret not in refused.text


def test_behind_tls_browsers_are_told_to_stay_there(hurried: Service) -> None:
    answer = asking(hurried, "local-key-of-the-tests").get("/v1/status")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def audited(engine: Engine) -> list[tuple[str, ...]]:
    sql = "SELECT kind, who, via, action, subject, outcome FROM audit ORDER BY audit_id"
    return engine.store.read(sql).rows()


def test_every_change_is_in_the_log_with_who_and_what_and_how_it_went(
    admin: TestClient, with_key: Callable[[Role], TestClient], service: Service
) -> None:
    viewer = with_key(Role.VIEWER)
    key = service.gateway.access.keys.all("viewer")[0].key_id
    given = {"name": "bob", "role": "viewer", "password": "a long enough password"}
    assert admin.post("/v1/users", json=given).status_code == 201
    assert admin.post("/v1/users", json=given).status_code == 409
    assert admin.patch("/v1/users/bob", json={"disabled": True}).status_code == 200
    assert viewer.patch("/v1/users/bob", json={"disabled": False}).status_code == 403
    assert viewer.get("/v1/status").status_code == 200  # no change
    assert audited(service.engine) == [
        ("change", "local", "local", "POST /v1/users", "bob", "201"),
        ("change", "local", "local", "POST /v1/users", "", "409"),
        ("change", "local", "local", "PATCH /v1/users/{name}", "bob", "200"),
        ("change", "viewer", f"key: {key}", "PATCH /v1/users/{name}", "bob", "403"),
    ]
    everything = str(service.engine.store.read("SELECT * FROM audit").rows())
    assert "long enough" not in everything


def test_a_change_that_cannot_be_audited_is_not_acknowledged(
    admin: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = service.engine.store.commit

    def full(batch: object, **more: object) -> object:
        if "audit" in batch.frames():  # type: ignore[attr-defined]
            raise duckdb.IOException("no space left on device")
        return commit(batch, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(service.engine.store, "commit", full)
    answer = admin.post("/v1/users", json={"name": "bob", "role": "viewer"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "StoreError")
    assert "may have been done" in answer.json()["error"]["mend"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_admins_read_the_log_in_pages_and_nobody_takes_from_it(admin: TestClient, viewer: TestClient) -> None:
    for i in range(5):
        admin.post("/v1/users", json={"name": f"u{i}", "role": "viewer"})
    first = admin.get("/v1/audit", params={"limit": 3}).json()
    rest = admin.get("/v1/audit", params={"limit": 3, "cursor": first["next"]}).json()
    assert [entry["subject"] for entry in first["items"] + rest["items"]] == ["u4", "u3", "u2", "u1", "u0"]
    assert rest["next"] is None
    assert viewer.get("/v1/audit").status_code == 403
    assert admin.delete("/v1/audit").status_code == 405
    assert admin.get("/v1/audit", params={"by": "viewer"}).json()["items"] == []
