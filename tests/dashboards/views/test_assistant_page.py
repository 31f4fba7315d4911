"""The assistant: it says that it cannot answer, and shows what the search finds."""

from __future__ import annotations

from tests.dashboards.conftest import Open, words
from tests.service.api.furnished import HEADLINE

from smalti.platform.auth import Role


def test_it_says_at_once_that_nothing_answers_and_what_works(look: Open) -> None:
    page = look("assistant", Role.VIEWER)
    assert not page.exception
    assert "not part of this version" in words(page)
    links = [one.proto.label for one in page.main.get("page_link")]
    assert "Search in all evidence, with filters" in links
    assert not page.chat_message


def test_a_question_leads_to_pieces_of_evidence_and_to_no_sentence_of_its_own(look: Open) -> None:
    page = look("assistant", Role.VIEWER)
    page.chat_input[0].set_value("profit *falls*").run()
    assert not page.exception
    asked, found = page.chat_message
    assert asked.markdown[0].value == "profit \\*falls\\*"
    (first, *_) = found.get("page_link")
    assert first.proto.label == "Profit falls"
    assert HEADLINE in first.proto.query_string
    assert "No answer was made of this" in str(found.caption[0].value)
    assert not found.markdown
    assert "profit *falls*" in page.query_params["q"]


def test_a_question_can_be_sent_as_a_link_and_is_asked_as_of_its_moment(look: Open) -> None:
    page = look("assistant", Role.VIEWER, q="profit falls", as_of="2020-01-01")
    assert not page.exception
    assert "The search finds nothing that fits" in words(page)
    (anew,) = [one for one in page.button if one.label == "Begin anew"]
    anew.click().run()
    assert not page.chat_message


def test_an_issuer_nobody_knows_is_told_in_the_answers_place(look: Open) -> None:
    page = look("assistant", Role.VIEWER, q="profit falls", issuer="nobody at all")
    assert not page.exception
    assert any("nobody at all" in str(one.value).lower() for one in page.warning)
