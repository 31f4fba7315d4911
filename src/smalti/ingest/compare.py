"""The same number told twice: printed facts beside tagged ones, chart points and heard numbers beside facts.

All of one issuer. A verdict is `agrees`, `differs`, or `differs by 10^k` where only a power of ten lies
between two numbers (theirs is ours by 10^k): a misread scale. Numbers agree within what their roundings, or a
chart's own error, allow. Where it is not sure that both tell of the same thing, agreement is still worth
saying and disagreement means nothing, so it is not said.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from smalti.platform.chart_words import scale_factor, without_scale, year_of
from smalti.platform.concepts import Statement, concept_of_label, concepts, plain_label
from smalti.platform.facts import AGREES, DIFFERS, Fact, verdict
from smalti.platform.records import Json

__all__ = ["Comparison", "Told", "compare_charts", "compare_heard", "compare_printed"]

_WEEK = timedelta(days=7)  # a 52-week year begins up to as much off where only its end is printed
_NEAR = 50  # tagged facts of one item and end that are looked at for one printed fact
_HEARD_WITHIN = timedelta(days=460)  # a call tells of its last quarter and year, and of those a year before
MAX_POINTS = 2_000  # of one chart that are compared
MAX_NUMBERS = 50  # of one sentence that are


@dataclass(frozen=True, slots=True)
class Told:
    """A chart or a sentence of a call: its evidence, plain text, payload, and when it became known."""

    evidence_id: str
    text: str
    payload: Json
    available_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number beside another.

    Attributes:
        evidence_id: whose number is compared.
        item: which of its numbers: `series 0 point 3`, `number 1`; empty for a fact.
        with_evidence: the fact it is held against.
        ours, theirs: both values, in the fact's unit.
    """

    evidence_id: str
    item: str
    with_evidence: str
    verdict: str
    ours: float
    theirs: float


# --- printed beside tagged -----------------------------------------------------------------------------


def compare_printed(facts: Sequence[Fact]) -> Iterator[Comparison]:
    """Every printed fact of the whole company beside the tagged one of the filing nearest in time.

    Args:
        facts: of one issuer, printed and tagged. Parts of the whole and items without a common name have no
            tagged counterpart here.
    """
    tagged: dict[tuple[str, str, date], list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda f: (f.available_at, f.evidence_id)):
        if fact.tagged and fact.concept and not fact.dimension:
            tagged[fact.concept, fact.unit, fact.end].append(fact)
    for fact in facts:
        if fact.tagged or not fact.concept or fact.dimension:
            continue
        other = _nearest(fact, tagged.get((fact.concept, fact.unit, fact.end), []))
        if other is not None:
            found = verdict(fact.value, other.value, fact.rounding, other.rounding)
            yield Comparison(fact.evidence_id, "", other.evidence_id, found, fact.value, other.value)


def _nearest(fact: Fact, others: Sequence[Fact]) -> Fact | None:
    """The fact of the same period from the document nearest in time; `others` by their clocks."""
    at = bisect_left(others, fact.available_at, key=lambda f: f.available_at)
    near = [o for o in others[max(0, at - _NEAR) : at + _NEAR] if _same_start(fact, o)]
    return min(near, key=lambda o: abs(o.available_at - fact.available_at), default=None)


def _same_start(one: Fact, other: Fact) -> bool:
    if one.start is None or other.start is None:
        return one.start is other.start
    return abs(one.start - other.start) <= _WEEK


# --- chart points beside facts -------------------------------------------------------------------------

_UNSTATED = (1.0, 1e3, 1e6, 1e9)
_LOOSE = 0.05  # a point known no better than this says nothing about a fact of unstated scale


def compare_charts(charts: Iterable[Told], facts: Sequence[Fact]) -> Iterator[Comparison]:
    """Points of charts beside the facts of the same year and name.

    The name is a series', or the chart's title where the series has none, with years along the category axis;
    or a category's, with a series named as a year. A name says surely what is meant only where it is a known
    item; a year, only where the fiscal year ends in its second half; a value, only where a scale is stated.

    Args:
        charts: pieces of kind `chart`, payload as `{"title", "axes", "series": [{"name", "points":
            [{"category", "value", "unit", "error"}]}]}`.
        facts: of the issuer they show.
    """
    index = _FactIndex(facts)
    for chart in charts:
        title = str(chart.payload.get("title") or "")
        axes = chart.payload.get("axes") or {}
        stated = " ".join([title, *(str(axis.get("unit") or "") for axis in axes.values())])
        left = MAX_POINTS
        for s, series in enumerate(chart.payload.get("series") or ()):
            name = str(series.get("name") or "")
            for p, point in enumerate(series.get("points") or ()):
                left -= 1
                if left < 0:
                    break
                found = _point(point, name, title, stated, index)
                if found is not None:
                    item = f"series {s} point {p}"
                    yield Comparison(chart.evidence_id, item, found[0].evidence_id, *found[1:])


class _FactIndex:
    """Facts of one issuer by year and name, those of a whole year or its end only."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        ends = {f.end for f in facts if 350 <= f.days <= 380}
        self._by_name: dict[tuple[int, str], list[Fact]] = defaultdict(list)
        for fact in sorted(facts, key=lambda f: (f.available_at, f.evidence_id)):
            if 350 <= fact.days <= 380 or (fact.start is None and fact.end in ends):
                names = {fact.concept} if fact.concept else {plain_label(fact.label)}
                names |= {plain_label(part) for part in re.split(r" [/>|] ", fact.dimension)} - {""}
                for name in names:
                    self._by_name[fact.end.year, name].append(fact)

    def find(self, year: int, name: str) -> tuple[list[Fact], bool]:
        """Facts of a name and year, and whether the name is a known item."""
        known = {item.name for s in Statement if (item := concept_of_label(name, s)) is not None}
        if len(known) == 1:
            return self._by_name.get((year, known.pop()), []), True
        return self._by_name.get((year, plain_label(name)), []), False


def _point(
    point: Mapping[str, Any], series: str, title: str, stated: str, index: _FactIndex
) -> tuple[Fact, str, float, float] | None:
    category = str(point.get("category") or "")
    told = next(
        ((y, n) for a, n in ((category, series or title), (series, category)) if (y := year_of(a))), None
    )
    if told is None:
        return None
    year, name = told
    facts, known = index.find(year, without_scale(name))
    value, off, unit = (
        float(point["value"]),
        abs(float(point.get("error") or 0.0)),
        str(point.get("unit") or ""),
    )
    facts = [f for f in facts if (f.unit == "%") is ("%" in unit or "%" in stated)]
    factor = scale_factor(unit, stated)
    for fact in facts:
        for one in (factor,) if factor else _UNSTATED:
            if not factor and off > _LOOSE * abs(value):
                continue
            if verdict(value * one, fact.value, off * one, fact.rounding) == AGREES:
                return fact, AGREES, value * one, fact.value
    last = facts[-1] if facts else None
    if last is None or not known or not factor or last.end.month < 7:
        return None
    found = verdict(value * factor, last.value, off * factor, last.rounding)
    return last, found, value * factor, last.value


# --- heard numbers beside facts ------------------------------------------------------------------------


def compare_heard(sentences: Iterable[Told], facts: Sequence[Fact]) -> Iterator[Comparison]:
    """Numbers heard in a call beside facts of the items that the same sentence names.

    Only agreement, or a power of ten between two numbers of three figures, is said: a sentence may well give
    another number than the filing's for an item it names (guidance, a segment, a currency's effect). A number
    of two figures is held against the newest period alone.

    Args:
        sentences: audio pieces with `numbers` in their payload: `[{"value", "unit"}]`.
        facts: of the issuer that speaks.
    """
    named: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.concept and not fact.dimension:
            named[fact.concept].append(fact)
    patterns = {
        name: re.compile("|".join(rf"\b(?:{p.pattern})\b" for p in concepts()[name].labels))
        for name in named
        if name in concepts()
    }
    for told in sentences:
        numbers = list(told.payload.get("numbers") or ())[:MAX_NUMBERS]
        text = " ".join(
            plain_label(told.text[i : i + 300]) for i in range(0, min(len(told.text), 3_000), 300)
        )
        if not numbers or not text:
            continue
        said = [f for name, pattern in patterns.items() if pattern.search(text) for f in named[name]]
        near = [f for f in said if timedelta(0) <= told.available_at.date() - f.end <= _HEARD_WITHIN]
        for n, number in enumerate(numbers):
            found = _heard(number, near)
            if found is not None:
                yield Comparison(told.evidence_id, f"number {n}", found[0].evidence_id, *found[1:])


def _heard(number: Mapping[str, Any], facts: Sequence[Fact]) -> tuple[Fact, str, float, float] | None:
    value, unit = float(number["value"]), str(number.get("unit") or "")
    digits = f"{abs(value):.9e}".split("e")[0].rstrip("0").replace(".", "")
    if len(digits) < 2 or not value:
        return None
    off = 0.5 * 10.0 ** (int(f"{value:e}".split("e")[1]) - len(digits) + 1)
    alike = [f for f in facts if _same_unit(f.unit, unit)]
    newest = max((f.end for f in alike), default=None)
    slip = None
    for fact in sorted(alike, key=lambda f: (f.end, f.available_at), reverse=True):
        if len(digits) == 2 and fact.end != newest:
            break
        signed = value if fact.value >= 0 else -abs(value)  # a loss is named, not signed
        found = verdict(signed, fact.value, off, fact.rounding)
        if found == AGREES:
            return fact, AGREES, signed, fact.value
        if (
            found != DIFFERS
            and len(digits) >= 3
            and min(abs(value), abs(fact.value)) >= 1_000
            and slip is None
        ):
            slip = fact, found, signed, fact.value
    return slip


def _same_unit(fact: str, heard: str) -> bool:
    """Whether a heard unit can be a fact's; money is often said without its `a share`."""
    if heard == "percent":
        return fact == "%"
    what, _, share = heard.partition("/")
    return fact.startswith(f"{what}/") or (fact == what and not share)
