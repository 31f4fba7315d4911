"""Filed facts by measure and period: every value that was ever stated, newest first."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import product
from math import isfinite

from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.measures import Measure, Sum
from smalti.models.checks.claims.periods import period_text
from smalti.platform.facts import Fact
from smalti.platform.quantities import Period

__all__ = ["Filed", "Value"]

_NEAR = timedelta(days=8)  # a 52-week year ends up to as much off a calendar one
_MAX_VERSIONS = 6  # statements of one item and period that are looked at, newest first
_TWO_YEARS = timedelta(days=800)
_ABSURD = 1e18


@dataclass(frozen=True, slots=True)
class Value:
    """What filings say of a measure in a period.

    Attributes:
        value: in base units, percent for a ratio.
        off: how far it may be off by the rounding of what it is made from.
        unit: ISO currency, or `%`.
        facts: what it is made from.
        available_at: of the newest of them.
    """

    value: float
    off: float
    unit: str
    facts: tuple[Fact, ...]
    period: Period
    available_at: datetime

    @property
    def cited(self) -> tuple[str, ...]:
        """Ids of the evidence."""
        return tuple(dict.fromkeys(fact.evidence_id for fact in self.facts))


class Filed:
    """Facts of one issuer, indexed once."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        """Index those that tell of the whole company and that nothing speaks against."""
        self._items: dict[str, dict[date, list[Fact]]] = defaultdict(lambda: defaultdict(list))
        for fact in facts:
            usable = fact.concept and not fact.dimension and not fact.unverified
            if usable and isfinite(fact.value) and abs(fact.value) < _ABSURD:
                self._items[fact.concept][fact.end].append(fact)
        self._told = _by_value(facts)
        for ends in self._items.values():
            for same in ends.values():
                same.sort(key=lambda f: (f.available_at, f.tagged, f.evidence_id), reverse=True)
        self._cache: dict[tuple[str, Period], list[Value]] = {}

    @cached_property
    def currencies(self) -> frozenset[str]:
        """Every currency its amounts of money are in."""
        units = {f.unit for ends in self._items.values() for facts in ends.values() for f in facts}
        return frozenset(u for u in units if len(u) == 3 and u.isupper())

    def values(self, measure: Measure, period: Period) -> list[Value]:
        """Every value stated of a measure in a period, the newest and most trusted first."""
        key = (measure.name, period)
        if key not in self._cache:
            self._cache[key] = list(self._computed(measure, period))
        return self._cache[key]

    def periods(self, measure: Measure, days: range) -> list[Period]:
        """The periods of a length that its first item is known for, oldest first."""
        names = {name for one in measure.sums for _, name in one}
        found = {
            (f.start, f.end)
            for name in names
            for facts in self._items.get(name, {}).values()
            for f in facts
            if f.days in days
        }
        return [Period(start, end) for start, end in sorted(found, key=lambda p: (p[1], p[0] or p[1]))]

    def elsewhere(self, measure: Measure, amount: Amount, period: Period) -> str:
        """For which other period or part filings give this very number, if three figures or more fit."""
        exact = 0.5 * _last_figure(amount.raw, amount.value)
        if not amount.value or abs(amount.value) < 100 * exact or measure.over:
            return ""
        for name in dict.fromkeys(name for one in measure.sums for _, name in one if len(one) == 1):
            told = self._told.get(name, ())
            at = bisect_left(told, abs(amount.value) - exact, key=lambda f: abs(f.value))
            while at < len(told) and abs(told[at].value) <= abs(amount.value) + exact:
                fact = told[at]
                other = (
                    fact.dimension or abs(fact.end - period.end) > _NEAR or abs(fact.days - period.days) > 10
                )
                if other and abs(fact.end - period.end) <= _TWO_YEARS:
                    return fact.dimension or period_text(Period(fact.start, fact.end))
                at += 1
        return ""

    def _computed(self, measure: Measure, period: Period) -> Iterator[Value]:
        for total in measure.sums:
            above = self._summed(total, period, measure.instant)
            if not measure.over:
                yield from above
                continue
            below = self._summed(measure.over, period, measure.instant)
            for one, other in product(above[:_MAX_VERSIONS], below[:_MAX_VERSIONS]):
                if other.value > 0 and one.unit == other.unit and _together(one, other):
                    yield _ratio(one, other)

    def _summed(self, total: Sum, period: Period, instant: bool) -> list[Value]:
        """Sums of items that were stated in one document, or of which each was stated once."""
        parts = [[(sign, v) for v in self._stated(name, period, instant)] for sign, name in total]
        if len(parts) == 1:
            return [_signed(sign, v) for sign, v in parts[0]]
        found = []
        for combination in product(*(part[:_MAX_VERSIONS] for part in parts)):
            values = [v for _, v in combination]
            if len({v.unit for v in values}) == 1 and all(_together(values[0], v) for v in values):
                found.append(_add([_signed(sign, v) for sign, v in combination]))
        return found

    def _stated(self, concept: str, period: Period, instant: bool) -> list[Value]:
        """An item as stated; a quarter's also as the difference of two stretches from the year's start."""
        direct = [_value(f, period) for f in self._at(concept, period.end) if _same(f, period, instant)]
        direct = direct[:_MAX_VERSIONS]
        if direct or instant or period.days > 100 or not period.start:
            return direct
        return self._difference(concept, period)

    def _difference(self, concept: str, period: Period) -> list[Value]:
        assert period.start is not None
        if concept.startswith(("EarningsPerShare", "WeightedAverage")):
            return []
        before = period.start - timedelta(days=1)
        longer = [f for f in self._at(concept, period.end) if f.start and f.days > 150]
        shorter = [f for f in self._at(concept, before) if f.start]
        return [
            Value(
                one.value - other.value, one.rounding + other.rounding, one.unit, (one, other), period,
                max(one.available_at, other.available_at),
            )
            for one, other in product(longer[:_MAX_VERSIONS], shorter[:_MAX_VERSIONS])
            if one.start and other.start and abs(one.start - other.start) <= _NEAR and one.unit == other.unit
        ][:_MAX_VERSIONS]  # fmt: skip

    def _at(self, concept: str, end: date) -> Sequence[Fact]:
        """Facts of an item that end about a day, newest first."""
        ends = self._items.get(concept)
        if not ends:
            return ()
        if end in ends:
            return ends[end]
        near = [day for day in ends if abs(day - end) <= _NEAR]
        return ends[min(near, key=lambda day: abs(day - end))] if near else ()


def _by_value(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Facts of each item, those of parts too, by size."""
    told: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        name = fact.concept or fact.line
        if name and isfinite(fact.value):
            told[name].append(fact)
    for same in told.values():
        same.sort(key=lambda f: abs(f.value))
    return told


def _last_figure(raw: str, value: float) -> float:
    """The worth of the last digit that was said."""
    found = re.search(r"\d[\d,]*(?:\.(\d+))?", raw)
    if found is None:
        return abs(value)
    number = float(found[0].replace(",", ""))
    return abs(value) / number / 10.0 ** len(found[1] or "") if number else abs(value)


def _same(fact: Fact, period: Period, instant: bool) -> bool:
    if instant:
        return fact.start is None
    return fact.start is not None and period.start is not None and abs(fact.days - period.days) <= 10


def _value(fact: Fact, period: Period) -> Value:
    return Value(
        fact.value, fact.rounding, fact.unit, (fact,), Period(fact.start, fact.end), fact.available_at
    )


def _signed(sign: int, one: Value) -> Value:
    if sign > 0:
        return one
    return Value(-one.value, one.off, one.unit, one.facts, one.period, one.available_at)


def _together(one: Value, other: Value) -> bool:
    """Whether two values may be held together: known at once."""
    return one.available_at == other.available_at


def _add(values: Sequence[Value]) -> Value:
    return Value(
        sum(v.value for v in values), sum(v.off for v in values), values[0].unit,
        tuple(f for v in values for f in v.facts), values[0].period, values[0].available_at,
    )  # fmt: skip


def _ratio(above: Value, below: Value) -> Value:
    """A percentage; its error is that of both roundings."""
    value = 100.0 * above.value / below.value
    off = 100.0 * (above.off + abs(above.value / below.value) * below.off) / below.value
    return Value(value, off, "%", above.facts + below.facts, above.period, above.available_at)
