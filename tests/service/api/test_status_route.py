from __future__ import annotations

from fastapi.testclient import TestClient


def test_says_what_the_store_holds(admin: TestClient) -> None:
    answer = admin.get("/v1/status")
    assert answer.status_code == 200
    assert answer.json()["rows"]["documents"] == 0


def test_without_a_key_nothing_is_told(nobody: TestClient) -> None:
    answer = nobody.get("/v1/status")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "NotSignedIn"


def test_an_unknown_address_is_answered_in_the_one_shape(nobody: TestClient) -> None:
    assert nobody.get("/v1/nowhere").json()["error"]["what"] == "Not Found"
