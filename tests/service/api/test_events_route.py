"""Server-sent events over HTTP; the listener's side is tested with the client."""

from __future__ import annotations

import json
import threading

import pytest
from fastapi.testclient import TestClient
from tests.service.api.conftest import AsRole

from smalti.platform.auth import Role
from smalti.service.service import Service


def told(text: str) -> list[tuple[str, dict[str, object], str]]:
    """(kind, data, id) of each event of an answer; comments left out."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in lines:
            found.append((lines["event"], json.loads(lines["data"]), lines["id"]))
    return found


def test_who_comes_back_gets_what_came_meanwhile(admin: TestClient, service: Service):
    begin = service.live.newest_id
    service.live.tell("alert", alert_id="a1")
    service.live.tell("report", report_id="p1")
    service.live.close()
    answer = admin.get("/v1/events", headers={"Last-Event-ID": begin})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache"
    assert [(kind, data) for kind, data, _ in told(answer.text)] == [
        ("alert", {"alert_id": "a1"}),
        ("report", {"report_id": "p1"}),
    ]
    only = admin.get("/v1/events", params={"kind": "report"}, headers={"Last-Event-ID": begin})
    assert [kind for kind, _, _ in told(only.text)] == ["report"]
    after = admin.get("/v1/events", headers={"Last-Event-ID": told(answer.text)[0][2]})
    assert [kind for kind, _, _ in told(after.text)] == ["report"]


def test_without_a_last_event_it_begins_now(admin: TestClient, service: Service):
    service.live.tell("alert", alert_id="a1")
    service.live.close()
    answer = admin.get("/v1/events")
    assert told(answer.text) == []
    assert f"id: {service.live.newest_id}" in answer.text


def test_an_id_of_an_earlier_run_of_the_service_is_told_as_missed(admin: TestClient, service: Service):
    service.live.tell("alert", alert_id="a1")
    service.live.close()
    answer = admin.get("/v1/events", headers={"Last-Event-ID": "0123456789ab-7"})
    assert [kind for kind, _, _ in told(answer.text)] == ["missed", "alert"]


def test_scored_signals_and_ended_runs_are_told_when_they_are_written(admin: TestClient, service: Service):
    begin = service.live.newest_id
    service.gateway.score()
    service.live.close()
    answer = admin.get("/v1/events", headers={"Last-Event-ID": begin})
    assert [(kind, data["stage"], data["state"]) for kind, data, _ in told(answer.text)] == [
        ("run", "score", "done")
    ]


def test_listeners_are_bounded(admin: TestClient, service: Service):
    service.live.close()
    held = [service.live.place("local") for _ in range(10)]
    for place in held:
        place.__enter__()
    assert admin.get("/v1/events").status_code == 429
    held[0].__exit__(None, None, None)
    assert admin.get("/v1/events").status_code == 200
    assert admin.get("/v1/events").status_code == 200, "a place is given back"


def test_listening_ends_when_its_key_no_longer_counts(
    with_key: AsRole, service: Service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("smalti.service.api.routes.events._TRUSTED", 0.05)
    access = service.gateway.access
    viewer = with_key(Role.VIEWER)
    (key,) = [one for one in access.keys.all() if one.owner == "viewer"]
    threading.Timer(0.2, lambda: (access.keys.revoke(key.key_id), service.live.tell("run"))).start()
    answer = viewer.get("/v1/events")
    assert [kind for kind, _, _ in told(answer.text)] == ["run"]


def test_nobody_hears_anything_without_a_key(nobody: TestClient):
    assert nobody.get("/v1/events").status_code == 401
