"""Finding the primary statements among a filing's tables, and what their columns and amounts mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smalti.ingest.parse.contract import Piece
from smalti.platform.concepts import Statement
from smalti.platform.quantities import (
    Number,
    Period,
    PeriodPhrase,
    Scale,
    Unread,
    read_currency,
    read_number,
    read_period,
    read_scale,
)
from smalti.platform.records import Box, EvidenceKind

_ABOVE = 4  # pieces over a table that may hold its title
_TITLE_LENGTH = 240  # characters; a longer paragraph is prose that mentions a statement

# Titles are matched without their spaces, since PDFs split words ("Statement of Incom e").
_TITLES = (
    (Statement.CASH, re.compile(r"statements?ofcashflows?|cashflowsstatements?")),
    (Statement.BALANCE, re.compile(r"balancesheets?|statements?offinancial(?:position|condition)")),
    (
        Statement.INCOME,
        re.compile(r"statements?of(?:consolidated)?(?:netincome|income|operations|earnings|\(?loss)|(?<!comprehensive)incomestatements?"
                   r"|resultsofoperations"),
    ),
)  # fmt: skip
_NOT_PRIMARY = re.compile(
    r"parentcompany|parentonly|registrantonly|consolidating|guarant|proforma|segment|quarterly|selected"
    r"|supplementa|summar|unconsolidated(?!affil)|variableinterest|percent|discontinuedoperations$"
)
_COMPARISON = re.compile(r"\b(?:impact|effect) of\b|\badjustments?$|\bpreviously reported\b", re.I)
"""Column heads of a note that shows how a change of rules moved a statement."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a statement and where it stands."""

    number: Number
    text: str
    box: Box | None
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a statement: its label and its amounts by column; none for a heading."""

    row: int
    label: str
    amounts: dict[int, Amount]


@dataclass(frozen=True, slots=True)
class StatementTable:
    """One primary statement as read off its table.

    Attributes:
        page: PDF page, None in HTML.
        number: of the table on its page (or in the document), from 0.
        periods: of each column that could be dated.
        currency: ISO 4217 code.
    """

    statement: Statement
    page: int | None
    number: int
    scale: Scale
    currency: str
    periods: dict[int, Period]
    lines: tuple[Line, ...]


def find_statements(pieces: Sequence[Piece]) -> Iterator[StatementTable]:
    """Every table titled as a primary statement whose scale, currency and periods can be read, in order.

    Args:
        pieces: a document's pieces in reading order, tables as in `parse.contract`.
    """
    numbers: dict[int | None, int] = {}
    for index, piece in enumerate(pieces):
        if piece.kind is not EvidenceKind.TABLE:
            continue
        page = piece.locator.page
        number = numbers[page] = numbers.get(page, -1) + 1
        found = _statement(piece, _titles(pieces, index), number)
        if found is not None:
            yield found


def _titles(pieces: Sequence[Piece], index: int) -> list[str]:
    """The caption and the short paragraphs over a table on its page, nearest first."""
    table = pieces[index]
    texts = [table.payload.get("caption") or ""]
    for piece in reversed(pieces[max(0, index - _ABOVE) : index]):
        if piece.kind is EvidenceKind.TABLE or piece.locator.page != table.locator.page:
            break
        if piece.kind is EvidenceKind.PARAGRAPH and len(piece.text) <= _TITLE_LENGTH:
            texts.append(piece.text)
    return [text for text in texts if text.strip()]


def _statement(piece: Piece, titles: Sequence[str], number: int) -> StatementTable | None:
    heads, body = _grid(piece.payload["cells"])
    inner = [cell["text"] for cell in heads]
    kind = statement_named([*titles, *inner[:3]])
    scale = _first_scale([*inner, *titles])
    lines = _lines(body)
    if kind is None or scale is None or any(_COMPARISON.search(text) for text in inner):
        return None
    currency = _currency(scale, lines, [*inner, *titles])
    periods = _periods(heads, titles, kind)
    if currency is None or not periods:
        return None
    return StatementTable(kind, piece.locator.page, number, scale, currency, periods, tuple(lines))


def statement_named(titles: Iterable[str]) -> Statement | None:
    """The primary statement a table's titles name; None where they name none, several, or a partial one."""
    for title in titles:
        squeezed = re.sub(r"\s+", "", title.lower()).replace("financialstatementsandsupplementarydata", "")
        found = [statement for statement, pattern in _TITLES if pattern.search(squeezed)]
        if found:
            return found[0] if len(found) == 1 and not _NOT_PRIMARY.search(squeezed) else None
    return None


def _grid(cells: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return [c for c in cells if c["header"]], [c for c in cells if not c["header"]]


def _first_scale(texts: Iterable[str]) -> Scale | None:
    """The scale of the first text that states one; none at all if that text states two."""
    for text in texts:
        found = read_scale(text)
        if isinstance(found, Scale):
            return found
        if found.reason != "no scale stated":
            return None
    return None


def _lines(body: Sequence[dict[str, Any]]) -> list[Line]:
    rows: dict[int, list[dict[str, Any]]] = {}
    for cell in body:
        rows.setdefault(cell["row"], []).append(cell)
    return [_line(row, cells) for row, cells in sorted(rows.items())]


def _line(row: int, cells: Sequence[dict[str, Any]]) -> Line:
    label = " ".join(c["text"] for c in cells if c["column"] == 0)
    amounts = {}
    for cell in cells:
        number = read_number(cell["text"]) if cell["column"] > 0 else Unread("a label")
        if isinstance(number, Number):
            box = tuple(cell["box"]) if cell.get("box") else None
            amounts[cell["column"]] = Amount(number, cell["text"], box, row, cell["column"])
    return Line(row, label, amounts)


def _currency(scale: Scale, lines: Sequence[Line], texts: Sequence[str]) -> str | None:
    """The one currency the caption or the amounts show."""
    shown = {a.number.currency for line in lines for a in line.amounts.values()} - {None}
    named = {scale.currency} - {None} or {c for c in map(read_currency, texts) if isinstance(c, str)}
    found = named | shown if named != {"USD"} else named or shown
    return str(found.pop()) if len(found) == 1 else None


def _periods(heads: Sequence[dict[str, Any]], titles: Sequence[str], kind: Statement) -> dict[int, Period]:
    """The period of each column that one can be read for; columns that share a period are left out."""
    columns = {c for head in heads for c in _covers(head) if c > 0}
    general = _general([*(h["text"] for h in heads), *titles])
    found: dict[int, Period] = {}
    for column in columns:
        phrase = _phrase([h["text"] for h in heads if column in _covers(h)])
        if phrase is None:
            continue
        phrase = phrase.under(general)
        if kind is Statement.BALANCE:
            phrase = replace(phrase, months=None, weeks=None, moment=True)
        period = phrase.resolve()
        if isinstance(period, Period) and (period.start is None) is (kind is Statement.BALANCE):
            found[column] = period
    twice = [p for p in found.values() if list(found.values()).count(p) > 1]
    return {column: period for column, period in found.items() if period not in twice}


def _covers(head: dict[str, Any]) -> range:
    return range(head["column"], head["column"] + head.get("span", 1))


def _phrase(texts: Sequence[str]) -> PeriodPhrase | None:
    """What the header cells over one column say together; it must name a year."""
    found = read_period(" ".join(texts))
    return found if isinstance(found, PeriodPhrase) and found.year is not None else None


def _general(texts: Iterable[str]) -> PeriodPhrase:
    """What header and titles say for all columns: the one length and the one day that they name."""
    phrases = [p for p in map(_timeless, texts) if p is not None]
    spans = {(p.months, p.weeks, p.moment) for p in phrases if p.months or p.weeks or p.moment}
    days = {(p.month, p.day) for p in phrases if p.month}
    months, weeks, moment = spans.pop() if len(spans) == 1 else (None, None, False)
    month, day = days.pop() if len(days) == 1 else (None, None)
    return PeriodPhrase(months=months, weeks=weeks, moment=moment, month=month, day=day)


def _timeless(text: str) -> PeriodPhrase | None:
    """A phrase without its years, so that `December 31, 2016 and 2015` still gives its day."""
    found = read_period(re.sub(r"\b(?:19|20)\d\d\b", " ", text))
    return found if isinstance(found, PeriodPhrase) else None
