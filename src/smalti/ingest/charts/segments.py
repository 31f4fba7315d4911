"""The segments of bars, row by row: what letters hide, what lines cross, what is thinner than a word."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smalti.ingest.charts.bars import Bar, Bars
from smalti.ingest.charts.blocks import Block, Painted

_SHARE = 0.4  # of a row's pixels that have its colour
_GAP = 6  # rows of ground that end a bar; fewer are a seam
_BRIDGE = 0.045  # of the picture's height: the widest stroke across a segment
_LEAST = 2  # rows of a segment


@dataclass(slots=True)
class _Run:
    colour: int
    first: int
    last: int

    @property
    def rows(self) -> int:
        return self.last - self.first + 1


def segmented(bars: Bars, painted: Painted) -> Bars:
    """The same bars, where they are stacked, with their segments read row by row from the base line on.

    A bar of a shaded colour, and one that would become shorter, stays as it was.
    """
    if not bars.stacked:
        return bars
    return replace(bars, bars=tuple(_read(bar, bars.base, painted) for bar in bars.bars))


def _read(bar: Bar, base: float, painted: Painted) -> Bar:
    height, width = painted.which.shape
    inset = 0.12 * (bar.x1 - bar.x0)
    x0, x1 = max(round(bar.x0 + inset), 0), min(round(bar.x1 - inset), width)
    at = min(max(round(base), 0), height)
    strip = painted.which[at:, x0:x1] if bar.down else painted.which[:at, x0:x1][::-1]
    if x1 - x0 < 2 or not strip.size:
        return bar
    runs = _runs(_row_colours(strip, len(painted.palette)), round(_BRIDGE * height))
    if not runs or runs[-1].last + 1 < abs(bar.end - base) - 3 or len(runs) > len(bar.segments) + 4:
        return bar
    if sum(r.rows for r in runs) < 0.7 * (runs[-1].last + 1):
        return bar
    left, right = round(bar.x0), round(bar.x1)
    segments = []
    for run in runs:
        top, bottom = (at + run.first, at + run.last + 1) if bar.down else (at - run.last - 1, at - run.first)
        area = run.rows * (right - left)
        segments.append(Block((left, top, right, bottom), painted.palette[run.colour], area))
    return Bar(tuple(segments), bar.down)


def _row_colours(strip: NDArray[np.int16], colours: int) -> NDArray[np.int64]:
    """The commonest colour of each row, -1 where none has enough of it."""
    counts = np.stack([(strip == k).sum(axis=1) for k in range(colours)], axis=1)
    return np.where(counts.max(axis=1) >= _SHARE * strip.shape[1], counts.argmax(axis=1), -1)


def _runs(rows: NDArray[np.int64], bridge: int) -> list[_Run]:
    """Runs of one colour from the base on, up to the ground; strokes across a run are taken as part of it."""
    out: list[_Run] = []
    ground = 0
    for y, colour in enumerate(rows.tolist()):
        if colour in (0, 1):
            ground += 1
            if ground >= _GAP:
                break
            continue
        ground = 0
        if colour < 0:
            continue
        if out and out[-1].colour == colour and y - out[-1].last <= bridge:
            out[-1].last = y
        else:
            out.append(_Run(colour, y, y))
    return _bridged([r for r in out if r.rows >= _LEAST], bridge)


def _bridged(runs: list[_Run], bridge: int) -> list[_Run]:
    out: list[_Run] = []
    for run in runs:
        if len(out) >= 2 and out[-2].colour == run.colour and out[-1].rows <= min(bridge, 0.5 * out[-2].rows):
            out.pop()
            out[-1].last = run.last
        elif out and out[-1].colour == run.colour and run.first - out[-1].last <= bridge:
            out[-1].last = run.last
        else:
            out.append(run)
    return out
