"""Tables: sorted, searched and exported, and each number leads to its evidence in one click."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import polars as pl
import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.parts.text import plain

_LISTED, _SAID = 25, 4
"""Rows of the list of links, and cells told of each."""

Lead = tuple[str, Mapping[str, str]]
"""Where a cell leads: a view, and which columns (of the whole frame) give the values of its address."""


def table(
    frame: pl.DataFrame,
    key: str,
    *,
    columns: Mapping[str, Any],
    leads: Mapping[str, Lead] | None = None,
    alt: str = "",
    height: int | Literal["auto"] = "auto",
) -> None:
    """A frame as a grid with its exports below.

    Clicking a cell of a column in `leads` opens what stands behind it; the same links stand in a list below
    the grid, for who goes by keyboard or is read the page. Cells are shown as text or numbers, never markup.

    Args:
        frame: all rows, with whatever columns the leads need.
        key: names it on its page, and the files it is exported to.
        columns: the columns shown, in order: their heading, or one of `st.column_config`.
        leads: by column name; `{"value": ("evidence", {"id": "evidence_id"})}`.
        alt: what it shows, for who cannot see it.
        height: pixels, or `auto`.
    """
    shown = frame.select(list(columns))
    config: dict[Any, Any] = {
        name: st.column_config.Column(c) if isinstance(c, str) else c for name, c in columns.items()
    }
    drawn: dict[str, Any] = {
        "hide_index": True,
        "column_config": config,
        "height": height,
        "alt": alt or None,
    }
    if not leads:
        st.dataframe(shown, key=key, **drawn)
        exports(frame, key)
        return
    # Told by an event, not by what is selected: nothing leads away from a page that one has come back to.
    st.dataframe(
        shown, key=key, **drawn, selection_mode="single-cell", on_select=lambda: _selected(frame, leads, key)
    )
    if (asked := st.session_state.pop(f"{key}-leads", None)) is not None:
        place.go(asked[0], **asked[1])
    exports(frame, key)
    _as_list(frame, key, list(columns), leads)


def lead_of(frame: pl.DataFrame, row: int, lead: Lead) -> tuple[str, dict[str, str]] | None:
    """The view and address that a cell leads to; None where the row lacks what the address needs."""
    view, values = lead
    address = {name: frame[at][row] for name, at in values.items()}
    return (view, {name: str(value) for name, value in address.items()}) if all(address.values()) else None


def _selected(frame: pl.DataFrame, leads: Mapping[str, Lead], key: str) -> None:
    cells: Sequence[tuple[int, str]] = st.session_state[key].selection.get("cells", [])
    for row, column in cells:
        if column in leads and row < frame.height:
            st.session_state[f"{key}-leads"] = lead_of(frame, row, leads[column])


def _as_list(frame: pl.DataFrame, key: str, columns: Sequence[str], leads: Mapping[str, Lead]) -> None:
    """The first rows as links; made only when it is opened."""
    folded = st.expander("As a list of links", key=f"{key}-list", on_change="rerun", type="compact")
    if not folded.open:
        return
    with folded:
        for row in range(min(frame.height, _LISTED)):
            for column, lead in leads.items():
                if (where := lead_of(frame, row, lead)) is not None:
                    place.link(_told(frame, row, column, columns), where[0], **where[1])
        if frame.height > _LISTED:
            st.caption(f"The first {_LISTED} of {frame.height:,} rows; the exports hold all of them.")


def _told(frame: pl.DataFrame, row: int, column: str, columns: Sequence[str]) -> str:
    """A row in words, what the link is of first."""
    order = [column, *(name for name in columns if name != column)]
    said = [frame[name][row] for name in order]
    texts = [value if isinstance(value, str) else str(value) for value in said if value not in (None, "")]
    return plain(" · ".join(texts[:_SAID]), 200)


def exports(frame: pl.DataFrame, key: str) -> None:
    """The whole frame as CSV and Parquet; made when asked for."""
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "CSV", lambda: _csv(frame), f"{key}.csv", "text/csv", key=f"{key}-csv", type="tertiary",
            icon=":material/download:", on_click="ignore", help="Download this table as CSV",
        )  # fmt: skip
        st.download_button(
            "Parquet", lambda: _parquet(frame), f"{key}.parquet", "application/vnd.apache.parquet",
            key=f"{key}-parquet", type="tertiary", icon=":material/download:", on_click="ignore",
            help="Download this table as Parquet",
        )  # fmt: skip


def _csv(frame: pl.DataFrame) -> bytes:
    return _quoted(frame).write_csv().encode()


def _quoted(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists joined, and texts that a spreadsheet would run as a formula begun with an apostrophe."""
    lists = [name for name, kind in frame.schema.items() if kind == pl.List(pl.String)]
    joined = frame.with_columns(pl.col(name).list.join("; ") for name in lists)
    texts = [name for name, kind in joined.schema.items() if kind == pl.String]
    starts = [pl.col(name).str.contains(r"^[=+\-@\t\r]") for name in texts]
    return joined.with_columns(
        pl.when(start).then(pl.concat_str(pl.lit("'"), pl.col(name))).otherwise(pl.col(name)).alias(name)
        for name, start in zip(texts, starts, strict=True)
    )


def _parquet(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()
