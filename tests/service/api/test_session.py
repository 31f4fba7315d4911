"""Signing in and out over HTTP, and what a session may and may not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from tests.openid_provider import CLIENT, SECRET, Provider, serving
from tests.service.api.conftest import made

from smalti.platform.auth import Role
from smalti.platform.settings import Settings
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

PASSWORD = "correct horse battery"
HERE = "http://127.0.0.1:8000"


@pytest.fixture
def ada(service: Service) -> None:
    service.gateway.access.users.add("ada", Role.ADMIN, password=PASSWORD)


def signed_in(client: TestClient) -> dict[str, str]:
    """Signs in; returns the headers that a page of ours would send with changes."""
    answer = client.post("/v1/session", json={"name": "ada", "password": PASSWORD})
    assert answer.status_code == 200
    return {"Origin": HERE, "X-CSRF-Token": answer.json()["csrf"]}


def test_the_token_comes_in_a_cookie_that_pages_cannot_read(nobody: TestClient, ada: None) -> None:
    answer = nobody.post("/v1/session", json={"name": "ada", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    token = nobody.cookies["smalti"]
    assert token not in answer.text
    who = nobody.get("/v1/session").json()
    assert (who["name"], who["role"], who["via"]) == ("ada", "admin", "session")


def test_a_change_by_session_needs_our_origin_and_the_csrf_token(nobody: TestClient, ada: None) -> None:
    right = signed_in(nobody)
    given = {"name": "bob", "role": "viewer"}
    wrong: list[dict[str, str]] = [
        {},
        {"Origin": HERE},
        {"X-CSRF-Token": right["X-CSRF-Token"]},
        right | {"Origin": "https://evil.example.net"},
        right | {"Origin": "null"},
        right | {"Origin": "http://127.0.0.1:9999"},
        right | {"Sec-Fetch-Site": "cross-site"},
        right | {"Sec-Fetch-Site": "same-site"},
        right | {"X-CSRF-Token": "x" * 64},
    ]
    for headers in wrong:
        assert nobody.post("/v1/users", json=given, headers=headers).status_code == 403, headers
    assert nobody.post("/v1/users", json=given, headers=right).status_code == 201
    same_site = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": right["X-CSRF-Token"]}
    assert nobody.patch("/v1/users/bob", json={"disabled": True}, headers=same_site).status_code == 200


def test_a_key_needs_neither(admin: TestClient) -> None:
    headers = {"Origin": "https://evil.example.net", "Sec-Fetch-Site": "cross-site"}
    assert admin.post("/v1/users", json={"name": "bob", "role": "viewer"}, headers=headers).status_code == 201


def test_another_sites_page_cannot_sign_somebody_in(nobody: TestClient, ada: None) -> None:
    headers = {"Origin": "https://evil.example.net", "Sec-Fetch-Site": "cross-site"}
    given = {"name": "ada", "password": PASSWORD}
    answer = nobody.post("/v1/session", json=given, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session_on_the_server(nobody: TestClient, ada: None) -> None:
    headers = signed_in(nobody)
    token = nobody.cookies["smalti"]
    assert nobody.delete("/v1/session", headers=headers).status_code == 204
    again = nobody.get("/v1/session", headers={"Cookie": f"smalti={token}"})
    assert again.status_code == 401


def test_sign_ins_good_and_bad_are_in_the_log_without_the_password(
    nobody: TestClient, ada: None, service: Service
) -> None:
    signed_in(nobody)
    nobody.post("/v1/session", json={"name": "ada", "password": "a wrong password"})
    nobody.post("/v1/session", json={"name": "nobody", "password": PASSWORD})
    sql = "SELECT kind, who, via, outcome FROM audit ORDER BY audit_id"
    assert service.engine.store.read(sql).rows() == [
        ("sign-in", "ada", "password", "200"),
        ("sign-in", "ada", "password", "401"),
        ("sign-in", "nobody", "password", "401"),
    ]
    assert "wrong" not in str(service.engine.store.read("SELECT * FROM audit").rows())


def test_guessing_passwords_is_slowed_down_and_answers_429(nobody: TestClient, ada: None) -> None:
    tries = [nobody.post("/v1/session", json={"name": "ada", "password": f"guess {i}"}) for i in range(7)]
    assert [answer.status_code for answer in tries] == [401] * 5 + [429] * 2
    assert int(tries[-1].headers["retry-after"]) >= 1
    assert nobody.post("/v1/session", json={"name": "ada", "password": PASSWORD}).status_code == 429


def test_one_changes_ones_own_password_with_the_old_one(nobody: TestClient, ada: None) -> None:
    headers = signed_in(nobody)
    given = {"password": "not the old one", "new": "another long password"}
    assert nobody.put("/v1/session/password", json=given, headers=headers).status_code == 401
    given["password"] = PASSWORD
    assert nobody.put("/v1/session/password", json=given, headers=headers).status_code == 204
    assert nobody.get("/v1/session").status_code == 401
    again = nobody.post("/v1/session", json={"name": "ada", "password": "another long password"})
    assert again.status_code == 200


def test_no_password_goes_over_the_network_in_the_clear(settings: Settings) -> None:
    changed = settings.model_copy(update={"hosts": ("smalti.example.org",)})
    with open_engine(changed) as engine:
        service = Service(engine, LocalGateway(engine), "unused")
        service.gateway.access.users.add("ada", Role.VIEWER, password=PASSWORD)
        app = made(service)
        given = {"name": "ada", "password": PASSWORD}
        plain = TestClient(app, "http://smalti.example.org").post("/v1/session", json=given)
        assert (plain.status_code, plain.json()["error"]["code"]) == (403, "NotAllowed")
        sealed = TestClient(app, "https://smalti.example.org").post("/v1/session", json=given)
        assert sealed.headers["set-cookie"].startswith("__Host-smalti=")
        assert {"Secure", "Path=/", "HttpOnly"} <= set(sealed.headers["set-cookie"].split("; "))


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving() as one:
        yield one


@pytest.fixture
def with_provider(settings: Settings, provider: Provider) -> Iterator[Service]:
    changed = settings.model_copy(
        update={
            "oidc_issuer": provider.address,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": type(settings.oidc_client_secret)(SECRET),
            "oidc_roles": {"desk": Role.ANALYST},
            "allow": (provider.address.removeprefix("http://"),),
        }
    )
    with open_engine(changed) as engine:
        yield Service(engine, LocalGateway(engine), "unused")


def test_the_way_to_the_provider_and_back_ends_in_a_session(
    with_provider: Service, provider: Provider
) -> None:
    provider.now = with_provider.engine.store.now().timestamp()
    client = TestClient(made(with_provider), HERE, follow_redirects=False)
    there = client.get("/v1/session/openid")
    assert there.status_code == 303
    assert there.headers["location"].startswith(f"{provider.address}/authorize?")
    state, code = provider.sign_in(there.headers["location"])
    back = client.get("/v1/session/openid/callback", params={"state": state, "code": code})
    assert back.status_code == 303
    who = client.get("/v1/session").json()
    assert (who["name"], who["role"]) == ("ada.byron", "analyst")
    sql = "SELECT kind, who, via, outcome FROM audit"
    assert with_provider.engine.store.read(sql).rows() == [("sign-in", "ada.byron", "openid", "200")]
    assert client.get("/v1/session/openid/callback", params={"state": state, "code": code}).status_code == 401


def test_another_browser_cannot_be_given_somebodys_way_back(
    with_provider: Service, provider: Provider
) -> None:
    provider.now = with_provider.engine.store.now().timestamp()
    app = made(with_provider)
    attacker = TestClient(app, HERE, follow_redirects=False)
    state, code = provider.sign_in(attacker.get("/v1/session/openid").headers["location"])
    victim = TestClient(app, HERE, follow_redirects=False)
    answer = victim.get("/v1/session/openid/callback", params={"state": state, "code": code})
    assert answer.status_code == 401
    assert "smalti" not in victim.cookies


def test_without_a_provider_there_is_no_such_way(nobody: TestClient) -> None:
    assert nobody.get("/v1/session/openid").status_code == 404
    assert nobody.get("/v1/session/openid/callback", params={"state": "a", "code": "b"}).status_code == 404
