"""A piece is told with what stands around it: headings, its table, the words or the turn before."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.assistant.retrieval.filings import Sheet, file_report
from tests.assistant.retrieval.papers import MAY

from smalti.assistant.grounds import Grounds
from smalti.assistant.retrieval.context import context
from smalti.platform.errors import NotFound
from smalti.platform.records import content_id
from smalti.platform.store import Batch

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def grounds(store):
    return Grounds(store, lambda _: None, LATER)


def put(store, document, pieces, *, source="filing", form="10-K"):
    """Pieces (kind, text, locator, payload) of a document."""
    batch = Batch()
    batch.add(
        "documents",
        {"document_id": document, "artifact_id": document, "part": "", "parser": "p", "parser_version": "1",
         "kind": source, "title": document, "available_at": MAY, "available_method": "feed",
         "hints": json.dumps({"form": form})},
    )  # fmt: skip
    for i, (kind, text, locator, payload) in enumerate(pieces):
        batch.add(
            "evidence",
            {"evidence_id": f"{document}/{i}", "document_id": document, "kind": kind, "ordinal": i,
             "locator": json.dumps(locator), "text": text, "payload": json.dumps(payload),
             "content_id": content_id(text)},
        )  # fmt: skip
    store.commit(batch)


def test_a_paragraph_has_its_item_its_note_its_heading_and_the_one_before(store, grounds):
    file_report(
        store, "Quartz", date(2018, 12, 31),
        [
            Sheet(["Note 7. Debt", "Bonds were sold."], "Note 7. Debt", "8", "II"),
            Sheet(["Note 1. Basis", "It is ours."], "Note 1. Basis", "8", "II"),
            Sheet(
                ["Note 2. Debt", "Bonds are due.", "Maturities", "12", "They end in 2040."],
                "Note 2. Debt",
                "8",
            ),
        ],
        name="q",
    )  # fmt: skip
    found = context(grounds, "q/8")
    assert found.headings == ("Item 8. Financial Statements and Supplementary Data", "Note 2. Debt")
    assert (found.before, found.before_id) == ("Maturities", "q/6")
    assert context(grounds, "q/3").headings[1] == "Note 1. Basis"


def test_a_fact_has_its_table_by_its_box_and_by_its_characters(store, grounds):
    place = {"heading": "Debt", "section": "8", "part": "II"}
    put(
        store, "f",
        [
            ("paragraph", "Our bonds:", {"page": 3}, place),
            ("table", "other", {"page": 3, "box": [0, 0, 50, 50]}, {**place, "caption": "Other"}),
            ("paragraph", "Due as follows:", {"page": 3}, place),
            ("table", "due | 1", {"page": 3, "box": [0, 60, 50, 90]}, {**place, "caption": "Maturities"}),
            ("fact", "due: 1 USD", {"page": 3, "box": [40, 70, 48, 75]}, {"label": "due"}),
            ("table", "a | 2", {"chars": [100, 200]}, {**place, "caption": "In HTML"}),
            ("fact", "a: 2 USD", {"chars": [100, 200], "cell": [0, 0, 1]}, {"label": "a"}),
            ("fact", "no table", {"page": 9, "box": [0, 0, 1, 1]}, {"label": "b"}),
        ],
    )  # fmt: skip
    found = context(grounds, "f/4")
    assert (found.table, found.caption, found.before) == ("f/3", "Maturities", "Due as follows:")
    assert found.headings[-1] == "Debt"
    assert (context(grounds, "f/6").table, context(grounds, "f/6").caption) == ("f/5", "In HTML")
    assert (context(grounds, "f/7").table, context(grounds, "f/7").caption) == ("", "")


def test_what_is_said_in_a_call_has_the_turn_before(store, grounds):
    said = [
        ("Operator", "Welcome."),
        ("Analyst", "How are margins?"), ("Analyst", "And why?"),
        ("CFO", "They rose."), ("CFO", "Prices did it."),
    ]  # fmt: skip
    put(
        store, "call",
        [("audio", text, {"seconds": [i, i + 1]}, {"speaker": who}) for i, (who, text) in enumerate(said)],
        source="call",
    )  # fmt: skip
    found = context(grounds, "call/4")
    assert (found.speaker, found.before, found.before_id) == ("CFO", "They rose.", "call/3")
    assert (found.speaker_before, found.turn_before) == ("Analyst", "How are margins? And why?")
    first = context(grounds, "call/0")
    assert (first.before, first.turn_before, first.speaker_before) == ("", "", "")


def test_a_picture_of_a_post_has_the_words_of_the_post(store, grounds):
    put(store, "post", [("paragraph", "To the moon!", {}, {}), ("image", "900%", {}, {})], source="social")
    assert context(grounds, "post/1").before == "To the moon!"


def test_what_is_not_public_yet_is_not_known(store):
    put(store, "late", [("paragraph", "secret", {}, {})])
    early = Grounds(store, lambda _: None, MAY - timedelta(seconds=1))
    with pytest.raises(NotFound):
        context(early, "late/0")
