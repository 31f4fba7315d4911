"""The header of a table: which column each header cell stands over, and what is one cell.

Header words are set in several lines, centred over one column or over a group with a rule under it. Lines
over the same column with no rule between are one cell (`December 31,` over `2022`); a cell over others is a
row of its own above them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from smalti.ingest.parse.pdf_cells import Cell, as_text, join_cells, make_cell
from smalti.ingest.parse.pdf_rows import Columns, Row, Slot, column_of, stretches
from smalti.ingest.parse.pdf_shapes import Shapes
from smalti.ingest.parse.pdf_text import Floats, Word

_YEARLESS = re.compile(r"(?:\bended|\b[A-Z][a-z]{2,8}\.? \d{1,2},?|^[Yy]ears?)$")
_TIME = re.compile(r"\b(?:months?|weeks?|quarters?|years?|fiscal|ended)\b|\b(?:19|20)\d\d\b", re.I)
_YEAR = re.compile(r"^(?:19|20)\d\d\b")


@dataclass(slots=True)
class _Head:
    """A header cell: its line, and the columns from `first` to `last` it stands over."""

    line: int
    first: int
    last: int
    cell: Cell
    level: int = 0  # rows from the header's bottom
    alone: bool = False  # a label with nothing else on its line


def header_slots(lines: Sequence[Row], columns: Columns, shapes: Shapes) -> tuple[list[Slot], int]:
    """Header lines, top down, as filled places, and how many rows they make."""
    rules = _joined_rules(shapes)
    heads: list[_Head] = []
    for number, line in enumerate(lines):
        cells = [c for cell in line.cells for c in _part(cell, line.words, columns)]
        below = lines[number + 1] if number + 1 < len(lines) else None
        groups = _groups(cells, below.cells, columns, rules) if below is not None else {}
        for cell in cells:
            first, last = (
                groups.get(cell.orders)
                or _over_years(cell, cells, below, columns)
                or _spread(cell, cells, columns, rules)
            )
            heads.append(_Head(number, first, last, as_text(cell) if cell.kind == "amount" else cell))
    heads = _stack(heads, rules)
    _set_levels(heads, len(columns))
    rows = max((h.level for h in heads), default=-1) + 1
    slots: dict[tuple[int, int], Slot] = {}
    for head in heads:
        place = (rows - 1 - head.level, head.first)
        if place in slots:
            slots[place].cell = join_cells(slots[place].cell, head.cell)
        else:
            slots[place] = Slot(*place, head.last - head.first + 1, head.cell, True)
    return list(slots.values()), rows


def _joined_rules(shapes: Shapes) -> Floats:
    """Horizontal rules as (N, 3) rows left, right, height on the page; pieces set end to end made one."""
    rules = shapes.across
    out: list[tuple[float, float, float]] = []
    if not len(rules):
        return np.empty((0, 3))
    for height in np.unique(np.round(rules[:, 1])):
        level = rules[np.abs(rules[:, 1] - height) <= 1.0]
        spans = stretches([(float(r[0]), float(r[2]) + 0.3) for r in level], 0)
        out += [(a, b, float(level[:, 1].mean())) for a, b in spans]
    return np.array(out)


def _part(cell: Cell, words: Sequence[Word], columns: Columns) -> list[Cell]:
    """A cell's words, parted where they stand over different columns more than a space apart."""
    own = sorted((w for w in words if w.order in cell.orders), key=lambda w: w.x0)
    if len(own) < 2 or any(b.x0 < a.x1 - 1 for a, b in pairwise(own)):
        return [cell]
    groups = [[own[0]]]
    for before, word in pairwise(own):
        wide = word.x0 - before.x1 > 0.38 * word.size
        gutter = any(b < word.x0 + 1 and a > before.x1 - 1 for (_, b), (a, _) in pairwise(columns))
        if wide and gutter:
            groups.append([word])
        else:
            groups[-1].append(word)
    return [make_cell(g) for g in groups] if len(groups) > 1 else [cell]


def _groups(
    cells: Sequence[Cell], below: Sequence[Cell], columns: Columns, rules: Floats
) -> dict[tuple[int, ...], tuple[int, int]]:
    """First and last column of each cell of a line, where they part all columns among them.

    `Three Months Ended` and `Six Months Ended` may have no rule under them; then every column belongs to the
    one whose middle is nearest, and that holds only if each stands over the middle of what it gets. They
    must be times, or the line below must say the same under each of them.
    """
    over = [c for c in cells if column_of(c, columns) > 0]
    spans = [_spread(c, cells, columns, rules) for c in over]
    under = [c.text for c in below if column_of(c, columns) > 0]
    times = all(_TIME.search(c.text) for c in over)
    if not 2 <= len(over) < len(columns) - 1 or not all(first == last for first, last in spans):
        return {}
    distinct = len({c.text for c in over}) == len(over)
    if not times and not (distinct and len(under) == len(columns) - 1 and _repeats(under, len(over))):
        return {}
    middles = [(c.x0 + c.x1) / 2 for c in over]
    mine: list[list[int]] = [[] for _ in over]
    for column in range(1, len(columns)):
        middle = sum(columns[column]) / 2
        mine[min(range(len(over)), key=lambda i: abs(middles[i] - middle))].append(column)
    out: dict[tuple[int, ...], tuple[int, int]] = {}
    for cell, middle, own in zip(over, middles, mine, strict=True):
        if not own:
            return {}
        left, right = columns[own[0]][0], columns[own[-1]][1]
        if abs((left + right) / 2 - middle) > max(8.0, 0.12 * (right - left)):
            return {}
        out[cell.orders] = (own[0], own[-1])
    return out


def _repeats(texts: Sequence[str], times: int) -> bool:
    """Whether texts are one sequence said so many times: `2022 2021 Change 2022 2021 Change`."""
    length, rest = divmod(len(texts), times)
    return rest == 0 and length > 1 and list(texts) == list(texts[:length]) * times


def _over_years(
    cell: Cell, line: Sequence[Cell], below: Row | None, columns: Columns
) -> tuple[int, int] | None:
    """First and last column of the bare years that a lone `Years ended December 31,` speaks of."""
    over = [c for c in line if column_of(c, columns) > 0]
    if below is None or over != [cell] or not _YEARLESS.search(cell.text):
        return None
    places = [column_of(c, columns) for c in below.cells if _YEAR.match(c.text)]
    found = [p for p in places if p > 0]
    near = found and columns[found[0]][0] <= cell.x1 and cell.x0 <= columns[found[-1]][1]
    return (found[0], found[-1]) if near else None


def _spread(cell: Cell, line: Sequence[Cell], columns: Columns, rules: Floats) -> tuple[int, int]:
    """First and last column a header cell stands over, by the rule under it or by its own width."""
    x0, x1 = cell.x0, cell.x1
    middle = (x0 + x1) / 2
    for a, b, height in rules.tolist():
        under = -0.25 * cell.size < height - cell.box[3] < 0.7 * cell.size
        if a < columns[0][1] < x0:
            continue  # a row's border, not the cell's underline
        alone = sum(a < (c.x0 + c.x1) / 2 < b for c in line) == 1
        if under and alone and a - 2 <= middle <= b + 2 and x0 > a - 6 and x1 < b + 6:
            x0, x1 = min(a, x0), max(b, x1)
            break
    left, right = columns[min(1, len(columns) - 1)][0], columns[-1][1]
    if (
        len(line) == 1
        and x0 > left
        and x1 - x0 < 0.8 * (right - left)
        and abs(middle - (left + right) / 2) < 8
    ):
        return min(1, len(columns) - 1), len(columns) - 1  # centred over all but the labels
    inside = [i for i, (a, b) in enumerate(columns) if min(b, x1) - max(a, x0) > 0.5 * min(b - a, x1 - x0)]
    if inside:
        return inside[0], inside[-1]
    touched = [i for i, (a, b) in enumerate(columns) if min(b, x1) - max(a, x0) > -2]
    if len(touched) == 2 and columns[touched[0]][1] < middle < columns[touched[1]][0]:
        return touched[0], touched[1]  # centred over the space between two
    nearest = column_of(cell, columns)
    return nearest, nearest


def _stack(heads: list[_Head], rules: Floats) -> list[_Head]:
    """Join cells over the same columns that follow closely with no rule between."""
    out: list[_Head] = []
    for head in heads:
        above = next((h for h in reversed(out) if (h.first, h.last) == (head.first, head.last)), None)
        if above is not None and head.first > 0 and _close(above.cell, head.cell, rules):
            above.cell = join_cells(above.cell, head.cell)
            above.line = head.line
        else:
            out.append(head)
    return out


def _close(upper: Cell, lower: Cell, rules: Floats) -> bool:
    if lower.box[1] - upper.box[3] > 0.45 * lower.size or lower.text.startswith("("):
        return lower.box[1] - upper.box[3] <= 0.45 * lower.size and not upper.text[-1:].isdigit()
    middle = (upper.x0 + upper.x1) / 2
    between = (rules[:, 2] > upper.box[3] - 0.3 * upper.size) & (
        rules[:, 2] < lower.box[1] + 0.3 * lower.size
    )
    return not (between & (rules[:, 0] < middle) & (rules[:, 1] > middle)).any()


def _set_levels(heads: list[_Head], columns: int) -> None:
    """Count rows from the bottom: a cell is above every cell it stands over."""
    over = [h for h in heads if h.first > 0]
    for label in (h for h in heads if h.first == 0):
        label.alone = all(h.line != label.line for h in over)
    for line in sorted({h.line for h in heads}, reverse=True):
        here = [h for h in heads if h.line == line]
        for head in here:
            first, last = (0, columns) if head.alone else (head.first, head.last)
            below = [h for h in heads if h.line > line and (h.alone or (h.first <= last and first <= h.last))]
            head.level = 1 + max((h.level for h in below), default=-1)
        beside = [h.level for h in here if h.first > 0]
        for head in here:
            if head.first == 0 and beside:
                head.level = max(min(beside), head.level)
