"""How a score comes about: from what a model says knowing nothing, step by step to its value."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from smalti.charts.theme import GRID, INK, LINE, LOWERED, MUTED, RAISED, Chart, Notes, finished, shortened

PICKED = "picked"
"""Name of the selection of a bar; what is picked names its `key`."""

_ROW = 26  # pixels of one step with its gap
_BAR = 15
_LABEL = 36  # letters of a step's name
_WIDE = 430
_POINTS = ("risk", "fraud")
_ROOM = 0.16  # of the span drawn, on either side, for numbers
_SHADES = {"raised": RAISED, "lowered": LOWERED, "rest": MUTED}

START, END = "knowing nothing", "the score"


def waterfall(
    parts: pl.DataFrame, start: float, value: float, kind: str, notes: Notes | None = None
) -> Chart:
    """The steps from `start` to `value`, in the order given; they have to sum to the difference.

    Args:
        parts: `key` (told when a bar is picked), `label`, `effect` (in the score's unit), `rest` (whether it
            is what is left over, and so leads nowhere).
        start: the score of nothing known.
        value: the score.
        kind: `risk` or `fraud` (steps are told in percentage points), or `sentiment`.
        notes: source, and whether it is synthetic.
    """
    steps = _steps(parts, start, value, kind)
    bars, ends = steps.filter(pl.col("way") != "end"), steps.filter(pl.col("way") == "end")
    edges = [*steps["from"], *steps["to"]]
    room = (max(edges) - min(edges) or abs(value) or 1.0) * _ROOM
    x = alt.X(
        "from:Q",
        title=None,
        scale=alt.Scale(domain=[min(edges) - room, max(edges) + room], nice=False, zero=False),
        axis=alt.Axis(format=_axis(kind, max(edges) - min(edges)), tickCount=5),
    )
    y = alt.Y("label:N", title=None, sort=steps["label"].to_list(), axis=_NAMES)
    shades = alt.Scale(domain=list(_SHADES), range=list(_SHADES.values()))
    colour = alt.Color("way:N", scale=shades, legend=None)
    picked = alt.selection_point(name=PICKED, fields=["key"], on="click", toggle=False)
    tip = [alt.Tooltip("full:N", title="Step"), alt.Tooltip("told:N", title="Moved it by")]
    base = alt.Chart(bars.with_columns(said=pl.format("{}: {}", "full", "told")))
    right = base.transform_filter("datum.to >= datum.from").mark_text(align="left", dx=5, color=INK)
    left = base.transform_filter("datum.to < datum.from").mark_text(align="right", dx=-5, color=INK)
    layers = alt.layer(
        _joints(steps, x, y),
        base.mark_bar(height=_BAR, cursor="pointer")
        .encode(x=x, x2="to:Q", y=y, color=colour, tooltip=tip, description="said:N")
        .add_params(picked),
        right.encode(x=alt.X("to:Q", title=None), y=y, text="told:N"),
        left.encode(x=alt.X("to:Q", title=None), y=y, text="told:N"),
        alt.Chart(ends).mark_tick(color=LINE, opacity=1, thickness=3, height=_BAR + 4).encode(x=x, y=y),
        alt.Chart(ends)
        .mark_text(align="left", dx=6, color=INK, fontWeight="bold")
        .encode(x=x, y=y, text="told:N"),
    ).properties(width=_WIDE, height=_ROW * steps.height)
    return finished(layers, _title(steps, start, value, kind), _unit(kind), notes or Notes())


_NAMES = alt.Axis(ticks=False, domain=False, labelPadding=6)


def _steps(parts: pl.DataFrame, start: float, value: float, kind: str) -> pl.DataFrame:
    rows = [_end(START, start, kind)]
    at = start
    for number, part in enumerate(parts.iter_rows(named=True)):
        after = at + part["effect"]
        way = "rest" if part["rest"] else "raised" if part["effect"] >= 0 else "lowered"
        label = shortened(part["label"], _LABEL)
        # Two files may be called the same, and each has a line of its own.
        label += "\u200b" * sum(row["label"].rstrip("\u200b") == label for row in rows)
        rows.append(
            {"key": part["key"], "label": label, "full": part["label"], "from": at, "to": after, "way": way}
            | {"told": moved(kind, part["effect"]), "number": number}
        )
        at = after
    rows.append(_end(END, value, kind))
    return pl.DataFrame(
        [row | {"place": place} for place, row in enumerate(rows)],
        schema_overrides={"from": pl.Float64, "to": pl.Float64, "key": pl.String, "number": pl.Int64},
    )


def _end(label: str, value: float, kind: str) -> dict[str, Any]:
    told = {"told": whole(kind, value), "number": None}
    return {"key": None, "label": label, "full": label, "from": value, "to": value, "way": "end"} | told


def _joints(steps: pl.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    """A faint line at the level each step begins at, so that the eye can follow it down."""
    begun = steps.with_columns(up=pl.col("label").shift(1)).drop_nulls("up")
    rule = alt.Chart(begun.select("from", "label", "up")).mark_rule(color=GRID, aria=False)
    joints: alt.Chart = rule.encode(x=x, y=y, y2=alt.Y2("up:N"))
    return joints


def whole(kind: str, value: float) -> str:
    """A score: `38.5%`, `0.97%`, `+0.31`."""
    if kind in _POINTS:
        return f"{value:.2%}" if kind == "fraud" else f"{value:.1%}"
    return f"{value:+.2f}".replace("-", "−")


def moved(kind: str, effect: float) -> str:
    """A step: `+14.3 pp` (percentage points), `−0.51`; of fraud, whose scores are small, with more digits."""
    if kind not in _POINTS:
        return f"{effect:+.2f}".replace("-", "−")
    return f"{effect * 100:+.{3 if kind == 'fraud' else 1}f} pp".replace("-", "−")


def _axis(kind: str, span: float) -> str:
    if kind not in _POINTS:
        return "+.2f" if span < 0.5 else "+.1f"
    return ".2%" if span < 0.02 else ".1%" if span < 0.1 else ".0%"


def _title(steps: pl.DataFrame, start: float, value: float, kind: str) -> str:
    told = f"From {whole(kind, start)} for a company nothing is known of to {whole(kind, value)}"
    named = steps.filter(pl.col("way").is_in(["raised", "lowered"]))
    if not named.height:
        return f"{told}: no single piece of evidence moved it"
    first = named.with_columns(size=(pl.col("to") - pl.col("from")).abs()).sort("size").row(-1, named=True)
    return f"{told}: {first['label']} {first['way']} it most ({first['told']})"


def _unit(kind: str) -> str:
    points = "percentage points of " + ("annualised volatility" if kind == "risk" else "the probability")
    return f"{points if kind in _POINTS else 'points of the score, from −1 to +1'}, added from top to bottom"
