"""Rows of a page, columns of a table, and the places where they cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from smalti.ingest.parse.pdf_cells import Cell
from smalti.ingest.parse.pdf_text import Word, bounds
from smalti.platform.records import Box

Columns = Sequence[tuple[float, float]]
"""Left and right edge of each column of a table, left to right."""


@dataclass(slots=True)
class Row:
    """One row of a page or of a table: cells left to right."""

    cells: list[Cell]
    words: list[Word] = field(default_factory=list)

    @property
    def box(self) -> Box:
        """The box around its cells."""
        return bounds(c.box for c in self.cells)

    @property
    def top(self) -> float:
        """Upper edge."""
        return min(c.box[1] for c in self.cells)

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return max(c.box[3] for c in self.cells)

    @property
    def size(self) -> float:
        """Text height."""
        return float(np.median([c.size for c in self.cells]))

    @property
    def amounts(self) -> list[Cell]:
        """Cells with amounts or periods, less one that stands first and so is a list's number or a label."""
        found = [c for c in self.cells if c.kind != "text"]
        if found and found[0] is self.cells[0] and len(self.cells) > 1 and self.cells[1].kind == "text":
            found = found[1:]
        return found


@dataclass(slots=True)
class Slot:
    """A filled place of a table's grid; `span` is how many columns it covers."""

    row: int
    column: int
    span: int
    cell: Cell
    header: bool


def stretches(spans: Sequence[tuple[float, float]], tolerated: int) -> list[tuple[float, float]]:
    """Stretches of the x axis covered by more than `tolerated` of the spans (left, right)."""
    if not spans:
        return []
    low = min(a for a, _ in spans)
    size = int((max(b for _, b in spans) - low) * 2) + 3
    change = np.zeros(size + 1, dtype=np.int64)
    for a, b in spans:
        change[int((a - low) * 2)] += 1
        change[int((b - low) * 2) + 1] -= 1
    inside = np.concatenate([[False], np.cumsum(change) > tolerated, [False]])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    return [
        (low + a / 2, low + b / 2) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]


def column_of(cell: Cell, columns: Sequence[tuple[float, float]]) -> int:
    """The column a cell lies in: most shared width, else nearest."""
    shared = [min(cell.x1, b) - max(cell.x0, a) for a, b in columns]
    return int(np.argmax(shared))
