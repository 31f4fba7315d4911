"""Parts of a page set in two columns of prose, so that a row never runs across both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smalti.ingest.parse.pdf_cells import cells_of
from smalti.ingest.parse.pdf_text import Floats, Word, visual_rows

_LEAST_ROWS = 8
_CLEAR = 4.0  # points of white space either side of the gutter's middle


@dataclass(frozen=True, slots=True)
class Region:
    """Visual rows that belong together, and the x of the region's middle."""

    rows: list[list[Word]]
    middle: float


def regions(words: Sequence[Word], width: float) -> list[Region]:
    """The page's rows, whole or parted at the gutter where prose is set in two columns beside each other."""
    rows = visual_rows(words)
    gutter, crossing = _gutter(rows, width)
    if gutter is None:
        return [Region(rows, width / 2)]
    out: list[Region] = []
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and crossing[end] == crossing[start]:
            end += 1
        run = rows[start:end]
        sides = [] if crossing[start] else _sides(run, gutter)
        if sides:
            out += sides
        elif out and out[-1].middle == width / 2:
            out[-1] = Region(out[-1].rows + run, width / 2)
        else:
            out.append(Region(run, width / 2))
        start = end
    return out


def _gutter(rows: Sequence[Sequence[Word]], width: float) -> tuple[float | None, list[bool]]:
    """The x in the page's middle third that fewest rows cross, and which rows do."""
    best: tuple[int, float | None, list[bool]] = (_LEAST_ROWS - 1, None, [])
    words: Floats = np.array([(i, w.x0, w.x1) for i, row in enumerate(rows) for w in row]).reshape(-1, 3)
    for x in np.arange(0.35 * width, 0.65 * width, 4.0).tolist():
        over = (words[:, 1] < x + _CLEAR) & (words[:, 2] > x - _CLEAR)
        crossing = [False] * len(rows)
        for i in words[over, 0].astype(int).tolist():
            crossing[i] = True
        clear = _longest_clear(crossing)
        if clear > best[0]:
            best = (clear, x, crossing)
    return best[1], best[2]


def _longest_clear(crossing: Sequence[bool]) -> int:
    longest = run = 0
    for one in crossing:
        run = 0 if one else run + 1
        longest = max(longest, run)
    return longest


def _sides(rows: Sequence[Sequence[Word]], gutter: float) -> list[Region]:
    """Left and right part if either is prose and the other is not its numbers; else nothing."""
    words = [w for row in rows for w in row]
    left = visual_rows([w for w in words if w.x1 <= gutter])
    right = visual_rows([w for w in words if w.x1 > gutter])
    if min(len(left), len(right)) < 4 or not (_is_prose(left) or _is_prose(right)):
        return []
    together = sum(_on_one_line(row, gutter) for row in rows)
    if together > 0.6 * min(len(left), len(right)) and not (_is_prose(left) and _is_prose(right)):
        return []
    return [
        Region(side, (min(w.x0 for r in side for w in r) + max(w.x1 for r in side for w in r)) / 2)
        for side in (left, right)
    ]


def _on_one_line(row: Sequence[Word], gutter: float) -> bool:
    """Whether words on both sides share a base line, as a label and its numbers do."""
    left = [w for w in row if w.x1 <= gutter]
    right = [w for w in row if w.x1 > gutter]
    return bool(left and right) and abs(left[-1].bottom - right[0].bottom) < 0.1 * right[0].size


def _is_prose(rows: Sequence[Sequence[Word]]) -> bool:
    low = min(row[0].x0 for row in rows)
    high = max(row[-1].x1 for row in rows)
    full = [
        row
        for row in rows
        if row[-1].x1 - row[0].x0 > 0.7 * (high - low) and len(row) >= 5 and len(cells_of(row)) == 1
    ]
    return len(full) >= max(5, 0.4 * len(rows))
