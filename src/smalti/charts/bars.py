"""What moved a score, and what its contradiction index is made of."""

from __future__ import annotations

import altair as alt
import polars as pl

from smalti.charts.theme import INK, LINE, LOWERED, MUTED, RAISED, Chart, Notes, finished, shortened

_ROW = 24  # pixels of one bar with its gap
_LABEL = 34  # letters of a bar's name
_BAR_WIDTH = 390
_POINTS = ("risk", "fraud")


def contradiction_parts(parts: pl.DataFrame, index: float, notes: Notes | None = None) -> Chart:
    """What a contradiction index is made of, by check; the parts sum to it.

    Args:
        parts: `check` (its name in plain words), `share` (of the index), `matters` (how many).
        index: the whole, 0 to 1.
        notes: source, and whether it is synthetic.
    """
    drawn = parts.sort("share", "check", descending=[True, False]).with_columns(
        told=pl.format("{} ({})", pl.col("share").round(2), "matters"),
    )
    x = alt.X(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, max(1.0, index)]),
        axis=alt.Axis(format=".1f", tickCount=5),
    )
    y = alt.Y("check:N", title=None, sort=drawn["check"].to_list(), axis=alt.Axis(ticks=False, domain=False))
    base = alt.Chart(drawn)
    layers = alt.layer(
        base.mark_bar(color=LINE, height=14).encode(x=x, y=y),
        base.mark_text(align="left", dx=4, color=INK).encode(x=x, y=y, text="told:N"),
    ).properties(width=_BAR_WIDTH, height=_ROW * max(1, drawn.height))
    unit = "share of the contradiction index (0 to 1); in brackets how many matters"
    return finished(layers, _index_title(drawn, index), unit, notes or Notes())


def _index_title(drawn: pl.DataFrame, index: float) -> str:
    if not drawn.height:
        return f"Nothing contradicts anything: the index is {index:.2f}"
    first = drawn.row(0, named=True)
    whole = "over 0.99" if 0.995 <= index < 1 else f"{index:.2f}"  # certainty is not reached by rounding
    return f"Contradiction index {whole}, {first['share']:.2f} of it from {first['check']}"


def attribution_bars(effects: pl.DataFrame, kind: str, notes: Notes | None = None) -> Chart:
    """What raised and what lowered a score, largest first.

    Args:
        effects: `label` (a document, a modality), `effect` in the score's unit.
        kind: `risk`, `fraud` (effects are told in percentage points) or `sentiment`.
        notes: source, and whether it is synthetic.
    """
    scale, digits = (100, 2) if kind in _POINTS else (1, 3)
    drawn = effects.sort(pl.col("effect").abs(), "label", descending=[True, False]).with_columns(
        name=pl.col("label").map_elements(lambda text: shortened(text, _LABEL), return_dtype=pl.String),
        moved=pl.col("effect") * scale,
        way=pl.when(pl.col("effect") >= 0).then(pl.lit("raised")).otherwise(pl.lit("lowered")),
        told=pl.col("effect").map_elements(lambda e: f"{e * scale:+.{digits}f}", return_dtype=pl.String),
    )
    reach = max((abs(v) for v in drawn["moved"]), default=1.0) * 1.25 or 1.0
    x = alt.X(
        "moved:Q",
        title=None,
        scale=alt.Scale(domain=[-reach, reach]),
        axis=alt.Axis(format="+.3~g", tickCount=5),
    )
    y = alt.Y("name:N", title=None, sort=drawn["name"].to_list(), axis=alt.Axis(ticks=False, domain=False))
    colour = alt.Color(
        "way:N", scale=alt.Scale(domain=["raised", "lowered"], range=[RAISED, LOWERED]), title=None
    )
    base = alt.Chart(drawn)
    up = base.transform_filter("datum.moved >= 0").mark_text(align="left", dx=4, color=INK)
    down = base.transform_filter("datum.moved < 0").mark_text(align="right", dx=-4, color=INK)
    layers = alt.layer(
        base.mark_bar(height=13).encode(x=x, y=y, color=colour),
        up.encode(x=x, y=y, text="told:N"),
        down.encode(x=x, y=y, text="told:N"),
        alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=MUTED).encode(x="zero:Q"),
    ).properties(width=_BAR_WIDTH, height=_ROW * max(1, drawn.height))
    unit = "percentage points of the score" if kind in _POINTS else "points of the score, from -1 to +1"
    return finished(layers, _effects_title(drawn), unit, notes or Notes())


def _effects_title(drawn: pl.DataFrame) -> str:
    if not drawn.height:
        return "No single piece of evidence moved it"
    sides = []
    for way in ("raised", "lowered"):
        first = drawn.filter(pl.col("way") == way).head(1)
        if first.height:
            sides.append(f"{first['name'][0]} {way} it most ({first['told'][0]})")
    return "; ".join(sides)
