"""Questions over HTTP: whole and as they are answered, conversations of one's own, feedback."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from tests.service.api.furnished import FACT, PARAGRAPH, furnish

from smalti.platform.auth import Principal, Role
from smalti.service.alerts.channels import add_channel, read_channel
from smalti.service.api.pace import Pace
from smalti.service.assistant import converse
from smalti.service.assistant.stored import conversation
from smalti.service.chat.handing import person_for
from smalti.service.service import Service

EMPTY = {"text": "Who wrote Moby Dick?"}


@pytest.fixture(autouse=True)
def _words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smalti.service.search.encoder_prefix", lambda _: None)


@pytest.fixture
def filled(service: Service) -> Service:
    furnish(service.engine)
    return service


def ask(client: TestClient, text: str = "What was the revenue of Quartz Anvil?", **more) -> dict:
    answer = client.post("/v1/assistant", json={"text": text} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_answer_comes_whole_with_what_it_cites(filled, viewer):
    turn = ask(viewer)
    assert turn["audience"] == "analyst"
    assert {one["evidence_id"] for one in turn["answer"]["citations"]} & {PARAGRAPH, FACT}
    assert turn["text"].count("[1]") >= 1
    kept = viewer.get(f"/v1/assistant/conversations/{turn['conversation_id']}").json()
    assert kept["turns"] == [turn]
    assert kept["title"] == "What was the revenue of Quartz Anvil?"


def test_a_stream_tells_steps_then_sentences_then_the_whole(filled, viewer):
    with viewer.stream("POST", "/v1/assistant/stream", json={"text": "Revenue of Quartz Anvil?"}) as answer:
        lines = [line for line in answer.iter_lines() if line]
    events = [
        (kind.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for kind, data in zip(lines[::2], lines[1::2], strict=True)
    ]
    kinds = [kind for kind, _ in events]
    assert kinds == sorted(kinds, key=["step", "sentence", "answer"].index)
    assert set(kinds) == {"step", "sentence", "answer"}
    whole = events[-1][1]
    assert [data for kind, data in events if kind == "sentence"] == whole["answer"]["sentences"]


def test_what_is_refused_in_a_stream_is_told_in_it(filled, viewer):
    asked = {"text": "Revenue?", "conversation": "nobodys"}
    with viewer.stream("POST", "/v1/assistant/stream", json=asked) as answer:
        lines = [line for line in answer.iter_lines() if line]
    assert lines[0] == "event: error"
    assert json.loads(lines[1].removeprefix("data: "))["code"] == "NotFound"


def test_a_conversation_goes_on_and_is_its_owners(filled, viewer, analyst):
    first = ask(viewer)
    second = ask(viewer, "And of profit?", conversation=first["conversation_id"])
    assert (second["conversation_id"], second["ordinal"]) == (first["conversation_id"], 2)
    [row] = viewer.get("/v1/assistant/conversations").json()["items"]
    assert row["turns"] == 2
    path = f"/v1/assistant/conversations/{first['conversation_id']}"
    assert analyst.get(path).status_code == 404
    assert analyst.delete(path).status_code == 404
    stolen = {"text": "Go on", "conversation": first["conversation_id"]}
    assert analyst.post("/v1/assistant", json=stolen).status_code == 404
    assert analyst.get("/v1/assistant/conversations").json()["items"] == []
    assert viewer.delete(path).status_code == 204
    assert viewer.get(path).status_code == 404
    assert filled.engine.store.counts()["turns"] == 0


def test_a_customer_is_a_customer_whatever_they_say(filled, customer, viewer):
    assert ask(customer, audience="analyst")["audience"] == "customer"
    assert ask(viewer, audience="customer")["audience"] == "customer"
    refused = customer.post("/v1/assistant", json={"text": "Read it", "attached": ["d1"]})
    assert refused.status_code == 403
    unknown = customer.post("/v1/assistant", json={"text": "Risk?", "issuer": "Nobody"})
    assert unknown.status_code == 404
    assert "Anvil" not in unknown.text, "whom there is evidence about is not told"


def test_what_customers_ask_is_kept_without_personal_data(filled, customer):
    turn = ask(customer, "My mail is jo@example.org, what of Quartz Anvil?")
    assert "jo@example.org" not in json.dumps(turn)
    kept = filled.engine.store.read("SELECT question, answer::TEXT AS answer FROM turns").row(0)
    assert not any("jo@example.org" in one for one in kept)


COMPLAINT = "This is a complaint: your fees are outrageous and nobody answers my letters."


def test_a_complaint_where_nobody_can_be_told_says_so(filled, customer):
    turn = ask(customer, COMPLAINT)
    assert turn["answer"]["status"] == "handed over"
    assert turn["answer"]["sentences"][-1]["text"] == "No person can be called from here."


def test_a_complaint_tells_the_channel_and_the_customer_how_to_reach_somebody(filled):
    engine = filled.engine
    told = {"kind": "webhook", "name": "staff", "address": "https://hooks.example.org/x"}
    channel = add_channel(engine.store, engine.settings, read_channel(told), "a-secret-of-sixteen", "ann")
    reach = {"assistant_person": "staff", "assistant_contact": "call 555 0100"}
    set_up = replace(filled, engine=replace(engine, settings=engine.settings.model_copy(update=reach)))
    who = Principal("cus", Role.CUSTOMER, "key")
    turn = converse(set_up.engine, who, COMPLAINT, person=person_for(set_up, who))
    assert "A person was told. You reach one here: call 555 0100. Your reference is " in turn.text
    [row] = engine.store.read("SELECT * FROM deliveries").iter_rows(named=True)
    assert row["channel_id"] == channel.channel_id
    assert "nobody answers my letters" in row["message"]
    assert conversation(engine.store, who, turn.conversation_id).turns[0].text == turn.text
    assert person_for(set_up, Principal("ana", Role.ANALYST, "key")) is None


def test_a_question_is_bounded(filled, viewer):
    for bad in (
        {"text": ""}, {"text": "x" * 4_001}, {"text": "x", "attached": ["d"] * 11},
        {"text": "x", "who": "me"}, {"text": "\ud800"}, {"text": "x", "as_of": "0000-01-01"},
    ):  # fmt: skip
        answer = viewer.post(
            "/v1/assistant", content=json.dumps(bad), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, bad
    assert viewer.post("/v1/assistant", json={"text": " \n "}).json()["error"]["code"] == "Empty"
    assert viewer.post("/v1/assistant", json={"text": "x", "attached": ["none"]}).status_code == 404


def test_nothing_that_became_public_later_is_read(filled, viewer):
    turn = ask(viewer, as_of="2020-01-01")
    assert turn["answer"]["citations"] == []
    later = ask(viewer, conversation=turn["conversation_id"])
    assert later["answer"]["citations"]


def test_feedback_is_kept_and_listed_for_analysts(filled, viewer, customer, analyst):
    turn = ask(viewer)
    path = f"/v1/assistant/turns/{turn['turn_id']}/feedback"
    assert customer.post(path, json={"thumb": "down"}).status_code == 404
    assert viewer.post(path, json={}).status_code == 422
    assert viewer.post(path, json={"thumb": "up", "evidence": ["none"]}).status_code == 404
    viewer.post(path, json={"thumb": "up"})
    viewer.post(path, json={"thumb": "down", "correction": "It was\n7.", "evidence": [FACT]})
    assert viewer.get("/v1/assistant/feedback").status_code == 403
    [lesson] = analyst.get("/v1/assistant/feedback").json()["items"]
    assert (lesson["thumb"], lesson["correction"], lesson["evidence"]) == ("down", "It was 7.", [FACT])
    assert lesson["question"] == turn["question"]
    kept = viewer.get(f"/v1/assistant/conversations/{turn['conversation_id']}").json()
    assert [one["thumb"] for one in kept["turns"][0]["feedback"]] == ["down"]


def test_nobody_asks_more_often_than_is_let(filled, viewer, api):
    api.state.pace = Pace(filled.engine.settings.model_copy(update={"assistant_rate": 1.0}))
    ask(viewer)
    answer = viewer.post("/v1/assistant", json=EMPTY)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert Role.VIEWER in answer.json()["error"]["subject"]
