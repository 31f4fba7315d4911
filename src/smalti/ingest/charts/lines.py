"""Lines: strokes of one colour across a plot, and their height over each category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from smalti.ingest.charts.regions import Colour, Rgb, distance
from smalti.platform.records import Box

_NEAR = 48.0  # of 255: pixels this far from a line's colour still have it
_COVER = 0.55  # of the columns between the first and the last category
_MOST_COLOURS = 8
_GREY = 26.0  # difference of channels below which a colour is grey


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its colour and, for each column of the picture, its height in pixels, NaN where unseen.

    Attributes:
        thickness: median pixels of the stroke.
    """

    colour: Colour
    heights: NDArray[np.float64]
    thickness: float

    def at(self, x: float) -> float | None:
        """Its height at a place, from the columns around it; None where it was not seen there."""
        left, right = max(int(x) - 3, 0), min(int(x) + 4, len(self.heights))
        near = self.heights[left:right]
        if np.isfinite(near).any():
            return float(np.nanmedian(near))
        wide = self.heights[max(int(x) - 14, 0) : int(x) + 15]
        seen = np.flatnonzero(np.isfinite(wide))
        if len(seen) < 4 or seen[0] > min(14, int(x)) or seen[-1] < min(14, int(x)):
            return None
        return float(np.interp(min(14, int(x)), seen, wide[seen]))


def find_lines(
    rgb: Rgb,
    plot: tuple[int, int, int, int],
    words: Sequence[Box],
    taken: Sequence[Colour],
    named: Sequence[Colour],
) -> list[Line]:
    """The lines in a plot.

    Args:
        rgb: the picture.
        plot: x0, top, x1, bottom: from the first to the last category, and the heights a line may have.
        words: where no stroke is looked for.
        taken: colours of bars and of the ground.
        named: colours of the legend's strokes, tried first.
    """
    x0, top, x1, bottom = plot
    if x1 - x0 < 20 or bottom - top < 20:
        return []
    area = rgb[top:bottom, x0:x1]
    hidden = np.zeros(area.shape[:2], dtype=bool)
    for box in words:
        a, b, c, d = (int(v) for v in box)
        hidden[max(b - top, 0) : max(d - top, 0), max(a - x0, 0) : max(c - x0, 0)] = True
    out: list[Line] = []
    for colour in [*named[:_MOST_COLOURS], *_stroke_colours(area, hidden, [*taken, *named])]:
        if any(distance(colour, line.colour) < 30 for line in out):
            continue
        found = _traced(area, hidden, colour, sure=colour in named)
        if found is not None:
            heights, thick = found
            whole = np.full(rgb.shape[1], np.nan)
            whole[x0:x1] = heights + top
            out.append(Line(colour, whole, thick))
    return out


def _stroke_colours(area: Rgb, hidden: NDArray[np.bool_], known: Sequence[Colour]) -> list[Colour]:
    """Colours, not grey and not yet known, that are seen in many columns but few pixels of each."""
    free = ~hidden
    keys = (area >> 4).astype(np.int32)
    codes = (keys[:, :, 0] << 8) | (keys[:, :, 1] << 4) | keys[:, :, 2]
    codes = np.where(free, codes, -1)
    counts = np.bincount(codes[codes >= 0].ravel(), minlength=4096)
    out: list[Colour] = []
    for code in np.argsort(-counts)[:60].tolist():
        if counts[code] < 0.6 * area.shape[1] or len(out) >= _MOST_COLOURS:
            break
        where = codes == code
        columns = where.any(axis=0)
        if columns.mean() < 0.2 or where.sum() > 14 * columns.sum():
            continue
        r, g, b = (float(v) for v in area[where].mean(axis=0))
        colour = (r, g, b)
        if max(colour) - min(colour) < _GREY and max(colour) > 70:
            continue
        if any(distance(colour, k) < 40 for k in [*known, *out]):
            continue
        out.append(colour)
    return out


def _traced(
    area: Rgb, hidden: NDArray[np.bool_], colour: Colour, *, sure: bool
) -> tuple[NDArray[np.float64], float] | None:
    away = np.abs(area.astype(np.int16) - np.array(colour, dtype=np.int16)).max(axis=2)
    mask = (away < _NEAR) & ~hidden
    mask = _without_bands(_without_rules(mask))
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = np.zeros(count, dtype=bool)
    keep[1:] = (stats[1:, cv2.CC_STAT_AREA] >= 6) & (
        np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]) >= 5
    )
    mask = keep[numbers]
    columns = mask.any(axis=0)
    if columns.mean() < (0.4 if sure else _COVER):
        return None
    thick = float(np.median(mask.sum(axis=0)[columns]))
    if thick > max(16.0, 0.06 * area.shape[0]):
        return None
    heights = _followed(mask)
    seen = np.isfinite(heights)
    if seen.mean() < (0.4 if sure else _COVER) or (not sure and np.nanstd(heights) < 1.0):
        return None
    jumps = np.abs(np.diff(heights[seen]))
    if (jumps > 0.12 * area.shape[0]).mean() > 0.06:
        return None
    return heights, thick


def _without_rules(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask without rows set from side to side: grid lines, axes, target lines."""
    full = mask.mean(axis=1) > 0.9
    if full.mean() > 0.1:
        return mask
    out = mask.copy()
    out[full] = False
    return out


def _without_bands(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask without whatever is too thick for a stroke: banners and bars of the line's colour."""
    side = max(15, round(0.05 * mask.shape[0])) | 1
    kernel = np.ones((side, side), np.uint8)
    thick = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return np.asarray(mask & (cv2.dilate(thick, np.ones((5, 5), np.uint8)) == 0), dtype=bool)


def _followed(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """One height a column: the run of set pixels nearest to where the line was in the column before."""
    heights = np.full(mask.shape[1], np.nan)
    last: float | None = None
    for x in range(mask.shape[1]):
        rows = np.flatnonzero(mask[:, x])
        if not len(rows):
            continue
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        middles = np.array([(r[0] + r[-1]) / 2 for r in runs])
        pick = (
            int(np.abs(middles - last).argmin())
            if last is not None
            else int(np.argmax([len(r) for r in runs]))
        )
        heights[x] = last = float(middles[pick])
    return heights
