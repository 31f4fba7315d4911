"""Tasks over HTTP: begun, watched, called off, and by whom."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.service.conftest import post

from smalti.service.service import Service


def over(client: TestClient, task: dict[str, Any]) -> dict[str, Any]:
    for _ in range(2_000):
        found: dict[str, Any] = client.get(f"/v1/tasks/{task['task_id']}").json()
        if found["state"] not in ("queued", "running"):
            return found
        threading.Event().wait(0.01)
    raise AssertionError("it does not end")


def test_a_folder_is_taken_in_with_a_report_of_each_stage(admin, tmp_path):
    (tmp_path / "posts" / "social").mkdir(parents=True)
    good = post("2025-02-08", "Orders at the shop on the corner are late and nobody answers the phone.")
    (tmp_path / "posts" / "social" / "posts.jsonl").write_text(good + "\n")
    asked = admin.post("/v1/work/ingest", json={"folder": str(tmp_path / "posts")})
    assert asked.status_code == 202
    assert asked.json()["who"] == "local"
    done = over(admin, asked.json())
    assert done["state"] == "done", done
    assert [stage["stage"] for stage in done["result"]][:2] == ["ingest", "link"]
    assert done["result"][0]["counts"] == {"parsed": 1}
    assert {"stage": "ingest", "done": 1, "total": 1} in done["stages"]
    assert admin.get("/v1/tasks").json()["items"][0] == done


def test_what_fails_says_why(admin):
    task = admin.post("/v1/work/score", json={"issuer": "Nobody"}).json()
    error = over(admin, task)["error"]
    assert (error["code"], error["subject"]) == ("NotFound", "Nobody")


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("ingest", {"folder": "relative/folder"}),
        ("ingest", {"folder": "/with\x00nothing"}),
        ("ingest", {"folder": "/" + "x" * 5_000}),
        ("ingest", {"folder": "/tmp", "more": 1}),
        ("push", {"files": []}),
        ("push", {"files": ["/a"], "kind": "gossip"}),
        ("score", {"as_of": "yesterday"}),
        ("retry", {"quarantine_id": "../.."}),
    ],
)
def test_what_cannot_be_meant_is_refused_before_it_begins(admin, service, operation, body):
    assert admin.post(f"/v1/work/{operation}", json=body).status_code == 422
    assert service.tasks.all() == []


def test_a_task_that_is_none_is_not_found(admin):
    assert admin.get("/v1/tasks/nowhere").status_code == 404
    assert admin.delete("/v1/tasks/nowhere").status_code == 404


def test_a_task_is_called_off(admin, service: Service):
    gate = threading.Event()
    service.start_task("wait", "local", lambda _: gate.wait(10))
    service.start_task("wait", "local", lambda _: gate.wait(10))
    waiting = service.start_task("score", "somebody", lambda own: own.gateway.score())
    ended = admin.delete(f"/v1/tasks/{waiting.task_id}").json()
    assert (ended["state"], ended["error"]["what"]) == ("cancelled", "called off by local")
    gate.set()
    service.tasks.close()


def test_an_analyst_sees_their_own_tasks_alone(admin, analyst, service: Service):
    theirs = analyst.post("/v1/work/score", json={"issuer": "Nobody"}).json()
    other = admin.post("/v1/work/score", json={"issuer": "Nobody"}).json()
    over(admin, theirs), over(admin, other)
    assert [one["task_id"] for one in analyst.get("/v1/tasks").json()["items"]] == [theirs["task_id"]]
    assert {one["who"] for one in admin.get("/v1/tasks").json()["items"]} == {"analyst", "local"}
    assert analyst.get(f"/v1/tasks/{other['task_id']}").status_code == 404
    assert analyst.delete(f"/v1/tasks/{other['task_id']}").status_code == 404


def test_a_full_queue_answers_429(admin, service: Service):
    gate = threading.Event()
    while True:
        answer = admin.post("/v1/work/score", json={}) if len(service.tasks.all()) > 7 else None
        if answer is not None:
            break
        service.start_task("wait", "local", lambda _: gate.wait(10))
    gate.set()
    service.tasks.close()
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "TooMany"
