"""Tables: sorted, searched and exported, and each number leads to its evidence in one click."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
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

    A click on a cell of a column in `leads` opens what stands behind it. The same links stand in a list below
    the grid, for who goes by keyboard: cells of a grid can be read with the arrow keys, but not pressed.
    Cells are shown as text or numbers, never markup.

    Args:
        frame: all rows, with whatever columns the leads need.
        key: names it on its page, and the files it is exported to.
        columns: the columns shown, in order: their heading, or one of `st.column_config`.
        leads: by column name; `{"value": ("evidence", {"id": "evidence_id"})}`.
        alt: what it shows, for who cannot see it.
        height: pixels, or `auto`.
    """
    leads = leads or {}
    config = {name: _column(c) for name, c in columns.items()}
    shown = frame.select(
        _labels(frame[name], config[name]) if name in leads else pl.col(name) for name in columns
    )
    for name, lead in leads.items():
        config[name] = _button(frame, f"{key}-{name}", config[name], lead)
    st.dataframe(
        shown, key=key, hide_index=True, column_config=config, height=height, alt=alt or None, placeholder="–"
    )
    exports(frame, key)
    if leads:
        _as_list(frame, key, list(columns), leads)


def _column(given: Any) -> Any:
    return st.column_config.Column(given) if isinstance(given, str) else given


def _button(frame: pl.DataFrame, key: str, column: Any, lead: Lead) -> Any:
    """The column as one of buttons that look like text: pressed by a click, not by passing over them."""

    def clicked() -> None:
        row = st.session_state[key].row
        if 0 <= row < frame.height and (where := lead_of(frame, row, lead)) is not None:
            place.send(where[0], **where[1])

    return st.column_config.ButtonColumn(
        column.get("label"), width=column.get("width"), help=column.get("help"), alignment="left",
        type="tertiary", key=key, on_click=clicked,
    )  # fmt: skip


def _labels(values: pl.Series, column: Any) -> pl.Series:
    """Cells as the words on their buttons: texts as they are, numbers by the format of their column."""
    shape = (column.get("type_config") or {}).get("format")
    said = [None if v is None else _label(v, shape) for v in values]
    return pl.Series(values.name, said, dtype=pl.String)


def _label(value: Any, shape: str | None) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (int, float)) and shape and "%" in shape:
        return (shape % value).replace("-", "−")
    return str(value).replace(":material/", ":\u2060material/")  # a word of others is no picture


def lead_of(frame: pl.DataFrame, row: int, lead: Lead) -> tuple[str, dict[str, str]] | None:
    """The view and address that a cell leads to; None where the row lacks what the address needs."""
    view, values = lead
    address = {name: frame[at][row] for name, at in values.items()}
    return (view, {name: str(value) for name, value in address.items()}) if all(address.values()) else None


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
