"""Charts of `smalti.charts` on a page: light or dark, as wide as there is room, with their exports."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from smalti import charts
from smalti.charts.theme import Chart
from smalti.dashboards.parts.tables import exports


def chart(
    drawn: Chart, key: str, *, alt: str, data: pl.DataFrame | None = None, pick: str | None = None
) -> Any:
    """A chart with its exports below.

    Args:
        drawn: by a builder of `smalti.charts`.
        key: names it on its page, and the files it is exported to.
        alt: what it shows, for who cannot see it: its finding in a sentence.
        data: its numbers, exported as CSV and Parquet.
        pick: name of a selection parameter of the chart; what is picked is returned.

    Returns what is picked (Streamlit's state of the chart), if `pick` is given.
    """
    spec = charts.on_screen(drawn, dark=st.context.theme.type == "dark", told=alt)
    chosen: dict[str, Any] = {"on_select": "rerun", "selection_mode": pick} if pick else {}
    state = st.vega_lite_chart(spec, theme=None, key=key, alt=alt, **chosen)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "PNG", lambda: charts.png(drawn), f"{key}.png", "image/png", key=f"{key}-png", type="tertiary",
            icon=":material/download:", on_click="ignore", help="Download this chart as a picture",
        )  # fmt: skip
        if data is not None:
            exports(data, key)
    return state
