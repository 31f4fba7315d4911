"""Fiscal years of one issuer as checks see them: each line item's value and the evidence for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isclose

import polars as pl

from smalti.models.checks.record import NotComputable
from smalti.platform.concepts import Statement, UnitKind, concepts

_ANNUAL = range(350, 381)
_MOST_ENDS = 400
_MOST_YEARS = 60
"""Ends of annual items that are looked at, and fiscal years that are given: a flood of dates is an attack."""

_AGREE = 1e-3
"""Two values of one item, filed at once, that differ by less than this fraction are one, rounded twice."""

_ROUNDED = 0.02
"""A part may exceed its whole by so much where one was rounded."""

_ABSURD = 1e18
"""No line item reaches a quintillion: such a value is damage or an attack."""

COVER_DAYS = {"SharesOutstanding": (-10, 150), "PublicFloat": (-250, -90)}
"""Days after the end of a fiscal year on which a cover page counts an item: shares as of the filing or of the
year's end, the float as of the end of the second quarter."""

_PARTS_OF_ASSETS = frozenset(
    {
        "AssetsCurrent",
        "CashAndCashEquivalents",
        "InventoryNet",
        "LongTermInvestments",
        "PropertyPlantAndEquipmentNet",
        "ReceivablesNetCurrent",
        "ShortTermInvestments",
    }
)
_NEVER_NEGATIVE = _PARTS_OF_ASSETS | {
    "Assets",
    "CostOfRevenue",
    "DebtCurrent",
    "DepreciationAndAmortization",
    "Liabilities",
    "LiabilitiesCurrent",
    "LongTermDebt",
    "Revenues",
    "SellingGeneralAndAdministrativeExpense",
}
"""Items no formula here is meant for below zero; where one is, its sign was misread or the year is odd."""

_TIMES_ASSETS = 100
"""No year's flow is so many times its assets: one of them was read in the wrong scale."""

_DERIVED: Mapping[str, Sequence[Sequence[tuple[int, str]]]] = {
    "CostOfRevenue": [[(1, "Revenues"), (-1, "GrossProfit")]],
    "SellingGeneralAndAdministrativeExpense": [
        [(1, "SellingAndMarketingExpense"), (1, "GeneralAndAdministrativeExpense")]
    ],
    "EquityTotal": [[(1, "StockholdersEquity"), (1, "NoncontrollingInterest")], [(1, "StockholdersEquity")]],
    "Liabilities": [
        [(1, "LiabilitiesAndEquity"), (-1, "EquityTotal"), (-1, "RedeemableEquity")],
        [(1, "LiabilitiesAndEquity"), (-1, "EquityTotal")],
    ],
    "Income": [[(1, "IncomeLossFromContinuingOperations")], [(1, "NetIncomeLoss")], [(1, "ProfitLoss")]],
    "EarningsBeforeInterestAndTax": [
        [(1, "IncomeBeforeTax"), (1, "InterestExpense")],
        [(1, "OperatingIncomeLoss")],
    ],
}
"""Items that follow from others where not printed: the first recipe whose parts are all known counts."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value and the ids of the evidence it rests on."""

    value: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """One fiscal year and the two before it.

    Attributes:
        end: the year's last day.
        currency: ISO 4217 code of its money items.
        items: line items of this year, of the year before, and of the one before that.
        conflicts: items that two sources of the same moment state differently, likewise; these count as
            missing.
        cover: what the cover page counts on a day of its own, with that day: `SharesOutstanding`,
            `PublicFloat`.
    """

    end: date
    currency: str
    items: tuple[Mapping[str, Known], ...]
    conflicts: tuple[frozenset[str], ...] = (frozenset(), frozenset(), frozenset())
    cover: Mapping[str, tuple[date, Known]] = field(default_factory=dict)

    def find(self, name: str, lag: int = 0) -> Known | None:
        """A line item `lag` years back, as filed or derived from others; None when unknown."""
        if name in self.items[lag]:
            return self.items[lag][name]
        if name in self.conflicts[lag]:
            return None
        for recipe in _DERIVED.get(name, ()):
            parts = [(sign, self.find(part, lag)) for sign, part in recipe]
            known = [(sign, part) for sign, part in parts if part is not None]
            if len(known) == len(recipe):
                value = sum(sign * part.value for sign, part in known)
                return Known(value, tuple(e for _, part in known for e in part.evidence))
        return None


class Reader:
    """Reads a year for one check, remembering what it used and what it took as zero."""

    def __init__(self, year: FiscalYear) -> None:
        self.year = year
        self.used: dict[str, None] = {}
        self.zeros: list[str] = []

    def need(self, name: str, lag: int = 0) -> float:
        """The value of an item.

        Raises:
            NotComputable: it is unknown, two sources disagree on it, or its sign or scale is a mistake.
        """
        known = self.year.find(name, lag)
        if known is None:
            conflict = name in self.year.conflicts[lag]
            raise NotComputable(f"{_named(name, lag)} {'stated in two ways' if conflict else 'missing'}")
        self._doubt(name, lag, known.value)
        self.used.update(dict.fromkeys(known.evidence))
        return known.value

    def _doubt(self, name: str, lag: int, value: float) -> None:
        """Refuse what cannot be: ratios of numbers in two scales, or of a sign misread, are no ratios."""
        if value < 0 and name in _NEVER_NEGATIVE:
            raise NotComputable(f"{_named(name, lag)} is negative")
        assets = self.year.find("Assets", lag)
        if assets is None or assets.value <= 0 or name == "Assets":
            return
        part = name in _PARTS_OF_ASSETS and value > assets.value * (1 + _ROUNDED)
        if part or abs(value) > assets.value * _TIMES_ASSETS:
            raise NotComputable(f"{_named(name, lag)} and Assets are not in one scale")

    def or_zero(self, name: str, lag: int = 0) -> float:
        """The value of an item that many balance sheets rightly lack, 0 where neither year states it.

        Raises:
            NotComputable: the year beside it does state it, so here it was not read.
        """
        beside = lag - 1 if lag else 1
        if self.year.find(name, lag) is None and self.year.find(name, beside) is None:
            if name in self.year.conflicts[lag]:
                raise NotComputable(f"{_named(name, lag)} stated in two ways")
            if name not in self.zeros:
                self.zeros.append(name)
            return 0.0
        return self.need(name, lag)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Ids of the evidence read so far, in order."""
        return tuple(self.used)


def ratio(above: float, below: float, name: str) -> float:
    """`above / below`.

    Raises:
        NotComputable: `below` is zero or negative, where the ratio `name` has no meaning.
    """
    if below <= 0:
        raise NotComputable(f"{name} has a denominator of {below:g}")
    return above / below


def _named(name: str, lag: int) -> str:
    return name + ("", " of the year before", " of two years before")[lag]


def fiscal_years(facts: pl.DataFrame, as_of: datetime) -> list[FiscalYear]:
    """Every fiscal year the facts of one issuer tell of, newest first, as known at `as_of`.

    Of several statements of the same item and period the one that became available last before `as_of`
    counts (a restatement replaces what it restates); two different values of the same moment are a
    conflict and count as missing.

    Args:
        facts: columns `concept` (str), `value` (float), `unit` (ISO currency or `shares`), `period_start`
            (date or ISO text, null for a moment), `period_end` (date or ISO text), `evidence_id` (str),
            `available_at` (datetime; without a zone it is UTC); optionally `unverified` (str, not null
            where the reader doubted the number: such rows are left out).
        as_of: timezone-aware.

    Returns:
        One `FiscalYear` for each past end of an annual (350 to 380 days) item of the income statement, at
        most 60. Items in other than the year's currency are left out: the one most of its items are stated
        in, or of equals the year's before (a foreign filer translates its newest year only).
    """
    rows = _rows(facts, as_of)
    stated: dict[date, dict[str, list[_Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        stated[row.end][row.concept].append(row)
    annual = {end: len(items) for end, items in stated.items() if any(map(_earned, items.items()))}
    newest = sorted(annual, reverse=True)[:_MOST_ENDS]
    ends = [end for end in newest if not any(_overshadows(annual, other, end) for other in newest)]
    return [_year(end, stated) for end in ends[:_MOST_YEARS]]


def _overshadows(items: Mapping[date, int], other: date, end: date) -> bool:
    """Whether `end` is but twelve months told beside a fiscal year: that of a subsidiary, or trailing."""
    return 0 < abs((other - end).days) < _ANNUAL.start - 50 and items[other] > items[end]


def _earned(item: tuple[str, Sequence[_Row]]) -> bool:
    """Whether a fiscal year ends here: cash flows of the last twelve months come with every quarter."""
    name, rows = item
    meant = concepts()[name]
    money = meant.statement is Statement.INCOME and meant.unit is UnitKind.MONEY
    return money and any(row.annual for row in rows)


@dataclass(frozen=True, slots=True)
class _Row:
    concept: str
    value: float
    unit: str
    start: date | None
    end: date
    evidence: str
    available_at: datetime

    @property
    def annual(self) -> bool:
        return self.start is not None and (self.end - self.start).days + 1 in _ANNUAL


def _rows(facts: pl.DataFrame, as_of: datetime) -> list[_Row]:
    """The usable rows in the order they became known: moments for balance items, years for flows."""
    zone = getattr(facts.schema["available_at"], "time_zone", None)
    clock = pl.col("available_at") if zone else pl.col("available_at").dt.replace_time_zone("UTC")
    known = facts.filter(
        clock <= as_of,
        pl.col("concept").is_in(list(concepts())),
        pl.col("value").abs() < _ABSURD,
        _day(facts, "period_end") <= as_of.date(),
    )
    if "unverified" in known.columns:
        known = known.filter(pl.col("unverified").is_null())
    columns = ("concept", "value", "unit", "period_start", "period_end", "evidence_id", "available_at")
    known = known.select(columns).with_columns(_day(known, "period_start"), _day(known, "period_end"))
    rows = [_Row(*row) for row in known.sort("available_at", "evidence_id").iter_rows()]
    return [row for row in rows if (row.start is None if concepts()[row.concept].instant else row.annual)]


def _day(frame: pl.DataFrame, name: str) -> pl.Expr:
    text = frame.schema[name] == pl.String
    return pl.col(name).str.to_date("%Y-%m-%d") if text else pl.col(name).cast(pl.Date)


def _year(end: date, stated: Mapping[date, Mapping[str, list[_Row]]]) -> FiscalYear:
    before = _end_before(end, stated)
    ends = (end, before, _end_before(before, stated) if before else None)
    currency = _currency(*(stated[day] if day else {} for day in ends[:2]))
    settled = [_settle(stated[day] if day else {}, currency) for day in ends]
    cover = {name: found for name in COVER_DAYS if (found := _on_cover(name, end, currency, stated))}
    return FiscalYear(end, currency, tuple(i for i, _ in settled), tuple(c for _, c in settled), cover)


def _currency(*years: Mapping[str, Sequence[_Row]]) -> str:
    """What most items of the first year are stated in; of equals, what most of the next are."""
    counts = [
        Counter(
            unit
            for name, rows in items.items()
            if concepts()[name].unit is UnitKind.MONEY
            for unit in {row.unit for row in rows}
        )
        for items in years
    ]
    return min(set().union(*counts), key=lambda code: (*(-count[code] for count in counts), code), default="")


def _on_cover(
    name: str, end: date, currency: str, stated: Mapping[date, Mapping[str, list[_Row]]]
) -> tuple[date, Known] | None:
    """An item counted on a day near the year's end, the nearest on which sources agree."""
    earliest, latest = COVER_DAYS[name]
    days = [day for day in stated if earliest <= (day - end).days <= latest and name in stated[day]]
    for day in sorted(days, key=lambda each: abs((each - end).days)):
        items, _ = _settle({name: stated[day][name]}, currency)
        if name in items:
            return day, items[name]
    return None


def _end_before(end: date, stated: Mapping[date, object]) -> date | None:
    """The last day of the fiscal year before: of the known days about a year earlier, the nearest to it."""
    candidates = [day for day in stated if (end - day).days in _ANNUAL]
    return min(candidates, key=lambda day: abs((end - day).days - 365), default=None)


def _settle(stated: Mapping[str, Sequence[_Row]], currency: str) -> tuple[dict[str, Known], frozenset[str]]:
    """The last known value of each item, and the items whose last known values disagree."""
    units = {currency, f"{currency}/share", "shares"}
    items: dict[str, Known] = {}
    conflicts: set[str] = set()
    for name, every in stated.items():
        rows = [row for row in every if row.unit in units]
        last = [row for row in rows if row.available_at == rows[-1].available_at]
        if not last:
            continue
        if all(isclose(row.value, last[0].value, rel_tol=_AGREE) for row in last):
            items[name] = Known(last[0].value, (last[0].evidence,))
        else:
            conflicts.add(name)
    return items, frozenset(conflicts)
