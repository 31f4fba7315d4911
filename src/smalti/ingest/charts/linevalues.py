"""Values of lines: labels beside their points, held against the heights; else measured on an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from smalti.ingest.charts.axes import Scale
from smalti.ingest.charts.chart import LABEL, MEASURED
from smalti.ingest.charts.fits import Fit, Mark, fit
from smalti.ingest.charts.lines import Line
from smalti.ingest.charts.places import Place
from smalti.ingest.charts.printed import Text
from smalti.platform.records import Box

_SURE = 0.05
_REACH = 3.2  # heights of letters between a point and its label


@dataclass(frozen=True, slots=True)
class LineValue:
    """One point of a line."""

    place: Place
    value: float
    unit: str
    method: str
    error: float
    box: Box
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class LineValues:
    """The points of a line and the scale behind them."""

    points: tuple[LineValue, ...]
    scale: Scale | None
    agreement: float


def read_line(
    line: Line,
    places: Sequence[Place],
    figures: Sequence[Text],
    scales: Sequence[Scale],
    pitch: float,
    own: Scale | None = None,
) -> LineValues:
    """The value of a line over each place.

    Labels count where most of them agree with the line's heights, on an axis or on a scale of their own.
    Without labels a line is measured on its `own` axis or where one axis alone can be meant.
    """
    seen = [(p, y) for p in places if (y := line.at(p.x)) is not None]
    if len(seen) < 2:
        return LineValues((), None, 0.0)
    marks = [Mark(y, tuple(_near(p.x, y, figures, pitch))) for p, y in seen]
    reach = max(y for _, y in seen) - min(y for _, y in seen)
    found = fit(marks, scales, None, max(reach, 40.0))
    wanted = sum(bool(m.candidates) for m in marks)
    if found.agreed >= max(2, 0.5 * wanted) and found.agreed >= 0.4 * len(seen):
        points = [_point(k, p, y, found, line) for k, (p, y) in enumerate(seen)]
        return LineValues(tuple(v for v in points if v), found.scale, found.agreed / len(seen))
    alone = _by_place_alone(seen, marks, line)
    if alone:
        return LineValues(tuple(alone), None, 0.5)
    axes = [s for s in scales if s.ticks] if own is None else [own]
    if len(axes) != 1 or wanted > 0.5 * len(marks):
        return LineValues((), None, 0.0)
    measured = [_measured(p, y, axes[0], line) for p, y in seen]
    return LineValues(tuple(v for v in measured if v), axes[0], 0.6)


def _near(x: float, y: float, figures: Sequence[Text], pitch: float) -> list[Text]:
    close = [t for t in figures if abs(t.x - x) <= 0.5 * pitch and abs(t.y - y) <= _REACH * t.size]
    return sorted(close, key=lambda t: abs(t.y - y) + 0.5 * abs(t.x - x))


def _box(x: float, y: float, line: Line) -> Box:
    half = max(line.thickness, 4.0)
    return (x - half, y - half, x + half, y + half)


def _point(k: int, place: Place, y: float, found: Fit, line: Line) -> LineValue | None:
    label = found.labels[k]
    if label is not None and label.figure:
        figure = label.figure
        box = _box(place.x, y, line)
        return LineValue(place, figure.value, figure.unit, LABEL, figure.half_digit, box, label)
    if found.scale is None or found.agreed < 4:
        return None
    return _measured(place, y, found.scale, line)


def _measured(place: Place, y: float, scale: Scale, line: Line) -> LineValue | None:
    value = scale.value(y)
    error = max(1.0, 0.25 * line.thickness) * scale.step(y) + scale.residual
    if error > _SURE * abs(value):
        return None
    return LineValue(place, value, scale.unit, MEASURED, error, _box(place.x, y, line))


def _by_place_alone(
    seen: Sequence[tuple[Place, float]], marks: Sequence[Mark], line: Line
) -> list[LineValue]:
    """One label a point of one unit, higher where the line is higher; it need not be drawn to scale."""
    chosen = [
        (p, y, m.candidates[0]) for (p, y), m in zip(seen, marks, strict=True) if len(m.candidates) == 1
    ]
    if len(chosen) < max(2, 0.7 * len(seen)) or len({t.figure.unit for _, _, t in chosen if t.figure}) > 1:
        return []
    if len({id(t) for _, _, t in chosen}) < len(chosen):
        return []
    out = []
    for one, two in pairwise(chosen):
        rise, more = one[1] - two[1], _value(two[2]) - _value(one[2])
        out.append(abs(rise) < 4 or rise * more > 0)
    if sum(out) < 0.8 * len(out):
        return []
    return [
        LineValue(p, t.figure.value, t.figure.unit, LABEL, t.figure.half_digit, _box(p.x, y, line), t)
        for p, y, t in chosen
        if t.figure
    ]


def _value(text: Text) -> float:
    return text.figure.value if text.figure else 0.0
