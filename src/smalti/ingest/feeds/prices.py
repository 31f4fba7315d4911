"""Daily prices: tables in CSV over HTTP, one a ticker, with the columns that `parse/prices.py` reads.

Addresses:

- `https://prices.example/{ticker}.csv`: a template; `{ticker}` is put in as written, `{lower}` in small
  letters, for each ticker of option `tickers`. Stooq's daily tables are
  `https://stooq.com/q/d/l/?s={lower}.us&i=d`.
- `https://prices.example/ACME.csv`: one table, of option `tickers`, else of the ticker its name gives.
- `yahoo:ACME ZZWL`: Yahoo's, through yfinance. **yfinance goes out by itself**, past the guarded client and
  its limits, so it is asked for by this address only, and only where it is installed; see `feeds/yahoo.py`.

Options, beside `issuer` and `synthetic` of every feed: `tickers`, parted by spaces; `start`, the first day
wanted (Yahoo's only, default `2015-01-01`).

A table is fetched again whenever its server has another version of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from smalti.ingest.feeds.addresses import Options, absolute
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.platform.errors import Malformed, SettingsError
from smalti.platform.records import SourceKind

__all__ = ["MAX_TICKERS", "OPTIONS", "YAHOO", "begin", "listed"]

OPTIONS = {"tickers": "", "start": "2015-01-01"}
YAHOO = "yahoo:"
MAX_TICKERS = 1_000
_TICKER = re.compile(r"[A-Z0-9][A-Z0-9.^=-]{0,11}")
_HOLES = re.compile(r"\{([^{}]*)\}")


def begin(source: Source) -> Sequence[Wanted]:
    """One table a ticker.

    Raises:
        SettingsError: the address is of no form above, or a ticker is none.
    """
    options = Options(source, OPTIONS)
    _start(options)
    address = source.address.strip()
    tickers = [one.upper() for one in options.words("tickers")]
    if address.startswith(YAHOO):
        named = [one.upper() for one in address.removeprefix(YAHOO).replace(",", " ").split()] or tickers
        return [_wanted(one, f"{YAHOO}{one}") for one in _real(named, source)]
    holes = set(_HOLES.findall(address))
    if not holes <= {"ticker", "lower"}:
        mend = "{ticker} and {lower} are what is put in"
        raise SettingsError(f"its address has {{{min(holes)}}}", subject=source.name, mend=mend)
    if not holes and not tickers:
        tickers = [PurePosixPath(urlsplit(address).path).stem.upper()]
    if not holes and len(tickers) != 1:
        mend = "put {ticker} where the ticker goes"
        raise SettingsError(f"one table for {len(tickers)} tickers", subject=source.name, mend=mend)
    return [_wanted(one, _filled(address, one, source)) for one in _real(tickers, source)]


def listed(raw: bytes, wanted: Wanted, source: Source) -> Listing:
    """Prices come in tables, never in lists.

    Raises:
        Malformed: always.
    """
    raise Malformed(
        "a list where a table of prices was wanted", subject=wanted.name, mend="check the address"
    )


def _start(options: Options) -> date:
    try:
        return date.fromisoformat(options.text("start"))
    except ValueError:
        raise options.refused("start", f"is {options.text('start')[:40]!r}", "a day: 2015-01-01") from None


def _real(tickers: Sequence[str], source: Source) -> Sequence[str]:
    bad = next((one for one in tickers if not _TICKER.fullmatch(one)), None)
    if bad is not None:
        raise SettingsError(f"{bad[:20]!r} is no ticker", subject=source.name, mend="such as ACME or BRK-B")
    if not 0 < len(tickers) <= MAX_TICKERS:
        mend = f"name 1 to {MAX_TICKERS} in option tickers"
        raise SettingsError(f"{len(tickers)} tickers", subject=source.name, mend=mend)
    return list(dict.fromkeys(tickers))


def _filled(address: str, ticker: str, source: Source) -> str:
    put = {"{ticker}": quote(ticker, safe=""), "{lower}": quote(ticker.lower(), safe="")}
    filled = _HOLES.sub(lambda hole: put[hole[0]], address)
    url = absolute(filled)
    if url is None or urlsplit(url).netloc != urlsplit(address).netloc:
        what = f"its address {address[:80]!r} is none of the web"
        raise SettingsError(what, subject=source.name, mend="https://prices.example/{ticker}.csv")
    return url


def _wanted(ticker: str, url: str) -> Wanted:
    return Wanted(f"{ticker}.csv", url, kind=SourceKind.PRICE, hints={"ticker": ticker})
