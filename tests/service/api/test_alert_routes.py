"""Alerts, rules and channels over HTTP."""

from __future__ import annotations

import json

from fastapi.testclient import TestClient

from smalti.platform.store import Batch
from smalti.service.alerts import evaluate
from smalti.service.service import Service

LEVEL = {"name": "high risk", "condition": {"when": "level", "signal": "risk", "horizon": 30, "above": 0.4}}
HOOK = {"name": "hook", "kind": "webhook", "address": "https://hooks.example.org/x"}
SECRET = "a-secret-of-sixteen"


def risk(service: Service, value: float) -> None:
    store = service.engine.store
    batch = Batch()
    batch.add("issuers", {"issuer_id": "acme", "name": "Acme"})
    batch.add(
        "signals",
        {"signal_id": f"s{value}", "case_id": "c", "issuer_id": "acme", "kind": "risk", "as_of": store.now(),
         "horizon_days": 30, "value": value, "model_version": "m", "used": [], "missing": [],
         "not_trained": [], "stale": [], "in_sample": False, "details": "{}"},
    )  # fmt: skip
    store.commit(batch)


def test_from_a_rule_to_a_verdict(service: Service, analyst: TestClient, viewer: TestClient):
    risk(service, 0.9)
    made = analyst.post("/v1/alert-rules", json=LEVEL)
    assert made.status_code == 201
    rule = made.json()["rule_id"]
    refused = analyst.post(f"/v1/alert-rules/{rule}/switch", json={"on": True})
    assert refused.status_code == 409
    assert "backtest" in refused.json()["error"]["mend"]
    tested = analyst.post(f"/v1/alert-rules/{rule}/backtests", json={"begins": "2020-01-01"})
    assert tested.status_code == 201
    assert tested.json()["result"]["alerts"] == 1
    assert viewer.get(f"/v1/alert-rules/{rule}/backtests").json()["items"] == [tested.json()]
    assert analyst.post(f"/v1/alert-rules/{rule}/switch", json={"on": True}).json()["enabled"]
    evaluate(service, service.engine.store.now())
    [alert] = viewer.get("/v1/alerts", params={"issuer": "Acme", "state": "new"}).json()["items"]
    assert alert["reason"] == "risk over 30 trading days is 90.0%, above 40.0%"
    assert viewer.get(alert["link"]).json()["signal"]["value"] == 0.9
    for path, body in (
        ("acknowledge", None),
        ("assign", {"to": "bob"}),
        ("comment", {"text": "Looks right.\nSee page 4."}),
        ("verdict", {"verdict": "wrong"}),
        ("verdict", {"verdict": "right", "text": "after all"}),
    ):
        assert viewer.post(f"{alert['link']}/{path}", json=body).status_code == 403
        done = analyst.post(f"{alert['link']}/{path}", json=body)
        assert done.status_code == 200, done.text
    detail = done.json()
    assert [(e["kind"], e["value"], e["made_by"]) for e in detail["history"]] == [
        ("acknowledged", "", "analyst"), ("assigned", "bob", "analyst"), ("comment", "", "analyst"),
        ("verdict", "wrong", "analyst"), ("verdict", "right", "analyst"),
    ]  # fmt: skip
    told = detail["alert"]
    assert (told["state"], told["assignee"], told["verdict"]) == ("acknowledged", "bob", "right")
    assert viewer.get("/v1/alerts", params={"state": "new"}).json()["items"] == []
    assert [(one["signal_id"], one["value"]) for one in detail["occurrences"]] == [("s0.9", 0.9)]
    assert len(viewer.get("/v1/alerts", params={"assignee": "bob"}).json()["items"]) == 1
    assert viewer.get("/v1/alerts", params={"assignee": "ann"}).json()["items"] == []
    assert len(viewer.get("/v1/alerts", params={"until": told["as_of"]}).json()["items"]) == 1
    assert viewer.get("/v1/alerts", params={"until": "2001-01-01"}).json()["items"] == []
    [judged] = analyst.get("/v1/alert-rules/verdicts").json()
    assert (judged["signal_id"], judged["right"], judged["wrong"]) == ("s0.9", 1, 0)
    [precision] = viewer.get("/v1/alert-rules/precision").json()["items"]
    assert (precision["precision"], round(precision["low"], 3)) == (1.0, 0.207)


def test_lists_come_in_pages(service: Service, analyst: TestClient):
    for number in range(3):
        analyst.post("/v1/alert-rules", json=LEVEL | {"name": f"rule {number}"})
    first = analyst.get("/v1/alert-rules", params={"limit": 2}).json()
    rest = analyst.get("/v1/alert-rules", params={"limit": 2, "cursor": first["next"]}).json()
    names = [one["rule"]["name"] for page in (first, rest) for one in page["items"]]
    assert names == ["rule 0", "rule 1", "rule 2"]
    assert rest["next"] is None


def test_a_rule_may_be_tried_before_it_is_stored(service: Service, analyst: TestClient):
    risk(service, 0.9)
    assert analyst.post("/v1/alert-rules/try", json={"rule": LEVEL}).json()["alerts"] == 1
    assert analyst.get("/v1/alert-rules").json()["items"] == []
    missing = analyst.post("/v1/alert-rules/try", json={"rule": LEVEL | {"issuer": "nobody"}})
    assert missing.status_code == 404


def test_a_rule_is_found_by_its_name_however_it_is_written(analyst: TestClient):
    made = analyst.post("/v1/alert-rules", json=LEVEL | {"name": "hohes Risiko: über 30 %"}).json()
    found = analyst.get("/v1/alert-rules/hohes%20Risiko%3A%20%C3%BCber%2030%20%25")
    assert found.json()["rule_id"] == made["rule_id"]


def test_bad_rules_are_refused(analyst: TestClient):
    for body in (
        {},
        {"name": "x", "condition": {"when": "level", "signal": "risk"}},
        {"name": "\ud800", "condition": LEVEL["condition"]},
        {"name": "x\x00", "condition": LEVEL["condition"]},
        LEVEL | {"window_hours": 1e300},
        LEVEL | {"notify": ["x"] * 51},
        LEVEL | {"issuer": "a", "watchlist": "b"},
        LEVEL | {"condition": {"when": "change", "signal": "risk", "by": 0.1, "days": 10**40}},
        {"name": "x", "condition": {"when": "stale source"}, "issuer": "a"},
    ):
        sent, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        answer = analyst.post("/v1/alert-rules", content=sent, headers=headers)
        assert answer.status_code == 422, answer.text


def test_a_channels_secret_goes_in_and_never_comes_out(
    service: Service, admin: TestClient, analyst: TestClient
):
    assert analyst.post("/v1/channels", json={"channel": HOOK, "secret": SECRET}).status_code == 403
    made = admin.post("/v1/channels", json={"channel": HOOK, "secret": SECRET})
    assert made.status_code == 201
    one = made.json()["channel_id"]
    moved = HOOK | {"address": "https://hooks.example.org/elsewhere"}
    answers = [
        made,
        analyst.get("/v1/channels"),
        analyst.get(f"/v1/channels/{one}"),
        admin.put(f"/v1/channels/{one}", json={"channel": HOOK}),
        admin.put(f"/v1/channels/{one}", json={"channel": moved}),
        admin.put(f"/v1/channels/{one}/secret", json={"secret": SECRET + " with spaces"}),
        admin.post(f"/v1/channels/{one}/test"),
        admin.get("/v1/audit"),
    ]
    assert not any(SECRET in answer.text for answer in answers)
    assert answers[3].json()["has_secret"]
    assert not answers[4].json()["has_secret"]
    assert answers[5].status_code == 422
    assert answers[6].json()["state"] == "failed"
    assert "no secret" in answers[6].json()["error"]
    assert admin.put(f"/v1/channels/{one}/secret", json={"secret": SECRET}).json()["has_secret"]
    [delivery] = analyst.get("/v1/deliveries", params={"state": "failed"}).json()["items"]
    [tried] = analyst.get(f"/v1/deliveries/{delivery['delivery_id']}/attempts").json()["items"]
    assert (tried["attempt"], tried["outcome"]) == (1, "failed")
    assert admin.delete(f"/v1/channels/{one}").status_code == 204
    assert admin.get(f"/v1/channels/{one}").status_code == 404


def test_private_addresses_are_no_channels(admin: TestClient):
    answer = admin.post("/v1/channels", json={"channel": HOOK | {"address": "https://169.254.169.254/x"}})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "Refused"


def test_recipients_are_put_listed_and_removed(analyst: TestClient):
    told = {"quiet": "22:00-07:00", "zone": "Asia/Tokyo", "budget": 3}
    assert analyst.put("/v1/recipients/Ann Lee", json=told).json()["zone"] == "Asia/Tokyo"
    [view] = analyst.get("/v1/recipients").json()["items"]
    assert (view["recipient"]["name"], view["recipient"]["budget"], view["waiting"]) == ("Ann Lee", 3, 0)
    assert analyst.put("/v1/recipients/bob", json={"zone": "Mars/Base"}).status_code == 422
    assert analyst.put("/v1/recipients/bob", json={"channels": ["nowhere"]}).status_code == 404
    assert analyst.delete("/v1/recipients/Ann Lee").status_code == 204
    assert analyst.get("/v1/recipients").json()["items"] == []
