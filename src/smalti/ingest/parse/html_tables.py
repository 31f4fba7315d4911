"""An HTML table as a plain grid: spans resolved, `$` and `)` cells joined to their numbers, spacers gone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from smalti.ingest.parse.text import clean
from smalti.platform.quantities import Number, read_number

_MAX_SPAN = 200  # columns or rows one cell may cover
_MAX_SLOTS = 200_000  # of a table's grid, spans counted out
_BEFORE = re.compile(r"(?:US|C|A)?[$€£]|[(\[]|[$€£]\s*\(")  # alone in a cell, part of the next one
_AFTER = re.compile(r"[)\]%]{1,2}|\)\s*%|%\s*\)")  # alone in a cell, part of the one before
_YEAR = re.compile(r"(?:19|20)\d\d")
_DASH = re.compile(r"[$€£\s]*[-–—]+")
_FOOTNOTE = re.compile(r"\(?\w{1,2}\)?")


@dataclass(slots=True)
class Cell:
    """A filled cell: its place in the source grid, then in the plain one.

    Attributes:
        start, end: source columns it covers, end excluded.
        elements: the `td` elements joined in it.
    """

    row: int
    start: int
    end: int
    text: str
    marked: bool  # a `th`
    elements: list[HtmlElement] = field(default_factory=list)
    column: int = 0
    span: int = 1
    header: bool = False

    @property
    def amount(self) -> bool:
        """A number (or the dash for none) that is not a year."""
        if _YEAR.fullmatch(self.text):
            return False
        return _DASH.fullmatch(self.text) is not None or isinstance(read_number(self.text), Number)


def read_table(table: HtmlElement) -> list[Cell]:
    """The filled cells of a table in reading order, in a grid whose column 0 holds the labels.

    A column is where amounts end, since a number's right edge lines up whether or not a `$` or `)` has a
    cell of its own. Empty if the table holds no amount beside another cell: it only lays out a page.
    """
    rows = [_joined(row) for row in _rows(table)]
    keys = _keys(rows)
    if not keys or sum(bool(row) for row in rows) < 2:
        return []
    first = next(i for i, row in enumerate(rows) if any(c.amount for c in row) and len(row) > 1)
    cells: list[Cell] = []
    for row in (row for row in rows if row):
        number = cells[-1].row + 1 if cells else 0
        head = row[0].row < rows[first][0].row
        cells += _placed(row, keys, number, head)
    return cells


def payload(cells: Sequence[Cell], caption: str) -> dict[str, Any]:
    """The contract's table payload; a cell over several columns also has `span`."""
    return {
        "rows": cells[-1].row + 1,
        "columns": max(c.column + c.span for c in cells),
        "cells": [
            {"row": c.row, "column": c.column, "text": c.text, "box": None, "header": c.header}
            | ({"span": c.span} if c.span > 1 else {})
            for c in cells
        ],
        "caption": caption,
    }


def rows_text(cells: Sequence[Cell]) -> str:
    """One line a row, cells joined with ` | `."""
    lines: dict[int, list[str]] = {}
    for cell in cells:
        line = lines.setdefault(cell.row, [])
        line += [""] * (cell.column - len(line)) + [cell.text]
    return "\n".join(" | ".join(line) for line in lines.values())


def cell_text(element: HtmlElement, *, notes: bool = True) -> str:
    """The visible words of an element; `notes` keeps footnote marks set as superscripts."""
    parts: list[str] = []
    hidden = 0
    for event, node in _events(element):
        opens = event == "start"
        unseen = is_hidden(node) or (not notes and node.tag == "sup" and _is_note(node))
        if unseen:
            hidden += 1 if opens else -1
        if opens and node.tag in ("br", "p", "div", "li", "tr"):
            parts.append(" ")
        text = node.text if opens else node.tail if node is not element else None
        if text and not hidden:
            parts.append(text)
    return " ".join(clean("".join(parts)).split())


def is_hidden(node: HtmlElement) -> bool:
    """Not shown to a reader: script, style, comment, or styled away."""
    if not isinstance(node.tag, str) or node.tag in ("script", "style", "template", "ix:header"):
        return True
    style = (node.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style


def _events(element: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """Start and end of every node below and with `element`, without recursion."""
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        node, done = stack.pop()
        if done:
            yield "end", node
            continue
        yield "start", node
        stack.append((node, True))
        stack += [(child, False) for child in reversed(node)]


def _is_note(node: HtmlElement) -> bool:
    return _FOOTNOTE.fullmatch(("".join(node.itertext())).strip()) is not None


def _rows(table: HtmlElement) -> Iterator[list[Cell]]:
    """Filled cells of each row with their source columns; a cell over several rows stands in its first."""
    held: dict[int, int] = {}  # source column -> rows it is still covered for
    slots = 0
    for number, tr in enumerate(tr for tr in table.iter("tr") if _nearest_table(tr) is table):
        at = 0
        row: list[Cell] = []
        covered = {column for column, left in held.items() if left > 0}
        held = {column: left - 1 for column, left in held.items() if left > 1}
        for td in (c for c in tr if c.tag in ("td", "th")):
            while at in covered:
                at += 1
            wide, tall = _span(td, "colspan"), _span(td, "rowspan")
            slots += wide * tall
            if slots > _MAX_SLOTS:
                return
            if tall > 1:
                held.update(dict.fromkeys(range(at, at + wide), tall - 1))
            text = cell_text(td, notes=False)
            if text:
                row.append(Cell(number, at, at + wide, text, td.tag == "th", [td]))
            at += wide
        yield row


def _nearest_table(node: HtmlElement) -> HtmlElement | None:
    return next(node.iterancestors("table"), None)


def _span(td: HtmlElement, name: str) -> int:
    text = (td.get(name) or "1").strip()
    return min(max(int(text), 1), _MAX_SPAN) if re.fullmatch(r"\d{1,4}", text) else 1


def _joined(row: list[Cell]) -> list[Cell]:
    """The row with lone `$`, `(`, `)` and `%` cells joined to the number they belong to.

    A joined cell ends where the number itself ended, so that columns keep lining up.
    """
    cells: list[Cell] = []
    for cell in row:
        last = cells[-1] if cells else None
        if last is not None and _BEFORE.fullmatch(last.text) and last.end == cell.start:
            cells[-1] = _merge(last, cell, cell.end)
        elif last is not None and _AFTER.fullmatch(cell.text) and re.search(r"[\d—–-]$", last.text):
            cells[-1] = _merge(last, cell, last.end)
        else:
            cells.append(cell)
    return cells


def _merge(left: Cell, right: Cell, end: int) -> Cell:
    glue = " " if left.text[-1] in "$€£" else ""
    elements = left.elements + right.elements
    return Cell(left.row, left.start, end, left.text + glue + right.text, left.marked, elements)


def _keys(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Last source column of each column of amounts; near ones that no row fills both of are one."""
    filled = [{c.end - 1 for c in row if c.amount} for row in rows if len(row) > 1]
    keys: list[int] = []
    for key in sorted(set().union(*filled)):
        if keys and key - keys[-1] <= 2 and not any({key, keys[-1]} <= ends for ends in filled):
            keys[-1] = key
        else:
            keys.append(key)
    return keys


def _placed(row: Sequence[Cell], keys: Sequence[int], number: int, head: bool) -> list[Cell]:
    placed: list[Cell] = []
    for cell in row:
        first, beyond = bisect_left(keys, cell.start), bisect_left(keys, cell.end)
        amount = cell.amount or _YEAR.fullmatch(cell.text)
        if beyond > first:
            cell.column, cell.span = 1 + first, beyond - first
        elif first == 0 and not amount:
            cell.column = 0
        else:
            cell.column = 1 + min(first, len(keys) - 1)
        if not head and cell is row[0] and not amount:
            cell.column, cell.span = 0, 1
        cell.row, cell.header = number, head or cell.marked
        if placed and cell.column < placed[-1].column + placed[-1].span:
            cell.column = placed[-1].column + placed[-1].span
        placed.append(cell)
    return placed
