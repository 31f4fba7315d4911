"""A table's cells as rows and columns with their header paths, whatever parser found them.

A column's path is the header labels over it from the top; a row's path is the section labels it stands under
and its own. Long tables set a second header in their middle (the year before, another region): the rows
under it take their paths from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from smalti.ingest.parse.contract import Piece
from smalti.platform.quantities import Number, read_number
from smalti.platform.records import Box

__all__ = ["Amount", "Grid", "Line", "is_year", "join_continued", "read_grid"]

_YEAR = re.compile(r"(?:fiscal\s+)?(?:19|20)\d\d(?:\s*\(\w{1,2}\)|\s?[*†‡])?[EA]?", re.I)
_SUBLABEL = re.compile(r"[<>]?\s*(?:\d{1,2}\s*[-–]\s*)?\d{0,2}\s*[A-Za-z][A-Za-z ,&]{3,40}")
"""Words in a column of their own between a label and its amounts: `Notes payable | < 5 Years`."""
_SAME = 3.0  # points by which the label of a row may stand left of its section's and still be level with it
_DEPTH = 6
_WORD = re.compile(r"[a-z]{3,}")
_MAX_CELLS = 20_000  # of one table


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a table and where it stands."""

    number: Number
    text: str
    box: Box | None
    row: int
    column: int
    page: int | None = None
    table: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its label, the section labels over it, and its amounts by column; no amounts for a heading.

    `head` numbers the header that stands over it, 0 for the table's own.
    """

    row: int
    label: str
    amounts: dict[int, Amount]
    parents: tuple[str, ...] = ()
    head: int = 0

    @property
    def path(self) -> tuple[str, ...]:
        """The row's label with its parents, outermost first."""
        return (*self.parents, self.label) if self.label else self.parents


@dataclass(slots=True)
class Grid:
    """A table read as a grid.

    Attributes:
        heads: the table's header, then each header found in its middle: cells as in the contract's payload.
        page: PDF page, None in HTML.
        number: of the table on its page (or in the document), from 0.
    """

    heads: list[list[Mapping[str, Any]]]
    lines: list[Line]
    page: int | None
    number: int
    caption: str = ""
    columns: int = 0
    edges: dict[int, float] = field(default_factory=dict)
    _paths: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)

    def column_path(self, column: int, head: int = 0) -> tuple[str, ...]:
        """Header labels over a column from the top, the label column's own left out."""
        key = (column, head)
        if key not in self._paths:
            over = [h for h in self.heads[head] if h["column"] > 0 and column in _covers(h)]
            self._paths[key] = tuple(h["text"] for h in sorted(over, key=lambda h: h["row"]))
        return self._paths[key]

    def corner(self, head: int = 0) -> tuple[str, ...]:
        """What the header says over the labels: units, a day, `Years ended December 31`."""
        return tuple(h["text"] for h in self.heads[head] if h["column"] == 0)


def _covers(head: Mapping[str, Any]) -> range:
    return range(head["column"], head["column"] + head.get("span", 1))


def is_year(text: str) -> bool:
    """A bare year, perhaps with a footnote mark: a label and never an amount."""
    return _YEAR.fullmatch(text.strip()) is not None


def read_grid(piece: Piece, number: int) -> Grid:
    """The grid of a TABLE piece; `number` is its place on its page."""
    cells = piece.payload["cells"][:_MAX_CELLS]
    rows: dict[int, list[Mapping[str, Any]]] = {}
    for cell in cells:
        if not cell["header"]:
            rows.setdefault(cell["row"], []).append(cell)
    grid = Grid(
        [[c for c in cells if c["header"]]],
        [],
        piece.locator.page,
        number,
        piece.payload.get("caption") or "",
        piece.payload.get("columns") or 0,
    )
    sections = _Sections()
    fresh = False
    for row, found in sorted(rows.items()):
        line = _line(row, found, grid)
        if _is_head(found, line):
            if not fresh and grid.lines:
                grid.heads.append([])
                sections = _Sections()
            grid.heads[-1] += found
            fresh = True
            continue
        fresh = False
        parents = sections.place(line, found)
        grid.lines.append(Line(row, line.label, line.amounts, parents, len(grid.heads) - 1))
    grid.edges = _edges(grid.lines)
    return grid


def _line(row: int, cells: Sequence[Mapping[str, Any]], grid: Grid) -> Line:
    label = " ".join(c["text"] for c in cells if c["column"] == 0)
    amounts: dict[int, Amount] = {}
    for cell in sorted(cells, key=lambda c: c["column"]):
        if cell["column"] == 0 or is_year(cell["text"]):
            continue
        number = read_number(cell["text"])
        if not amounts and label and _SUBLABEL.fullmatch(cell["text"]):
            label = f"{label} {cell['text']}"
        if isinstance(number, Number):
            box = tuple(cell["box"]) if cell.get("box") else None
            amounts[cell["column"]] = Amount(
                number, cell["text"], box, row, cell["column"], grid.page, grid.number
            )
    return Line(row, label, amounts)


def _is_head(cells: Sequence[Mapping[str, Any]], line: Line) -> bool:
    """Whether a row in the body heads the rows under it: words or years over the columns and no amount."""
    over = [c["text"] for c in cells if c["column"] > 0]
    return bool(over) and not line.amounts and any(any(ch.isalnum() for ch in text) for text in over)


def _edges(lines: Sequence[Line]) -> dict[int, float]:
    """The right edge of each column's amounts, where boxes are known."""
    found: dict[int, float] = {}
    for line in lines:
        for column, amount in line.amounts.items():
            if amount.box is not None:
                found[column] = max(found.get(column, 0.0), amount.box[2])
    return found


class _Sections:
    """The section labels open above a row, by indentation where boxes are known, else by order."""

    def __init__(self) -> None:
        self._open: list[tuple[float, str]] = []
        self._after_heading = False

    def place(self, line: Line, cells: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """The parents of a row; headings open sections, totals and sums without a label close theirs."""
        first = next((c for c in cells if c["column"] == 0), None)
        indent = float(first["box"][0]) if first is not None and first.get("box") else 0.0
        if not line.amounts:
            if not line.label or len(self._open) >= _DEPTH:
                return tuple(text for _, text in self._open)
            deeper = _SAME if self._after_heading else -_SAME
            while self._open and self._open[-1][0] > indent + deeper:
                self._open.pop()
            if not self._after_heading:
                while self._open and self._open[-1][0] >= indent - _SAME:
                    self._open.pop()
            parents = tuple(text for _, text in self._open)
            self._open.append((indent, line.label.rstrip(": ")))
            self._after_heading = True
            return parents
        self._after_heading = False
        while first is not None and self._open and self._open[-1][0] > indent + _SAME:
            self._open.pop()
        parents = tuple(text for _, text in self._open)
        if self._open and (not line.label or _sums_up(line.label, self._open[-1][1])):
            self._open.pop()
        return parents


def _sums_up(label: str, section: str) -> bool:
    """Whether a row is the total of the section over it: `Total current assets` of `Current assets`."""
    words = set(_WORD.findall(label.lower()))
    if "total" not in words and "net" not in words:
        return False
    return bool(words) and set(_WORD.findall(section.lower())) <= words | {"the", "and", "from"}


def join_continued(grids: Sequence[Grid]) -> list[bool]:
    """Give tables that go on from the page before its header; says of each grid whether it does.

    A table goes on where it follows the one before on its page or is the first of the next page, both have
    the same columns at the same places, and it has no header over its columns.
    """
    out = [False] * len(grids)
    for place, (before, grid) in enumerate(pairwise(grids), start=1):
        if _goes_on(before, grid):
            grid.heads[0] = list(before.heads[-1])
            grid.caption = before.caption
            out[place] = True
    return out


def _goes_on(before: Grid, grid: Grid) -> bool:
    if before.page is None or (grid.page, grid.number) not in (
        (before.page + 1, 0),
        (before.page, before.number + 1),  # a balance sheet's halves under two headings
    ):
        return False
    if any(h["column"] > 0 for h in grid.heads[0]) or not before.heads[-1]:
        return False
    if before.columns != grid.columns or set(before.edges) != set(grid.edges):
        return False
    return all(abs(edge - before.edges[column]) < 12 for column, edge in grid.edges.items())
