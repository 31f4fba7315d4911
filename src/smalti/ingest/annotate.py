"""What a filing's pieces are told of their surroundings: section and heading, and what heads a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from smalti.ingest.fiscal import read_calendar
from smalti.ingest.parse.contract import Piece
from smalti.ingest.sections import Block, places
from smalti.ingest.statements import Found, find_tables, words_of
from smalti.ingest.table_facts import Filing, context_of
from smalti.ingest.table_periods import Periods
from smalti.ingest.table_units import Units, first_scale
from smalti.platform.quantities import Period
from smalti.platform.records import EvidenceKind

__all__ = ["annotate"]

_ASKED = 6  # rows asked for a column's days


def annotate(pieces: Sequence[Piece], form: str = "") -> list[Piece]:
    """The pieces with what surrounds them in their payloads.

    Paragraphs, tables and figures get `section` (the item: `1A`, `8.01`), `part` and `heading`, empty where
    there are none. Tables also get `row_paths` (for each row its label under its section labels),
    `column_paths` (for each column its header labels from the top; one list a header, as a table may set
    another in its middle), `periods` (for each column its days or null, where all rows agree), `scale` and
    `currency` (null where not stated).

    Args:
        pieces: of one document in reading order.
        form: as the cover states it, empty where unknown.
    """
    blocks = [Block(p.text, p.locator.page, p.kind is not EvidenceKind.PARAGRAPH) for p in pieces]
    stands = places(blocks, form)
    tables = {found.index: found for found in find_tables(pieces)}
    filing = Filing(read_calendar(words_of(pieces)))
    out = []
    for index, (piece, place) in enumerate(zip(pieces, stands, strict=True)):
        payload: dict[str, Any] = {
            **piece.payload,
            "section": place.section,
            "part": place.part,
            "heading": place.heading,
        }
        if index in tables:
            payload |= _table(tables[index], filing)
        out.append(replace(piece, payload=payload))
    return out


def _table(found: Found, filing: Filing) -> dict[str, Any]:
    grid = found.grid
    context = context_of(found, filing)
    periods, units = Periods(grid, context), Units(grid, context)
    paths: list[list[str]] = [[] for _ in range(max((line.row for line in grid.lines), default=-1) + 1)]
    for line in grid.lines:
        paths[line.row] = list(line.path)
    heads = [list(map(list, _column_paths(found, head))) for head in range(len(grid.heads))]
    scale = first_scale([h["text"] for h in grid.heads[0]] + list(context.titles))
    amounts = [a for line in grid.lines for a in line.amounts.values()]
    return {
        "row_paths": paths,
        "column_paths": heads,
        "periods": [_days(periods, found, column) for column in range(grid.columns)],
        "scale": scale.money if scale else None,
        "currency": next((c for a in amounts if (c := units.currency(a))), None),
    }


def _column_paths(found: Found, head: int) -> Iterator[tuple[str, ...]]:
    return (found.grid.column_path(column, head) for column in range(found.grid.columns))


def _days(periods: Periods, found: Found, column: int) -> dict[str, str | None] | None:
    """The days of a column that all of its rows have, as ISO dates."""
    lines = [line for line in found.grid.lines if column in line.amounts][:_ASKED]
    stated: set[Period | None] = {periods.of(line, column) for line in lines}
    period = stated.pop() if len(stated) == 1 else None
    if period is None:
        return None
    start = period.start.isoformat() if period.start else None
    return {"start": start, "end": period.end.isoformat()}
