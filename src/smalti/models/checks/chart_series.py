"""Charts as checks read them: each series in time, with the place its marks have on the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Citation
from smalti.platform.chart_words import quarter_of, scale_factor, without_scale, year_of
from smalti.platform.concepts import Statement, concept_of_label
from smalti.platform.records import Box, Document, Evidence, EvidenceKind, SourceKind

MAX_CHARTS = 300
"""Different charts of one issuer that are looked at."""
MAX_POINTS = 500
"""Points of one chart that are."""
BARS = ("bar", "stacked bar", "horizontal bar", "combo")
"""Kinds of chart that have bars."""
LABELLED = "label"
"""Method of a point whose number is printed, the payload's own word."""

_MONTH = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|tember|ober|ember)?\b",
    re.I,
)
_NO_FULL_YEAR = re.compile(
    r"\b(?:ltm|ttm|ytd|h[12]|[12]h|half|[69]\s?m|months?|weeks?|avg|average|cagr|since)\b", re.I
)
_NOT_YET = re.compile(
    r"(?:\d\d|\b)\s?[EFPB]\b|\b(?:est(?:imated?)?|forecasts?|guidance|targets?|outlook|plan(?:ned)?|budget"
    r"|proj(?:ected|ection)?s?|prelim(?:inary)?|expected)\b"
)
_ANOTHER_MEASURE = re.compile(
    r"\b(?:adjusted|adj|non-?\s?gaap|pro[ -]?forma|organic|core|constant[ -]currency|excluding|excl|ex-"
    r"|underlying|normali[sz]ed|guidance|targets?|forecasts?|outlook|budget|projected|projections?|estimated"
    r"|expected|average|cumulative|per employee|per store|growth rate|index(?:ed)?)\b",
    re.I,
)
_NEUTRAL = re.compile(
    r"\b(?:growth|story|history|historical|trends?|record|annual|yearly|our|consolidated|reported|gaap|total"
    r"|company|group|(?:five|three|ten|four|two|\d+)[ -]years?|by (?:fiscal )?year|over time|evolution"
    r"|development|performance|overview|highlights?|fiscal|full[ -]year|at (?:the )?(?:fiscal )?year[ -]?end"
    r"|year[ -]end|quarterly|by quarter|strong|continued|momentum|us\$?|usd|dollars?|actual)\b"
    r"|[$€£:*|]|(?:19|20)\d\d",
    re.I,
)
_ABSURD = 1e30
_SLICE = 200  # characters of a name that are looked at


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a series in time.

    Attributes:
        when: year and quarter; quarter 0 is the whole year or its end.
        error: half of the last printed digit, or what measuring allows, in the value's unit.
        box: its place in pixels, None where unknown.
    """

    category: str
    when: tuple[int, int]
    value: float
    error: float
    unit: str
    labelled: bool
    box: Box | None


@dataclass(frozen=True, slots=True)
class Row:
    """A series of a chart in time.

    Attributes:
        said: what it says it shows, without scale.
        names: that and, where the chart has one series only, what its legend says, likewise.
        items: the same without words that say nothing of which item it is.
        factor: what values are to be multiplied by; None where no scale is stated.
        percent: its values are percentages.
    """

    name: str
    said: str
    names: tuple[str, ...]
    items: tuple[str, ...]
    factor: float | None
    percent: bool
    marks: tuple[Mark, ...]

    @property
    def item(self) -> str:
        """What it shows, for people."""
        return self.items[0] if self.items else self.said


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart, where it stands, and its series in time.

    Attributes:
        repeats: pieces that show the same chart again.
        silence: why no series of it can be followed in time; empty where one can.
    """

    evidence: Evidence
    document: Document
    payload: Mapping[str, Any]
    rows: tuple[Row, ...]
    silence: str = ""
    repeats: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """As printed, cut short."""
        return str(self.payload.get("title") or "")[:_SLICE]

    @property
    def kind(self) -> str:
        """`bar`, `line`, ..."""
        return str(self.payload.get("chart") or "")

    @property
    def filed(self) -> bool:
        """It stands in a filing: the issuer's own word."""
        return self.document.kind is SourceKind.FILING

    @property
    def sure(self) -> bool:
        """What was read of it agrees with itself."""
        return number(self.payload.get("confidence")) >= 0.8

    @property
    def place(self) -> str:
        """For people: `chart "Net sales", p. 4`."""
        where = self.evidence.locator.page
        page = f", p. {where + 1}" if where is not None else ""
        return f'chart "{self.title}"{page}' if self.title else f"chart without a title{page}"

    def cite(self, *marks: Mark) -> tuple[Citation, ...]:
        """The words of the chart's text for these marks; the whole chart where they are not found."""
        found = dict.fromkeys(Citation(self.evidence.evidence_id, self._quote(mark)) for mark in marks)
        return tuple(found) or (Citation(self.evidence.evidence_id),)

    def _quote(self, mark: Mark) -> str:
        at = self.evidence.text.find(f"{mark.category} ") if mark.category else -1
        if at < 0:
            return ""
        ends = (self.evidence.text.find(end, at) for end in (", ", "\n"))
        return self.evidence.text[at : min((e for e in ends if e >= 0), default=len(self.evidence.text))]


def number(value: object) -> float:
    """A payload's number; 0 where there is none, or an absurd one."""
    return float(value) if isinstance(value, int | float) and -_ABSURD < value < _ABSURD else 0.0


def charts_of(dossier: Dossier) -> tuple[list[Drawn], int]:
    """Every different chart, filings' first, and how many more there were than are looked at.

    A chart that shows the same values under the same title as another is that chart, shown again.
    """
    found = [p for p in dossier.pieces(EvidenceKind.CHART) if p.document_id not in dossier.copies]
    found.sort(key=lambda piece: dossier.document(piece).kind is not SourceKind.FILING)
    issuer = re.compile("|".join(rf"\b{w}\b" for w in re.findall(r"\w{4,}", dossier.name)) or r"(?!)", re.I)
    seen: dict[object, Drawn] = {}
    more = 0
    for piece in found:
        others = piece.payload.get("more")
        for payload in [piece.payload, *(others if isinstance(others, list) else [])][:20]:
            if not isinstance(payload, Mapping):
                continue
            key = _key(payload)
            if key in seen:
                seen[key].repeats.append(piece.evidence_id)
            elif len(seen) >= MAX_CHARTS:
                more += 1
            else:
                seen[key] = _drawn(piece, dossier.document(piece), payload, issuer)
    return list(seen.values()), more


def _key(payload: Mapping[str, Any]) -> object:
    points = tuple(
        (str(point.get("category"))[:_SLICE], f"{number(point.get('value')):.4g}")
        for _, listed in _series(payload)
        for point in listed
    )
    return str(payload.get("title") or "")[:_SLICE], points


def _drawn(piece: Evidence, document: Document, payload: Mapping[str, Any], issuer: re.Pattern[str]) -> Drawn:
    rows = tuple(row for row in _rows(payload, issuer) if row.marks)
    shown = sum(len(listed) for _, listed in _series(payload))
    why = ""
    if not shown:
        why = "cannot compare: no value of the chart could be read"
    elif not rows:
        why = "cannot compare: no year or quarter stands on its axis or names its series"
    return Drawn(piece, document, payload, rows, why)


def _series(payload: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    left = MAX_POINTS
    listed = payload.get("series")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, Mapping) and left > 0:
            points = one.get("points")
            kept = [p for p in points if isinstance(p, Mapping)] if isinstance(points, list) else []
            yield str(one.get("name") or "")[:_SLICE], kept[:left]
            left -= len(kept)


@dataclass(frozen=True, slots=True)
class _Words:
    """What is written on and over a chart; `stated`: title and units of axes."""

    title: str
    stated: str
    heading: str
    issuer: re.Pattern[str]


def _rows(payload: Mapping[str, Any], issuer: re.Pattern[str]) -> Iterator[Row]:
    title = str(payload.get("title") or "")[:_SLICE]
    axes = payload.get("axes")
    axes = axes if isinstance(axes, Mapping) else {}
    units = [str(axis.get("unit") or "")[:20] for axis in axes.values() if isinstance(axis, Mapping)]
    heading = str(payload.get("heading") or "")[:_SLICE]
    words = _Words(title, " ".join([title, *units]), heading, issuer)
    several = sum(1 for _ in _series(payload)) > 1
    across: dict[str, list[Mark]] = {}  # where series are years and categories items
    for name, points in _series(payload):
        column = when_of(name)
        marks = []
        for point in points:
            category = str(point.get("category") or "")[:_SLICE]
            when = when_of(category)
            if when is not None:
                marks.append(_mark(point, category, when))
            elif column is not None and category:
                across.setdefault(category, []).append(_mark(point, category, column))
        if marks:
            yield _row(name, marks, words, several=several)
    for category, marks in across.items():
        yield _row(category, marks, words, several=True)


def _mark(point: Mapping[str, Any], category: str, when: tuple[int, int]) -> Mark:
    box = point.get("box")
    placed = isinstance(box, list | tuple) and len(box) == 4
    return Mark(
        category,
        when,
        number(point.get("value")),
        abs(number(point.get("error"))),
        str(point.get("unit") or "")[:20],
        point.get("method") == LABELLED,
        (number(box[0]), number(box[1]), number(box[2]), number(box[3])) if placed and box else None,
    )


def _row(name: str, marks: Sequence[Mark], words: _Words, *, several: bool) -> Row:
    unit = next((m.unit for m in marks if m.unit), "")
    told = [" ".join(without_scale(text).split()) for text in ((name,) if several else (words.title, name))]
    names = tuple(dict.fromkeys(text for text in told if text))
    # Only a chart without a word of its own is of what the heading over it says.
    bare = (_NEUTRAL.sub(" ", words.issuer.sub(" ", text)) for text in names or (words.heading,))
    items = tuple(dict.fromkeys(" ".join(text.split()).strip(" -–—,.()") for text in bare))
    stated = f"{words.stated} {name}"
    factor = scale_factor(unit, stated)
    percent = "%" in unit or "%" in stated
    whens: dict[tuple[int, int], Mark] = {}
    for mark in marks:
        whens.setdefault(mark.when, mark)
    plain = tuple(whens.values()) if len(whens) == len(marks) else ()  # a period told twice is misread
    return Row(name, names[0] if names else "", names, items, factor, percent, plain)


def when_of(label: str) -> tuple[int, int] | None:
    """The year (quarter 0) or quarter that a label names, neither expected nor part of a year."""
    if _NOT_YET.search(label) or _NO_FULL_YEAR.search(label) or _MONTH.search(label):
        return None
    year = year_of(label)
    return (year, 0) if year else quarter_of(label)


def another_measure(row: Row, title: str) -> str:
    """The word by which a series is of something that filings state otherwise; empty where there is none."""
    if concept_of_label(row.said, Statement.INCOME):
        return ""
    found = _ANOTHER_MEASURE.search(row.name) or _ANOTHER_MEASURE.search(title)
    return found[0].lower() if found else ""
