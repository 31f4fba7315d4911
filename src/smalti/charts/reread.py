"""A published chart drawn anew from the values that were read from it, on an axis from zero."""

from __future__ import annotations

import altair as alt
import polars as pl

from smalti.charts.theme import (
    INK,
    LINE,
    LOWERED,
    MUTED,
    NOTICE,
    RAISED,
    WIDTH,
    Chart,
    Notes,
    finished,
    shortened,
)

_COLOURS = (LINE, NOTICE, LOWERED, RAISED, MUTED, INK)
_HEIGHT = 190
_MOST_POINTS = 400
_NAME = 24  # letters of a series or category
_SLANTED = 8  # categories from which on their names stand at a slant


def chart_read(points: pl.DataFrame, kind: str, title: str, notes: Notes | None = None) -> Chart:
    """The values of a chart: lines where it has lines, else bars; whiskers show how well each was read.

    Args:
        points: `series`, `category`, `value`, `unit`, `error` (half-width, or null), in their order.
        kind: of the published chart: `line`, `bar`, `pie`, …
        title: of the published chart.
        notes: source, and whether it is synthetic.
    """
    rows = points.head(_MOST_POINTS).with_columns(
        name=pl.col("series").map_elements(lambda one: shortened(one, _NAME), return_dtype=pl.String),
        at=pl.col("category").map_elements(lambda one: shortened(one, _NAME), return_dtype=pl.String),
        low=pl.col("value") - pl.col("error").fill_null(0.0),
        high=pl.col("value") + pl.col("error").fill_null(0.0),
    )
    names = rows["name"].unique(maintain_order=True).to_list()
    places = rows["at"].unique(maintain_order=True).to_list()
    x = alt.X("at:N", sort=places, title=None, axis=alt.Axis(labelAngle=-40 if len(places) > _SLANTED else 0))
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format="~s", tickCount=5))
    colour = alt.Color(
        "name:N", sort=names, title=None, legend=alt.Legend() if len(names) > 1 else None,
        scale=alt.Scale(domain=names, range=[_COLOURS[i % len(_COLOURS)] for i in range(len(names))]),
    )  # fmt: skip
    base = alt.Chart(rows)
    whisker = base.mark_rule(color=INK, strokeWidth=1.5)
    if "line" in kind:
        drawn = base.mark_line(point=True, strokeWidth=2).encode(x=x, y=y, color=colour)
        spread = whisker.encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    else:
        offset = alt.XOffset("name:N", sort=names)
        drawn = base.mark_bar().encode(x=x, xOffset=offset, y=y, color=colour)
        spread = whisker.encode(x=x, xOffset=offset, y=alt.Y("low:Q"), y2="high:Q")
    layers = alt.layer(drawn, spread).properties(width=WIDTH, height=_HEIGHT)
    units = ", ".join(one for one in rows["unit"].unique(maintain_order=True).to_list() if one)
    unit = f"as read, {'in ' + units + ', ' if units else ''}from zero; upright lines: how well it was read"
    return finished(layers, title, unit, notes or Notes())
