"""Analysts and customers get different answers to the same question, both true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.assistant.checks.ledger import ISSUERS, NOW, Books, books, figure, printed, value_of

from smalti.assistant.answers.signals import answer as scored
from smalti.assistant.assistant import answered
from smalti.assistant.audience import scores
from smalti.assistant.audience.reception import received
from smalti.assistant.audience.shown import shown
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Ask, Audience, Figure, Status
from smalti.assistant.understood import Kind, Named, Understood
from smalti.platform.errors import NotAllowed
from smalti.platform.store import Batch

MARBLE = Named("marble", ISSUERS["marble"], "Marble Heron")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books(tmp_path_factory.mktemp("books")) as opened:
        batch = Batch()
        row = {"kind": "issuer", "subject_id": "marble", "published_by": "ana", "published_at": NOW}
        batch.add("publications", row)
        batch.add("users", {"name": "ana", "email": "ana@example.org", "role": "analyst"})
        opened.store.commit(batch)
        yield opened


@pytest.fixture
def customer(own: Books) -> Grounds:
    return replace(own.grounds, audience=Audience.CUSTOMER)


def count(grounds: Grounds, table: str, **more: Any) -> int:
    return int(grounds.rows(f"SELECT count(*) FROM {table}", **more).item())


def test_customers_read_what_is_published_and_nothing_else(own: Books, customer: Grounds) -> None:
    assert count(own.grounds, "documents") == 3
    assert count(customer, "documents") == 1
    assert set(customer.rows("SELECT DISTINCT document_id FROM evidence").to_series()) == {"filing of marble"}
    assert customer.rows("SELECT issuer_id FROM issuers").to_series().to_list() == ["marble"]
    assert set(customer.rows("SELECT issuer_id FROM issuer_names").to_series()) == {"marble"}
    for kept_back in ("attributions", "findings", "alerts", "prices", "comparisons", "sightings"):
        assert count(customer, kept_back) == 0


@pytest.mark.parametrize("table", ["users", "api_keys", "sessions", "audit", "alert_channels", "deliveries"])
def test_nobody_reads_tables_of_people_and_keys(own: Books, table: str) -> None:
    with pytest.raises(NotAllowed):
        own.grounds.rows(f"SELECT * FROM {table}")
    with pytest.raises(NotAllowed):
        own.grounds.rows(f"SELECT d.* FROM documents d WHERE EXISTS (SELECT 1 FROM main.{table})")


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('x')", "DROP TABLE links"]
)
def test_nothing_but_reading_of_tables_is_let(own: Books, sql: str) -> None:
    with pytest.raises(NotAllowed):
        own.grounds.rows(sql)


def test_the_same_score_is_a_number_for_one_and_a_word_for_the_other(own: Books, customer: Grounds) -> None:
    asked = Understood("What is the risk of Marble Heron?", Kind.SIGNAL, [MARBLE], signal="risk")
    analyst, told = scored(asked, own.grounds), scores.answer(asked, customer)
    assert analyst is not None and told is not None
    assert "31%" in analyst.answer(asked, own.grounds).text
    said = answered(asked, customer)
    assert said.status is Status.ANSWERED
    assert "is moderate, on a scale of low, moderate, elevated, high" in said.text
    assert "from moderate to elevated" in said.text
    assert not any(c.isdigit() for c in said.text)
    assert said.notes == ("This is information, not advice.",)


def test_customers_are_told_nothing_of_an_issuer_that_is_not_published(customer: Grounds) -> None:
    taken = received(Ask("What is the risk of Velvet Comet Corporation?", NOW, Audience.CUSTOMER), customer)
    assert taken.answer is not None and taken.answer.status is Status.UNKNOWN
    assert "Velvet" not in taken.answer.text


def test_questions_about_the_inside_are_declined_to_customers(customer: Grounds) -> None:
    asked = Understood("Why did the risk of Marble Heron move?", Kind.WHY, [MARBLE], signal="risk")
    assert answered(asked, customer).status is Status.DECLINED


def test_filed_numbers_are_the_same_for_both(own: Books, customer: Grounds) -> None:
    text = printed("Revenues", value_of("marble", "Revenues", 2023))
    for grounds in (own.grounds, customer):
        draft = Draft()
        draft.say(f"Its revenue was {text}.", figures=[figure("marble", "Revenues", 2023, text)])
        assert text in shown(own.answer(draft), grounds).text


def test_what_slips_through_is_left_out_at_the_end(own: Books, customer: Grounds) -> None:
    draft = Draft()
    risk = Figure("31%", 0.312, "pure", "risk", None, NOW.date(), "marble", "score")
    draft.say("Its risk was 31%.", figures=[risk])
    draft.say("That is the 73rd percentile of what the model was calibrated on.")
    draft.say("We employ 12,400 people.", ["velvet prose"])
    draft.say("Write to jane.doe@example.org.", ["marble prose"])
    left = shown(own.answer(draft), customer)
    assert left.text == "Write to [e-mail]. [4]" or left.text.startswith("Write to [e-mail].")
    assert [one.document_id for one in left.citations] == ["filing of marble"]
    assert left.steps == ()
