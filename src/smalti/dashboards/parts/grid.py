"""A table as its document has it: the cited cell lit, and numbers that lead to their own evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from smalti.client.base import Json

_MOST_ROWS, _MOST_COLUMNS = 300, 60

_HERE = Path(__file__)
_grid = st.components.v2.component(
    "smalti-grid",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)

Place = tuple[int, int]
"""Row and column, from 0."""


def grid(
    table: Json,
    key: str,
    *,
    label: str,
    lit: Place | None,
    leads: Mapping[Place, str],
    follow: Callable[[str], None],
) -> None:
    """A table.

    Args:
        table: the payload of its evidence: `cells`, `caption`.
        key: names it on its page.
        label: what it is, read aloud.
        lit: the cell that is cited.
        leads: evidence of the numbers that have their own, by cell.
        follow: is given the id of that which somebody picks, before the page runs again.
    """

    def picked() -> None:
        wanted = st.session_state[key].picked
        if wanted in leads.values():  # the browser says so
            follow(wanted)

    data = {"caption": table.get("caption") or "", "label": label, "rows": rows(table, lit, leads)}
    _grid(data=data, key=key, on_picked_change=picked)


def rows(table: Json, lit: Place | None, leads: Mapping[Place, str]) -> list[list[dict[str, Any]]]:
    """Its cells by row, empty ones filled in; what a header spans is left out."""
    cells: Sequence[Json] = table.get("cells") or ()
    by_place = {
        (cell["row"], cell["column"]): cell
        for cell in cells
        if 0 <= cell["row"] < _MOST_ROWS and 0 <= cell["column"] < _MOST_COLUMNS
    }
    if not by_place:
        return []
    height = 1 + max(row for row, _ in by_place)
    width = 1 + max(column for _, column in by_place)
    made = []
    for row in range(height):
        line: list[dict[str, Any]] = []
        column = 0
        while column < width:
            cell = by_place.get((row, column), {})
            span = min(max(int(cell.get("span") or 1), 1), width - column)
            line.append(
                {
                    "text": cell.get("text") or "",
                    "header": bool(cell.get("header")) or (column == 0 and bool(cell.get("text"))),
                    "column": column,
                    "span": span,
                    "lit": (row, column) == lit,
                    "id": leads.get((row, column)),
                }
            )
            column += span
        made.append(line)
    return made
