"""`smalti search` on a folder taken in: words, filters, JSON."""

from __future__ import annotations

import json


def test_it_finds_what_was_taken_in(call, world, monkeypatch):
    monkeypatch.setenv("SMALTI_SEARCH_VECTORS", "0")
    assert call("ingest", world).exit_code == 0
    told = call("search", "profit fell by a third", "--json")
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert "fell by a third as orders dried up" in found["hits"][0]["quote"]
    assert found["hits"][0]["issuers"] == ["Quartz Anvil Corporation"]
    early = json.loads(call("search", "profit fell", "--as-of", "2025-02-09", "--json").stdout)
    assert all(hit["available_at"] < "2025-02-10" for hit in early["hits"])
    posts = json.loads(call("search", "orders late", "--source", "social", "--json").stdout)
    assert {hit["source"] for hit in posts["hits"]} == {"social"}
    assert "words were compared, meaning was not" in call("search", "quartz").output
