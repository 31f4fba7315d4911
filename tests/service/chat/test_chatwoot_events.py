"""Chatwoot: what a customer writes to the bot is answered as to a customer, or handed to a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.service.chat.conftest import SECRETS, Front

from smalti.assistant.records import Answer, Sentence, Status
from smalti.service.chat.chatwoot import Event, calls, incoming
from smalti.service.chat.inbox import accept
from smalti.service.chat.integrations import ChatwootSetup, IntegrationView


def bot(front: Front) -> IntegrationView:
    return front.add({"kind": "chatwoot", "address": front.api.base, "account": 7}, "bot")


def told(text: str | None = "profit falls", number: int = 55, **more: Any) -> dict[str, Any]:
    return {
        "event": "message_created",
        "id": number,
        "content": text,
        "content_type": "text",
        "content_attributes": {},
        "message_type": "incoming",
        "created_at": "2026-03-01T10:00:00.000Z",
        "private": False,
        "source_id": None,
        "sender": {"id": 9, "name": "Jane Roe", "email": "jane@example.org", "type": "contact"},
        "inbox": {"id": 3, "name": "Website"},
        "conversation": {"id": 41, "inbox_id": 3, "status": "pending", "channel": "Channel::WebWidget"},
        "account": {"id": 7, "name": "Bank"},
    } | more


def test_a_customers_message_is_answered_in_its_conversation(front: Front) -> None:
    view = bot(front)
    assert front.chatwoot(view, told()).status_code == 200
    [sent] = front.api.wait()
    assert sent.path == "/api/v1/accounts/7/conversations/41/messages"
    assert sent.headers["api-access-token"] == SECRETS.token
    assert (sent.body["message_type"], sent.body["private"]) == ("outgoing", False)
    front.due()
    [row] = front.events()
    assert row["state"] == "sent"
    kept = front.service.engine.store.read(
        "SELECT audience, outside, channel FROM turns JOIN conversations USING (conversation_id)"
    )
    assert kept.rows() == [("customer", f"{view.integration_id}/7/41", "chatwoot")]
    whole = front.service.engine.store.read("SELECT t::TEXT FROM turns t").item() + str(row)
    assert "Jane" not in whole  # who it was is kept nowhere
    assert "jane@" not in whole


def test_what_chatwoot_did_not_sign_is_refused(front: Front) -> None:
    view = bot(front)
    assert front.chatwoot(view, told(), secret="another-secret-altogether").status_code == 401
    assert front.chatwoot(view, told(), headers={"x-chatwoot-signature": ""}).status_code == 401
    assert front.chatwoot(view, told(), age=301).status_code == 401
    unknown = IntegrationView("0" * 64, view.integration, "ann", view.made_at)
    assert front.chatwoot(unknown, told()).status_code == 401
    assert front.events() == []


def test_a_retry_is_answered_once_and_a_replay_is_refused(front: Front) -> None:
    view = bot(front)
    assert front.chatwoot(view, told()).status_code == 200
    assert front.chatwoot(view, told()).status_code == 409
    assert front.chatwoot(view, told(), age=5).status_code == 200
    front.api.wait()
    front.due()
    assert len(front.api.got) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"message_type": "outgoing"},
        {"private": True},
        {"event": "message_updated"},
        {"event": "conversation_opened"},
        {"conversation": {"id": 41, "status": "open"}},
        {"account": {"id": 8}},
    ],
)
def test_the_bots_own_and_the_agents_messages_are_left_alone(front: Front, more: dict[str, Any]) -> None:
    view = bot(front)
    assert front.chatwoot(view, told(**more)).status_code == 200
    front.due()
    assert front.events() == front.api.got == []


def test_a_complaint_is_handed_to_a_person_who_is_told_why_and_what_was_asked(front: Front) -> None:
    view = bot(front)
    front.chatwoot(view, told("profit falls", 1))
    front.settled()
    front.chatwoot(
        view, told("I want to complain about the fee you charged me, call me at +44 20 7946 0958", 2)
    )
    _, said, note, opened = front.api.wait(4)
    assert "person" in said.body["content"]
    assert (said.body["private"], note.body["private"]) == (False, True)
    for words in ("complaint", "profit falls", "the fee you charged me"):
        assert words in note.body["content"]
    assert "7946" not in note.body["content"]
    assert opened.body == {"status": "open"}


def test_what_was_acknowledged_before_the_service_died_is_answered_after_its_start(front: Front) -> None:
    view = bot(front)
    message = incoming(ChatwootSetup(address=front.api.base, account=7), Event.model_validate(told()))
    assert message is not None
    accept(front.service.engine.store, view, message, "sha256=00")  # and then it died
    assert front.api.got == []
    assert front.due() == 1
    assert len(front.api.got) == 1
    assert front.due() == 0


def test_a_file_is_handed_to_a_person(front: Front) -> None:
    view = bot(front)
    front.chatwoot(view, told(None, attachments=[{"file_type": "image"}]))
    said, note, opened = front.api.wait(3)
    assert "person" in said.body["content"]
    assert note.body["private"] is True
    assert "sent a file" in note.body["content"]
    assert opened.path.endswith("/conversations/41/toggle_status")
    assert opened.body == {"status": "open"}


def test_a_hand_off_that_broke_off_goes_on_where_it_was(front: Front) -> None:
    view = bot(front)
    front.api.answers = [(200, {}), (502, {})]
    front.chatwoot(view, told(None, attachments=[{"file_type": "image"}]))
    front.api.wait(2)
    front.settled()
    front.clock.later(minutes=2)
    front.due()
    assert [one.path.rpartition("/")[2] for one in front.api.got] == [
        "messages", "messages", "messages", "toggle_status",
    ]  # fmt: skip
    assert [one.body.get("private") for one in front.api.got] == [False, True, True, None]


def test_messages_of_one_conversation_are_answered_in_their_order(front: Front) -> None:
    view = bot(front)
    front.api.answers = [(500, {})]
    front.chatwoot(view, told("profit falls first", 1))
    front.settled()
    front.clock.later(seconds=1)
    front.chatwoot(view, told("profit falls second", 2))
    front.due()
    assert len(front.api.got) == 1  # the second waits for the first
    front.clock.later(minutes=2)
    front.due()
    front.api.wait(3)
    asked = front.service.engine.store.read("SELECT question FROM turns ORDER BY ordinal")["question"]
    assert list(asked) == ["profit falls first", "profit falls second"]


def test_where_no_answer_can_be_made_a_person_takes_over(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smalti.platform.errors import TooMany
    from smalti.service.chat import answering

    def broken(*_: object, **__: object) -> None:
        raise TooMany("it took too long")

    monkeypatch.setattr(answering, "converse", broken)
    view = bot(front)
    front.chatwoot(view, told())
    for _ in range(4):
        front.due()
        front.clock.later(minutes=6)
    said, note, opened = front.api.wait(3)
    assert "A person will take over" in said.body["content"]
    assert "it took too long" in note.body["content"]
    assert opened.body == {"status": "open"}


def test_a_hand_over_tells_the_person_why() -> None:
    given = ChatwootSetup(address="https://chat.example.org", account=7)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    answer = Answer(Status.HANDED_OVER, (Sentence("A person will take over."),), moment)
    said, note, opened = calls(given, {"conversation": 41}, answer, "Complaint about a fee")
    assert said.body["content"] == "A person will take over."
    assert note.body == {"content": "Complaint about a fee", "message_type": "outgoing", "private": True}
    assert opened.body == {"status": "open"}
