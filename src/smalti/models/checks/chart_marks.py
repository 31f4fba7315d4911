"""Where a series' marks end on the picture, and what value that place alone says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from smalti.models.checks.chart_series import Drawn, Mark, Row

_LEVEL = 3.0
"""Pixels within which the feet of bars stand on one line."""


_PIXELS = 2.5
"""Pixels by which a mark may end off its value."""
_STEADY = 15.0
"""Pixels between marks below which they give no scale for others."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A series as it is drawn.

    Attributes:
        marks: those with a place.
        reach: how far each goes from the foot of its bar, or from the lowest mark, in pixels.
        bars: all stand on one line, so that their lengths speak.
        from_zero: that line is zero, as its axis says.
    """

    marks: tuple[Mark, ...]
    reach: tuple[float, ...]
    bars: bool
    from_zero: bool = False

    def base(self) -> float | None:
        """The value at which the bars begin, by their lengths and values; None where these do not fit."""
        line = _line(self.reach, [mark.value for mark in self.marks])
        return None if line is None else line[0]

    def confirms(self, k: int) -> bool | None:
        """Whether mark `k` ends where the others' scale puts its value; None where that cannot be told."""
        others = [i for i in range(len(self.marks)) if i != k]
        reach = [self.reach[i] for i in others] + [0.0] * self.from_zero
        values = [self.marks[i].value for i in others] + [0.0] * self.from_zero
        line = _line(reach, values)
        if line is None or np.ptp(reach) < _STEADY:
            return None
        start, slope = line
        return abs(start + slope * self.reach[k] - self.marks[k].value) <= _PIXELS * slope


def drawing_of(drawn: Drawn, row: Row) -> Drawing | None:
    """How a series is drawn; None where its marks have no place."""
    placed = [(mark, mark.box) for mark in row.marks if mark.box is not None]
    if len(placed) < 2:
        return None
    marks = tuple(mark for mark, _ in placed)
    boxes = np.array([box for _, box in placed])
    axes = drawn.payload.get("axes")
    level = drawn.kind == "horizontal bar"
    axis = axes.get("x" if level else "y") if isinstance(axes, Mapping) else None
    zero = isinstance(axis, Mapping) and axis.get("truncated") is False and axis.get("min") == 0
    near, far = (boxes[:, 0], boxes[:, 2]) if level else (-boxes[:, 3], -boxes[:, 1])
    if float(np.ptp(near)) <= _LEVEL:
        return Drawing(marks, tuple((far - near.min()).tolist()), bars=True, from_zero=zero)
    middles = (near + far) / 2
    return Drawing(marks, tuple((middles - middles.min()).tolist()), bars=False)


def _line(reach: Sequence[float], values: Sequence[float]) -> tuple[float, float] | None:
    """Value at no reach, and values a pixel; None for fewer than two places or a bad fit."""
    x, y = np.array(reach), np.array(values)
    if len(x) < 2 or np.ptp(x) < 4 or not np.isfinite(y).all():
        return None
    slope, start = np.polyfit(x, y, 1)
    off = np.abs(y - start - slope * x).max()
    room = max(0.04 * np.ptp(y), _PIXELS * slope)
    return (float(start), float(slope)) if slope > 0 and off <= room else None
