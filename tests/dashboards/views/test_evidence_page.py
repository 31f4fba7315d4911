"""The evidence page in each of its states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import CALL, DAY, FACT, HEADLINE, NEWS, PARAGRAPH, PDF, SPOKEN

from smalti.dashboards.views import evidence_table
from smalti.platform.auth import Role
from smalti.platform.store import Batch

CHART, TABLE, CELL, POST, PHOTO, GONE = "e30", "e31", "e32", "e33", "e34", "0" * 32
POSTED = "d30"
NASTY = "![x](https://evil.example/p.png) <b>1</b>"


@pytest.fixture(scope="module", autouse=True)
def _more(served: Served) -> Iterator[None]:
    """A chart, a table with a number in it, and a post with a picture that says what a model made."""
    engine = served.service.engine
    batch = Batch()
    points = [{"category": "2023", "value": 4.5, "unit": "$", "error": 0.1, "method": "measured"}]
    axis = {"y": {"min": 4.0, "max": 5.0, "truncated": True}}
    told: dict[str, Any] = {"chart": "bar", "title": "Sales", "axes": axis, "confidence": 0.9}
    told |= {"notes": ["truncated axis"], "series": [{"name": NASTY, "points": points}]}
    _piece(batch, CHART, PDF, "chart", {"page": 1, "box": [1, 1, 90, 90]}, "Sales 4.5", told)
    cells = [{"row": 0, "column": 0, "text": "Revenue", "header": False}]
    cells += [{"row": 0, "column": 1, "text": "(7)", "header": False}]
    table = {"cells": cells, "caption": NASTY, "scale": 1e6, "currency": "USD"}
    _piece(batch, TABLE, PDF, "table", {"page": 1, "box": [0, 200, 90, 300]}, "Revenue | (7)", table)
    fact = {"label": NASTY, "value": -7_000_123.0, "unit": "USD", "as_reported": "(7)", "scale": 1e6}
    fact |= {"period_start": "2023-01-01", "period_end": "2023-12-31", "unverified": "it was only heard"}
    at = {"page": 1, "box": [50, 210, 80, 220], "cell": [0, 0, 1]}
    _piece(batch, CELL, PDF, "fact", at, "Revenue -7", fact)
    batch.add(
        "documents",
        {"document_id": POSTED, "artifact_id": engine.objects.put(b"{}"), "part": "line 1", "parser": "posts"}
        | {"parser_version": "1", "kind": "social", "title": NASTY, "available_method": "recorded"}
        | {"available_at": DAY, "hints": "{}", "author": "account 7", "partial": "cut", "language": "it"},
    )
    _piece(batch, POST, POSTED, "paragraph", {"chars": [0, 9]}, NASTY, {})
    made = {"ai": {"made": "generated", "by": "xmp", "intact": False}, "exif": None}
    seen = {"provenance": made, "forensics": {"error_levels": {"telling": True}}}
    _piece(batch, PHOTO, POSTED, "image", {"box": [0, 0, 9, 9]}, "A house", seen, engine.objects.put(b"x"))
    engine.store.commit(batch)
    yield


def _piece(
    batch: Batch,
    name: str,
    document: str,
    kind: str,
    at: dict[str, Any],
    text: str,
    told: dict[str, Any],
    media: str | None = None,
) -> None:
    row = {"evidence_id": name, "document_id": document, "kind": kind, "ordinal": int(name[1:]), "text": text}
    row |= {"locator": json.dumps(at), "payload": json.dumps(told), "content_id": name, "media_id": media}
    batch.add("evidence", row)


def parts(page: AppTest) -> list[dict[str, Any]]:
    """What the components of a page were given."""
    found = [one.proto for one in page.get("bidi_component")]
    return [
        json.loads(one.json) for one in found if one.json
    ]  # the one that follows the theme is given nothing


def test_without_a_piece_it_says_how_one_comes_here(look: Open) -> None:
    assert "No piece of evidence is chosen" in words(look("evidence", Role.VIEWER))
    page = look("evidence", Role.VIEWER, issuer="QRTZ", as_of="2024-05-01T12:00:00Z")
    assert not page.exception
    assert sorted(page.dataframe[0].value["title"]) == ["The filing", "The news"]  # the call came a day later


@pytest.mark.parametrize("wanted", [GONE, "../etc", "x" * 500, "<script>"])
def test_an_id_that_is_none_is_told(look: Open, wanted: str) -> None:
    page = look("evidence", Role.VIEWER, id=wanted)
    assert not page.exception
    assert page.warning or page.error
    assert "leads here" in words(page)


def test_a_page_of_a_pdf_is_shown_with_the_piece(look: Open) -> None:
    page = look("evidence", Role.VIEWER, id=PARAGRAPH, as_of="2024-05-10", signal="a-fraud-2024050312-0.5")
    assert not page.exception
    said = words(page)
    assert "Page **2** of 2" in said
    assert "−25.00 pp" in said  # the pull on the score one came from
    assert "dated by its manifest" in said
    (drawn,) = parts(page)
    assert drawn["source"].endswith(f"/v1/evidence/{PARAGRAPH}/media?whole=true")
    assert (drawn["left"], drawn["top"]) == (144.0, 160.0)
    assert "Revenue was 7." in drawn["alt"]
    assert page.dataframe[0].value["signal"].to_list() == ["Fraud probability"]
    assert "analyst" in said  # a viewer may not save the file
    turned = look("evidence", Role.VIEWER, id=PARAGRAPH, page="1", zoom="200")
    assert parts(turned)[0]["source"].endswith(f"/v1/documents/{PDF}/pages/0")
    assert parts(turned)[0]["zoom"] == 2.0


def test_what_was_not_known_then_says_so(look: Open) -> None:
    page = look("evidence", Role.VIEWER, id=SPOKEN, as_of="2024-05-01")
    assert "Not known then" in words(page)
    assert "No score known by" in words(page)


def test_a_call_is_played_from_the_sentence(look: Open) -> None:
    page = look("evidence", Role.VIEWER, id=SPOKEN)
    (given,) = parts(page)
    assert given["source"].endswith(f"/v1/documents/{CALL}/sound")
    assert given["start"] == SPOKEN
    assert [(one["start"], one["speaker"]) for one in given["sentences"]] == [(0.5, "CEO")]
    assert given["usual"] == {}  # one sentence tells nothing of what is usual


def test_a_number_is_lit_in_its_table(look: Open) -> None:
    page = look("evidence", Role.ANALYST, id=CELL)
    assert not page.exception
    said = words(page)
    assert "7,000,123 USD".replace(",", "\\,") in said
    assert "2023\\-01\\-01 to 2023\\-12\\-31" in said
    assert "Not verified" in said
    assert "![x]" not in said  # never as markup
    table = parts(page)[0]
    assert [(cell["text"], cell["lit"], cell["id"]) for cell in table["rows"][0]] == [
        ("Revenue", False, None),
        ("(7)", True, CELL),
    ]
    assert "numbers in millions" in said


def test_a_chart_names_its_cut_axis_and_its_values(look: Open) -> None:
    page = look("evidence", Role.VIEWER, id=CHART)
    assert not page.exception
    assert "Truncated axis" in words(page)
    read = page.dataframe[0].value
    assert read["value"].to_list() == [4.5]
    assert read["method"].to_list() == ["measured in the picture"]


def test_a_post_is_text_as_posted_with_its_picture_and_where_it_is_from(look: Open) -> None:
    page = look("evidence", Role.VIEWER, id=PHOTO)
    assert not page.exception
    said = words(page)
    assert "account 7" in said
    assert "Marked as made by AI" in said
    assert "Hints prove nothing" in said
    assert "![x](" not in said
    assert "read only in part" in said
    assert "not one that scores are made from" in said
    assert "the time it was stored stands for it" in said


def test_news_stands_in_its_context_and_numbers_told_elsewhere_lead_there(look: Open) -> None:
    page = look("evidence", Role.VIEWER, id=HEADLINE)
    assert not page.exception
    said = words(page)
    assert "Where it stands" in said
    assert "Findings that cite it" in said
    told = page.dataframe[-1].value
    assert (told["here"].to_list(), told["there"].to_list()) == (["8"], ["7"])


def test_a_page_that_cannot_be_drawn_leaves_the_rest(look: Open) -> None:
    page = look("evidence", Role.VIEWER, id=FACT)
    assert not page.exception
    assert "Page **2** of 2" in words(page)  # its file has no page 10
    assert "The document" in words(page)


def test_a_document_alone(look: Open) -> None:
    page = look("evidence", Role.VIEWER, document=PDF, page="2")
    assert not page.exception
    assert parts(page)[0]["source"].endswith(f"/v1/documents/{PDF}/pages/1")
    assert "no document has this id" in words(look("evidence", Role.VIEWER, document="none")).lower()
    assert not look("evidence", Role.VIEWER, document=NEWS).exception


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("integrated-gradients of roa", "its share of the way from nothing known, through the ratio roa"),
        ("driver: crowd", "drives it: crowds of posts"),
        ("something new", "something new"),
    ],
)
def test_how_an_effect_is_told(method: str, told: str) -> None:
    from smalti.dashboards.views.evidence_links import how

    assert how(method) == told


def test_what_drives_the_contradiction_index_is_no_effect_on_a_probability() -> None:
    from smalti.dashboards.views.evidence_links import effect, scored

    driver = {"kind": "fraud", "horizon_days": 0, "method": "driver: crowd", "effect": 0.1348}
    assert (scored(driver), effect(driver)) == ("Contradiction index", "share 0.13 of 1.00")
    small = {"kind": "risk", "horizon_days": 30, "method": "leave-one-out", "effect": -0.0001}
    assert (scored(small), effect(small)) == ("Risk, 30 days", "down by under 0.1 pp")


def test_stored_numbers_keep_all_their_digits() -> None:
    assert evidence_table.exact(1_470_000_000.0, "USD") == "1,470,000,000 USD"
    assert evidence_table.exact(-0.0125, "pure") == "−0.0125"
    assert evidence_table.exact(None, "USD") == "no value"
