"""Bars: rectangles of one thickness that stand on one line, alone or stacked.

Everything here is told of upright bars; a picture with level bars is turned a quarter first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smalti.ingest.charts.blocks import Block

_MOST = 300  # bars of one chart
_SEAM = (5.0, 14.0, 0.12)  # pixels between segments of one bar, at most, and as a part of its thickness
_LEVEL = 3.5  # pixels by which bars may miss their line


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its segments from the base line away, above it or (`down`) below."""

    segments: tuple[Block, ...]
    down: bool = False

    @property
    def x(self) -> float:
        """Middle, across."""
        return (self.x0 + self.x1) / 2

    @property
    def x0(self) -> float:
        """Left side."""
        return float(np.median([s.box[0] for s in self.segments]))

    @property
    def x1(self) -> float:
        """Right side."""
        return float(np.median([s.box[2] for s in self.segments]))

    @property
    def top(self) -> int:
        """Its upper end."""
        return min(s.box[1] for s in self.segments)

    @property
    def bottom(self) -> int:
        """Its lower end."""
        return max(s.box[3] for s in self.segments)

    @property
    def end(self) -> int:
        """The end away from the base line."""
        return self.bottom if self.down else self.top


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of one plot, left to right, and the height of the line they stand on, in pixels."""

    bars: tuple[Bar, ...]
    base: float
    thickness: float

    @property
    def x0(self) -> float:
        """Left side of the first."""
        return min(b.x0 for b in self.bars)

    @property
    def x1(self) -> float:
        """Right side of the last."""
        return max(b.x1 for b in self.bars)

    @property
    def top(self) -> int:
        """Upper end of the highest."""
        return min(b.top for b in self.bars)

    @property
    def bottom(self) -> int:
        """Lower end of the lowest."""
        return max(b.bottom for b in self.bars)

    @property
    def stacked(self) -> bool:
        """Whether more than a third of the bars have several segments."""
        return sum(len(b.segments) > 1 for b in self.bars) > len(self.bars) / 3


def find_bars(blocks: Sequence[Block], width: int, height: int) -> list[Bars]:
    """Sets of upright bars, the surest first, of a picture of that many pixels.

    Bars of a set have one thickness and one base line; a set has two bars or more.
    """
    able = [
        b for b in blocks if b.width < 0.3 * width and not (b.width > 0.2 * width and b.height > 0.6 * height)
    ]
    out: list[Bars] = []
    left = list(able)
    for _ in range(4):
        found = _best(left)
        if found is None:
            break
        out.append(found)
        used = {s for bar in found.bars for s in bar.segments}
        left = [b for b in left if b not in used]
    return out


def weight(bars: Bars) -> float:
    """How much of a chart a set of bars is: the sides of squares as large as they, added up."""
    return float(sum((abs(b.end - bars.base) * bars.thickness) ** 0.5 for b in bars.bars))


def _best(blocks: Sequence[Block]) -> Bars | None:
    best: Bars | None = None
    for thick in _thicknesses(blocks):
        slack = max(2.0, 0.08 * thick)
        same = [b for b in blocks if abs(b.width - thick) <= slack]
        for base in _levels(same):
            found = _standing(same, base, thick)
            if found and (best is None or weight(found) > weight(best)):
                best = found
    return best


def _thicknesses(blocks: Sequence[Block]) -> list[float]:
    """Widths that two blocks or more share, of which one is tall enough for a bar; widest support first."""
    widths = np.array(sorted(b.width for b in blocks if b.width >= 4), dtype=float)
    support = {}
    for one in np.unique(widths):
        near = widths[np.abs(widths - one) <= max(2.0, 0.08 * one)]
        if len(near) >= 2:
            support[float(np.median(near))] = len(near) * min(one, 30.0)
    return sorted(support, key=lambda k: -support[k])[:16]


def _levels(blocks: Sequence[Block]) -> list[float]:
    """Heights at which ends of blocks meet, most first."""
    ends = np.array([e for b in blocks for e in (b.box[1], b.box[3]) if b.height >= 2], dtype=float)
    bottoms = np.array([b.box[3] for b in blocks], dtype=float)
    found: dict[float, float] = {}
    for one in np.unique(ends):
        at = np.abs(ends - one) <= _LEVEL
        standing = float((np.abs(bottoms - one) <= _LEVEL).sum())
        if at.sum() >= 2:
            found[float(np.median(ends[at]))] = float(at.sum()) + standing
    return sorted(found, key=lambda k: -found[k])[:10]


def _standing(blocks: Sequence[Block], base: float, thick: float) -> Bars | None:
    bars: list[Bar] = []
    for column in _columns(blocks, thick):
        up = _chain(column, base, upward=True)
        down = _chain(column, base, upward=False)
        if up:
            bars.append(Bar(tuple(up)))
        if down:
            bars.append(Bar(tuple(down), down=True))
    bars = sorted(bars, key=lambda b: b.x)[:_MOST]
    if len({round(b.x) for b in bars}) < 2 or not any(abs(b.end - base) >= 8 for b in bars):
        return None
    if sum(b.down for b in bars) > 0.8 * len(bars):
        return None  # a row of boxes hanging from a line; turned charts and legends look so
    if _over_a_seam(bars):
        return None
    return Bars(tuple(bars), base, thick)


def _over_a_seam(bars: Sequence[Bar]) -> bool:
    """Whether a line lies between segments: most bars go on under it and end there at one height."""
    lower = [b.bottom for b in bars if b.down]
    both = len(bars) - len({round(b.x / 3) for b in bars})
    if len(lower) < 2 or both < 0.6 * len(lower) or len(lower) < 0.4 * len(bars):
        return False
    level = float(np.median(lower))
    return bool((np.abs(np.array(lower) - level) <= _LEVEL).mean() > 0.8)


def _columns(blocks: Sequence[Block], thick: float) -> list[list[Block]]:
    out: list[list[Block]] = []
    for block in sorted(blocks, key=lambda b: b.x):
        if out and abs(block.x - np.median([b.x for b in out[-1]])) <= max(2.5, 0.12 * thick):
            out[-1].append(block)
        else:
            out.append([block])
    return out


def _chain(column: Sequence[Block], base: float, *, upward: bool) -> list[Block]:
    """Segments from the base line away, each beginning where the one before it ends."""
    at = base
    out: list[Block] = []
    seam = min(max(_SEAM[0], _SEAM[2] * (column[0].width if column else 0)), _SEAM[1])
    near, far = (3, 1) if upward else (1, 3)
    for block in sorted(column, key=lambda b: -b.box[3] if upward else b.box[1]):
        gap = (at - block.box[near]) * (1 if upward else -1)
        if abs(gap) <= (seam if out else _LEVEL) and block.height >= 2:
            out.append(block)
            at = block.box[far]
    return out
