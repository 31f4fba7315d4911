"""Slack: what it signs is answered once, in its thread; what it did not sign, or not now, is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.service.api.furnished import HEADLINE
from tests.service.chat.conftest import SECRETS, Front

from smalti.assistant.records import Answer, Audience, Citation, Sentence, Status
from smalti.platform.errors import Conflict, Refused, SettingsError
from smalti.platform.store import Erasure
from smalti.service.care.erase import _blank
from smalti.service.chat.integrations import (
    SlackSetup,
    add_integration,
    find_integration,
    read_integration,
    secrets_of,
)
from smalti.service.chat.slack import calls


def setup(front: Front, **more: Any) -> dict[str, Any]:
    return {"kind": "slack", "address": f"{front.api.base}/api", "workspace": "T012AB3C4", **more}


def told(text: str = "<@U0BOT> profit falls", **more: Any) -> dict[str, Any]:
    event = {
        "type": "app_mention",
        "user": "U0ASKER",
        "text": text,
        "ts": "1515449522.000016",
        "channel": "C0LAN2Q65",
        "event_ts": "1515449522.000016",
    } | more.pop("event", {})
    return {
        "token": "verification-token",
        "team_id": "T012AB3C4",
        "api_app_id": "A0MDYCDME",
        "event": event,
        "type": "event_callback",
        "event_id": "Ev0MDYHUEL",
        "event_time": 1515449522,
        "authorizations": [{"team_id": "T012AB3C4", "user_id": "U0BOT", "is_bot": True}],
        "is_ext_shared_channel": False,
    } | more


def test_the_address_is_verified(front: Front) -> None:
    front.add(setup(front))
    answer = front.slack({"type": "url_verification", "challenge": "3eZbrw1aB10", "token": "x"})
    assert answer.status_code == 200
    assert answer.json()["challenge"] == "3eZbrw1aB10"


def test_a_mention_is_answered_in_its_thread_with_our_token(front: Front) -> None:
    front.add(setup(front))
    answer = front.slack(told())
    assert answer.status_code == 200
    [sent] = front.api.wait()
    assert sent.path == "/api/chat.postMessage"
    assert sent.headers["authorization"] == f"Bearer {SECRETS.token}"
    assert sent.body["channel"] == "C0LAN2Q65"
    assert sent.body["thread_ts"] == "1515449522.000016"
    assert sent.body["text"]
    assert sent.body["unfurl_links"] is False
    front.due()
    [row] = front.events()
    assert (row["state"], row["said"], row["outgoing"]) == ("sent", "{}", None)
    turns = front.service.engine.store.read("SELECT question, audience FROM turns")
    assert turns.rows() == [("profit falls", "customer")]


def test_a_complaint_calls_the_person_that_is_set(front: Front) -> None:
    front.add(setup(front, person="U0PERSON"))
    front.slack(told("<@U0BOT> I want to complain about the fee you charged me"))
    [sent] = front.api.wait()
    assert sent.body["text"].endswith("<@U0PERSON>: please take over.")


def test_an_answer_that_waits_to_be_sent_loses_what_is_erased(front: Front) -> None:
    front.add(setup(front, analysts=["C0LAN2Q65"]))
    front.api.usual = (503, {})
    front.slack(told())
    front.settled()
    [row] = front.events()
    assert HEADLINE in json.loads(row["outgoing"])["cites"]
    batch = Erasure()
    _blank(front.service.engine.store, batch, [HEADLINE], [])
    front.service.engine.store.erase(batch)
    assert front.events()[0]["outgoing"] is None
    front.api.usual = (200, {"ok": True})
    front.clock.later(minutes=2)
    front.due()
    assert front.events()[0]["state"] == "sent"  # made anew from what is left


def test_what_slack_did_not_sign_is_refused(front: Front) -> None:
    front.add(setup(front))
    assert front.slack(told(), secret="another-secret-altogether").status_code == 401
    assert front.slack(told(), headers={"x-slack-signature": "v0=00"}).status_code == 401
    assert front.slack(told(), headers={"x-slack-signature": ""}).status_code == 401
    assert front.slack(told(), headers={"x-slack-request-timestamp": "soon"}).status_code == 401
    assert front.slack(told(), age=301).status_code == 401
    assert front.slack(told(), age=-301).status_code == 401
    assert front.events() == []


def test_without_any_slack_app_nothing_is_taken(front: Front) -> None:
    assert front.slack(told()).status_code == 401


def test_an_event_that_is_told_again_is_answered_once_and_a_replay_is_refused(front: Front) -> None:
    front.add(setup(front))
    assert front.slack(told()).status_code == 200
    assert front.slack(told()).status_code == 409  # the very same request, overheard
    again = front.slack(told(), age=2, headers={"x-slack-retry-num": "1"})
    assert again.status_code == 200
    front.api.wait()
    front.due()
    assert len(front.api.got) == len(front.events()) == 1


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B0OWN"},
        {"user": "U0BOT"},
        {"type": "message", "channel_type": "channel"},
        {"type": "message", "channel_type": "im", "subtype": "message_changed"},
        {"type": "reaction_added"},
    ],
)
def test_what_is_no_question_to_us_is_acknowledged_and_not_answered(
    front: Front, event: dict[str, Any]
) -> None:
    front.add(setup(front))
    assert front.slack(told(event=event)).status_code == 200
    front.due()
    assert front.events() == front.api.got == []


def test_another_workspace_is_not_answered(front: Front) -> None:
    front.add(setup(front))
    assert front.slack(told(team_id="T0OTHER")).status_code == 403
    assert front.slack({"type": "event_callback", "event": "no event"}).status_code == 422


def test_only_members_of_the_listed_channels_are_analysts(front: Front) -> None:
    front.add(setup(front, analysts=["C0LAN2Q65"]))
    front.slack(told())
    front.slack(told(event_id="Ev2", is_ext_shared_channel=True))
    front.slack(told(event_id="Ev3", event={"channel": "C0ELSE"}))
    front.api.wait(3)
    front.due()
    asked = front.service.engine.store.read("SELECT audience, count(*) FROM turns GROUP BY ALL ORDER BY ALL")
    assert asked.rows() == [("analyst", 1), ("customer", 2)]


def test_questions_of_one_thread_are_one_conversation_and_direct_messages_another(front: Front) -> None:
    front.add(setup(front))
    front.slack(told())
    front.slack(
        told("<@U0BOT> and now?", event_id="Ev2", event={"thread_ts": "1515449522.000016", "ts": "2.0"})
    )
    direct = {"type": "message", "channel_type": "im", "channel": "D0IM", "ts": "3.0"}
    front.slack(told("hello there", event_id="Ev3", event=direct))
    front.slack(told("profit falls", event_id="Ev4", event=direct | {"ts": "4.0"}))
    front.api.wait(4)
    front.due()
    turns = front.service.engine.store.read(
        "SELECT c.outside, count(*) AS n FROM turns JOIN conversations c USING (conversation_id)"
        " GROUP BY ALL ORDER BY outside"
    )
    assert [(outside.partition("/")[2], n) for outside, n in turns.rows()] == [
        ("C0LAN2Q65/1515449522.000016", 2),
        ("D0IM/", 2),
    ]
    assert {sent.body.get("thread_ts") for sent in front.api.got if sent.body["channel"] == "D0IM"} == {None}


def test_personal_data_is_taken_out_before_a_question_is_stored(front: Front) -> None:
    front.add(setup(front))
    front.api.usual = (503, {})
    front.slack(told("my IBAN is DE89 3704 0044 0532 0130 00, profit falls?"))
    front.api.wait()
    [row] = front.events()
    assert "3704" not in str(row)
    assert "profit falls" in row["said"]


def test_a_message_is_sent_again_until_slack_takes_it_and_asked_once(front: Front) -> None:
    front.add(setup(front))
    front.api.answers = [(429, {}), (200, {"ok": False, "error": "fatal_error"})]
    front.slack(told())
    front.settled()
    for number in (2, 3):
        front.clock.later(minutes=3)
        front.due()
        assert len(front.api.got) == number
    assert len({str(sent.body) for sent in front.api.got}) == 1
    [row] = front.events()
    assert (row["state"], row["attempts"]) == ("sent", 3)
    assert front.service.engine.store.read("SELECT count(*) FROM turns").item() == 1


def test_what_slack_will_never_take_is_given_up_with_its_reason(front: Front) -> None:
    front.add(setup(front))
    front.api.usual = (200, {"ok": False, "error": "not_in_channel"})
    front.slack(told())
    front.api.wait()
    front.due()
    [row] = front.events()
    assert (row["state"], row["error"], row["said"]) == ("given up", "not_in_channel", "{}")


ANSWER = Answer(
    Status.HANDED_OVER,
    (Sentence("<!here> *Profit* falls, see https://evil.example/x", (1,)),),
    as_of=datetime(2024, 6, 1, tzinfo=UTC),
    citations=(
        Citation(
            1,
            "e1",
            "d1",
            "paragraph",
            "filing",
            "10-K <@U1>",
            "page 3",
            "Profit falls",
            ("Anvil",),
            available_at=datetime(2024, 5, 1, tzinfo=UTC),
            synthetic=True,
        ),
    ),
)


def test_no_word_of_a_document_becomes_a_mention_or_a_link_and_a_person_is_called() -> None:
    given = SlackSetup(workspace="T012AB3C4", person="S0HELP")
    [call] = calls(given, {"channel": "C1"}, ANSWER, "https://smalti.example.org/evidence?id=")
    text = call.body["text"]
    assert "<https://smalti.example.org/evidence?id=e1|［1］>" in text
    assert text.endswith("<!subteam^S0HELP>: please take over.")
    assert text.count("<") == 2
    assert "https://evil" not in text
    assert "*" not in text
    assert "Synthetic data" in text
    [call] = calls(given, {"channel": "C1"}, ANSWER, "")  # customers cannot open the page
    assert "evidence?id" not in call.body["text"]


def test_secrets_are_sealed_and_open_for_no_other_address(front: Front) -> None:
    view = front.add(setup(front))
    store, settings = front.service.engine.store, front.service.engine.settings
    row = store.read("SELECT * FROM integrations").row(0, named=True)
    assert SECRETS.signing not in str(row)
    assert SECRETS.token not in str(row)
    assert secrets_of(store, settings, view) == SECRETS
    store._con.execute("UPDATE integrations SET address = 'https://evil.example', setup = ?", [
        view.setup.model_copy(update={"address": "https://evil.example"}).model_dump_json()
    ])  # fmt: skip
    with pytest.raises(Conflict):
        secrets_of(store, settings, find_integration(store, view.integration_id))


def test_an_integration_is_refused_that_would_send_tokens_elsewhere(front: Front) -> None:
    engine = front.service.engine
    for address, refused in (
        ("https://slack.evil.example/api", SettingsError),
        ("http://127.0.0.1:1/api", Refused),
    ):
        made = read_integration({"name": "x", "setup": setup(front, address=address)})
        with pytest.raises(refused):
            add_integration(engine.store, engine.settings, made, SECRETS, "ann")
    with pytest.raises(SettingsError):
        add_integration(
            engine.store, engine.settings, read_integration({"name": "x", "setup": setup(front)}), None, "ann"
        )


def test_the_audience_is_the_customers_unless_said() -> None:
    assert SlackSetup(workspace="T012AB3C4").analysts == ()
    assert Audience.CUSTOMER.value == "customer"
