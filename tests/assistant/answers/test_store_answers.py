"""Answers on what is stored: scores and why they moved, findings, calls, pictures, lists, products."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.assistant.answers.newsroom import LATE, ask, newsroom, told

from smalti.assistant.records import Status
from smalti.assistant.understood import Kind
from smalti.platform.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with newsroom(tmp_path_factory.mktemp("stored")) as one:
        yield one


def test_a_withheld_score_is_told_with_its_reason_and_the_last_that_was_not(store: Store) -> None:
    answer = ask(store, Kind.SIGNAL, "What is the risk of Acme Airframes?", signal="risk")
    text = told(answer)
    assert "Acme Airframes' risk is withheld: only stale evidence: prices." in text
    assert any("as of 20 April 2024" in note and "45 days ago" in note for note in answer.notes)
    assert "not withheld over the next 30 trading days was 32%" in text
    assert "as of 20 March 2024" in text
    assert "Its interval is 21% to 45%." in text
    assert "81st percentile" in text
    assert "made from prices" in text


def test_a_score_says_that_it_is_in_sample(store: Store) -> None:
    answer = ask(store, Kind.SIGNAL, "What is the fraud probability?", signal="fraud")
    assert "fraud probability was 1.2%" in told(answer)
    assert any("in-sample" in note for note in answer.notes)


def test_issuers_are_ranked_by_a_score(store: Store) -> None:
    answer = ask(store, Kind.SIGNAL, "Who has the highest fraud probability?", signal="fraud", issuers=())
    assert "Acme Airframes: 1.2% as of 20 April 2024." in told(answer)


def test_drivers_are_shares_of_the_index_and_no_effects_on_the_probability(store: Store) -> None:
    answer = ask(store, Kind.WHY, "Why is the fraud probability what it is?", signal="fraud")
    text = told(answer)
    assert "+0.210 points by what a filing says:" in text
    assert "contradiction index of 0.60, which does not move the probability" in text
    assert "41% of the index is claims against filed facts" in text
    assert "41.0 points" not in text


def test_a_move_is_told_with_what_came_out_between(store: Store) -> None:
    text = told(ask(store, Kind.WHY, "Why did the fraud probability rise?", signal="fraud"))
    assert "rose from 1.1% on 20 February 2024 to 1.2% on 20 April 2024" in text
    assert "3 documents about it came out in between." in text


def test_the_word_risk_is_no_rise(store: Store) -> None:
    text = told(ask(store, Kind.WHY, "Why is the fraud risk what it is?", signal="fraud"))
    assert "came out in between" not in text
    assert "the model says" in text


def test_a_finding_is_told_with_both_sides_quoted(store: Store) -> None:
    answer = ask(store, Kind.CONTRADICTION, "What contradicts what?")
    text = told(answer)
    assert "strength 0.60" in text
    assert "“Orders for landing gear grew 9 percent.”" in text
    assert "“Historically, the airline industry has been cyclical and very competitive.”" in text


def test_what_somebody_said_is_quoted_with_the_second_and_its_numbers_are_unverified(store: Store) -> None:
    answer = ask(
        store, Kind.SAID, "What did the CEO say about orders?", speaker="CEO", topic="orders for landing gear"
    )
    assert answer.status is Status.ANSWERED
    assert "Chief Executive Officer, management, at 00:00.0-00:05.0:" in told(answer)
    assert "“Orders for landing gear grew 9 percent.”" in told(answer)
    assert any("unverified" in note for note in answer.notes)


def test_another_speaker_is_never_passed_off_as_the_one_asked_for(store: Store) -> None:
    answer = ask(store, Kind.SAID, "What did the CFO say about margins?", speaker="CFO", topic="margins")
    assert answer.status is Status.PARTLY
    assert "No sentence on this is known to be by the CFO" in told(answer)
    nobody = ask(store, Kind.SAID, "What did the CEO say about bananas?", speaker="CEO", topic="bananas")
    assert nobody.status is Status.UNKNOWN


def test_a_chart_is_quoted_as_it_was_read_once_and_its_cut_axis_named(store: Store) -> None:
    answer = ask(store, Kind.PICTURE, "What does the chart show?")
    text = told(answer)
    assert text.count("“Orders: 2022 390, 2023 412”") == 1
    assert "Its axis is cut" in text
    assert any("nearly the same" in note for note in answer.notes)


def test_a_list_counts_and_cites_newest_first_and_nothing_later(store: Store) -> None:
    text = told(ask(store, Kind.LIST, "Which posts are there?"))
    assert "2 posts of Acme Airframes are stored." in text
    assert text.index("10 May 2024") < text.index("10 April 2024")
    assert "news" not in told(ask(store, Kind.LIST, "Which filings and news are there?"))
    assert "1 news page" in told(ask(store, Kind.LIST, "Which news are there?", now=LATE))


def test_what_is_missing_names_sources_without_documents(store: Store) -> None:
    text = told(ask(store, Kind.MISSING, "What is missing?"))
    assert "There are no news and prices of Acme Airframes." in text
    assert "The newest call of Acme Airframes is of 10 April 2024." in text


def test_only_documents_that_are_stated_to_be_on_products_fit_and_none_is_recommended(store: Store) -> None:
    answer = ask(store, Kind.FITS, "Which account suits a student?", topic="account for students", issuers=())
    text = told(answer)
    assert "recommends none" in text
    assert "“The saver account suits students with small balances.”" in text
    assert "“A monthly fee of 3 EUR is charged below 500 EUR.”" in text
    assert {one.document_id for one in answer.citations} == {"fees"}
    none = ask(store, Kind.FITS, "Which mortgage fits?", topic="mortgage", issuers=())
    assert none.status is Status.UNKNOWN


def test_help_offers_questions_over_what_is_held(store: Store) -> None:
    answer = ask(store, Kind.HELP, "help", issuers=())
    assert "What contradicts what at Acme Airframes?" in answer.offers
    assert "4 filings" in told(answer) or "3 filings" in told(answer)
