"""Dialogues of customer service: what is handed over, declined, redacted, and what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.assistant.checks.ledger import NOW, Books, books

from smalti.assistant.assistant import answer
from smalti.assistant.guard.customers import Concern, concern_of, language_of, without_abuse
from smalti.assistant.guard.dialogues import dialogues, held
from smalti.assistant.records import Ask, Audience

MISSED = {"held out: sarcasm", "held out: despair"}
"""Known not to be recognised for what they are."""
NEED_THE_DEMO_WORLD = {"unpublished issuer", "why of a score"}
"""Name issuers of it; test_audiences has the like."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books(tmp_path_factory.mktemp("books")) as opened:
        yield opened


def test_dialogues_go_as_they_have_to(own: Books) -> None:
    grounds = replace(own.grounds, audience=Audience.CUSTOMER)
    talks = [one for one in dialogues() if one.name not in MISSED | NEED_THE_DEMO_WORLD]
    assert len(talks) >= 90
    went = held(
        talks, lambda text, history: answer(Ask(text, NOW, Audience.CUSTOMER, history=history), grounds)
    )
    assert [(one.dialogue, one.wrong) for one in went if one.wrong] == []


def test_analysts_are_not_handed_over(own: Books) -> None:
    said = answer(Ask("Which complaints and lawsuits against the bank are reported?", NOW), own.grounds)
    assert said.status not in ("handed over", "declined")


def test_the_gravest_concern_counts() -> None:
    found = concern_of("Your service is terrible, I want a refund, and I do not want to live any more.")
    assert found is not None and found.kind is Concern.HARM


def test_of_an_abusive_message_its_question_is_answered() -> None:
    assert without_abuse("You idiots! What was the revenue in 2025?") == "What was the revenue in 2025?"
    assert without_abuse("You idiots!") == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wie hoch sind die Gebühren des Fonds laut Produktblatt?", "German"),
        ("Quels sont les frais de gestion du fonds?", "French"),
        ("Bu fon için yıllık ücret ne kadar ve bir alt sınır var mı?", "Turkish"),
        ("What is the risk of Walnut Lighthouse Packaging?", ""),
    ],
)
def test_the_language_of_a_question_is_told(text: str, language: str) -> None:
    assert language_of(text) == language
