import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smalti.ingest.parse.contract import Limits, Parsed, Request
from smalti.ingest.parse.xbrl_facts import parse
from smalti.platform.errors import Empty, InputError, Malformed, TooLarge
from smalti.platform.records import DateMethod, Outcome

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data"))
SNOW = DATA / "sample/filings_html/snow_facts.json"

ROW = {
    "start": "2016-01-01",
    "end": "2016-12-31",
    "val": 100,
    "accn": "0000000001-17-000001",
    "fy": 2016,
    "fp": "FY",
    "form": "10-K",
    "filed": "2017-02-09",
}


def facts(**tags: list[Any]) -> bytes:
    body = {tag: {"label": tag, "units": {"USD": rows}} for tag, rows in tags.items()}
    return json.dumps({"cik": 1, "entityName": "Anvil Corp", "facts": {"us-gaap": body}}).encode()


def read(raw: bytes, **limits: int) -> Parsed:
    return parse(raw, Request("facts.json", limits=Limits(**limits)))


def test_each_filing_is_a_document_available_from_the_day_it_was_filed() -> None:
    later = {**ROW, "val": 101, "accn": "0000000001-18-000001", "filed": "2018-02-08", "fy": 2017}
    parsed = read(facts(Revenues=[ROW, later]))
    assert [d.part for d in parsed.documents] == ["0000000001-17-000001", "0000000001-18-000001"]
    first, second = parsed.documents
    assert first.published_at == datetime(2017, 2, 9, 23, 59, 59, tzinfo=UTC)
    assert first.date_method is DateMethod.FEED
    assert first.pieces[0].payload["value"] == 100
    assert second.pieces[0].payload["value"] == 101  # the restatement lives in its own document
    assert first.hints == {"name": "Anvil Corp", "cik": "0000000001"}
    assert first.pieces[0].locator.record == "/facts/us-gaap/Revenues/units/USD/0"


def test_a_bad_fact_costs_that_fact_alone() -> None:
    bad = [
        {**ROW, "val": "100"},
        {**ROW, "val": True},
        {**ROW, "val": 1e300},
        {**ROW, "accn": "../etc"},
        {**ROW, "end": "2016-13-01"},
        {**ROW, "filed": "2016-06-01"},  # before the period it reports ended
        {k: v for k, v in ROW.items() if k != "start"},
        "text",
    ]
    parsed = read(facts(Revenues=[ROW, *bad]))
    assert len(parsed.documents[0].pieces) == 1
    quarantined = [r for r in parsed.records if r.outcome is Outcome.QUARANTINED]
    assert len(quarantined) == len(bad)
    assert all(r.reason and r.record.startswith("/facts/us-gaap/Revenues/units/USD/") for r in quarantined)


def test_of_two_elements_for_one_item_the_usual_one_is_taken_and_the_other_accounted_for() -> None:
    parsed = read(facts(SalesRevenueNet=[{**ROW, "val": 90}], Revenues=[ROW], AdvertisingExpense=[ROW, ROW]))
    (piece,) = parsed.documents[0].pieces
    assert piece.payload["value"] == 100
    skipped = {r.record: r.reason for r in parsed.records if r.outcome is Outcome.SKIPPED}
    assert skipped == {
        "/facts/us-gaap/SalesRevenueNet/units/USD/0": (
            "the same item is taken from /facts/us-gaap/Revenues/units/USD/0"
        ),
        "/facts/us-gaap": "1 elements with 2 facts are no line items smalti uses",
    }


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"{", Malformed),
        (b"[1, 2]", Malformed),
        (b'{"facts": []}', Malformed),
        (b'{"facts": ' + b"[" * 200_000, Malformed),
        (b'{"facts": {"us-gaap": 1' + b"0" * 9999 + b"}}", Malformed),
        (b'{"facts": {"us-gaap": {"Revenues": 5}, "dei": 7}}', Empty),
        (facts(AdvertisingExpense=[ROW]), Empty),
    ],
)
def test_what_is_no_companyfacts_file_is_refused_with_a_reason(raw: bytes, error: type[InputError]) -> None:
    with pytest.raises(error):
        read(raw)


def test_the_limits_are_kept() -> None:
    with pytest.raises(TooLarge):
        read(facts(Revenues=[ROW, ROW]), max_records=1)
    with pytest.raises(TooLarge):
        read(facts(Revenues=[ROW]), max_bytes=10)


@pytest.mark.data
def test_snowflake_facts_as_filed() -> None:
    if not SNOW.exists():
        pytest.skip(f"no {SNOW}: set SMALTI_DATA to the folder of real data")
    parsed = read(SNOW.read_bytes())
    annual = next(d for d in parsed.documents if d.part == "0001640147-25-000052")
    assert annual.title == "SNOWFLAKE INC. 10-K 2025 FY reported facts"
    assert annual.published_at == datetime(2025, 3, 21, 23, 59, 59, tzinfo=UTC)
    values = {
        (p.payload["concept"], p.payload["period_start"], p.payload["period_end"]): p.payload["value"]
        for p in annual.pieces
    }
    assert values["Revenues", "2024-02-01", "2025-01-31"] == 3_626_396_000
    assert values["NetIncomeLoss", "2024-02-01", "2025-01-31"] == -1_285_640_000
    assert values["NetCashFromOperatingActivities", "2024-02-01", "2025-01-31"] == 959_764_000
    assert values["Assets", None, "2025-01-31"] == 9_033_938_000
    assert all(p.payload["filed"] <= "2025-03-21" for p in annual.pieces)
    assert not [r for r in parsed.records if r.outcome is Outcome.QUARANTINED]
