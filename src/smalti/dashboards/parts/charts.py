"""Charts of `smalti.charts` on a page: light or dark, as wide as there is room, with their exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from smalti import charts
from smalti.charts.theme import Chart
from smalti.dashboards.parts.tables import exports


def chart(
    drawn: Chart,
    key: str,
    *,
    alt: str,
    data: pl.DataFrame | None = None,
    pick: str | Sequence[str] | None = None,
) -> Mapping[str, Mapping[str, Any]]:
    """A chart with its exports below.

    Args:
        drawn: by a builder of `smalti.charts`.
        key: names it on its page, and the files it is exported to.
        alt: what it shows, for who cannot see it: its finding in a sentence.
        data: its numbers, exported as CSV and Parquet.
        pick: names of the chart's selections whose marks can be picked; a list of the same links has to
            stand beside it, for marks of a chart cannot be reached by keyboard.

    Returns:
        What was just picked, by selection: the fields that it names. Only the run that follows a pick
        tells it, so nothing leads away from a page that one has come back to.
    """
    spec = charts.on_screen(drawn, dark=st.context.theme.type == "dark", told=alt)
    names = [pick] if isinstance(pick, str) else list(pick or ())

    def picked() -> None:
        st.session_state[f"{key}-picked"] = _fields(st.session_state[key].selection, names)

    if names:
        st.vega_lite_chart(spec, theme=None, key=key, on_select=picked, selection_mode=names)
    else:
        st.vega_lite_chart(spec, theme=None, key=key)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "PNG", lambda: charts.png(drawn), f"{key}.png", "image/png", key=f"{key}-png", type="tertiary",
            icon=":material/download:", on_click="ignore", help="Download this chart as a picture",
        )  # fmt: skip
        if data is not None:
            exports(data, key)
    chosen: Mapping[str, Mapping[str, Any]] = st.session_state.pop(f"{key}-picked", {})
    return chosen


def _fields(selection: Mapping[str, Any], names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The fields of the last mark picked, by selection; a browser sends them, so check them."""
    found: dict[str, Mapping[str, Any]] = {}
    for name in names:
        marks = selection.get(name)
        if isinstance(marks, list) and marks and isinstance(marks[-1], dict):
            found[name] = dict(marks[-1])
    return found
