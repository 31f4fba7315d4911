"""Rows of tables whose columns are years or quarters, as a chart may show them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.models.checks.chart_series import number
from smalti.models.checks.record import Citation
from smalti.platform.chart_words import quarter_of, year_of
from smalti.platform.quantities import Number, read_number
from smalti.platform.records import Evidence

MAX_CELLS = 3_000
"""Cells of one table that are read."""
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_DECIMALS = re.compile(r"\d?\.(\d+)")
_PART_OF_YEAR = re.compile(r"\b(?:months|weeks|inception)\b", re.I)


@dataclass(frozen=True, slots=True)
class Filed:
    """A number as a filing states it, in a fact or in a cell of a table.

    Attributes:
        quote: its words there.
        rounding: half of the last digit it was given with, in its unit.
        unit: `USD`, `USD/share`, `%`, `shares`; empty for a count or ratio of a table.
    """

    evidence_id: str
    document_id: str
    quote: str
    name: str
    value: float
    unit: str
    rounding: float
    available_at: datetime

    @property
    def citation(self) -> Citation:
        """Where it stands, with its words."""
        return Citation(self.evidence_id, self.quote)


def rows_of(
    table: Evidence, known: datetime, wanted: Callable[[str], bool]
) -> Iterator[tuple[str, dict[tuple[int, int], Filed]]]:
    """Each row's label with its numbers by year and quarter (0: the year).

    A column counts that names one year, or one quarter and its year (`First` under a caption with one year);
    a row counts whose numbers are all of one unit.

    Args:
        table: a piece of kind `table`.
        known: when its document became public.
        wanted: whether a row of this label is to be read.
    """
    cells = table.payload.get("cells")
    listed = [c for c in (cells if isinstance(cells, list) else [])[:MAX_CELLS] if isinstance(c, Mapping)]
    caption = str(table.payload.get("caption") or "")[:500]
    columns = _columns(listed, caption)
    if len(columns) < 2:
        return
    by_row: dict[int, list[Mapping[str, Any]]] = {}
    for cell in listed:
        if cell.get("header") is not True and isinstance(cell.get("row"), int):
            by_row.setdefault(cell["row"], []).append(cell)
    lines = table.text.split("\n")
    for at, row in by_row.items():
        label = next((str(c.get("text"))[:200] for c in row if _column(c) == 0), "")
        if not label or not wanted(label):
            continue
        quote = lines[at] if 0 <= at < len(lines) else ""
        found = {
            when: filed
            for c in row
            if (when := columns.get(_column(c))) and (filed := _filed(table, c, label, quote, known))
        }
        if len(found) >= 2 and len({one.unit for one in found.values()}) == 1:
            yield label, found


def _columns(cells: list[Mapping[str, Any]], caption: str) -> dict[int, tuple[int, int]]:
    """The period of each column that names one, where no two name the same."""
    found: dict[int, tuple[int, int]] = {}
    for cell in cells:
        column, text = _column(cell), str(cell.get("text") or "")[:100]
        if cell.get("header") is not True or column < 1:
            continue
        when = _when(text, caption)
        if when is not None and not _PART_OF_YEAR.search(text):
            found[column] = when
    return found if len(set(found.values())) == len(found) and not _PART_OF_YEAR.search(caption) else {}


def _when(text: str, caption: str) -> tuple[int, int] | None:
    quarter = _ORDINALS.get((text.lower().split() or [""])[0])
    year = year_of(text)
    if quarter:
        of = year or year_of(caption)
        return (of, quarter) if of else None
    return (year, 0) if year else quarter_of(text)


def _column(cell: Mapping[str, Any]) -> int:
    column = cell.get("column")
    return column if isinstance(column, int) else -1


def _filed(table: Evidence, cell: Mapping[str, Any], label: str, quote: str, known: datetime) -> Filed | None:
    text = str(cell.get("text") or "")[:60]
    told = read_number(text)
    if not isinstance(told, Number):
        return None
    scale = number(table.payload.get("scale")) or 1.0
    currency = told.currency or table.payload.get("currency")
    unit = "%" if told.percent else str(currency) if isinstance(currency, str) else ""
    value = told.times(scale) if unit not in ("%", "") else told.value
    decimals = _DECIMALS.search(text)
    size = abs(value / told.value) if told.value else 1.0
    rounding = 0.5 * size / 10 ** (len(decimals[1]) if decimals else 0)
    return Filed(table.evidence_id, table.document_id, quote, label, value, unit, rounding, known)
