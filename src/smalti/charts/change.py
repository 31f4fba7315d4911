"""One signal at two moments, split by cause; and one signal of several issuers over the same time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import altair as alt
import polars as pl

from smalti.charts.over_time import days, measured, span_of, values
from smalti.charts.theme import (
    GRID,
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
)  # fmt: skip
from smalti.charts.waterfall import moved, whole

_ROW, _BAR = 26, 15  # pixels of a step with its gap, and of its bar
_WIDE = 430
_ROOM = 0.16  # of the span drawn, on either side, for numbers
_SHADES = {"raised": RAISED, "lowered": LOWERED, "same": MUTED}
_POINTS = ("risk", "fraud")
_TALL = 240
_NAME = 30  # letters of an issuer's name

MOST_ISSUERS = 4
"""Courses that one plot can tell apart."""

_STROKES = (LINE, RAISED, LOWERED, NOTICE)
_DASHES = ([1, 0], [6, 3], [2, 2], [9, 3, 2, 3])
_SHAPES = ("circle", "square", "triangle-up", "diamond")


def score_change(
    parts: pl.DataFrame, before: float, after: float, kind: str, moments: tuple[datetime, datetime],
    notes: Notes | None = None,
) -> Chart:  # fmt: skip
    """The steps from a score at one moment to that at a later one; they have to sum to the difference.

    Args:
        parts: `name` (of the cause), `amount` (in the score's unit), in the order of the steps.
        before: the score at the earlier moment.
        after: the score at the later one.
        kind: `risk` or `fraud` (steps are told in percentage points), or any other (in its own unit).
        moments: the earlier and the later one, UTC.
        notes: source, and whether it is synthetic.
    """
    steps = _steps(parts, before, after, kind, moments)
    edges = [*steps["from"], *steps["to"]]
    span = max(edges) - min(edges)
    room = (span or abs(after) or 1.0) * _ROOM
    x = alt.X(
        "from:Q", title=None,
        scale=alt.Scale(domain=[min(edges) - room, max(edges) + room], nice=False, zero=False),
        axis=alt.Axis(format=_axis(kind, span), tickCount=5),
    )  # fmt: skip
    y = alt.Y(
        "label:N", title=None, sort=steps["label"].to_list(),
        axis=alt.Axis(ticks=False, domain=False, labelPadding=6),
    )  # fmt: skip
    ends, bars = steps.filter(pl.col("way") == "end"), steps.filter(pl.col("way") != "end")
    base = alt.Chart(bars)
    shades = alt.Scale(domain=list(_SHADES), range=list(_SHADES.values()))
    up = base.transform_filter("datum.to >= datum.from").mark_text(align="left", dx=5, color=INK)
    down = base.transform_filter("datum.to < datum.from").mark_text(align="right", dx=-5, color=INK)
    joints = steps.with_columns(up=pl.col("label").shift(1)).drop_nulls("up").select("from", "label", "up")
    layers = alt.layer(
        alt.Chart(joints).mark_rule(color=GRID, aria=False).encode(x=x, y=y, y2=alt.Y2("up:N")),
        base.mark_bar(height=_BAR).encode(
            x=x, x2="to:Q", y=y, color=alt.Color("way:N", scale=shades, legend=None)
        ),
        up.encode(x=alt.X("to:Q", title=None), y=y, text="told:N"),
        down.encode(x=alt.X("to:Q", title=None), y=y, text="told:N"),
        alt.Chart(ends).mark_tick(color=LINE, opacity=1, thickness=3, height=_BAR + 4).encode(x=x, y=y),
        alt.Chart(ends)
        .mark_text(align="left", dx=6, color=INK, fontWeight="bold")
        .encode(x=x, y=y, text="told:N"),
    ).properties(width=_WIDE, height=_ROW * steps.height)
    unit = "percentage points" if kind in _POINTS else "points of the score"
    return finished(
        layers, _title(bars, before, after, kind), f"{unit}, added from top to bottom", notes or Notes()
    )


def _steps(
    parts: pl.DataFrame, before: float, after: float, kind: str, moments: tuple[datetime, datetime]
) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [_end(moments[0], before, kind)]
    at = before
    for part in parts.iter_rows(named=True):
        amount = part["amount"]
        way = "raised" if amount > 0 else "lowered" if amount < 0 else "same"
        rows.append(
            {"label": part["name"], "from": at, "to": at + amount, "way": way, "told": _told(kind, amount)}
        )
        at += amount
    rows.append(_end(moments[1], after, kind))
    if rows[-1]["label"] == rows[0]["label"]:  # two moments of one minute: each is a line of its own
        rows[-1]["label"] += "\u200b"
    return pl.DataFrame(rows, schema_overrides={"from": pl.Float64, "to": pl.Float64})


def _told(kind: str, amount: float) -> str:
    told = moved(kind, amount)
    return told if any(digit in "123456789" for digit in told) else told.lstrip("+−")


def _end(moment: datetime, value: float, kind: str) -> dict[str, Any]:
    label = f"{moment:%-d %b %Y, %H:%M}"
    return {"label": label, "from": value, "to": value, "way": "end", "told": whole(kind, value)}


def _axis(kind: str, span: float) -> str:
    if kind not in _POINTS:
        return "+.2f" if span < 0.5 else "+.1f"
    return ".2%" if span < 0.02 else ".1%" if span < 0.1 else ".0%"


def _title(bars: pl.DataFrame, before: float, after: float, kind: str) -> str:
    told = f"From {whole(kind, before)} to {whole(kind, after)}"
    if after == before:
        return f"Unchanged at {whole(kind, after)}"
    way = "raised" if after > before else "lowered"
    same = bars.filter(pl.col("way") == way)
    if not same.height:
        return told
    first = same.with_columns(size=(pl.col("to") - pl.col("from")).abs()).sort("size").row(-1, named=True)
    return f"{told}: {first['label']} {way} it most ({first['told']})"


def issuers_over_time(
    scores: pl.DataFrame, kind: str, horizon_days: int = 0, notes: Notes | None = None
) -> Chart:
    """One signal of up to four issuers over time, on one scale; withheld scores break the line.

    Args:
        scores: `issuer` (names that differ), `as_of` (UTC), `value` (null where withheld); issuers in the
            order they are told, of each the oldest first.
        kind: of the signal.
        horizon_days: trading days ahead, of risk.
        notes: source, and whether it is synthetic.
    """
    called = _called(scores["issuer"].unique(maintain_order=True).to_list())
    drawn = scores.with_columns(pl.col("issuer").replace_strict(called, return_dtype=pl.String))
    names = list(called.values())[:MOST_ISSUERS]
    given = drawn.filter(pl.col("value").is_not_null() & pl.col("issuer").is_in(names))
    bounds = given.with_columns(low=pl.col("value"), high=pl.col("value"))
    low, high = span_of(bounds, kind)
    x = alt.X("as_of:T", title=None, scale=alt.Scale(type="utc", nice=False, padding=12), axis=days())
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[low, high], zero=False), axis=values(kind))
    colour = alt.Color("issuer:N", title=None, scale=alt.Scale(domain=names, range=list(_STROKES)))
    dash = alt.StrokeDash("issuer:N", title=None, scale=alt.Scale(domain=names, range=list(_DASHES)))
    shape = alt.Shape("issuer:N", title=None, scale=alt.Scale(domain=names, range=list(_SHAPES)))
    base = alt.Chart(drawn.filter(pl.col("issuer").is_in(names)).select("issuer", "as_of", "value"))
    layered = alt.layer(
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash),
        base.transform_filter("isValid(datum.value)")
        .mark_point(filled=True, size=45, opacity=1)
        .encode(x=x, y=y, color=colour, shape=shape),
    ).properties(width=WIDTH, height=_TALL)
    return finished(
        layered, _order(given, kind, horizon_days), measured(kind).split(";")[0], notes or Notes()
    )


def _called(names: Sequence[str]) -> dict[str, str]:
    """Short names that differ, too."""
    short: dict[str, str] = {}
    for name in names:
        told = shortened(name, _NAME)
        short[name] = told if told not in short.values() else f"{told} ({len(short) + 1})"
    return short


def _order(given: pl.DataFrame, kind: str, horizon_days: int) -> str:
    """Who stands highest at the end, and who lowest."""
    name = {"risk": f"Risk over {horizon_days} trading days", "fraud": "Fraud probability"}.get(
        kind, kind.capitalize()
    )
    last = given.sort("as_of").group_by("issuer", maintain_order=True).last().sort("value", "issuer")
    if not last.height:
        return f"{name}: every score was withheld"
    newest = last["as_of"].dt.date().max()

    def stands(row: dict[str, Any]) -> str:
        # Who was withheld since stands where they stood then, and that is said.
        old = "" if row["as_of"].date() == newest else f" ({row['as_of']:%-d %b %Y})"
        return f"{whole(kind, row['value'])}{old}"

    low, high = last.row(0, named=True), last.row(-1, named=True)
    if last.height == 1:
        return f"{name}: {high['issuer']} stands at {stands(high)}"
    return (
        f"{name}: {high['issuer']} stands highest at {stands(high)}, {low['issuer']} lowest at {stands(low)}"
    )
