"""Charts of `smalti.charts` on a page: light or dark, as wide as there is room, with their exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from smalti import charts
from smalti.charts.theme import Chart
from smalti.dashboards import place
from smalti.dashboards.parts.tables import Lead, exports
from smalti.dashboards.parts.text import plain


def chart(
    drawn: Chart,
    key: str,
    *,
    alt: str,
    data: pl.DataFrame | None = None,
    leads: Mapping[str, Lead] | None = None,
) -> None:
    """A chart with its exports below.

    Args:
        drawn: by a builder of `smalti.charts`.
        key: names it on its page, and the files it is exported to.
        alt: what it shows, for who cannot see it: its finding in a sentence.
        data: its numbers, exported as CSV and Parquet.
        leads: by the chart's selections, where a mark that is picked leads: a view, and which of the mark's
            fields give the values of its address; `{"picked": ("evidence", {"id": "key"})}`. A list of the
            same links has to stand beside it, for marks of a chart cannot be reached by keyboard.
    """
    title, lines = charts.heading(drawn)
    st.markdown(f"**{plain(title, 600)}**")
    st.caption("  \n".join(plain(line) for line in lines))
    spec = charts.on_screen(drawn, dark=st.context.theme.type == "dark", told=alt)
    if leads:
        st.vega_lite_chart(
            spec, theme=None, key=key, on_select=lambda: _picked(key, leads), selection_mode=list(leads)
        )
    else:
        st.vega_lite_chart(spec, theme=None, key=key)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "PNG", lambda: charts.png(drawn), f"{key}.png", "image/png", key=f"{key}-png", type="tertiary",
            icon=":material/download:", on_click="ignore", help="Download this chart as a picture",
        )  # fmt: skip
        if data is not None:
            exports(data, key)


def _picked(key: str, leads: Mapping[str, Lead]) -> None:
    """Go where the mark leads that was just picked; what the browser says of it only ends in the address."""
    selection: Mapping[str, Any] = st.session_state[key].selection
    for name, (view, values) in leads.items():
        marks = selection.get(name)
        if isinstance(marks, list) and marks and isinstance(marks[-1], Mapping):
            address = {part: marks[-1].get(field) for part, field in values.items()}
            if all(isinstance(value, str) and value for value in address.values()):
                place.send(view, **address)
