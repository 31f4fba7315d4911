"""Facts from a filing: which item, how much, of when, and where it stands; its primary statements first.

A number is taken only where its label, scale, currency and period can each be read one way. Amounts keep the
sign XBRL gives them: a cost printed in brackets is a positive cost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from smalti.ingest.fiscal import UNKNOWN, read_calendar
from smalti.ingest.grids import Amount, Line
from smalti.ingest.parse.contract import Piece
from smalti.ingest.prose_facts import read_prose
from smalti.ingest.statements import StatementTable, find_statements, find_tables, words_of
from smalti.ingest.table_facts import COSTS, Filing, Known, read_tables, segments_of
from smalti.ingest.table_periods import is_interim, meeting_day
from smalti.platform.concepts import Concept, Statement, UnitKind, concept, concept_of_label, plain_label
from smalti.platform.records import EvidenceKind, Locator

_LEAST = {
    Statement.INCOME: (("Revenues", "OperatingIncomeLoss"), ("NetIncomeLoss", "ProfitLoss")),
    Statement.BALANCE: (("Assets",), ("LiabilitiesAndEquity",)),
    Statement.CASH: (
        ("NetCashFromOperatingActivities",),
        ("NetCashFromInvestingActivities", "NetCashFromFinancingActivities"),
    ),
}
"""One item of each group must be there, or the table is an extract and not the statement."""

_COVER = 40  # pieces that may be a filing's cover

_INCLUSIVE = {"NetIncomeLoss": "ProfitLoss", "StockholdersEquity": "EquityTotal"}
"""What a bare label means where a second line of the same item names the parent's share."""

_Sum = tuple[str, tuple[tuple[str, int], ...]]
_BALANCE: tuple[_Sum, ...] = (
    ("LiabilitiesAndEquity", (("Assets", 1),)),
    ("LiabilitiesAndEquity", (("Liabilities", 1), ("EquityTotal", 1), ("RedeemableEquity", 1))),
)
"""A balance that fails puts its whole column in doubt."""
_MARGIN: tuple[_Sum, ...] = (("GrossProfit", (("Revenues", 1), ("CostOfRevenue", -1))),)
"""A margin that fails may only mean a further cost line, so it puts these three items in doubt."""
_MARGIN_ITEMS = ("GrossProfit", "Revenues", "CostOfRevenue")

_PER_SHARE = re.compile(r"\bper\b.*\bshare\b")
_DEDUCTION = re.compile(r"less (?:accumulated|allowance)")
_SHARES = re.compile(r"\bweighted average\b|\bshares (?:outstanding|used)\b")
_QUALIFIED = re.compile(r"\battributable to\b|^total (?!stockholders|shareholders|shareowners)\S+ .*equity")


@dataclass(frozen=True, slots=True)
class _Fact:
    item: Concept
    path: tuple[str, ...]
    amount: Amount
    value: float  # scaled
    scale: float

    @property
    def label(self) -> str:
        return self.path[-1] if self.path else ""


def read_facts(pieces: Sequence[Piece]) -> list[Piece]:
    """Facts of a filing: of its consolidated statements, then of all other tables of numbers, then of prose.

    Of several tables titled alike the one with most known items is the statement, the first of equals. Only
    there, and in tables that agree with it, is a known item (`concept`) claimed; every other row whose unit
    and days are plain is a fact with an empty `concept`.

    Args:
        pieces: one document's pieces in reading order.

    Returns:
        FACT pieces. Payload as in `parse.contract`, with `path` (the row's label under its section labels),
        `column_path` (header labels from the top), `dimension` (the segment, region or category the number
        is of, empty for the whole company), `line` (the known item a row of a dimension would be for the
        whole), `statement` where it stands on one, and `unverified` (why) where the statement's sums do not
        hold for that column. Locator: page, box and cell of the amount.
    """
    tables = find_tables(pieces)
    best: dict[Statement, tuple[StatementTable, list[_Fact]]] = {}
    calendar = read_calendar(words_of(pieces))
    interim = is_interim(islice(words_of(pieces), _COVER))
    for table in find_statements(tables, UNKNOWN if interim else calendar):
        facts = list(_facts(table))
        kept = best.get(table.statement)
        if _whole(table.statement, facts) and (kept is None or _items_in(facts) > _items_in(kept[1])):
            best[table.statement] = (table, facts)
    out = [piece for table, facts in best.values() for piece in _pieces(table, facts)]
    statements = {index: table for table, _ in best.values() for index in table.indexes}
    currencies = {table.currency for table, _ in best.values()}
    context = Filing(
        calendar,
        currencies.pop() if len(currencies) == 1 else None,
        statements,
        meeting_day(words_of(pieces)),
        interim,
        segments_of(tables),
    )
    known = Known.of(out)
    return [*out, *read_tables(tables, known, context), *read_prose(pieces, known, context)]


def _items_in(facts: Sequence[_Fact]) -> int:
    return len({fact.item.name for fact in facts})


def _whole(statement: Statement, facts: Sequence[_Fact]) -> bool:
    names = {fact.item.name for fact in facts}
    return all(names.intersection(group) for group in _LEAST[statement])


def _facts(table: StatementTable) -> Iterator[_Fact]:
    for item, line in _items(table):
        factor = table.scale.factor(item.unit.value)
        for column, amount in line.amounts.items():
            foreign = amount.number.currency not in (None, table.currency)
            if column not in table.periods or amount.number.percent or foreign:
                continue
            value = amount.number.times(factor)
            yield _Fact(
                item, (*line.parents, line.label), amount, abs(value) if item.name in COSTS else value, factor
            )


def _items(table: StatementTable) -> list[tuple[Concept, Line]]:
    """The known items of a statement with their lines, each item once."""
    found: dict[str, list[Line]] = defaultdict(list)
    for item, line in _labelled(table):
        found[item.name].append(line)
    for item, line in _unlabelled(table):
        if item.name not in found:
            for lines in found.values():  # `Total costs and expenses` over a margin is what sales cost
                lines[:] = [other for other in lines if other is not line]
            found[item.name].append(line)
    for name, inclusive in _INCLUSIVE.items():
        qualified = [line for line in found[name] if _QUALIFIED.search(plain_label(line.label))]
        if qualified and len(qualified) < len(found[name]):
            found[inclusive] += [line for line in found[name] if line not in qualified]
            found[name] = qualified
    chosen = [(concept(name), _one(lines)) for name, lines in found.items() if lines]
    return [(item, line) for item, line in chosen if line is not None]


def _one(lines: Sequence[Line]) -> Line | None:
    """The line that is meant where several have the same item: the total, or the net one; else none is."""
    for mark in (r".*", r"total\b.*", r".*\bnet\b.*"):
        fitting = [line for line in lines if re.fullmatch(mark, plain_label(line.label))]
        if fitting and len({_figures(line) for line in fitting}) == 1:
            return fitting[0]
    return None


def _figures(line: Line) -> tuple[tuple[int, float], ...]:
    return tuple(sorted((column, amount.number.value) for column, amount in line.amounts.items()))


def _labelled(table: StatementTable) -> Iterator[tuple[Concept, Line]]:
    section = ""
    for place, line in enumerate(table.lines):
        label = plain_label(line.label)
        if not line.amounts:
            section = label
            continue
        item = _in_section(label, section) or concept_of_label(line.label, table.statement)
        if item is None or (item.unit is UnitKind.MONEY and _is_small(line)):
            continue
        below = table.lines[place + 1 : place + 3]
        if below and _DEDUCTION.match(plain_label(below[0].label)):
            yield from ((item, net) for net in below[1:] if _is_net(net, line, below[0]))
            continue
        yield item, line


def _is_net(net: Line, gross: Line, less: Line) -> bool:
    """An unlabelled line that is the one two above it less the one between."""
    if plain_label(net.label) or not net.amounts:
        return False
    return all(
        column in gross.amounts
        and column in less.amounts
        and abs(gross.amounts[column].number.value - abs(less.amounts[column].number.value) - a.number.value)
        <= 1
        for column, a in net.amounts.items()
    )


def _in_section(label: str, section: str) -> Concept | None:
    """Per-share and share-count lines, whose labels (`Basic`) only their section explains."""
    words = f"{section} {label}"
    which = (
        "Basic" if "basic" in words and "diluted" not in words else "Diluted" if "diluted" in words else ""
    )
    bare = re.fullmatch(
        r"(?:basic|diluted)(?: in .*)?|net (?:income|earnings).*attributable to (?!non).*", label
    )
    if not bare or not which:
        return None
    if _SHARES.search(section):
        return concept(f"WeightedAverageShares{which}")
    return concept(f"EarningsPerShare{which}") if _PER_SHARE.search(section) else None


def _is_small(line: Line) -> bool:
    """Cents in every amount: a per-share figure, whatever its label."""
    return all(re.search(r"\.\d\d\b", a.text) and abs(a.number.value) < 1000 for a in line.amounts.values())


def _unlabelled(table: StatementTable) -> Iterator[tuple[Concept, Line]]:
    """Totals printed without a label, where the figures themselves say which they are."""
    totals = [line for line in table.lines if line.amounts and plain_label(line.label) in ("", "total")]
    if table.statement is Statement.BALANCE:
        pairs = [(a, b) for a in totals for b in totals if a.row < b.row and _figures(a) == _figures(b)]
        if len(pairs) == 1:
            yield concept("Assets"), pairs[0][0]
            yield concept("LiabilitiesAndEquity"), pairs[0][1]
    if table.statement is Statement.INCOME:
        yield from _unlabelled_margin(table)
    for line in totals:
        item = _sum_of_section(table, line)
        if item is not None:
            yield item, line


def _unlabelled_margin(table: StatementTable) -> Iterator[tuple[Concept, Line]]:
    """The gross profit printed without a label under costs, where it is revenues less those costs."""
    sales = [line for item, line in _labelled(table) if item.name == "Revenues"]
    for above, line in pairwise(table.lines):
        if plain_label(line.label) or not line.amounts or not above.amounts:
            continue
        for revenue in sales:
            gaps = [
                abs(revenue.amounts[c].number.value - abs(above.amounts[c].number.value) - a.number.value)
                for c, a in line.amounts.items()
                if c in revenue.amounts and c in above.amounts
            ]
            if gaps and max(gaps) <= 1 and any(later.row > line.row for later in table.lines):
                yield concept("GrossProfit"), line
                yield concept("CostOfRevenue"), above


def _sum_of_section(table: StatementTable, total: Line) -> Concept | None:
    """The item whose heading stands over rows that add up to `total` in every column."""
    before = [line for line in table.lines if line.row < total.row]
    start = next((i for i in range(len(before) - 1, -1, -1) if not before[i].amounts), None)
    if start is None or len(before) - start < 3:
        return None
    parts = before[start + 1 :]
    for column, amount in total.amounts.items():
        added = sum(p.amounts[column].number.value for p in parts if column in p.amounts)
        if abs(added - amount.number.value) > 0.5 * len(parts):
            return None
    return concept_of_label(before[start].label, table.statement)


def _pieces(table: StatementTable, facts: Sequence[_Fact]) -> Iterator[Piece]:
    columns: dict[int, dict[str, _Fact]] = defaultdict(dict)
    for fact in facts:
        columns[fact.amount.column][fact.item.name] = fact
    for column, named in sorted(columns.items()):
        values = {name: fact.value for name, fact in named.items()}
        doubt, margin = (
            _doubt(values, _BALANCE, table.scale.money),
            _doubt(values, _MARGIN, table.scale.money),
        )
        for name, fact in _signed(named).items():
            yield _piece(table, fact, column, doubt or (margin if name in _MARGIN_ITEMS else None))


def _signed(named: Mapping[str, _Fact]) -> dict[str, _Fact]:
    """The facts with income tax as an expense; left out where the other lines do not show its sign."""
    settled = dict(named)
    tax = settled.pop("IncomeTaxExpenseBenefit", None)
    before = named.get("IncomeBeforeTax")
    after = next(
        (
            named[n]
            for n in ("IncomeLossFromContinuingOperations", "ProfitLoss", "NetIncomeLoss")
            if n in named
        ),
        None,
    )
    if tax is None or before is None or after is None:
        return settled
    gaps = {sign: abs(before.value - sign * tax.value - after.value) for sign in (1, -1)}
    sign = min(gaps, key=lambda s: gaps[s])
    if gaps[sign] <= 0.5 * gaps[-sign]:
        settled[tax.item.name] = replace(tax, value=sign * tax.value)
    return settled


def _doubt(values: Mapping[str, float], sums: Sequence[_Sum], unit: float) -> str | None:
    """Why the numbers of a column cannot all be right; None where its sums hold or cannot be formed."""
    for total, parts in sums:
        if total not in values or any(name not in values for name, _ in parts):
            continue
        added = sum(sign * values[name] for name, sign in parts)
        if abs(added - values[total]) > 2 * unit:
            listed = " and ".join(name for name, _ in parts)
            return f"{listed} give {added:.15g}, but {total} is {values[total]:.15g}"
    for part, whole in (("AssetsCurrent", "Assets"), ("LiabilitiesCurrent", "Liabilities")):
        if part in values and whole in values and values[part] > values[whole] + 2 * unit:
            return f"{part} is more than {whole}"
    return None


def _piece(table: StatementTable, fact: _Fact, column: int, doubt: str | None) -> Piece:
    period, place = table.periods[column], fact.amount
    unit = {UnitKind.MONEY: table.currency, UnitKind.PER_SHARE: f"{table.currency}/share"}
    payload = {
        "concept": fact.item.name,
        "label": fact.label,
        "value": fact.value,
        "unit": unit.get(fact.item.unit, "shares"),
        "scale": fact.scale,
        "period_start": period.start.isoformat() if period.start else None,
        "period_end": period.end.isoformat(),
        "as_reported": fact.amount.text,
        "path": list(fact.path),
        "column_path": list(table.column_paths.get(column, ())),
        "dimension": "",
        "line": "",
        "statement": table.statement.value,
    } | ({"unverified": doubt} if doubt else {})
    span = f"{period.start} to {period.end}" if period.start else f"at {period.end}"
    return Piece(
        EvidenceKind.FACT,
        Locator(page=place.page, box=place.box, cell=(place.table, place.row, column)),
        f"{fact.label}: {fact.value:,.15g} {payload['unit']}, {span}",
        payload,
    )
