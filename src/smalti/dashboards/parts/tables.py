"""Tables: sorted, searched and exported, and each number leads to its evidence in one click."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import polars as pl
import streamlit as st

from smalti.dashboards import place

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

    Clicking a cell of a column in `leads` opens what stands behind it. Cells are shown as text or
    numbers, never as markup.

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
    if not leads:
        st.dataframe(shown, key=key, hide_index=True, column_config=config, height=height, alt=alt or None)
    else:
        state = st.dataframe(
            shown, key=key, hide_index=True, column_config=config, height=height, alt=alt or None,
            on_select="rerun", selection_mode="single-cell",
        )  # fmt: skip
        _follow(frame, state, leads, key)
    exports(frame, key)


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


def _follow(frame: pl.DataFrame, state: Any, leads: Mapping[str, Lead], key: str) -> None:
    cells: Sequence[tuple[int, str]] = state.selection.get("cells", [])
    # A selection stays when one comes back to the page: only a new one leads anywhere.
    if not cells or st.session_state.get(f"{key}-followed") == cells:
        return
    st.session_state[f"{key}-followed"] = cells
    row, column = cells[0]
    if (lead := leads.get(column)) is None or row >= frame.height:
        return
    view, values = lead
    address = {name: frame[at][row] for name, at in values.items()}
    if all(address.values()):
        place.go(view, **{name: str(value) for name, value in address.items()})


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
