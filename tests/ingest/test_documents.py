"""From parsed pieces to rows: ids that do not move, dates by rank, one disposition for each record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from smalti.ingest.documents import Origin, Reading, add_attached, document_id, rows
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, PriceRow, Record, Request
from smalti.platform.records import (
    DateMethod,
    EvidenceKind,
    Locator,
    Outcome,
    SourceKind,
    artifact_id,
    content_id,
)

ORIGIN = Origin("source", "filings/a.pdf", "artifact", "run")
SAID = datetime(2017, 2, 9, 23, 59, 59, tzinfo=UTC)
FOUND = datetime(2017, 2, 8, 12, tzinfo=UTC)
TEXT = Piece(EvidenceKind.PARAGRAPH, Locator(page=3), "Sales rose.")
PICTURE = Piece(EvidenceKind.IMAGE, Locator(), "words in it", {"width": 2})
CROP = Piece(EvidenceKind.CHART, Locator(page=1), "", media=b"png")


def filing(*pieces: Piece, part: str = "", **more: Any) -> ParsedDocument:
    return ParsedDocument(part, SourceKind.FILING, "10-K", pieces, **more)


def made(
    parsed: Parsed, request: Request | None = None, origin: Origin = ORIGIN, version: str = "1"
) -> dict[str, Any]:
    batch = rows(Reading(origin, request or Request(origin.path), "pdf", version, parsed), artifact_id)
    return {name: frame.to_dicts() for name, frame in batch.frames().items()}


def test_ids_follow_content_parser_and_version_and_nothing_else():
    first = made(Parsed([filing(TEXT)]))
    later = made(
        Parsed([filing(TEXT, published_at=FOUND)]),
        Request("moved/b.pdf", published_at=SAID, hints={"issuer": "3M"}),
        Origin("other", "moved/b.pdf", "artifact", "run 2"),
    )
    assert first["documents"][0]["document_id"] == document_id("artifact", "", "pdf", "1")
    assert first["documents"][0]["document_id"] == later["documents"][0]["document_id"]
    assert first["evidence"][0]["evidence_id"] == later["evidence"][0]["evidence_id"]
    others = {
        made(Parsed([filing(TEXT)]), version="2")["evidence"][0]["evidence_id"],
        made(Parsed([filing(replace(TEXT, locator=Locator(page=4)))]))["evidence"][0]["evidence_id"],
        made(Parsed([filing(replace(TEXT, text="Sales fell."))]))["evidence"][0]["evidence_id"],
        made(Parsed([filing(replace(TEXT, payload={"a": 1}))]))["evidence"][0]["evidence_id"],
    }
    assert len(others | {first["evidence"][0]["evidence_id"]}) == 5


@pytest.mark.parametrize(
    ("said", "found", "part", "available", "method"),
    [
        (SAID, FOUND, "", SAID, "manifest"),
        (None, FOUND, "", FOUND, "header"),
        (SAID, FOUND, "line 1", FOUND, "header"),  # a record's own date is finer than its file's
        (SAID, None, "line 1", SAID, "manifest"),
        (None, None, "", None, "recorded"),
    ],
)
def test_a_date_comes_from_the_manifest_then_from_the_document(said, found, part, available, method):
    document = filing(TEXT, part=part, published_at=found, date_method=DateMethod.HEADER if found else None)
    (row,) = made(Parsed([document]), Request("a.pdf", published_at=said))["documents"]
    assert (row["available_at"], row["available_method"]) == (available, method)


def test_the_same_words_and_the_same_picture_are_embedded_once():
    found = made(Parsed([filing(TEXT, replace(TEXT, locator=Locator(page=9)), PICTURE, CROP)]))["evidence"]
    words, again, picture, crop = found
    assert words["evidence_id"] != again["evidence_id"]
    assert words["content_id"] == again["content_id"] == content_id("text", "Sales rose.")
    assert picture["media_id"] == picture["content_id"] == "artifact"  # a picture file is its own media
    assert crop["media_id"] == artifact_id(b"png")
    assert crop["content_id"] == content_id("text", "")  # a chart speaks by its numbers
    assert [row["ordinal"] for row in found] == [0, 1, 2, 3]


def test_a_fact_is_evidence_and_a_row_of_facts():
    payload = {
        "concept": "Revenues", "label": "Net sales", "value": 30109e6, "unit": "USD", "scale": 1e6,
        "period_start": "2016-01-01", "period_end": "2016-12-31", "unverified": "its sum failed",
    }  # fmt: skip
    found = made(Parsed([filing(Piece(EvidenceKind.FACT, Locator(page=53), "Net sales 30,109", payload))]))
    (fact,) = found["facts"]
    assert fact["evidence_id"] == found["evidence"][0]["evidence_id"]
    assert (fact["concept"], fact["value"], fact["unit"]) == ("Revenues", 30_109_000_000, "USD")
    assert (str(fact["period_start"]), str(fact["period_end"])) == ("2016-01-01", "2016-12-31")
    assert fact["unverified"] == "its sum failed"
    assert json.loads(found["evidence"][0]["locator"]) == {"page": 53}


def test_each_price_has_the_clock_of_its_own_day():
    prices = [
        PriceRow("MMM", "2017-04-25", 194.5, 180.25, 1e6),
        PriceRow("MMM", "2017-04-26", 195, 181, None),
    ]
    found = made(Parsed([ParsedDocument("", SourceKind.PRICE, "MMM", [])], prices=prices))["prices"]
    assert [(str(p["day"]), p["adjusted_close"], p["available_at"]) for p in found] == [
        ("2017-04-25", 180.25, datetime(2017, 4, 25, 22, tzinfo=UTC)),
        ("2017-04-26", 181, datetime(2017, 4, 26, 22, tzinfo=UTC)),
    ]


def test_the_file_and_each_record_get_their_disposition_and_a_bad_record_its_reason():
    records = [
        Record("line 1", Outcome.PARSED),
        Record("line 2", Outcome.QUARANTINED, "Malformed", "not JSON", "mend the line"),
    ]
    found = made(Parsed([filing(TEXT, part="line 1")], records))
    assert {(d["record"], d["outcome"], d["detail"]) for d in found["dispositions"]} == {
        ("", "parsed", ""),
        ("line 1", "parsed", ""),
        ("line 2", "quarantined", "Malformed: not JSON"),
    }
    assert {d["parser"] for d in found["dispositions"]} == {"pdf/1"}
    (entry,) = found["quarantine"]
    assert (entry["record"], entry["code"], entry["reason"], entry["mend"]) == (
        "line 2", "Malformed", "not JSON", "mend the line",
    )  # fmt: skip


def test_a_file_read_in_part_says_so():
    found = made(Parsed([filing(TEXT, partial="cut at 2,000 pages")]))
    assert found["dispositions"][0]["detail"] == "partly: cut at 2,000 pages"
    assert found["documents"][0]["partial"] == "cut at 2,000 pages"


def test_what_the_manifest_says_of_the_issuer_and_of_made_up_data_goes_with_the_document():
    request = Request("a.pdf", hints={"issuer": "3M", "synthetic": "true", "url": "https://example.test"})
    (row,) = made(Parsed([filing(TEXT, hints={"cik": "66740"})]), request)["documents"]
    assert json.loads(row["hints"]) == {"cik": "66740", "manifest_issuer": "3M", "synthetic": "true"}
    assert row["url"] == "https://example.test"


def test_a_picture_that_two_posts_name_is_evidence_of_both_and_one_part():
    from smalti.platform.store import Batch

    batch = Batch()
    reading = Reading(ORIGIN, Request(ORIGIN.path), "image", "1", Parsed([filing(PICTURE)]))
    add_attached(batch, reading, ["post 1", "post 2"], artifact_id)
    frames = batch.frames()
    assert frames["evidence"]["document_id"].to_list() == ["post 1", "post 2"]
    assert frames["evidence"]["evidence_id"].n_unique() == 2
    assert frames["evidence"]["media_id"].to_list() == ["artifact"] * 2
    assert frames["evidence"]["ordinal"].min() >= 1000  # after the post's own pieces
    assert frames["dispositions"].select("outcome", "detail").rows() == [
        ("part of", "document post 1, post 2")
    ]
    assert "documents" not in frames
