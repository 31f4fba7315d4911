"""Axes that make a chart look other than its numbers: bars cut at the foot, two scales for one unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from smalti.models.checks.chart_facts import Match
from smalti.models.checks.chart_marks import Drawing
from smalti.models.checks.chart_series import BARS, Drawn, Mark, Row, number
from smalti.models.checks.chart_values import Verdict, amount, period
from smalti.models.checks.record import Citation, Finding

LEAST_LIE = 1.25
"""Lie factor from which on a cut axis is told. Tufte calls anything outside 0.95 to 1.05 a distortion."""
_STEPS = ((5.0, 0.7), (2.0, 0.5), (0.0, 0.3))
"""Strength by the least lie factor."""
_RATIO, _DECLARED, _DOUBTFUL, _NOT_FILED = 0.6, 0.5, 0.6, 0.5
"""Factors: shares and percentages, where some cut by habit; the cut is stated beside the chart; it was not
read surely; the chart is not the filer's."""
_TWO_SCALES = 0.35
_ONE_SIZE = 3.0
"""Times one series may be another; beyond that a second axis is what makes the smaller one readable."""
_SCALES_APART = 0.15
"""Part of all values by which one height must mean two values."""
_DECLARING = re.compile(
    r"not (?:drawn )?to scale|(?:axis|scale)\s[^.]{0,60}(?:truncat|broken|not (?:start|begin)|does not)"
    r"|(?:truncated|broken|shortened)\s[^.]{0,30}(?:axis|scale)|(?:axis|scale) (?:starts|begins) at",
    re.I,
)


def declared(texts: Sequence[str]) -> bool:
    """Whether words on or beside a chart say that its axis is cut."""
    return any(_DECLARING.search(text[:2_000]) for text in texts)


def cut_bars(drawn: Drawn, match: Match | None, row: Row, drawing: Drawing, *, told: bool) -> Verdict | None:
    """Bars that do not start at zero.

    The lie factor is the size of an effect as drawn over its size in the numbers (E. R. Tufte, *The Visual
    Display of Quantitative Information*, 1983, p. 57): for bars over a base `b` that begin with the value
    `v` it is `v / (v - b)`, whichever bar they are compared with.

    Args:
        drawn: a chart with bars.
        match: the filed item the series shows, if it is known.
        row: the series.
        drawing: how it is drawn.
        told: words beside it say that the axis is cut.

    Returns:
        None where it has no bars that stand on one line.
    """
    axis = _axis(drawn)
    if axis is None or not drawing.bars:
        return None
    if not _cut(axis) or min(mark.value for mark in drawing.marks) <= 0:
        return Verdict()
    base, (first, last) = drawing.base(), _ends(drawing)
    confirmed = match is not None and match.agreed >= 2
    measured = not all(mark.labelled for mark in drawing.marks)
    why = _unclear(axis, drawing, base)
    if not why and measured and not confirmed and _has_two(drawn):
        why = "it is not sure which of its two axes its bars belong to"
    if not why and not drawn.filed and not confirmed:
        why = "no filing shows that the chart is of this issuer's numbers"
    if why or base is None:
        return Verdict(silence=f"cannot compare: {why}")
    lie = first.value / (first.value - base)
    if base <= 0 or lie < LEAST_LIE:
        return Verdict()
    strength = next(s for least, s in _STEPS if lie >= least)
    strength *= _RATIO if row.percent else 1.0
    strength *= _DECLARED if told else 1.0
    strength *= _DOUBTFUL if not confirmed and (measured or not drawn.sure) else 1.0
    strength *= 1.0 if drawn.filed else _NOT_FILED
    return Verdict(
        Finding(
            said=drawn.cite(first, last),
            against=_filed(match, (first, last)) or drawn.cite(first, last),
            strength=round(strength, 3),
            reason=_reason(drawn, base, first, last, lie, match),
            details={"base": round(base, 4), "lie_factor": round(lie, 2), "declared": told},
        )
    )


def _unclear(axis: Mapping[str, object], drawing: Drawing, base: float | None) -> str:
    """Why it is not clear where bars begin; empty where it is."""
    values = [mark.value for mark in drawing.marks]
    if base is None:
        return "the lengths of its bars do not fit their values"
    spread = max(number(axis.get("max")) - number(axis.get("min")), max(values) - base)
    if abs(base - number(axis.get("min"))) > 0.1 * spread:
        return "where its bars begin was read in two ways"
    return "a bar ends below the value at which it begins" if min(values) <= base else ""


def _axis(drawn: Drawn) -> Mapping[str, object] | None:
    axes = drawn.payload.get("axes")
    axis = axes.get("x" if drawn.kind == "horizontal bar" else "y") if isinstance(axes, Mapping) else None
    return axis if isinstance(axis, Mapping) and drawn.kind in BARS else None


def _cut(axis: Mapping[str, object]) -> bool:
    return axis.get("truncated") is True and axis.get("scale") == "linear"


def _ends(drawing: Drawing) -> tuple[Mark, Mark]:
    """The oldest and the newest mark."""
    ordered = sorted(drawing.marks, key=lambda mark: mark.when)
    return ordered[0], ordered[-1]


def _filed(match: Match | None, marks: Sequence[Mark]) -> tuple[Citation, ...] | None:
    if match is None or not match.agreed:
        return None
    return tuple(p.fact.citation for p in match.pairs if p.mark in marks) or None


def _reason(drawn: Drawn, base: float, first: Mark, last: Mark, lie: float, match: Match | None) -> str:
    unit = match.item[2] if match else ""
    factor = match.factor if match else 1.0
    old, new, foot = (_told(v * factor, unit) for v in (first.value, last.value, base))
    drawn_as = (last.value - base) / (first.value - base)
    true = last.value / first.value
    return (
        f"The bars of the {drawn.place} begin at {foot}, not at zero: {period(last.when)} is drawn"
        f" {drawn_as:.2g} times as long as {period(first.when)}, while {new} is {true:.3g} times {old}. The"
        f" change looks {lie:.3g} times as large as it is."
    )


def _told(value: float, unit: str) -> str:
    return amount(value, unit) if unit else f"{value:,.6g}"


def two_scales(drawn: Drawn, drawings: Sequence[tuple[Row, Drawing]]) -> Verdict | None:
    """Two series of one unit on two scales, drawn so that one seems to pass or meet the other and does not.

    Args:
        drawn: the chart.
        drawings: its series with the places of their marks.

    Returns:
        None where there is nothing of the kind.
    """
    if not _has_two(drawn):
        return None
    for (one, first), (other, second) in combinations(drawings[:8], 2):
        if one.percent is not other.percent or _unit(one) != _unit(other) or drawn.kind == "horizontal bar":
            continue
        pairs = [(a, b) for a in first.marks for b in second.marks if a.when == b.when and a.box and b.box]
        if len(pairs) < 3:
            continue
        true = {bool(a.value > b.value) for a, b in pairs}
        tops = [(_top(a, first), _top(b, second)) for a, b in pairs]
        seen = {bool(ya < yb) for ya, yb in tops}
        sizes = [float(np.median([abs(mark.value) for mark in d.marks])) for d in (first, second)]
        if max(sizes) > _ONE_SIZE * min(sizes) or not _apart(first, second):
            continue
        if len(true) == 1 and seen != true:
            a, b = pairs[-1]
            return Verdict(_crossing(drawn, one, other, a, b))
    return None


def _has_two(drawn: Drawn) -> bool:
    axes = drawn.payload.get("axes")
    return isinstance(axes, Mapping) and "y2" in axes


def _unit(row: Row) -> str:
    return next((mark.unit for mark in row.marks if mark.unit), "")


def _top(mark: Mark, drawing: Drawing) -> float:
    box = mark.box or (0.0, 0.0, 0.0, 0.0)
    return box[1] if drawing.bars else (box[1] + box[3]) / 2


def _apart(one: Drawing, other: Drawing) -> bool:
    """Whether two series are drawn on two scales: one height means two values."""
    scales = [s for d in (one, other) if (s := _scale(d)) is not None]
    heights = [_top(mark, d) for d in (one, other) for mark in d.marks]
    values = [mark.value for d in (one, other) for mark in d.marks]
    room = _SCALES_APART * (max(values) - min(values))
    said = [[start + slope * y for start, slope in scales] for y in (min(heights), max(heights))]
    return len(scales) == 2 and any(abs(a - b) > room for a, b in said)


def _scale(drawing: Drawing) -> tuple[float, float] | None:
    """Value at the picture's top edge, and values a pixel down; None where places and values do not fit."""
    y = np.array([_top(mark, drawing) for mark in drawing.marks])
    values = np.array([mark.value for mark in drawing.marks])
    if np.ptp(y) < 8 or np.ptp(values) == 0:
        return None
    slope, start = np.polyfit(y, values, 1)
    fits = np.abs(values - start - slope * y).max() <= 0.08 * np.ptp(values)
    return (float(start), float(slope)) if fits and slope < 0 else None


def _crossing(drawn: Drawn, one: Row, other: Row, a: Mark, b: Mark) -> Finding:
    higher, lower = (one, other) if a.value > b.value else (other, one)
    return Finding(
        said=drawn.cite(a, b),
        against=drawn.cite(b, a),
        strength=_TWO_SCALES if drawn.sure else round(_TWO_SCALES * _DOUBTFUL, 3),
        reason=(
            f"The {drawn.place} draws {lower.name or 'one series'!r} as high as or over"
            f" {higher.name or 'the other'!r} by giving each its own scale; by its numbers"
            f" {higher.name or 'the other'!r} is larger in every period, in {period(a.when)}"
            f" {max(a.value, b.value):g} against {min(a.value, b.value):g}."
        ),
        details={"larger": max(a.value, b.value), "smaller": min(a.value, b.value)},
    )
