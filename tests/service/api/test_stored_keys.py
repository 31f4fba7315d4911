"""A key that is stored for somebody else's server is not shown, and goes to no other address."""

from __future__ import annotations

from fastapi.testclient import TestClient

from smalti.service.service import Service

KEY = "k3y-of-the-feed"
FEED = {"kind": "news", "schedule": "every 15m"}


def test_a_sources_key_is_hidden_and_does_not_move_to_a_changed_address(
    admin: TestClient, viewer: TestClient, service: Service
) -> None:
    begun = FEED | {"address": f"https://paper.example/feed?api_key={KEY}"}
    assert admin.put("/v1/sources/paper", json=begun).status_code == 200
    shown = viewer.get("/v1/sources/paper")
    assert KEY not in shown.text
    moved = FEED | {"address": shown.json()["address"].replace("paper.example", "thief.example")}
    refused = admin.put("/v1/sources/paper", json=moved)
    assert refused.status_code == 422
    assert "give the key itself" in refused.json()["error"]["mend"]
    bare = FEED | {"address": "https://thief.example/feed"}
    assert admin.put("/v1/sources/paper", json=bare).status_code == 200
    [(address, options)] = service.engine.store.read(
        "SELECT address, options FROM sources WHERE name = 'paper' AND schedule <> ''"
    ).rows()
    assert (address, options) == ("https://thief.example/feed", "{}")
    assert KEY not in str(service.engine.store.read("SELECT * FROM audit").rows())
