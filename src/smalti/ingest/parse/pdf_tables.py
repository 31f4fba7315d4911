"""Tables of a PDF page from its words and rules: mostly the borderless, right-aligned ones of filings.

A row with amounts right of a label is a data row. Data rows that follow closely and share columns are a
block; the columns are the stretches of the page its amounts (then its other cells) cover; the rows above
it that lie over its columns are its header. Shaded bands tell which lines are one row.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any

from smalti.ingest.parse.pdf_cells import cells_of, join_cells
from smalti.ingest.parse.pdf_columns import regions
from smalti.ingest.parse.pdf_headers import header_slots
from smalti.ingest.parse.pdf_rows import Columns, Row, Slot, column_of, stretches
from smalti.ingest.parse.pdf_shapes import Shapes
from smalti.ingest.parse.pdf_text import Word, bounds
from smalti.platform.records import Box

_BRIDGE = 5  # rows without amounts allowed between two data rows
_HEADER_ROWS = 9
_UNITS = re.compile(r"^\(?[$€£]?\s*(?:in\s+)?(?:\w+\s+){0,3}(?:millions|thousands|billions|percent)\b", re.I)
_NOTE = re.compile(r"^\([1-9]\)$")
_DAY = re.compile(r"\b[A-Z][a-z]{2,8}\.? \d{1,2},$")
"""A day whose year stands in the columns: `For the years ended June 30,`."""


@dataclass(slots=True)
class Table:
    """A table found on a page."""

    slots: list[Slot]
    rows: int
    columns: int
    caption: str

    @property
    def box(self) -> Box:
        """The box around its cells."""
        return bounds(s.cell.box for s in self.slots)

    @property
    def orders(self) -> set[int]:
        """The words in it."""
        return {o for s in self.slots for o in s.cell.orders}

    def text(self) -> str:
        """One line a row, cells joined with ` | `."""
        lines = [[""] * self.columns for _ in range(self.rows)]
        for slot in self.slots:
            lines[slot.row][slot.column] = slot.cell.text
        return "\n".join(" | ".join(line).rstrip(" |") if any(line) else "" for line in lines)

    def payload(self) -> dict[str, Any]:
        """The contract's table payload; a cell over several columns also has `span`."""
        cells = []
        for s in self.slots:
            cell = {
                "row": s.row,
                "column": s.column,
                "text": s.cell.text,
                "box": list(s.cell.box),
                "header": s.header,
            }
            if s.span > 1:
                cell["span"] = s.span
            cells.append(cell)
        return {"rows": self.rows, "columns": self.columns, "cells": cells, "caption": self.caption}


def find_tables(words: Sequence[Word], shapes: Shapes, width: float) -> list[Table]:
    """The tables of a page `width` points wide, top down; none where the page has no sign of one."""
    if sum(any(ch.isdigit() for ch in w.text) for w in words) < 4:
        return []
    tables = []
    for region in regions(words, width):
        rows = [Row(cells_of(row), row) for row in region.rows]
        rows = _join_stray_amounts([row for row in rows if row.cells])
        free = 0  # first row not yet in a table
        for first, last in _blocks(rows):
            table, end = _build(rows, (max(first, free), last), free, shapes, region.middle)
            if table:
                tables.append(table)
                free = end + 1
    return tables


def _join_stray_amounts(rows: list[Row]) -> list[Row]:
    """Join amounts set a little above or below the line of their label to it."""
    out: list[Row] = []
    for row in rows:
        if out and _is_stray(out[-1], row):
            words = sorted(out[-1].words + row.words, key=lambda w: w.x0)
            out[-1] = Row(cells_of(words), words)
        else:
            out.append(row)
    return out


def _is_stray(upper: Row, lower: Row) -> bool:
    if abs(lower.top - upper.top) > 0.7 * min(upper.size, lower.size):
        return False
    return all(a.x1 < b.x0 or b.x1 < a.x0 for a in upper.cells for b in lower.cells)


def _is_data(row: Row) -> bool:
    amounts = row.amounts
    if not amounts:
        return False
    if len(row.cells) == 1:
        return False
    return len(amounts) >= 2 or amounts[0] is not row.cells[0]


def _blocks(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """First and last index of each run of data rows that can be one table."""
    blocks: list[tuple[int, int]] = []
    for i, row in enumerate(rows):
        if not _is_data(row):
            continue
        if blocks and _follows(rows, blocks[-1], i):
            blocks[-1] = (blocks[-1][0], i)
        else:
            blocks.append((i, i))
    return blocks


def _follows(rows: Sequence[Row], block: tuple[int, int], index: int) -> bool:
    first, last = block
    row, before = rows[index], rows[last]
    between = rows[last + 1 : index]
    if len(between) > _BRIDGE:
        return False
    steps = [(a.bottom, b.top) for a, b in zip(rows[last:index], rows[last + 1 : index + 1], strict=True)]
    if max(b - a for a, b in steps) > 2.6 * before.size:
        return False
    if _is_new_header(rows, block, index):
        return False
    left = min(c.x0 for r in rows[first : last + 1] if _is_data(r) for c in r.amounts)
    left = max(left, min(c.x0 for c in row.amounts))
    if any(r.cells[-1].x1 > left + 12 for r in between if not _over_columns(r, left - 2 * r.size)):
        return False
    columns = [c for r in rows[max(first, last - 8) : last + 1] for c in r.amounts]
    return any(a.x0 < b.x1 and b.x0 < a.x1 for a in row.amounts for b in columns)


def _over_columns(row: Row, limit: float) -> bool:
    """Whether a row without amounts lies over the columns only, as a sub-header does."""
    return row.cells[0].x0 > limit


def _is_new_header(rows: Sequence[Row], block: tuple[int, int], index: int) -> bool:
    """Whether a row is the header of a table of its own: periods only, after other rows, set apart."""
    row = rows[index]
    if not row.amounts or any(c.kind == "amount" for c in row.amounts):
        return False
    body = any(c.kind == "amount" for r in rows[block[0] : block[1] + 1] for c in r.amounts)
    apart = max(
        b.top - a.bottom for a, b in zip(rows[block[1] : index], rows[block[1] + 1 : index + 1], strict=True)
    )
    return body and apart > 0.9 * row.size


def _build(
    rows: Sequence[Row], block: tuple[int, int], free: int, shapes: Shapes, middle: float
) -> tuple[Table | None, int]:
    """The table around a block of data rows, and the index of its last row; rows before `free` are taken."""
    first, last = block
    data = [r for r in rows[first : last + 1] if _is_data(r)]
    body = [r for r in data if any(c.kind == "amount" for c in r.amounts)]
    if not body or first > last:
        return None, last
    columns = _columns(body)
    if len(columns) < 2 or not _is_table(body, columns):
        return None, last
    start = _header_start(rows, first, free, columns, middle)
    end = _trailing(rows, last, columns)
    lines = _merge_lines(list(rows[start : end + 1]), columns, shapes)
    head = _header_count(lines)
    if len(body) == 1 and not head:
        return None, last
    slots, above = header_slots(lines[:head], columns, shapes)
    slots += _body_slots(lines[head:], above, columns)
    caption = _caption(rows, start, free, columns)
    count = max(s.row for s in slots) + 1
    return Table(slots, count, len(columns), caption), end


def _columns(body: Sequence[Row]) -> list[tuple[float, float]]:
    """Left and right edge of each column, left to right."""
    amounts = [(c.x0, c.x1) for r in body for c in r.amounts]
    numeric = stretches(amounts, 1 if len(body) > 20 else 0)
    rest = []
    for row in body:
        for cell in row.cells:
            if cell in row.amounts:
                continue
            if not any(cell.x0 < b and a < cell.x1 for a, b in numeric):
                rest.append((cell.x0, cell.x1))
            elif cell is row.cells[0]:
                rest.append((cell.x0, min(cell.x1, min(a for a, b in numeric if b > cell.x0) - 1)))
    return sorted(numeric + stretches([(a, b) for a, b in rest if b > a], 0))


def _is_table(body: Sequence[Row], columns: Columns) -> bool:
    """Enough amounts in columns, and no list of contents, bullets or prose."""
    amounts = [c for r in body for c in r.amounts]
    if len(amounts) < 3:
        return False
    last = [c for c in amounts if column_of(c, columns) == len(columns) - 1]
    if len(last) > 0.8 * len(amounts) and _is_contents([c.text for c in last]):
        return False
    if len(body) == 1:
        return len(amounts) >= 3
    texts = [c for r in body for c in r.cells if c.kind == "text"]
    wordy = sum(len(c.text.split()) > 14 for c in texts)
    return wordy <= 0.25 * len(body)


def _is_contents(texts: Sequence[str]) -> bool:
    """Page numbers: bare whole numbers that never fall."""
    if not all(t.isdigit() and len(t) <= 4 for t in texts):
        return False
    numbers = [int(t) for t in texts]
    rising = sum(a <= b for a, b in itertools.pairwise(numbers))
    return rising >= 0.8 * (len(numbers) - 1)


def _header_start(rows: Sequence[Row], first: int, free: int, columns: Columns, middle: float) -> int:
    """Index of the topmost row that belongs to the table's header."""
    left = _numeric_left(rows[first], columns)
    limit = left - 2 * rows[first].size  # headers are centred, so they may begin left of the amounts
    if columns[0][1] < left:
        limit = min(limit, columns[0][1])
    start = first
    found = first
    below = rows[first]
    while start > max(free, first - _HEADER_ROWS):
        row = rows[start - 1]
        if below.top - row.bottom > 2.2 * below.size:
            break
        if _is_title(row, columns, left, middle):
            break
        if _over_columns(row, limit) or _is_units(row, left) or _label_and_heads(row, limit, left):
            found = start - 1
        elif not (row.cells[-1].x1 < left + 12 and len(row.cells) == 1 and row.box[2] - row.box[0] < 330):
            break
        start -= 1
        below = row
    return found


def _is_title(row: Row, columns: Columns, left: float, middle: float) -> bool:
    """Whether a row is centred on the page and not on the columns: a title, not a header."""
    if len(row.cells) > 1:
        return False
    x0, _, x1, _ = row.box
    own, over = (x0 + x1) / 2, (left + columns[-1][1]) / 2
    return abs(own - middle) < 10 and abs(own - over) > 12 and x0 > columns[0][0] + 6


def _numeric_left(row: Row, columns: Columns) -> float:
    """Left edge of the first column that holds amounts, beside the labels where a label is a date."""
    places = [column_of(c, columns) for c in row.amounts]
    return columns[min((p for p in places if p), default=0)][0]


def _is_units(row: Row, left: float) -> bool:
    return len(row.cells) == 1 and row.cells[0].x1 < left and bool(_UNITS.match(row.cells[0].text))


def _label_and_heads(row: Row, limit: float, left: float) -> bool:
    return len(row.cells) > 1 and row.cells[1].x0 > limit and row.cells[0].x1 < left


def _trailing(rows: Sequence[Row], last: int, columns: Columns) -> int:
    """Take in the rest of a wrapped label under the last data row."""
    following = last + 1
    if following < len(rows) and len(rows[following].cells) == 1:
        row, before = rows[following], rows[last]
        tight = row.top - before.top < 1.35 * before.size
        inside = row.cells[0].x1 < columns[1][0]
        if tight and inside and _starts_low(row.cells[0].text) and not _starts_low(before.cells[0].text):
            return following
    return last


def _starts_low(text: str) -> bool:
    return text.lstrip("(")[:1].islower()


def _merge_lines(lines: list[Row], columns: Columns, shapes: Shapes) -> list[Row]:
    """Join the lines of one wrapped row: one shaded band, or a label that goes on in lower case."""
    out: list[Row] = []
    for line in lines:
        if out and _wraps(out[-1], line, columns, shapes):
            out[-1] = _join_rows(out[-1], line, columns)
        else:
            out.append(line)
    return out


def _wraps(upper: Row, lower: Row, columns: Columns, shapes: Shapes) -> bool:
    one, two = upper.cells, lower.cells
    label = columns[0][1]
    space = lower.top - upper.bottom
    if one[0].x0 > label or one[0].text.endswith(":") or (_is_data(upper) and _is_data(lower)):
        return False
    if two[0].x0 > label:  # amounts without a label, set lower than the label they belong to
        return len(one) == 1 and all(c.kind == "amount" for c in two) and space < 0.35 * lower.size
    heads = min(len(one), len(two)) > 1 and _UNITS.match(two[0].text)  # two lines of one header
    if space > 0.6 * lower.size or heads:
        return False
    unfinished = one[0].text.endswith((",", " and", " of", " to", " for", "—", "-"))
    heading = bool(_DAY.search(one[0].text)) and two[0].text[:1].isalpha()
    goes_on = unfinished and not heading
    return goes_on or _starts_low(two[0].text) or _same_band(upper, lower, shapes)


def _same_band(upper: Row, lower: Row, shapes: Shapes) -> bool:
    """Whether one shaded band lies behind both lines."""
    bands = shapes.bands
    high, low = (upper.top + upper.bottom) / 2, (lower.top + lower.bottom) / 2
    x = upper.cells[0].x0 + 2
    behind = (bands[:, 1] < high) & (bands[:, 3] > low) & (bands[:, 0] < x) & (bands[:, 2] > x)
    thin = bands[:, 3] - bands[:, 1] < 4.5 * (low - high)
    return bool((behind & thin).any())


def _join_rows(upper: Row, lower: Row, columns: Columns) -> Row:
    cells = list(upper.cells)
    for cell in lower.cells:
        place = column_of(cell, columns)
        for i, other in enumerate(cells):
            if column_of(other, columns) == place:
                cells[i] = join_cells(other, cell)
                break
        else:
            cells.append(cell)
    return Row(sorted(cells, key=lambda c: c.x0), upper.words + lower.words)


def _header_count(lines: Sequence[Row]) -> int:
    """How many lines come before the first that has an amount, less the headings of its own section."""
    for i, line in enumerate(lines):
        if any(c.kind == "amount" for c in line.amounts) and not _only_notes(line):
            return i - sum(1 for _ in takewhile(partial(_is_heading, below=line), reversed(lines[:i])))
    return 0


def _only_notes(line: Row) -> bool:
    """Whether what look like amounts are footnote marks of header words on the same line."""
    notes = all(_NOTE.match(c.text) for c in line.cells if c.kind == "amount")
    return notes and any(c.kind == "text" for c in line.cells[1:])


def _is_heading(row: Row, below: Row) -> bool:
    """Whether a row names the section that begins under it: one label, no unit, at the left."""
    only = row.cells[0]
    if len(row.cells) > 1 or _UNITS.match(only.text) or only.text.startswith("("):
        return False
    return only.x0 < below.amounts[0].x0 - 20 and only.x0 <= below.cells[0].x0 + 4


def _body_slots(lines: Sequence[Row], above: int, columns: Columns) -> list[Slot]:
    slots: list[Slot] = []
    for i, line in enumerate(lines, start=above):
        taken: dict[int, Slot] = {}
        for cell in line.cells:
            column = column_of(cell, columns)
            if column in taken:
                taken[column].cell = join_cells(taken[column].cell, cell)
            else:
                taken[column] = Slot(i, column, 1, cell, False)
        slots += taken.values()
    return slots


def _caption(rows: Sequence[Row], start: int, free: int, columns: Columns) -> str:
    """Up to four short title lines above the table."""
    lines: list[str] = []
    below = rows[start]
    for row in reversed(rows[max(free, start - 4) : start]):
        if (
            len(row.cells) > 2
            or row.cells[0].text == "Table of Contents"
            or below.top - row.bottom > 3 * below.size
            or len(row.words) > 14
        ):
            break
        lines.insert(0, " ".join(c.text for c in row.cells))
        below = row
    return "\n".join(lines)
