"""Facts from every table of numbers of a filing, the rows of its statements that have no name among them.

A known item (`concept`) is claimed only for the company as a whole, and only where the row agrees with the
primary statements in a period both state; where they do not have the item at all, nothing around the row may
speak of a part of the company. What is a part's (a segment, region, category) says so in `dimension`, and
`line` names the item it would be for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain
from math import isclose
from typing import Any

from smalti.ingest.fiscal import Calendar
from smalti.ingest.grids import Amount, Grid, Line, is_year
from smalti.ingest.parse.contract import Piece
from smalti.ingest.statements import Found, StatementTable
from smalti.ingest.table_periods import Context, Periods, edge_of
from smalti.ingest.table_units import Unit, Units
from smalti.platform.concepts import Concept, Statement, UnitKind, concept, concept_of_label
from smalti.platform.quantities import Number, Period, PeriodPhrase, read_period
from smalti.platform.records import EvidenceKind, Locator

__all__ = ["COSTS", "Filing", "Known", "context_of", "item_of", "read_tables", "segments_of"]

MAX_FACTS = 40_000  # of one document
_TOTAL = re.compile(
    r"^(?:grand |sub)?totals?\b|^consolidated\b|^worldwide\b|^company\b|\btotal$|^firm\b|\bconsolidated$",
    re.I,
)
_PART = re.compile(
    r"\bsegments?\b|\bregion|\bgeograph|\bparent\b|\bguarantor|(?<!and )(?<!and its )\bsubsidiar"
    r"|\bplans?\b|\bacqui|\bdivision"
    r"|\bby (?:product|category|type|country|channel|brand|line|business|market)|\bdiscontinued|\bpro forma"
    r"|\bfranchise|\bjoint venture|\baffiliate|\bunconsolidated|\bcondensed",
    re.I,
)
_MEASURE = re.compile(
    r"\b(?:sales|revenues?|income|earnings|loss(?:es)?|profit|ebitdar?|ebit|eps|expenses?|costs?|charges?|assets?"
    r"|liabilit\w+|amounts?|values?|notional|change|growth|percent\w*|rates?|balances?|cash|paid|payments?|shares"
    r"|votes|for|against|abstain\w*|withheld|price|margin|capital|expenditures|depreciation|amortization|number"
    r"|volume|fx|currency|impairment|provision|benefits?|obligations?|debt|interest|dividends?|tax\w*|fees?"
    r"|avg|average|min|max|minimum|maximum|high|low|actual|gains?|goodwill|acquisitions?|divestitures?|translation|organic|reported|adjust\w*|days?|years?)\b|%",
    re.I,
)
_LISTED = re.compile(
    r"\bby (?:reportable |operating |geographic |major )?"
    r"(?:segment|region|geograph|area|product|categor|type|countr|channel|brand)"
    r"|\bgeographic (?:area|information|region)|\bnotional amounts?\b",
    re.I,
)
"""Titles of tables whose rows are the parts of one figure."""
_WHEN = re.compile(
    r"\b(?:fiscal|full|for|the|as|of|at|and|on|in|ended|ending|end|years?|months?|weeks?|quarters?|three|six|nine"
    r"|twelve|thirteen|period|unaudited|audited|restated|millions|thousands|dollars|jan\w*|feb\w*|mar\w*|apr\w*"
    r"|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|\d+)\b",
    re.I,
)
_IN_UNITS = re.compile(
    r"\([^()]*\b(?:thousands?|millions?|billions?)\b[^()]*\)|\((?:un)?audited\)|\bQ[1-4]\b|\b[1-4]Q(?:\d\d)?\b"
    r"|^\W*(?:(?:u\.?s\.? )?dollars?|amounts?)?\s*(?:in\s+)?\$?\s*(?:thousands|millions|billions)\W*$",
    re.I,
)
_NAME = re.compile(r"[A-Z][\w.’']*(?:[ ,&-]+(?:and|of|the|[A-Z][\w.’']*)){0,5}")
_CHANGE = re.compile(r"\W*(?:%|\$|percent(?:age)?|dollar)?\s*(?:change|variance|increase|inc)\b.{0,30}", re.I)
_NO_CLAIM = re.compile(r"%|\bpercent|\bchange|\bper\b|\bgrowth|\badjust|\bnon-gaap|\bpro forma", re.I)
COSTS = frozenset(
    (
        "CostOfRevenue", "SellingGeneralAndAdministrativeExpense", "SellingAndMarketingExpense",
        "GeneralAndAdministrativeExpense", "ResearchAndDevelopmentExpense", "InterestExpense",
        "CapitalExpenditures", "PaymentsOfDividends", "PaymentsForRepurchaseOfCommonStock",
    )
)  # fmt: skip
"""Items whose printed sign says only that they are subtracted."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What a filing tells its tables: calendar, currency, which are statements, when shareholders met."""

    calendar: Calendar
    currency: str | None = None
    statements: Mapping[int, StatementTable] = field(default_factory=dict)
    meeting: date | None = None
    interim: bool = False
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What the primary statements say: values by item and period, and the cells they were read from."""

    values: Mapping[tuple[str, str | None, str], float]
    items: frozenset[str]
    cells: frozenset[tuple[int | None, tuple[int, int, int] | None]]

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> Known:
        """The facts of the statements."""
        values = {
            (p.payload["concept"], p.payload["period_start"], p.payload["period_end"]): p.payload["value"]
            for p in pieces
        }
        cells = frozenset((p.locator.page, p.locator.cell) for p in pieces)
        return cls(values, frozenset(name for name, _, _ in values), cells)

    def find(self, name: str, period: Period) -> float | None:
        """The value of an item over a period."""
        start = period.start.isoformat() if period.start else None
        found = self.values.get((name, start, period.end.isoformat()))
        if found is None and period.start:  # the first day of a 52-week year is known to a week only
            return next(
                (
                    value
                    for (other, begin, end), value in self.values.items()
                    if other == name and end == period.end.isoformat() and begin and start
                    and begin[:4] == start[:4] and begin[5:7] == start[5:7]
                ),
                None,
            )  # fmt: skip
        return found


@dataclass(frozen=True, slots=True)
class _Cell:
    line: Line
    amount: Amount
    unit: Unit
    period: Period
    dimension: str
    item: Concept | None
    place: tuple[int, str]  # its row, and what the header over it says beside the period

    @property
    def value(self) -> float:
        return self.amount.number.times(self.unit.factor)


def read_tables(tables: Sequence[Found], known: Known, filing: Filing) -> Iterator[Piece]:
    """Fact pieces of all cells of `tables` whose unit and days are plain, those in `known` left out."""
    count = 0
    for found in tables:
        statement = filing.statements.get(found.index)
        cells = list(_cells(found, known, filing, statement))
        claims = {} if statement else _claims(cells, known, _whole_company(found))
        for cell in cells:
            if count >= MAX_FACTS:
                return
            count += 1
            claim = claims.get(cell.place)
            value = _signed(cell, claim, known) if claim else cell.value
            yield _piece(found.grid, cell, value, claim, statement)


def segments_of(tables: Sequence[Found]) -> frozenset[str]:
    """Names of a filing's segments: rows of tables on segments that end in a total."""
    names: set[str] = set()
    for found in tables:
        over = [*_lines_over(found)[:3], *found.grid.corner(0)]
        totals = any(_TOTAL.search(line.label) for line in found.grid.lines)
        if totals and any(re.search(r"\bsegments?\b", text, re.I) for text in over):
            names |= {
                line.label
                for line in found.grid.lines
                if line.amounts and _NAME.fullmatch(line.label) and not _MEASURE.search(line.label)
            }
    return frozenset(name for name in names if not _TOTAL.search(name) and item_of(name) is None)


def _whole_company(found: Found) -> bool:
    """Whether nothing around a table speaks of a part of the company."""
    heads = [h["text"] for h in found.grid.heads[0]]
    return not any(_PART.search(text) for text in [*found.titles, found.lead, *heads])


def _signed(cell: _Cell, claim: Concept, known: Known) -> float:
    """The value with the sign the statements give the item, whatever sign is printed here."""
    if claim.name in COSTS:
        return abs(cell.value)
    stated = known.find(claim.name, cell.period)
    turned = stated is not None and stated * cell.value < 0
    return -cell.value if turned else cell.value


def _cells(found: Found, known: Known, filing: Filing, statement: StatementTable | None) -> Iterator[_Cell]:
    grid = found.grid
    context = context_of(found, filing, statement)
    periods, units = Periods(grid, context), Units(grid, context)
    parts = _Parts(grid, _lines_over(found), filing.members)
    for line in grid.lines:
        if not (any(ch.isalpha() for ch in line.label) or is_year(line.label)):
            continue  # a sum or a piece of a row: nothing says of what
        for column, amount in line.amounts.items():
            if (grid.page, (amount.table, amount.row, amount.column)) in known.cells:
                continue
            dimension, item = ("", None) if statement else parts.of(line, column)
            if statement:
                period = edge_of(line.label, statement.periods.get(column))
            else:
                period = periods.of(line, column, item.instant if item else None)
            unit = units.of(line, amount) if period else None
            if period and unit:
                place = (line.row, parts.words(column, line.head))
                yield _Cell(line, amount, unit, period, dimension, item, place)


def context_of(found: Found, filing: Filing, statement: StatementTable | None = None) -> Context:
    """What stands around a table, for reading its units and periods."""
    titles = _lines_over(found)
    lead = [found.lead] if found.lead else []
    currency = statement.currency if statement else filing.currency
    return Context(
        [*titles[:1], *lead, *titles[1:]], filing.calendar, currency, filing.meeting, filing.interim
    )


def _lines_over(found: Found) -> list[str]:
    """The lines over a table, nearest first."""
    return [line for text in found.titles for line in reversed(text.split("\n")) if line.strip()]


class _Parts:
    """Which part of the company, if any, the cells of a table speak of, and of which known item."""

    def __init__(self, grid: Grid, titles: Sequence[str], members: frozenset[str]) -> None:
        self.grid = grid
        self.members = members
        self.titles = [t for t in titles[:4] if len(t) <= 120]
        self.rows_add_up = any(_TOTAL.search(line.label) for line in grid.lines if line.amounts)
        self._columns: dict[tuple[int, int], str] = {}
        self.columns_add_up = {
            head: any(_TOTAL.search(self.words(c, head)) for c in range(1, grid.columns))
            for head in range(len(grid.heads))
        }

    def words(self, column: int, head: int) -> str:
        """The last header over a column that names no period or unit."""
        key = (column, head)
        if key not in self._columns:
            path = [_IN_UNITS.sub(" ", t).strip() for t in self.grid.column_path(column, head)]
            own = [t for t in path if t and not _is_period(t) and not _CHANGE.fullmatch(t)]
            self._columns[key] = own[-1] if own else ""
        return self._columns[key]

    def changes(self, column: int, head: int) -> bool:
        """Whether a column gives changes, not amounts."""
        return any(_CHANGE.fullmatch(t) for t in self.grid.column_path(column, head))

    def of(self, line: Line, column: int) -> tuple[str, Concept | None]:
        """Dimension and known item of a cell."""
        own, over = item_of(line.label), self.words(column, line.head)
        if self.changes(column, line.head):
            own = None
        if not over:
            return self._of_row(line, own)
        across, part = item_of(over), "" if _TOTAL.search(over) else over
        adds_up = self.columns_add_up[line.head]
        if is_year(line.label):
            return part, across
        if own is not None:
            if across is None and (adds_up or not _MEASURE.search(over)):
                return part, own
            agrees = across is not None and own.name.endswith(across.name)  # `Adjusted EBITDA` under `EBITDA`
            return "", own if agrees else None
        if across is not None or (_MEASURE.search(over) and not adds_up):
            is_part = not _MEASURE.search(line.label) and not _TOTAL.search(line.label)
            return (line.label if is_part else ""), (across if self.rows_add_up else None)
        return part, None

    def _of_row(self, line: Line, own: Concept | None) -> tuple[str, Concept | None]:
        """Of a row whose columns are periods only."""
        if line.label in self.members:
            parent = item_of(line.parents[-1]) if line.parents else None
            return line.label, parent
        about = next((p for p in reversed(line.parents) if _PART.search(p)), None) or self._title_part()
        if own is not None:
            return about or "", own
        if _TOTAL.search(line.label):
            over = next((i for p in reversed(line.parents) if (i := item_of(p)) is not None), None)
            return "", over if line.label.lower().strip() in ("total", "totals") else None
        if line.parents and (over := item_of(line.parents[-1])) is not None and self.rows_add_up:
            return line.label, over
        if any(_LISTED.search(t) for t in self.titles):
            return line.label, None
        return about or "", None

    def _title_part(self) -> str | None:
        """A title such as `Domestic Segment` that makes the whole table a part's."""
        for text in self.titles:
            if re.fullmatch(r"(?:[A-Z][\w&,’'-]*\s+){1,5}(?:Segment|Division|Region)s?\b.{0,20}", text):
                return text
        return None


def _is_period(text: str) -> bool:
    """Whether a header says only of when or in what its column is."""
    found = read_period(text)
    if not isinstance(found, PeriodPhrase):
        return False
    rest = _WHEN.sub(" ", text)
    return not re.search(r"[A-Za-z]{2,}", rest)


@lru_cache(maxsize=16_384)
def item_of(label: str) -> Concept | None:
    """The known item that a label means on whichever statement."""
    found = {item.name: item for s in Statement if (item := concept_of_label(label, s)) is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def _claims(cells: Sequence[_Cell], known: Known, whole: bool) -> dict[tuple[int, str], Concept]:
    """Rows, under one header word, that state a known item of the whole company."""
    rows: dict[tuple[int, str], list[_Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.place, []).append(cell)
    out: dict[tuple[int, str], Concept] = {}
    for row, some in rows.items():
        items = {cell.item.name if cell.item else "" for cell in some}
        if len(items) != 1 or "" in items or any(cell.dimension for cell in some):
            continue
        item = concept(items.pop())
        if not all(_fits(cell, item) for cell in some):
            continue
        pairs = [(cell, value) for cell in some if (value := known.find(item.name, cell.period)) is not None]
        agree = [isclose(abs(cell.value), abs(value), rel_tol=2e-3) for cell, value in pairs]
        if all(agree) and (agree or (whole and _stated_apart(some[0].line, item, known))):
            out[row] = item
    return out


def _stated_apart(line: Line, item: Concept, known: Known) -> bool:
    """Whether the statements were read and lack an item that a row of no section plainly names."""
    lacking = bool(known.items) and item.name not in known.items
    doubtful = _NO_CLAIM.search(line.label) and not item.name.startswith("Adjusted")
    inside = any(_PART.search(p) or not item.name.startswith("Adjusted") for p in line.parents)
    return lacking and not inside and not doubtful


def _fits(cell: _Cell, item: Concept) -> bool:
    kinds = {UnitKind.PER_SHARE: "/share" in cell.unit.name, UnitKind.SHARES: cell.unit.name == "shares"}
    money = len(cell.unit.name) == 3 and cell.unit.name.isupper()
    return kinds.get(item.unit, money) and (cell.period.start is None) is item.instant


def _piece(
    grid: Grid, cell: _Cell, value: float, claim: Concept | None, statement: StatementTable | None
) -> Piece:
    line, amount = cell.line, cell.amount
    number: Number = amount.number
    payload: dict[str, Any] = {
        "concept": claim.name if claim else "",
        "label": line.label,
        "value": value,
        "unit": cell.unit.name,
        "scale": 1.0 if number.percent or number.scaled else cell.unit.factor,
        "period_start": cell.period.start.isoformat() if cell.period.start else None,
        "period_end": cell.period.end.isoformat(),
        "as_reported": amount.text,
        "path": list(line.path),
        "column_path": list(grid.column_path(amount.column, line.head)),
        "dimension": cell.dimension,
        "line": cell.item.name if cell.item and cell.dimension and not claim else "",
    }
    if statement is not None:
        payload["statement"] = statement.statement.value
    span = f"{cell.period.start} to {cell.period.end}" if cell.period.start else f"at {cell.period.end}"
    said = " / ".join(dict.fromkeys(chain(line.path, (cell.dimension,) if cell.dimension else ())))
    place = (amount.table, amount.row, amount.column)
    return Piece(
        EvidenceKind.FACT,
        Locator(page=grid.page, box=amount.box, cell=place),
        f"{said or 'no label'}: {value:,.15g} {cell.unit.name}, {span}",
        payload,
    )
