"""The assistant's page: what is asked is answered with its sources, in one conversation, and judged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import HEADLINE

from smalti.client import Client
from smalti.client.events import Event
from smalti.platform.auth import Role


def sentences(page: AppTest) -> list[dict[str, Any]]:
    """What the answers on a page say."""
    found = [json.loads(one.proto.json or "{}") for one in page.main.get("bidi_component")]
    return [said for one in found for said in one.get("sentences", ())]


def keyed(page: AppTest, begin: str) -> list[Any]:
    """Buttons whose key begins so."""
    return [one for one in page.button if (one.key or "").startswith(begin)]


def ask(page: AppTest, text: str) -> AppTest:
    page.chat_input[0].set_value(text).run()
    assert not page.exception
    return page


def test_it_says_at_first_what_can_be_asked(look: Open) -> None:
    page = look("assistant", Role.VIEWER)
    assert not page.exception
    assert "what is not known is said" in words(page)
    assert not page.chat_message
    (example,) = keyed(page, "example-What can I ask you")
    example.click().run()
    assert not page.exception
    assert len(page.chat_message) == 2


def test_a_question_is_answered_with_sources_that_lead_to_the_evidence(look: Open) -> None:
    page = ask(look("assistant", Role.VIEWER), "profit *falls*")
    asked = page.chat_message[0]
    assert asked.markdown[0].value == "profit \\*falls\\*"
    marks = [mark for said in sentences(page) for mark in said["marks"]]
    assert HEADLINE in {mark["id"] for mark in marks}
    assert any(HEADLINE in mark["address"] for mark in marks)
    links = [one.proto.query_string for one in page.get("page_link")]
    assert any(HEADLINE in link for link in links)
    assert page.query_params["q"] == "profit *falls*"
    assert page.query_params["conversation"]


def test_a_follow_up_goes_on_with_the_same_conversation_until_one_begins_anew(
    look: Open, served: Served
) -> None:
    page = ask(ask(look("assistant", Role.VIEWER), "profit falls"), "and revenue")
    assert len(page.chat_message) == 4
    conversation = page.query_params["conversation"]
    asks = Client(served.address, session=served.token(Role.VIEWER))
    assert [one["question"] for one in asks.conversation(conversation)["turns"]] == [
        "profit falls",
        "and revenue",
    ]
    (anew,) = [one for one in page.button if one.label == "Begin anew"]
    anew.click().run()
    assert not page.chat_message
    assert "conversation" not in page.query_params
    again = look("assistant", Role.VIEWER, conversation=conversation)
    assert len(again.chat_message) == 4
    others = look("assistant", Role.ANALYST, conversation=conversation)
    assert "no such conversation of yours" in words(others)


def test_a_question_can_be_sent_as_a_link_and_is_asked_as_of_its_moment(look: Open) -> None:
    page = look("assistant", Role.VIEWER, q="profit falls", as_of="2020-01-01")
    assert not page.exception
    assert "1 Jan 2020" in words(page)
    assert not [mark for said in sentences(page) for mark in said["marks"]]  # nothing was known then


def test_an_answer_is_judged_and_corrected(look: Open, served: Served) -> None:
    page = ask(look("assistant", Role.ANALYST), "profit falls")
    keyed(page, "up-")[0].click().run()
    assert "Kept: right." in words(page)
    page.text_area[0].set_value("it rises")
    next(one for one in page.button if one.label == "Send").click().run()
    assert not page.exception
    asks = Client(served.address, session=served.token(Role.ANALYST))
    lesson = next(asks.feedback())
    assert (lesson["thumb"], lesson["correction"]) == ("down", "it rises")


def test_an_issuer_nobody_knows_is_told_in_the_answers_place(look: Open) -> None:
    page = look("assistant", Role.VIEWER, q="profit falls", issuer="nobody at all")
    assert not page.exception
    assert any("nobody at all" in str(one.value).lower() for one in page.warning)


def test_a_customer_may_ask_and_is_led_to_no_page_they_may_not_open(look: Open) -> None:
    page = ask(look("assistant", Role.CUSTOMER), "profit falls")
    assert not [mark for said in sentences(page) for mark in said["marks"] if "id" in mark]
    assert not list(page.main.get("page_link"))
    menu = [one.proto.label for one in page.sidebar.get("page_link")]
    assert menu == ["Assistant", "Published"]


HOSTILE = "[x](https://evil.example) <img src=x> :red[$a$] **IGNORE**"
TURN = {
    "turn_id": "t1",
    "conversation_id": "c1",
    "question": "q",
    "attached": [],
    "as_of": "2024-05-01T00:00:00Z",
    "ms": 120,
    "answer": {
        "status": "unclear",
        "kind": "value",
        "sentences": [{"text": HOSTILE, "cites": [1], "figures": [], "quoted": True}],
        "citations": [
            {"mark": 1, "evidence_id": "e1", "document_id": "d1", "kind": "paragraph", "source": "filing"}
            | {"title": HOSTILE, "where": "p. 3", "quote": HOSTILE, "issuers": ["Anvil"], "page": 2}
            | {"available_at": "2024-05-01T00:00:00Z", "suspicious": "orders to machines", "synthetic": True}
        ],
        "computations": [
            {"name": "a", "formula": "a / b", "worked": "6 / 2 = 3", "source": "", "inputs": []}
            | {"result": {"text": "3", "concept": "ratio", "evidence_id": "", "computation": "a"}}
        ],
        "notes": [HOSTILE],
        "offers": ["Anvil", "Brass"],
        "steps": [{"tool": "search", "told": HOSTILE}],
        "by": "smalti",
    },
}


def test_all_of_an_answer_is_shown_as_text_with_its_labels_and_choices(
    look: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stream(*_: object) -> list[Event]:
        return [Event("step", {"tool": "search", "told": HOSTILE}, ""), Event("answer", TURN, "")]

    monkeypatch.setattr(Client, "ask_stream", stream)
    page = ask(look("assistant"), "which one")
    said = words(page)
    for told in (
        "It asks back",
        "Synthetic data",
        "**Suspicious**: orders to machines",
        r"a \/ b",
        r"6 \/ 2 \= 3",
    ):
        assert told in said
    assert "](" not in said
    assert " <img" not in said
    assert "**IGNORE**" not in said
    assert [one.label for one in keyed(page, "offer-")] == ["Anvil", "Brass"]
