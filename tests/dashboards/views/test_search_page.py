"""The search page in each of its states."""

from __future__ import annotations

import pytest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import NEWS, PARAGRAPH

from smalti.platform.auth import Role
from smalti.platform.store import Batch


@pytest.fixture(scope="module", autouse=True)
def hostile(served: Served) -> None:
    """A piece that would load a picture and make a link, were it read as Markdown."""
    batch = Batch()
    text = "Revenue ![x](http://evil.example/p.png) [fell](http://evil.example) <b>much</b>"
    batch.add(
        "evidence",
        {"evidence_id": "e9", "document_id": NEWS, "kind": "paragraph", "ordinal": 9, "text": text}
        | {"locator": '{"chars": [0, 9]}', "payload": "{}", "content_id": "e9"},
    )
    served.service.engine.store.commit(batch)


def test_words_are_found_marked_and_cited(look: Open) -> None:
    page = look("search", Role.VIEWER, q="revenue", as_of="2024-05-08")
    assert not page.exception
    said = words(page)
    assert "**\u2060Revenue\u2060** was 7\\." in said
    assert "3 pieces of evidence, found by words alone" in said
    assert (
        "**Text** · filings · p\\. 2 · 1 May 2024, 12:00 UTC, 7 days ago · Quartz Anvil Corporation" in said
    )
    cited = [one.proto.query_string for one in page.get("page_link")]
    assert f"as_of=2024-05-08&id={PARAGRAPH}" in cited


def test_found_text_makes_no_link_and_loads_nothing(look: Open) -> None:
    said = words(look("search", q="revenue", as_of="2024-05-08"))
    assert "evil" in said
    assert "](http" not in said
    assert "<b>" not in said


def test_what_was_left_out_is_told(look: Open) -> None:
    assert "meaning was not" in words(look("search", q="revenue", as_of="2024-05-08"))


def test_filters_stand_in_the_address(look: Open) -> None:
    page = look("search", q="revenue", as_of="2024-05-08", kind="fact")
    assert "1 piece of evidence" in words(page)
    page.button_group(key="search-source").set_value(["news"]).run()
    assert page.query_params["source"] == "news"
    assert "Nothing was found" in words(page)
    page.button(key="here-search-everything").click().run()
    assert "3 pieces of evidence" in words(page)


def test_nothing_later_than_the_moment_is_found(look: Open) -> None:
    assert "Nothing was found" in words(look("search", q="revenue", as_of="2024-04-01"))
    assert "Nothing was found" in words(look("search", q="revenue", as_of="2024-05-08", to="2024-04-01"))


def test_an_empty_question_offers_words_that_are_found(look: Open) -> None:
    page = look("search", as_of="2024-05-08")
    first = next(one for one in page.button if str(one.key).startswith("here-example"))
    first.click().run()
    assert page.query_params["q"] == "The call"
    assert "of evidence, found" in words(page)


def test_typed_words_go_to_the_address(look: Open) -> None:
    page = look("search", as_of="2024-05-08")
    page.text_input(key="search-words").set_value("profit").run()
    assert page.query_params["q"] == "profit"
    assert "falls" in words(page)


@pytest.mark.parametrize(
    "asked", [{"issuer": "nobody"}, {"from": "x", "kind": "<b>,,fact"}, {"q": "*" * 900}]
)
def test_odd_addresses_are_met_without_a_traceback(look: Open, asked: dict[str, str]) -> None:
    page = look("search", **{"q": "revenue", "as_of": "2024-05-08"} | asked)
    assert not page.exception
