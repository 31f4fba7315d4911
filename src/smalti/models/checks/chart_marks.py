"""Where a series' marks end on the picture, and what value that place alone says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smalti.models.checks.chart_series import Drawn, Mark, Row

_LEVEL = 3.0
"""Pixels within which the feet of bars stand on one line."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A series as it is drawn.

    Attributes:
        marks: those with a place.
        reach: how far each goes from the foot of its bar, or from the lowest mark, in pixels.
        bars: all stand on one line, so that their lengths speak.
    """

    marks: tuple[Mark, ...]
    reach: tuple[float, ...]
    bars: bool

    def said(self, k: int) -> float | None:
        """The value that mark `k`'s place says by the scale of the other marks; None where they give none."""
        others = [i for i in range(len(self.marks)) if i != k]
        line = _line([self.reach[i] for i in others], [self.marks[i].value for i in others])
        return None if line is None else line[0] + line[1] * self.reach[k]

    def base(self) -> float | None:
        """The value at which the bars begin, by their lengths and values; None where these do not fit."""
        line = _line(self.reach, [mark.value for mark in self.marks])
        return None if line is None else line[0]

    def confirms(self, k: int) -> bool | None:
        """Whether the place of mark `k` says what its label says; None where it cannot be told."""
        said = self.said(k)
        if said is None:
            return None
        spread = float(np.ptp([mark.value for mark in self.marks]))
        return abs(said - self.marks[k].value) <= 0.04 * max(spread, abs(self.marks[k].value - said))


def drawing_of(drawn: Drawn, row: Row) -> Drawing | None:
    """How a series is drawn; None where its marks have no place."""
    placed = [(mark, mark.box) for mark in row.marks if mark.box is not None]
    if len(placed) < 2:
        return None
    marks = tuple(mark for mark, _ in placed)
    boxes = np.array([box for _, box in placed])
    if drawn.kind == "horizontal bar":
        level = float(np.ptp(boxes[:, 0])) <= _LEVEL
        ends, foot = boxes[:, 2], float(boxes[:, 0].min())
        return Drawing(marks, tuple((ends - foot).tolist()), level)
    if float(np.ptp(boxes[:, 3])) <= _LEVEL:
        foot = float(boxes[:, 3].max())
        return Drawing(marks, tuple((foot - boxes[:, 1]).tolist()), bars=True)
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    return Drawing(marks, tuple((middles.max() - middles).tolist()), bars=False)


def _line(reach: Sequence[float], values: Sequence[float]) -> tuple[float, float] | None:
    """Value at no reach, and values a pixel; None for fewer than two places or a bad fit."""
    x, y = np.array(reach), np.array(values)
    if len(x) < 2 or np.ptp(x) < 4 or not np.isfinite(y).all():
        return None
    slope, start = np.polyfit(x, y, 1)
    off = np.abs(y - start - slope * x).max()
    return (float(start), float(slope)) if slope > 0 and off <= 0.04 * np.ptp(y) else None
