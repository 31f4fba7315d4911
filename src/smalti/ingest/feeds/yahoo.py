"""Prices of Yahoo through yfinance, an optional extra that **goes out by itself**.

Nothing here passes through the guarded client: yfinance resolves, connects and retries as it likes, and
Yahoo's terms are for personal use. Hence it is used only for a source whose address is `yahoo:…`, and only
where somebody installed it.
"""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, date, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from smalti.ingest.feeds.prices import OPTIONS, YAHOO
from smalti.ingest.feeds.source import Source, Wanted
from smalti.ingest.parse.prices import available_at
from smalti.platform.errors import Empty, Malformed, SettingsError, Unreadable

__all__ = ["fetch", "installed", "to_csv"]

_COLUMNS = ("Open", "High", "Low", "Close", "Adj Close", "Volume")


def installed() -> bool:
    """Whether yfinance is there to be asked for."""
    return find_spec("yfinance") is not None


def fetch(wanted: Wanted, source: Source) -> bytes:
    """Daily prices of one ticker as CSV, from option `start` to the last day that Yahoo has.

    Raises:
        SettingsError: yfinance is not installed.
        Unreadable: it could not get them.
        Empty: Yahoo knows no day of this ticker.
    """
    if not installed():
        mend = "pip install yfinance, or take prices from a CSV address"
        raise SettingsError("yfinance is not installed", subject=source.name, mend=mend)
    yfinance: Any = import_module("yfinance")
    ticker = wanted.url.removeprefix(YAHOO)
    try:
        # Unadjusted, with the adjusted close beside it: both are stored.
        frame = yfinance.Ticker(ticker).history(
            start=source.options.get("start", OPTIONS["start"]), auto_adjust=False, actions=False
        )
    except Exception as bad:  # whatever its several transports raise
        raise Unreadable(
            f"yfinance got nothing: {type(bad).__name__}: {bad}", subject=ticker, mend="try again later"
        ) from bad
    return to_csv(frame, ticker, datetime.now(UTC))


def to_csv(frame: Any, ticker: str, now: datetime) -> bytes:
    """A frame of yfinance as the CSV that `parse/prices.py` reads.

    Args:
        frame: pandas; one row a day, indexed by time in the exchange's zone; columns `Open`, `High`, `Low`,
            `Close`, `Adj Close`, `Volume` of unadjusted prices, perhaps under a second level of tickers.
        ticker: which of the second level is meant.
        now: when they were asked for, UTC; a day that is not over by then has no close yet and is left out.

    Returns:
        UTF-8, newest day last. A day with a price missing is left out, a missing volume is left empty.

    Raises:
        Empty: no day in it.
        Malformed: a column is missing; `Adj Close` is where prices came adjusted already.
    """
    if getattr(frame.columns, "nlevels", 1) > 1:
        level = next(
            (n for n in range(frame.columns.nlevels) if ticker in frame.columns.get_level_values(n)), None
        )
        if level is None:
            raise Malformed("prices of other tickers", subject=ticker, mend="ask for one at a time")
        frame = frame.xs(ticker, axis=1, level=level)
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        mend = "ask for unadjusted prices (auto_adjust=False)"
        raise Malformed(f"prices without {', '.join(missing)}", subject=ticker, mend=mend)
    days: dict[date, list[str]] = {}
    for at, *prices, volume in frame[list(_COLUMNS)].itertuples():
        if all(math.isfinite(price) for price in prices) and available_at(at.date()) <= now:
            told = str(int(volume)) if math.isfinite(volume) else ""
            days[at.date()] = [*(repr(float(price)) for price in prices), told]
    if not days:
        raise Empty("no day of prices", subject=ticker, mend="check the ticker on Yahoo")
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["Date", *_COLUMNS])
    table.writerows([day.isoformat(), *days[day]] for day in sorted(days))
    return out.getvalue().encode()
