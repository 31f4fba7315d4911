"""Users and keys over HTTP: who may make which, and what is never told."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

from smalti.platform.auth import Role
from smalti.service.service import Service


def test_users_are_listed_without_anything_of_their_passwords(admin: TestClient) -> None:
    for name in ("ada", "bob", "cyd"):
        given = {"name": name, "role": "viewer", "password": "a long enough password"}
        assert "argon2" not in admin.post("/v1/users", json=given).text
    first = admin.get("/v1/users", params={"limit": 2}).json()
    rest = admin.get("/v1/users", params={"limit": 2, "cursor": first["next"]}).json()
    assert [user["name"] for user in first["items"] + rest["items"]] == ["ada", "bob", "cyd"]
    assert set(first["items"][0]) == {"name", "email", "role", "disabled", "password", "openid", "made_at"}
    assert first["items"][0]["password"] is True


def test_a_made_key_works_and_is_told_only_then(admin: TestClient, nobody: TestClient) -> None:
    admin.post("/v1/users", json={"name": "bot", "role": "viewer"})
    made = admin.post("/v1/keys", json={"owner": "bot", "label": "the notebook", "days": 30}).json()
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert nobody.get("/v1/status", headers=headers).status_code == 200
    [listed] = admin.get("/v1/keys", params={"owner": "bot"}).json()["items"]
    assert listed == made["key"]
    assert listed["state"] == "counts"
    secret = made["secret"].split("_", 2)[2]
    assert secret not in str(listed)
    assert admin.delete(f"/v1/keys/{listed['key_id']}").json()["state"] == "revoked"
    assert nobody.get("/v1/status", headers=headers).status_code == 401


def test_a_key_has_an_end_and_no_role_above_its_owners(admin: TestClient) -> None:
    admin.post("/v1/users", json={"name": "bot", "role": "viewer"})
    for given, status in (
        ({"owner": "bot", "days": 0}, 422),
        ({"owner": "bot", "days": 100_000}, 422),
        ({"owner": "bot", "role": "admin"}, 403),
        ({"owner": "bot", "role": "customer"}, 403),
        ({"owner": "nobody"}, 404),
    ):
        assert admin.post("/v1/keys", json=given).status_code == status, given


def test_a_key_makes_no_keys(with_key: Callable[[Role], TestClient]) -> None:
    for role in Role:
        answer = with_key(role).post("/v1/keys", json={"days": 366})
        assert (answer.status_code, answer.json()["error"]["what"]) == (403, "a key makes no keys")


def test_people_see_and_revoke_their_own_keys_only(
    admin: TestClient, viewer: TestClient, analyst: TestClient, service: Service
) -> None:
    [theirs] = service.gateway.access.keys.all("analyst")
    seen = viewer.get("/v1/keys", params={"owner": "analyst"}).json()["items"]
    assert {key["owner"] for key in seen} == {"viewer"}
    assert viewer.delete(f"/v1/keys/{theirs.key_id}").status_code == 404
    assert analyst.get("/v1/status").status_code == 200
    assert len(admin.get("/v1/keys").json()["items"]) == 2
    assert viewer.delete(f"/v1/keys/{seen[0]['key_id']}").status_code == 200
    assert viewer.get("/v1/status").status_code == 401
