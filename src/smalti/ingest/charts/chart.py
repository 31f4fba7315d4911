"""A chart that was read: its series of points, each with its method and error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from smalti.platform.records import Box

LABEL = "label"
"""Method: the number is printed beside or inside its mark."""
MEASURED = "measured"
"""Method: the number follows from the mark's length or height and a scale."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series.

    Attributes:
        category: the label of its place on the category axis, or of its wedge.
        value: as printed, in `unit`; a chart's own scale ("in millions") is not applied.
        unit: what is printed with it: `$`, `%`, `$B`, `x`, or empty.
        method: `LABEL` or `MEASURED`.
        error: absolute, in the unit of the value; for a label half its last printed digit.
        box: the mark in pixels of the picture.
    """

    category: str
    value: float
    unit: str
    method: str
    error: float
    box: Box


@dataclass(frozen=True, slots=True)
class Series:
    """Points under one name, as the legend, the axis or the title gives it."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Axis:
    """A value axis. `truncated`: bars stand on another value than zero."""

    low: float
    high: float
    unit: str
    scale: str = "linear"
    truncated: bool = False

    def payload(self) -> dict[str, Any]:
        """The axis as JSON."""
        return {
            "min": _round(self.low),
            "max": _round(self.high),
            "unit": self.unit,
            "scale": self.scale,
            "truncated": self.truncated,
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """What one chart shows.

    Attributes:
        kind: `bar`, `stacked bar`, `horizontal bar`, `line`, `area`, `pie`, `donut`, `combo`, `scatter`,
            `candlestick` or `other`.
        axes: value axes by name: `y`, and `y2` on the right where there are two; `x` of horizontal bars.
        confidence: 0 to 1, how well what was read agrees with itself.
        box: where it lies, in pixels of the picture.
    """

    kind: str
    title: str
    series: Sequence[Series]
    axes: dict[str, Axis] = field(default_factory=dict)
    notes: Sequence[str] = ()
    confidence: float = 0.0
    box: Box = (0.0, 0.0, 0.0, 0.0)

    def payload(self) -> dict[str, Any]:
        """The chart as JSON, the payload of an evidence piece of kind `chart`."""
        return {
            "chart": self.kind,
            "title": self.title,
            "axes": {name: axis.payload() for name, axis in self.axes.items()},
            "series": [{"name": s.name, "points": [_point(p) for p in s.points]} for s in self.series],
            "notes": list(self.notes),
            "confidence": round(self.confidence, 3),
        }

    def text(self) -> str:
        """Title, then one plain line a series."""
        lines = [self.title] if self.title else []
        for one in self.series:
            shown = ", ".join(f"{p.category} {_shown(p)}".strip() for p in one.points)
            lines.append(f"{one.name}: {shown}" if one.name else shown)
        return "\n".join(lines)

    def placed(self, scale: tuple[float, float], origin: tuple[float, float] = (0.0, 0.0)) -> Chart:
        """The same chart with its boxes in other coordinates: times `scale`, plus `origin` (x, y)."""
        (sx, sy), (ox, oy) = scale, origin

        def move(box: Box) -> Box:
            return (box[0] * sx + ox, box[1] * sy + oy, box[2] * sx + ox, box[3] * sy + oy)

        series = [replace(s, points=[replace(p, box=move(p.box)) for p in s.points]) for s in self.series]
        return replace(self, series=series, box=move(self.box))


def _point(point: Point) -> dict[str, Any]:
    return {
        "category": point.category,
        "value": _round(point.value),
        "unit": point.unit,
        "method": point.method,
        "error": _round(point.error),
        "box": [round(v, 1) for v in point.box],
    }


def _round(value: float) -> float:
    return float(f"{value:.6g}")


def _shown(point: Point) -> str:
    mark = "" if point.method == LABEL else "about "
    body = f"{abs(point.value):,.6g}" if point.method == LABEL else f"{abs(point.value):,.3g}"
    money = point.unit[:1] if point.unit[:1] in "$€£¥" else ""
    return f"{mark}{'-' if point.value < 0 else ''}{money}{body}{point.unit[len(money) :]}"
