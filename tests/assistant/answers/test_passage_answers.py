"""Questions that a sentence answers: it is found, quoted as it stands, and cited; else nothing is claimed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.assistant.answers.newsroom import ACME, FY2023, NOW, ask, newsroom, told

from smalti.assistant.answers.passages_terms import Form, denies, form_of, terms_of
from smalti.assistant.answers.passages_topics import topic_of, topics
from smalti.assistant.records import Status
from smalti.assistant.understood import Kind
from smalti.platform.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with newsroom(tmp_path_factory.mktemp("passages")) as one:
        yield one


@pytest.mark.parametrize(
    ("question", "quoted", "evidence"),
    [
        ("What industry does Acme Airframes operate in?", "leading manufacturer of airframes", "r0"),
        ("Who are the primary customers of Acme Airframes?", "from two airlines, Lark and Tern", "r1"),
        (
            "Has Acme Airframes reported any ongoing legal battles?",
            "complaint was filed against us by Tern",
            "r3",
        ),
        (
            "What drove the reduction in SG&A expense in FY2023?",
            "primarily due to lower marketing expenses",
            "r4",
        ),
        (
            "What are major acquisitions of Acme Airframes in FY2023?",
            "outstanding shares of Plover Ltd.",
            "r6",
        ),
    ],
)
def test_the_sentence_that_answers_is_quoted_and_cited(
    store: Store, question: str, quoted: str, evidence: str
) -> None:
    answer = ask(store, Kind.PASSAGE, question, periods=(FY2023,))
    assert answer.status is Status.ANSWERED
    assert quoted in told(answer)
    assert answer.citations[0].evidence_id == evidence
    assert quoted in answer.citations[0].quote


def test_a_sentence_that_goes_on_is_understood_with_the_one_before(store: Store) -> None:
    answer = ask(
        store, Kind.PASSAGE, "What drove the increase in merchandise inventories at the end of FY2023?"
    )
    assert answer.status is Status.ANSWERED
    assert "opening of 47 new stores" in told(answer)


def test_whether_is_answered_by_yes_or_no(store: Store) -> None:
    cyclical = ask(store, Kind.PASSAGE, "Is the business of Acme Airframes subject to cyclicality?")
    assert cyclical.sentences[0].text.startswith("Yes")
    assert "has been cyclical" in told(cyclical)
    dividends = ask(store, Kind.PASSAGE, "Has Acme Airframes paid dividends?")
    assert dividends.sentences[0].text.startswith("No")
    assert "never paid dividends" in told(dividends)


def test_one_company_s_report_does_not_compare_it_with_another(store: Store) -> None:
    both = (ACME, replace(ACME, issuer_id="other", name="Other Airframes"))
    question = "Is the business of Acme Airframes as cyclical as that of Other Airframes?"
    assert ask(store, Kind.PASSAGE, question, issuers=both).status is Status.UNKNOWN


def test_what_an_event_is_about_is_its_items_without_exhibits(store: Store) -> None:
    answer = ask(store, Kind.PASSAGE, "What was the key agenda of the 8-K of March 2024?", forms=("8-K",))
    assert answer.status is Status.ANSWERED
    assert "Item 5.02 Departure of Officers." in told(answer)
    assert "Kim Vale, former President of Plover Ltd., was appointed" in told(answer)
    assert "Exhibit" not in told(answer)
    assert "third sentence" not in told(answer)


def test_what_nothing_speaks_of_is_not_answered(store: Store) -> None:
    answer = ask(store, Kind.PASSAGE, "Why did the lithium mine in Chile close?")
    assert answer.status is Status.UNKNOWN


def test_no_sentence_stands_in_for_a_number_that_was_not_found(store: Store) -> None:
    answer = ask(store, Kind.PASSAGE, "How many merchandise inventories stores were opened?")
    assert answer.status is Status.UNKNOWN
    asked_as_value = ask(store, Kind.VERDICT, "Is the airline industry cyclical?")
    assert asked_as_value.status is Status.UNKNOWN


def test_what_was_handed_in_is_read_and_nothing_else(store: Store) -> None:
    answer = ask(
        store, Kind.PASSAGE, "What is the monthly fee below a small balance?", attached=["fees"], issuers=()
    )
    assert "A monthly fee of 3 EUR" in told(answer)
    assert {one.document_id for one in answer.citations} == {"fees"}
    other = ask(store, Kind.PASSAGE, "Who audits the zoo?", attached=["fees"], issuers=())
    assert {one.document_id for one in other.citations} == {"fees"}
    assert "It does not speak of this" in told(other)


def test_nothing_that_came_out_later_is_read(store: Store) -> None:
    answer = ask(store, Kind.PASSAGE, "Who bought it on Monday?", attached=["later"], now=NOW)
    assert "Tern bought" not in told(answer)


def test_every_usual_topic_knows_its_question() -> None:
    asked = {
        "business": "What industry does it operate in?",
        "acquisitions": "Which companies were acquired in 2022?",
        "legal": "Are there lawsuits?",
        "customers": "Who are its customers?",
        "dividends": "Has it paid dividends?",
        "separations": "Is it spinning off a business?",
        "officers": "Who was appointed CFO?",
        "employees": "What is the number of employees?",
        "auditor": "Who is the auditor?",
        "competition": "Who are its competitors?",
    }
    assert {one.name for one in topics()} == set(asked)
    found = {name: topic_of(question) for name, question in asked.items()}
    assert {name: one and one.name for name, one in found.items()} == {name: name for name in asked}


def test_terms_leave_out_names_times_and_asides() -> None:
    words = [
        one.word
        for one in terms_of("What production rate did Foot Locker forecast for FY2023?", ["Foot Locker"])
    ]
    assert "foot" not in words
    assert "forecast" in words
    assert not any("2023" in word for word in words)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("What drove the margin?", Form.WHY),
        ("Why did sales fall?", Form.WHY),
        ("When was it founded?", Form.WHEN),
        ("Is it cyclical?", Form.WHETHER),
        ("Which companies were acquired?", Form.WHICH),
    ],
)
def test_forms_of_questions(question: str, form: Form) -> None:
    assert form_of(question) is form


def test_a_sentence_denies_by_its_words_or_by_the_other_direction() -> None:
    assert denies("We have never paid dividends.", "Has it paid dividends?")
    assert denies("Average VaR increased.", "Did VaR decrease?")
    assert not denies("Average VaR decreased by $7 million.", "Did VaR decrease?")
    assert not denies("The risks include, but are not limited to, demand.", "Are there risks?")
