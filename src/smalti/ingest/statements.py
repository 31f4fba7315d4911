"""Finding the primary statements among a filing's tables, and what their columns and amounts mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from smalti.ingest.fiscal import UNKNOWN, Calendar
from smalti.ingest.grids import Grid, Line, join_continued, read_grid
from smalti.ingest.parse.contract import Piece
from smalti.ingest.table_periods import general_phrase
from smalti.ingest.table_units import first_scale
from smalti.platform.concepts import Statement
from smalti.platform.quantities import Period, PeriodPhrase, Scale, Unread, read_currency, read_period
from smalti.platform.records import EvidenceKind

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
class StatementTable:
    """One primary statement as read off its table, or tables where it goes on overleaf.

    Attributes:
        page: PDF page it begins on, None in HTML.
        number: of its first table on that page (or in the document), from 0.
        periods: of each column that could be dated.
        currency: ISO 4217 code.
        lines: rows from the top; each amount knows its own page and table.
        indexes: of its pieces in the document.
        column_paths: header labels over each dated column, from the top.
    """

    statement: Statement
    page: int | None
    number: int
    scale: Scale
    currency: str
    periods: dict[int, Period]
    lines: tuple[Line, ...]
    indexes: tuple[int, ...] = ()
    column_paths: dict[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A table of a document: its piece's index, its grid, the titles over it, nearest first, and its lead.

    The lead is the end of a longer paragraph right over it: `... was as follows (in millions):`.
    """

    index: int
    grid: Grid
    titles: Sequence[str]
    lead: str = ""


def find_tables(pieces: Sequence[Piece]) -> list[Found]:
    """Every table of a document as a grid, in order; one that goes on overleaf takes its header along."""
    numbers: dict[int | None, int] = {}
    found: list[Found] = []
    for index, piece in enumerate(pieces):
        if piece.kind is not EvidenceKind.TABLE:
            continue
        page = piece.locator.page
        number = numbers[page] = numbers.get(page, -1) + 1
        found.append(Found(index, read_grid(piece, number), _titles(pieces, index), _lead(pieces, index)))
    joined = join_continued([table.grid for table in found])
    out: list[Found] = []
    for table, goes_on in zip(found, joined, strict=True):
        titles = [*table.titles, *out[-1].titles] if goes_on and out else table.titles
        out.append(replace(table, titles=titles))
    return out


def words_of(pieces: Sequence[Piece]) -> Iterator[str]:
    """Paragraphs, captions and headers: where a filing tells of its calendar."""
    for piece in pieces:
        if piece.kind is EvidenceKind.TABLE:
            yield piece.payload.get("caption") or ""
            yield " ".join(c["text"] for c in piece.payload["cells"] if c["header"])
        elif piece.kind is EvidenceKind.PARAGRAPH:
            yield piece.text


def find_statements(tables: Sequence[Found], calendar: Calendar = UNKNOWN) -> Iterator[StatementTable]:
    """Every table titled as a primary statement whose scale, currency and periods can be read, in order.

    Args:
        tables: of one document.
        calendar: the fiscal calendar of a yearly report, whose statements may name only the years' last days;
            none for others.
    """
    last: StatementTable | None = None
    for table in tables:
        found = _statement(table, calendar)
        if found is None:
            continue
        if last is not None and _goes_on(last, found):
            lines = (*last.lines, *_below(last.lines, found.lines))
            last = replace(last, lines=lines, indexes=last.indexes + found.indexes)
            continue
        if last is not None:
            yield last
        last = found
    if last is not None:
        yield last


def _goes_on(last: StatementTable, found: StatementTable) -> bool:
    pages = [a.page for line in last.lines for a in line.amounts.values() if a.page is not None]
    return (
        (found.statement, found.periods, found.scale, found.currency)
        == (last.statement, last.periods, last.scale, last.currency)
        and (found.number == 0 or found.page == last.page)
        and found.page in (max(pages, default=-9), max(pages, default=-9) + 1)
    )


def _below(upper: Sequence[Line], lower: Sequence[Line]) -> Iterator[Line]:
    """Rows set under others, numbered on."""
    base = upper[-1].row + 1 if upper else 0
    return (replace(line, row=base + line.row) for line in lower)


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


def _lead(pieces: Sequence[Piece], index: int) -> str:
    """The end of the paragraph right over a table, where it is too long for a title."""
    above = pieces[index - 1] if index else None
    if above is None or above.kind is not EvidenceKind.PARAGRAPH or len(above.text) <= _TITLE_LENGTH:
        return ""
    if above.locator.page != pieces[index].locator.page:
        return ""
    return re.split(r"(?<=[.;])\s+(?=[A-Z])", above.text[-400:])[-1]


def _statement(table: Found, calendar: Calendar) -> StatementTable | None:
    heads = table.grid.heads[0]
    inner = [cell["text"] for cell in heads]
    kind = statement_named([*table.titles, *inner[:3]])
    scale = first_scale([*inner, *table.titles])
    lines = table.grid.lines
    if kind is None or scale is None or any(_COMPARISON.search(text) for text in inner):
        return None
    currency = _currency(scale, lines, [*inner, *table.titles])
    periods = _periods(heads, table.titles, kind, calendar)
    if currency is None or not periods:
        return None
    grid = table.grid
    paths = {column: grid.column_path(column) for column in periods}
    return StatementTable(
        kind, grid.page, grid.number, scale, currency, periods, tuple(lines), (table.index,), paths
    )


def statement_named(titles: Iterable[str]) -> Statement | None:
    """The primary statement a table's titles name; None where they name none, several, or a partial one."""
    for title in titles:
        squeezed = re.sub(r"\s+", "", title.lower()).replace("financialstatementsandsupplementarydata", "")
        found = [statement for statement, pattern in _TITLES if pattern.search(squeezed)]
        if found:
            return found[0] if len(found) == 1 and not _NOT_PRIMARY.search(squeezed) else None
    return None


def _currency(scale: Scale, lines: Sequence[Line], texts: Sequence[str]) -> str | None:
    """The one currency the caption or the amounts show."""
    shown = {a.number.currency for line in lines for a in line.amounts.values()} - {None}
    named = {scale.currency} - {None} or {c for c in map(read_currency, texts) if isinstance(c, str)}
    found = named | shown if named != {"USD"} else named or shown
    return str(found.pop()) if len(found) == 1 else None


def _periods(
    heads: Sequence[Mapping[str, Any]], titles: Sequence[str], kind: Statement, calendar: Calendar
) -> dict[int, Period]:
    """The period of each column that one can be read for; columns that share a period are left out."""
    columns = {c for head in heads for c in _covers(head) if c > 0}
    general = general_phrase([*(h["text"] for h in heads), *titles])
    found: dict[int, Period] = {}
    for column in columns:
        phrase = _phrase([h["text"] for h in heads if column in _covers(h)])
        if phrase is None:
            continue
        phrase = phrase.under(general)
        if kind is Statement.BALANCE:
            phrase = replace(phrase, months=None, weeks=None, moment=True)
        period: Period | Unread | None = phrase.resolve()
        if kind is not Statement.BALANCE and not (phrase.months or phrase.weeks):
            period = _whole_year(replace(phrase, moment=True), calendar)
        if isinstance(period, Period) and (period.start is None) is (kind is Statement.BALANCE):
            found[column] = period
    twice = [p for p in found.values() if list(found.values()).count(p) > 1]
    return {column: period for column, period in found.items() if period not in twice}


def _covers(head: Mapping[str, Any]) -> range:
    return range(head["column"], head["column"] + head.get("span", 1))


def _phrase(texts: Sequence[str]) -> PeriodPhrase | None:
    """What the header cells over one column say together; it must name a year."""
    found = read_period(" ".join(texts))
    return found if isinstance(found, PeriodPhrase) and found.year is not None else None


def _whole_year(phrase: PeriodPhrase, calendar: Calendar) -> Period | None:
    """The fiscal year that ends on a day of which no length is said."""
    day = phrase.resolve()
    end = day.end if isinstance(day, Period) else None
    years = [calendar.year(end.year - slip) for slip in (-1, 0, 1)] if end else []
    return next((year for year in years if year is not None and year.end == end), None)
