"""Daily price tables: `Date,Open,High,Low,Close,Adj Close,Volume`, one file a ticker.

Each row is available after its own day's close (`available_at`), so the document that stands for the file
says nothing of later days: it is dated by its first row and names neither its last day nor its length.
"""

from __future__ import annotations

import csv
import io
import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import PurePosixPath

from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, PriceRow, Record, Request
from smalti.ingest.parse.text import decode
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import DateMethod, EvidenceKind, Locator, Outcome, SourceKind

PARSER = "prices"
VERSION = "1"

_TICKER = re.compile(r"[A-Z0-9][A-Z0-9.^=-]{0,11}")
_MEND = "one row a day, ISO dates, positive prices"


def available_at(day: date) -> datetime:
    """When a day's row could be known: 22:00 UTC, after the US close in winter (21:00) and summer (20:00)."""
    return datetime.combine(day, time(22), UTC)


def parse(raw: bytes, request: Request) -> Parsed:
    """Rows as `PriceRow`, oldest first, and one document; a bad row is a quarantined record `line N`.

    The ticker is `request.hints["ticker"]`, else the file's stem in capitals. A file that runs from the
    newest day to the oldest is turned round. Of days out of order, or there twice, the fewest rows that
    leave the rest in order are quarantined.

    Raises:
        Malformed: no ticker, no date and close columns, or no good row.
        Empty: a header and nothing under it.
        TooLarge: more rows than the request's limit.
    """
    ticker = _ticker(request)
    rows: dict[int, PriceRow] = {}
    faults: dict[int, str] = {}
    for number, cells in _lines(raw, request):
        try:
            rows[number] = _row(cells, ticker)
        except Malformed as bad:
            faults[number] = bad.what
    if not rows and not faults:
        raise Empty("no rows under its header", subject=request.name, mend="add prices or remove the file")
    kept = _in_order({number: row.day for number, row in rows.items()})
    for number in rows.keys() - kept:
        faults[number] = f"{rows[number].day} is out of order or there twice"
    if not kept:
        first = min(faults)
        raise Malformed(f"no good row; line {first}: {faults[first]}", subject=request.name, mend=_MEND)
    prices = sorted((rows[number] for number in kept), key=lambda row: row.day)
    records = [_record(number, faults.get(number)) for number in sorted(kept | faults.keys())]
    return Parsed([_document(prices[0], request)], records, prices)


def _ticker(request: Request) -> str:
    ticker = (request.hints.get("ticker") or PurePosixPath(request.name).stem).upper()
    if not _TICKER.fullmatch(ticker):
        mend = "name the file TICKER.csv or give a ticker"
        raise Malformed(f"{ticker!r} is no ticker", subject=request.name, mend=mend)
    return ticker


def _lines(raw: bytes, request: Request) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line number and cells by column name, for every line that has any."""
    reader = csv.reader(io.StringIO(decode(raw).replace("\0", ""), newline=""))
    count = 0
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if not {"date", "close"} <= set(header):
            mend = "name them in the first line"
            raise Malformed("no `Date` and `Close` columns", subject=request.name, mend=mend)
        for cells in reader:
            if not any(cells):
                continue
            count += 1
            if count > request.limits.max_records:
                raise TooLarge(f"more than {count - 1} rows", subject=request.name, mend="split the file")
            yield reader.line_num, dict(zip(header, cells, strict=False))
    except csv.Error as bad:
        raise Malformed(f"not CSV: {bad}", subject=request.name, mend=_MEND) from None


def _row(cells: Mapping[str, str], ticker: str) -> PriceRow:
    written = cells["date"].strip()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise Malformed(f"{written[:30]!r} is no ISO date") from None
    close = _positive(cells, "close")
    adjusted = _positive(cells, "adj close") if "adj close" in cells else close
    for name in ("open", "high", "low"):
        if name in cells:
            _positive(cells, name)
    volume = _number(cells, "volume") if cells.get("volume", "").strip() else None
    if volume is not None and volume < 0:
        raise Malformed(f"volume {cells['volume'][:30]!r} is negative")
    return PriceRow(ticker, day.isoformat(), close, adjusted, volume)


def _positive(cells: Mapping[str, str], name: str) -> float:
    value = _number(cells, name)
    if value <= 0:
        raise Malformed(f"{name} {cells[name][:30]!r} is not positive")
    return value


def _number(cells: Mapping[str, str], name: str) -> float:
    text = cells.get(name, "").strip()
    try:
        value = float(text)
    except ValueError:
        raise Malformed(f"{name} {text[:30]!r} is no number") from None
    if not math.isfinite(value):
        raise Malformed(f"{name} {text[:30]!r} is not finite")
    return value


def _in_order(days: Mapping[int, str]) -> set[int]:
    """The line numbers of a longest strictly rising run of days (falling, if the file is newest first)."""
    numbers = list(days)
    steps = [days[a] < days[b] for a, b in pairwise(numbers)]
    if steps and sum(steps) * 2 < len(steps):
        numbers.reverse()
    ends: list[str] = []  # ends[k]: the smallest last day of a rising run of k + 1 rows
    last: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(ends, days[number])
        before[number] = last[at - 1] if at else None
        ends[at : at + 1] = [days[number]]
        last[at : at + 1] = [number]
    kept: set[int] = set()
    step = last[-1] if last else None
    while step is not None:
        kept.add(step)
        step = before[step]
    return kept


def _record(number: int, fault: str | None) -> Record:
    if fault is None:
        return Record(f"line {number}", Outcome.PARSED)
    return Record(f"line {number}", Outcome.QUARANTINED, Malformed.__name__, fault, _MEND)


def _document(first: PriceRow, request: Request) -> ParsedDocument:
    title = f"Daily prices of {first.ticker} from {first.day}"
    columns: Sequence[str] = ("day", "close", "adjusted close", "volume")
    cells = [
        {"row": 0, "column": at, "text": name, "box": None, "header": True} for at, name in enumerate(columns)
    ]
    piece = Piece(
        EvidenceKind.TABLE,
        Locator(record="rows"),
        title,
        {"rows": 1, "columns": len(columns), "cells": cells, "caption": title},
    )
    return ParsedDocument(
        part="",
        kind=SourceKind.PRICE,
        title=title,
        pieces=[piece],
        published_at=available_at(date.fromisoformat(first.day)),
        date_method=DateMethod.TEXT,
        hints={"ticker": first.ticker},
    )
