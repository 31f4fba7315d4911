import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from tests.recorded.answers import recorded

from smalti.ingest.feeds import prices, yahoo
from smalti.ingest.feeds.source import Source, Wanted
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.prices import parse
from smalti.platform.errors import Empty, Malformed, SettingsError, Unreadable
from smalti.platform.records import SourceKind

EVENING = datetime(2026, 3, 6, 22, 30, tzinfo=UTC)


def source(address: str, **options: str) -> Source:
    return Source("prices", "price", address, "every 1d", options)


def urls(address: str, **options: str) -> dict[str, str]:
    return {one.name: one.url for one in prices.begin(source(address, **options))}


def frame(**changes: list[float]) -> pd.DataFrame:
    days = pd.DatetimeIndex(["2026-03-05", "2026-03-06", "2026-03-04"]).tz_localize("America/New_York")
    columns = {
        "Open": [10.0, 11.0, 9.0],
        "High": [10.5, 11.5, 9.5],
        "Low": [9.5, 10.5, 8.5],
        "Close": [10.25, 11.25, 9.25],
        "Adj Close": [5.125, 5.625, 4.625],
        "Volume": [1000.0, float("nan"), 3000.0],
    }
    return pd.DataFrame(columns | changes, index=days)


def test_a_template_gives_one_table_a_ticker() -> None:
    assert urls("https://p.example/{ticker}.csv?l={lower}", tickers="zzwl, BRK-B zzwl") == {
        "ZZWL.csv": "https://p.example/ZZWL.csv?l=zzwl",
        "BRK-B.csv": "https://p.example/BRK-B.csv?l=brk-b",
    }
    (one,) = prices.begin(source("https://p.example/{ticker}", tickers="^GSPC"[1:]))
    assert (one.kind, one.hints, one.lists, one.revision) == (SourceKind.PRICE, {"ticker": "GSPC"}, False, "")


def test_one_table_is_of_the_ticker_stated_or_in_its_name() -> None:
    assert urls("https://p.example/zzwl.csv") == {"ZZWL.csv": "https://p.example/zzwl.csv"}
    assert urls("https://p.example/export?id=7", tickers="ZZVC") == {
        "ZZVC.csv": "https://p.example/export?id=7"
    }


def test_the_recorded_table_is_read_as_what_it_was_asked_for() -> None:
    (wanted,) = prices.begin(source("https://p.example/{ticker}.csv", tickers="ZZWL"))
    parsed = parse(recorded("prices/ZZWL.csv"), Request(wanted.name, wanted.kind, hints=wanted.hints))
    first = parsed.prices[0]
    assert (first.ticker, first.day, first.adjusted_close) == ("ZZWL", "2024-07-01", 52.526)
    with pytest.raises(Malformed):
        prices.listed(b"Date,Close\n", wanted, source("https://p.example/a.csv"))


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("https://p.example/{ticker}.csv", {}),
        ("https://p.example/{symbol}.csv", {"tickers": "A"}),
        ("https://p.example/all.csv", {"tickers": "A B"}),
        ("https://p.example/{ticker}.csv", {"tickers": "../etc"}),
        ("https://{ticker}/x.csv", {"tickers": "10.0.0.1"}),
        ("https://{lower}@p.example/x.csv", {"tickers": "A"}),
        ("file:///{ticker}.csv", {"tickers": "A"}),
        ("https://p.example/", {}),
        ("yahoo:", {}),
        ("yahoo:A", {"start": "yesterday"}),
        ("https://p.example/{ticker}", {"tickers": " ".join(f"A{n}" for n in range(1001))}),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(address: str, options: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        prices.begin(source(address, **options))
    assert refused.value.mend


def test_yahoo_is_asked_only_by_its_own_address() -> None:
    assert urls("yahoo:zzwl ZZVC") == {"ZZWL.csv": "yahoo:ZZWL", "ZZVC.csv": "yahoo:ZZVC"}
    assert urls("yahoo:", tickers="zzwl") == {"ZZWL.csv": "yahoo:ZZWL"}


def test_a_frame_of_yfinance_becomes_the_table_that_is_read() -> None:
    raw = yahoo.to_csv(frame(), "ZZWL", EVENING)
    assert raw.decode().splitlines() == [
        "Date,Open,High,Low,Close,Adj Close,Volume",
        "2026-03-04,9.0,9.5,8.5,9.25,4.625,3000",
        "2026-03-05,10.0,10.5,9.5,10.25,5.125,1000",
        "2026-03-06,11.0,11.5,10.5,11.25,5.625,",
    ]
    rows = parse(raw, Request("ZZWL.csv")).prices
    assert [(row.day, row.close, row.adjusted_close, row.volume) for row in rows] == [
        ("2026-03-04", 9.25, 4.625, 3000.0),
        ("2026-03-05", 10.25, 5.125, 1000.0),
        ("2026-03-06", 11.25, 5.625, None),
    ]


def test_a_day_that_is_not_over_or_lacks_a_price_is_left_out() -> None:
    noon = datetime(2026, 3, 6, 17, tzinfo=UTC)
    assert b"2026-03-06" not in yahoo.to_csv(frame(), "ZZWL", noon)
    gap = yahoo.to_csv(frame(Close=[float("nan"), 11.25, 9.25]), "ZZWL", EVENING)
    assert b"2026-03-05" not in gap
    with pytest.raises(Empty):
        yahoo.to_csv(frame().iloc[:0], "ZZWL", EVENING)


def test_a_frame_of_several_tickers_is_read_by_ticker_and_adjusted_prices_are_refused() -> None:
    for order in ([0, 1], [1, 0]):
        both = pd.concat({"ZZWL": frame(), "ZZVC": frame() * 2}, axis=1).reorder_levels(order, axis=1)
        assert b"2026-03-04,18.0" in yahoo.to_csv(both, "ZZVC", EVENING)
    with pytest.raises(Malformed, match="other tickers"):
        yahoo.to_csv(both, "ACME", EVENING)
    with pytest.raises(Malformed, match="Adj Close"):
        yahoo.to_csv(frame().drop(columns="Adj Close"), "ZZWL", EVENING)


def test_without_yfinance_it_says_so_and_with_it_asks_for_unadjusted_prices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, Any] = {}

    class Ticker:
        def __init__(self, name: str) -> None:
            asked["ticker"] = name

        def history(self, **options: object) -> pd.DataFrame:
            asked.update(options)
            if asked["ticker"] == "GONE":
                raise ConnectionError("no route")
            return frame()

    monkeypatch.setattr(yahoo, "installed", lambda: False)
    place = source("yahoo:ZZWL", start="2026-01-01")
    (wanted,) = prices.begin(place)
    with pytest.raises(SettingsError, match="not installed"):
        yahoo.fetch(wanted, place)
    monkeypatch.setattr(yahoo, "installed", lambda: True)
    monkeypatch.setitem(sys.modules, "yfinance", SimpleNamespace(Ticker=Ticker))
    assert yahoo.fetch(wanted, place).startswith(b"Date,Open")
    assert asked == {"ticker": "ZZWL", "start": "2026-01-01", "auto_adjust": False, "actions": False}
    with pytest.raises(Unreadable, match="no route"):
        yahoo.fetch(Wanted("GONE.csv", "yahoo:GONE"), place)
