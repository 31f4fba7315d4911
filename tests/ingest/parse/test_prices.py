import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from smalti.ingest.parse.contract import Limits, Parsed, Request
from smalti.ingest.parse.prices import available_at, parse
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import Outcome, SourceKind

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data")) / "sample/prices"
HEADER = "Date,Open,High,Low,Close,Adj Close,Volume\n"


def read(rows: str, name: str = "prices/QZX.csv") -> Parsed:
    return parse((HEADER + rows).encode(), Request(name))


def bad_lines(parsed: Parsed) -> list[str]:
    return [one.record for one in parsed.records if one.outcome is Outcome.QUARANTINED]


def test_rows_keep_their_closes() -> None:
    parsed = read("2017-04-24,1,3,1,2.5,2.25,1000\n2017-04-25,1,3,1,2.75,2.5,\n")
    assert [(row.ticker, row.day, row.close, row.adjusted_close, row.volume) for row in parsed.prices] == [
        ("QZX", "2017-04-24", 2.5, 2.25, 1000.0),
        ("QZX", "2017-04-25", 2.75, 2.5, None),
    ]
    assert [(one.record, one.outcome) for one in parsed.records] == [
        ("line 2", Outcome.PARSED),
        ("line 3", Outcome.PARSED),
    ]


def test_a_day_is_known_after_its_close_in_new_york() -> None:
    assert available_at(date(2017, 4, 25)) == datetime(2017, 4, 25, 22, tzinfo=UTC)  # close 20:00 UTC
    assert available_at(date(2017, 1, 25)) == datetime(2017, 1, 25, 22, tzinfo=UTC)  # close 21:00 UTC


def test_the_document_says_nothing_of_later_days() -> None:
    short = read("2017-04-24,1,3,1,2,2,1\n2017-04-25,1,3,1,2,2,1\n").documents[0]
    long = read("2017-04-24,1,3,1,2,2,1\n2017-04-25,1,3,1,2,2,1\n2017-05-15,9,9,9,9,9,9\n").documents[0]
    assert short == long
    assert (short.kind, short.published_at) == (SourceKind.PRICE, available_at(date(2017, 4, 24)))


@pytest.mark.parametrize(
    "row",
    [
        "2017-04-26,1,3,1,-2,2,1",
        "2017-04-26,1,3,1,0,2,1",
        "2017-04-26,1,3,1,nan,2,1",
        "2017-04-26,1,3,1,2,inf,1",
        "2017-04-26,1,-3,1,2,2,1",
        "2017-04-26,null,null,null,null,null,null",
        "2017-04-26,1,3,1,2,2,-5",
        "04/26/2017,1,3,1,2,2,1",
        "2017-04-26",
        "2017-04-25,1,3,1,2,2,1",
        "2017-04-21,1,3,1,2,2,1",
        "9999-12-31,1,3,1,2,2,1",
    ],
)
def test_a_bad_row_costs_one_row(row: str) -> None:
    good = "2017-04-24,1,3,1,2,2,1\n2017-04-25,1,3,1,2,2,1\n"
    parsed = read(f"{good}{row}\n2017-04-27,1,3,1,2,2,1\n2017-04-28,1,3,1,2,2,1\n")
    assert bad_lines(parsed) == (["line 4"] if "04-25" not in row else ["line 3"])
    assert [row.day for row in parsed.prices] == ["2017-04-24", "2017-04-25", "2017-04-27", "2017-04-28"]


def test_newest_first_is_turned_round() -> None:
    parsed = read("2017-04-26,1,1,1,3,3,1\n2017-04-25,1,1,1,2,2,1\n2017-04-24,1,1,1,1,1,1\n")
    assert [row.close for row in parsed.prices] == [1, 2, 3]
    assert bad_lines(parsed) == []


def test_the_ticker_comes_from_the_hint_before_the_name() -> None:
    raw = (HEADER + "2017-04-24,1,3,1,2,2,1\n").encode()
    assert parse(raw, Request("export.csv", hints={"ticker": "brk.b"})).prices[0].ticker == "BRK.B"
    with pytest.raises(Malformed, match="no ticker"):
        parse(raw, Request("daily prices (final).csv"))


def test_a_file_without_a_good_row_is_refused() -> None:
    with pytest.raises(Empty):
        read("")
    with pytest.raises(Malformed, match="line 2"):
        read("yesterday,1,1,1,1,1,1\n")
    with pytest.raises(Malformed, match="Close"):
        parse(b"Day,Price\n2017-04-24,1\n", Request("QZX.csv"))
    with pytest.raises(TooLarge):
        parse(
            (HEADER + "2017-04-24,1,3,1,2,2,1\n" * 3).encode(), Request("Q.csv", limits=Limits(max_records=2))
        )


@pytest.mark.data
def test_3m_as_saved() -> None:
    if not DATA.is_dir():
        pytest.skip(f"no {DATA}: set SMALTI_DATA to the folder of real data")
    parsed = parse((DATA / "MMM.csv").read_bytes(), Request("prices/MMM.csv"))
    assert len(parsed.prices) == 848
    assert bad_lines(parsed) == []
    last = parsed.prices[-1]
    assert (last.ticker, last.day, last.close, last.adjusted_close) == (
        "MMM",
        "2017-05-15",
        197.630005,
        152.299454,
    )
