"""Bars of charts drawn as vectors, told from the shaded cells of tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smalti.ingest.parse.pdf_shapes import Shapes
from smalti.ingest.parse.pdf_text import Floats, Word

_LEVEL, _UPRIGHT = 0, 1  # the axis along which bars grow: x or y
_SHORTEST = 6.0  # points
_THICK = (3.0, 90.0)
_MOST = 5_000  # boxes looked at on a page
_MOST_BARS = 500  # of one chart


def find_bars(words: Sequence[Word], shapes: Shapes) -> list[Floats]:
    """Sets of filled boxes that are the bars of one chart, each (N, 4), N at least 2.

    The bars of a set stand on one line, or all begin at one upright line, with no words between them. They
    are either four or more of four different lengths without words in them, or fewer, of one thickness,
    between two drawn axes.
    """
    found = []
    bands = shapes.bands[:_MOST]
    named = _centres([w for w in words if any(c.isalpha() for c in w.text)])
    every = _centres(words)
    for along in (_UPRIGHT, _LEVEL):
        across, base = 1 - along, 3 if along == _UPRIGHT else 0
        long = bands[:, along + 2] - bands[:, along]
        thick = bands[:, across + 2] - bands[:, across]
        bars = bands[(long > _SHORTEST) & (thick > _THICK[0]) & (thick < _THICK[1])]
        for line in np.unique(bars[:, base].round()):
            same = np.unique(bars[np.abs(bars[:, base] - line) < 0.6].round(1), axis=0)
            places = len(np.unique(same[:, across].round()))
            lengths = len(np.unique((same[:, along + 2] - same[:, along]).round()))
            if not 2 <= len(same) <= _MOST_BARS or places < 2 or lengths < 2:
                continue
            if _words_between(same, along, every) > 0.25 * len(same):
                continue
            many = places >= 4 and lengths >= 4 and _holding(same, named, 1) <= 0.25
            if many or _between_axes(same, line, along, shapes, every):
                found.append(same)
    return found


def _centres(words: Sequence[Word]) -> Floats:
    return np.array([((w.x0 + w.x1) / 2, w.middle) for w in words]).reshape(-1, 2)


def _holding(boxes: Floats, places: Floats, least: int) -> float:
    """The part of the boxes that hold at least so many of the places (x, y)."""
    x, y = places[:, 0], places[:, 1]
    held = [int(((x > a) & (x < c) & (y > b) & (y < d)).sum()) for a, b, c, d in boxes.tolist()]
    return sum(count >= least for count in held) / len(held)


def _words_between(bars: Floats, along: int, every: Floats) -> int:
    """How many words stand between two bars, as the unshaded rows of a table do between shaded ones."""
    across = 1 - along
    middle = np.median(bars[:, along + 2] - bars[:, along])
    if along == _UPRIGHT:
        end = bars[:, along + 2].max()
        level = (every[:, along] > end - middle) & (every[:, along] < end)
    else:
        start = bars[:, along].min()
        level = (every[:, along] > start) & (every[:, along] < start + middle)
    place = every[:, across]
    inside = ((place[:, None] > bars[:, across]) & (place[:, None] < bars[:, across + 2])).any(axis=1)
    among = (place > bars[:, across].min()) & (place < bars[:, across + 2].max())
    return int((level & among & ~inside).sum())


def _between_axes(bars: Floats, line: float, along: int, shapes: Shapes, every: Floats) -> bool:
    """Whether bars of one thickness stand on a rule along all of them, with a rule as long as the longest.

    Columns of a table that are shaded and ruled do so too, but hold more than a value each.
    """
    across = 1 - along
    low, high = bars[:, across].min(), bars[:, across + 2].max()
    longest = (bars[:, along + 2] - bars[:, along]).max()
    if np.ptp(bars[:, across + 2] - bars[:, across]) > 1.5 or _holding(bars, every, 3) > 0:
        return False
    under, beside = (shapes.across, shapes.down) if along == _UPRIGHT else (shapes.down, shapes.across)
    carries = (
        (np.abs(under[:, along] - line) < 3)
        & (under[:, across] < low + 2)
        & (under[:, across + 2] > high - 2)
    )
    begins = np.minimum(np.abs(beside[:, along] - line), np.abs(beside[:, along + 2] - line)) < 4
    reaches = beside[:, along + 2] - beside[:, along] > 0.95 * longest
    outside = np.minimum(np.abs(beside[:, across] - low), np.abs(beside[:, across] - high)) < high - low
    return bool(carries.any() and (begins & reaches & outside).any())
