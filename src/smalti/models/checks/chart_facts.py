"""Which filed numbers a chart's series tells of, and where the two differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from smalti.models.checks.chart_series import Drawn, Mark, Row
from smalti.models.checks.chart_tables import Filed, rows_of
from smalti.models.checks.dossier import Dossier
from smalti.platform.concepts import Statement, concept_of_label, plain_label
from smalti.platform.facts import AGREES, Fact, verdict
from smalti.platform.quantities import read_currency
from smalti.platform.records import Evidence, EvidenceKind, SourceKind

_ANNUAL, _QUARTER = range(350, 381), range(80, 101)
_EARLY = timedelta(days=10)
"""Years of 52 weeks may end some days into the next month; told apart by the month ten days before."""
_SCALES = (1.0, 1e3, 1e6, 1e9)
_LOOSE = 0.05
"""A point known no better than this part of itself says nothing where the scale is open."""
_MOST_TABLES = 1_000
_QUOTE = 300  # characters of a fact's text
_MOST = 60
"""Items of one name that are looked at, the most often filed first."""

When = tuple[int, int]
Item = tuple[str, str, str]
"""What a number is of: its concept or label; its dimension, or the table whose row it is; its unit."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A mark beside the filed number of its period.

    Attributes:
        ours: the mark's value in the fact's unit; `off` how far it may be off there.
        agrees: some filing known by then gives it.
        later: the number was filed only after the chart was shown.
    """

    mark: Mark
    fact: Filed
    ours: float
    off: float
    agrees: bool
    later: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A series and the filed item that it shows.

    Attributes:
        pairs: marks whose period is filed, in the series' order.
        series: the filed item's numbers known when the chart was shown, by period.
        shift: years by which the chart's names of years differ from those in which they end.
        known: the item is one of the common line items, by the words of the chart alone.
        loose: some words of the chart's were left out to see that.
    """

    row: Row
    item: Item
    pairs: tuple[Pair, ...]
    factor: float
    series: dict[When, Filed]
    shift: int
    known: bool = False
    loose: bool = False

    @property
    def agreed(self) -> int:
        """Pairs that agree."""
        return sum(pair.agrees for pair in self.pairs)

    @property
    def anchored(self) -> bool:
        """Enough of the series agrees that all of it must be of this item, at this scale."""
        if self.known:
            return self.agreed > 0 and 2 * self.agreed >= len(self.pairs)
        return self.agreed > 1 and 2 * self.agreed > len(self.pairs)


class Filings:
    """The numbers an issuer filed of what its charts show, by name and period: facts and rows of tables."""

    def __init__(self, dossier: Dossier, charts: Sequence[Drawn]) -> None:
        """Read the filings of a dossier for what the series of these charts are called."""
        self._wanted = {
            name for drawn in charts for row in drawn.rows for name in _names(*row.names, *row.items)
        }
        told = [f for f in dossier.filed() if not f.unverified]
        ends = Counter((f.end - _EARLY).month for f in told if f.days in _ANNUAL)
        self.last_month = min(ends, key=lambda m: (-ends[m], m)) if ends else 12
        self._of: dict[Item, dict[When, list[Filed]]] = defaultdict(lambda: defaultdict(list))
        self._named: dict[str, dict[Item, None]] = defaultdict(dict)
        self._moments: set[Item] = set()
        pieces = {p.evidence_id: p for p in dossier.pieces(EvidenceKind.FACT, SourceKind.FILING)}
        for fact in sorted(told, key=lambda f: (f.available_at, f.evidence_id)):
            self._take(fact, pieces[fact.evidence_id])
        for table in dossier.pieces(EvidenceKind.TABLE, SourceKind.FILING)[:_MOST_TABLES]:
            self._read(table, dossier.document(table).available_at)

    def _take(self, fact: Fact, piece: Evidence) -> None:
        label = _plain(fact.label)
        names = {_plain(part) for part in fact.dimension.replace(" / ", "|").split("|")}
        names |= {fact.concept, label} if not fact.dimension else set()
        names &= self._wanted
        when = self._when(fact) if names else None
        if when is None:
            return
        item = (fact.concept or label, fact.dimension, fact.unit)
        one = Filed(
            fact.evidence_id, piece.document_id, piece.text[:_QUOTE], fact.label, fact.value, fact.unit,
            fact.rounding, fact.available_at,
        )  # fmt: skip
        self._of[item][when].append(one)
        if fact.start is None:
            self._moments.add(item)
        for name in names:
            self._named[name][item] = None

    def _read(self, table: Evidence, known: datetime) -> None:
        for label, row in rows_of(table, known, lambda label: bool(_names(label) & self._wanted)):
            item = (_plain(label), f"row of {table.evidence_id}", next(iter(row.values())).unit)
            for when, one in row.items():
                self._of[item][when].append(one)
            for name in _names(label) & self._wanted:
                self._named[name][item] = None

    def _when(self, fact: Fact) -> When | None:
        """Fiscal year and quarter, 0 for the year; years are named by when they end."""
        day = fact.end - _EARLY
        left = (self.last_month - day.month) % 12
        if left == 0 and (fact.start is None or fact.days in _ANNUAL):
            return day.year, 0
        if left % 3 or not (fact.start is None or fact.days in _QUARTER):
            return None
        return day.year + (day.month + left - 1) // 12, 4 - left // 3

    def match(self, row: Row, drawn: Drawn) -> Match | None:
        """The filed item that most of a series agrees with; None where no item of its name is filed.

        Among items of one name the one with most agreement counts, then the one that differs least often,
        then that of the whole company.
        """
        items, said, loose = self._meant(row)
        best: tuple[tuple[int, int, bool], Match] | None = None
        for item in sorted(items, key=lambda i: -len(self._of[i]))[:_MOST]:
            if (item[2] == "%") is not row.percent or _other_currency(row, drawn.title, item[2]):
                continue
            whole = item[0] == said and not item[1]
            for shift in (0, 1) if self.last_month <= 6 else (0,):
                for factor in _factors(row, item[2]):
                    one = self._match(row, drawn, item, factor, shift)
                    rank = (one.agreed, one.agreed - len(one.pairs), whole)
                    if one.pairs and (best is None or rank > best[0]):
                        best = (rank, replace(one, known=whole, loose=loose))
        found = best[1] if best else None
        return found if found and (found.known or found.agreed) else None

    def _meant(self, row: Row) -> tuple[list[Item], str, bool]:
        """Filed items a series may be of, the line item it surely names, and whether words were left out."""
        for text in dict.fromkeys((*row.names, *row.items)):
            known = _line_items(text)
            said = known.pop() if len(known) == 1 else ""
            items = dict.fromkeys(i for n in (said, _plain(text)) for i in self._named.get(n, ()))
            if items:
                return list(items), said, text not in row.names
        return [], "", False

    def _match(self, row: Row, drawn: Drawn, item: Item, factor: float, shift: int) -> Match:
        filed = self._of[item]
        pairs = []
        for mark in row.marks:
            year, quarter = mark.when
            facts = filed.get((year + shift, quarter), [])
            if quarter == 4:  # what stands at the end of the last quarter stands at the end of the year
                facts = facts or (filed.get((year + shift, 0), []) if item in self._moments else [])
            loose = row.factor is None and mark.error > _LOOSE * abs(mark.value)
            if facts and not loose:
                pairs.append(self._pair(mark, facts, factor, drawn))
        by_then = {w: f for w, fs in filed.items() if (f := _held(self._by_then(fs, drawn)))}
        return Match(row, item, tuple(pairs), factor, by_then, shift)

    def _pair(self, mark: Mark, facts: Sequence[Filed], factor: float, drawn: Drawn) -> Pair:
        by_then = self._by_then(facts, drawn)
        ours, off = mark.value * factor, mark.error * factor
        for fact in by_then or facts[:1]:
            if verdict(ours, fact.value, off, fact.rounding) == AGREES:
                return Pair(mark, fact, ours, off, True, not by_then)
        held = _held(by_then) or facts[0]  # of what was filed later, the first: no restatement
        return Pair(mark, held, ours, off, False, not by_then)

    def _by_then(self, facts: Sequence[Filed], drawn: Drawn) -> list[Filed]:
        """What a chart may agree with: its own document's numbers, else all known when it was shown."""
        own = [f for f in facts if f.document_id == drawn.document.document_id]
        return own or [f for f in facts if f.available_at <= drawn.document.available_at]


def _line_items(label: str) -> set[str]:
    """Common line items whose name a label is, on any statement."""
    return {c.name for s in Statement if (c := concept_of_label(label, s)) is not None}


@lru_cache(maxsize=4_096)
def _plain(label: str) -> str:
    return plain_label(label)


def _names(*labels: str) -> set[str]:
    """What labels may be found under: their plain words and the line items they name."""
    return {name for one in labels for name in (_plain(one), *_line_items(_plain(one)))} - {""}


def _held(facts: Sequence[Filed]) -> Filed | None:
    """The number to hold a chart against: of the newest document the most exact."""
    return max(facts, key=lambda f: (f.available_at, -f.rounding), default=None)


def _factors(row: Row, unit: str) -> Sequence[float]:
    if unit == "%" or "/" in unit:
        return (1.0,)
    return (row.factor,) if row.factor else _SCALES


def _other_currency(row: Row, title: str, unit: str) -> bool:
    """Whether the chart names a currency and the filed number is in another."""
    signs = " ".join({m.unit for m in row.marks if m.unit})
    named = read_currency(f"{title} {row.name} {signs}")
    currency = unit.partition("/")[0]
    return isinstance(named, str) and len(currency) == 3 and currency.isupper() and named != currency
