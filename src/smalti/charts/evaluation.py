"""How good a model is: its figure beside those of others, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import altair as alt
import polars as pl

from smalti.charts.theme import INK, LINE, MUTED, RAISED, Chart, Notes, finished, shortened

_ROW, _WIDE = 24, 420
_LABEL = 40
_OURS, _BASELINE, _PUBLISHED = "ours", "baseline", "published"

WHOSE = (_OURS, _BASELINE, _PUBLISHED)
"""Whose a figure is: ours, a baseline measured beside it, or somebody else's publication."""


def side_by_side(
    rows: pl.DataFrame,
    figure: str,
    better: Literal["lower", "higher", "neither"],
    notes: Notes | None = None,
) -> Chart:
    """One figure of several methods or groups, best first, each with its interval.

    What is drawn differs in shape as well as in colour: ours a filled disc, baselines a ring, published ones
    a square.

    Args:
        rows: `label`, `value`, `low`, `high` (95% interval or null), `whose` (one of WHOSE).
        figure: its name and unit.
        better: which way is good; `neither` keeps the order of the rows.
        notes: source, and whether it is synthetic.
    """
    drawn = (
        rows if better == "neither" else rows.sort("value", "label", descending=[better == "higher", False])
    )
    drawn = drawn.with_columns(
        name=pl.col("label").map_elements(lambda text: shortened(text, _LABEL), return_dtype=pl.String),
        told=pl.col("value").map_elements(_told, return_dtype=pl.String),
    )
    y = alt.Y("name:N", title=None, sort=drawn["name"].to_list(), axis=alt.Axis(ticks=False, domain=False))
    scale = alt.Scale(domain=_domain(drawn), nice=False)
    axis = alt.Axis(tickCount=6)
    x = alt.X("value:Q", title=None, scale=scale, axis=axis)
    base = alt.Chart(drawn)
    marks = [
        base.transform_filter(alt.datum.whose == whose).mark_point(**style).encode(x=x, y=y)
        for whose, style in _STYLES.items()
    ]
    layers = alt.layer(
        base.mark_rule(color=MUTED, strokeWidth=1.5).encode(
            x=alt.X("low:Q", scale=scale, title=None, axis=axis), x2="high:Q", y=y
        ),
        *marks,
        base.mark_text(dy=-10, color=INK, fontSize=10).encode(x=x, y=y, text="told:N"),
    ).properties(width=_WIDE, height=_ROW * max(1, drawn.height) + 10)
    return finished(layers, _title(drawn, figure, better), _unit(drawn, figure, better), notes or Notes())


_STYLES: Mapping[str, Mapping[str, Any]] = {
    _OURS: {"shape": "circle", "filled": True, "color": LINE, "size": 90, "opacity": 1},
    _BASELINE: {
        "shape": "circle",
        "filled": False,
        "color": LINE,
        "size": 70,
        "opacity": 1,
        "strokeWidth": 2,
    },
    _PUBLISHED: {"shape": "square", "filled": True, "color": RAISED, "size": 70, "opacity": 1},
}
_MARKS = {
    _OURS: "disc: smalti",
    _BASELINE: "ring: measured beside it",
    _PUBLISHED: "square: published by others",
}


def _domain(drawn: pl.DataFrame) -> list[float]:
    values = [v for name in ("value", "low", "high") for v in drawn[name] if v is not None]
    least, most = min(values, default=0.0), max(values, default=1.0)
    room = (most - least) * 0.06 or 0.01
    return [least - room, most + room]


def _told(value: float) -> str:
    return f"{value:.3f}" if abs(value) >= 0.02 or value == 0 else f"{value:.4f}"


def _title(drawn: pl.DataFrame, figure: str, better: str) -> str:
    capital = f"{figure[:1].upper()}{figure[1:]}"
    ours = drawn.filter(pl.col("whose") == _OURS)
    others = drawn.filter(pl.col("whose") != _OURS)
    if ours.height != 1 or not others.height or better == "neither":
        if not drawn.height:
            return f"{capital}: nothing was measured"
        return f"{capital}: {_told(float(drawn['value'].min()))} to {_told(float(drawn['value'].max()))}"  # type: ignore[arg-type]  # numbers
    own, rival = ours.row(0, named=True), others.row(0, named=True)
    ahead = own["value"] < rival["value"] if better == "lower" else own["value"] > rival["value"]
    order = "ahead of" if ahead else "level with" if own["value"] == rival["value"] else "behind"
    named = shortened(rival["label"], _LABEL)
    told = f"smalti {_told(own['value'])}, {order} {named} at {_told(rival['value'])}"
    if own["low"] is None:
        return f"{told}; no interval was measured"
    within = order != "level with" and own["low"] <= rival["value"] <= own["high"]
    return f"{told}, by less than its interval" if within else told


def _unit(drawn: pl.DataFrame, figure: str, better: str) -> str:
    there = set(drawn["whose"])
    marks = [told for whose, told in _MARKS.items() if whose in there and len(there) > 1]
    way = {"lower": "lower is better", "higher": "higher is better", "neither": ""}[better]
    lines = "lines: 95% interval" if drawn["low"].is_not_null().any() else ""
    return "; ".join(one for one in (f"{figure}, {way}" if way else figure, *marks, lines) if one)
