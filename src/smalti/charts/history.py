"""One signal over time with its interval; above it filings, calls, bursts, findings and changes of model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from smalti.charts.over_time import days, hatched, measured, span_of, told, trend, values, withheld, y_of
from smalti.charts.theme import BAND, GRID, INK, LINE, MUTED, NOTICE, WIDTH, Chart, Notes, finished

SCORE, EVENT = "score", "event"
"""Names of the selections: of a score (its `signal_id`), and of an event (its `evidence_id`)."""

MOST_DRAWN = 400
"""Moments drawn; of longer series each of as many spans gives its first, last, highest and lowest."""

LANES = ("model", "filing", "call", "news", "social", "finding")
"""Kinds of events, each with a line of its own above the scores, top to bottom."""

_CALLED: Mapping[str, str] = {
    "model": "model", "filing": "filings", "call": "calls", "news": "news bursts", "social": "post bursts",
    "finding": "findings",
}  # fmt: skip
_SHAPES = {
    "model": "cross", "filing": "square", "call": "circle", "news": "triangle-up", "social": "triangle-down",
    "finding": "diamond",
}  # fmt: skip
_PLOT, _LANE, _GAP = 190, 16, 12
WITHHELD = "withheld"
_MANY = 90
"""Moments past which each is not marked by a dot of its own."""


def thinned(scores: pl.DataFrame, most: int = MOST_DRAWN) -> pl.DataFrame:
    """A long series with no more moments than can be told apart, and every peak, gap and edge of it.

    Args:
        scores: `as_of`, `value`, `low`, `high`, `model_version`, oldest first.
        most: about how many moments to keep.

    Returns:
        The rows that are the first, last, highest or lowest (by value, and by the interval's ends) of their
        span of time, and those on either side of a change between given and withheld, or of model.
    """
    if scores.height <= most:
        return scores
    start, end = (float(scores["as_of"].dt.timestamp("us")[at]) for at in (0, -1))
    spans = max(1, most // 6)
    span = ((pl.col("as_of").dt.timestamp("us") - start) / max(1.0, end - start) * spans).cast(pl.Int64)
    numbered = scores.with_row_index("row").with_columns(span=span.clip(0, spans - 1))
    edges = numbered.group_by("span").agg(
        pl.col("row").first().alias("first"),
        pl.col("row").last().alias("last"),
        pl.col("row").sort_by("value", nulls_last=False).last().alias("top"),
        pl.col("row").sort_by("value", nulls_last=True).first().alias("bottom"),
        pl.col("row").sort_by("high", nulls_last=False).last().alias("widest"),
        pl.col("row").sort_by("low", nulls_last=True).first().alias("lowest"),
    )
    kept = {row for name in edges.columns if name != "span" for row in edges[name]}
    changed = numbered.select(
        "row",
        turned=(pl.col("value").is_null() != pl.col("value").is_null().shift(1))
        | (pl.col("model_version") != pl.col("model_version").shift(1)),
    ).filter("turned")["row"]
    kept |= {row + step for row in changed for step in (-1, 0)}
    return numbered.filter(pl.col("row").is_in(sorted(kept))).drop("row", "span")


def score_history(
    scores: pl.DataFrame,
    events: pl.DataFrame,
    kind: str,
    horizon_days: int = 0,
    notes: Notes | None = None,
    *,
    chosen: str | None = None,
) -> Chart:
    """One signal over time, with events in lines above it; both can be picked.

    Args:
        scores: `signal_id`, `as_of` (UTC), `value`, `low`, `high` (null where withheld or not given),
            `in_sample`; oldest first.
        events: `evidence_id`, `at` (UTC), `lane` (one of `LANES`), `told` (in words); may be empty.
        kind: of the signal, or of a sub-signal.
        horizon_days: trading days ahead, of risk.
        notes: source, and whether it is synthetic.
        chosen: id of the signal that is looked at, ringed.
    """
    given = scores.filter(pl.col("value").is_not_null())
    low, high = span_of(given, kind)
    lanes = [lane for lane in LANES if lane in set(events["lane"])]
    top = len(lanes) * _LANE + (_GAP if lanes else 0)
    height = top + _PLOT
    x = alt.X("as_of:T", title=None, scale=alt.Scale(type="utc", nice=False, padding=12), axis=days())
    scale = alt.Scale(domain=[low, high], range=[height, top], zero=False)
    y = alt.Y("value:Q", title=None, scale=scale, axis=values(kind))
    layers: list[alt.Chart] = [
        *hatched(scores, low, high),
        *_band(scores, given, x, y),
        alt.Chart(scores.select("as_of", "value")).mark_line(color=LINE, strokeWidth=2).encode(x=x, y=y),
        *withheld(scores, low, x, y),
        *_dots(scores, low, kind, x, y),
        *_ringed(scores.filter(pl.col("signal_id") == (chosen or "")), low, x, y),
        *_happened(events, lanes, x),
    ]
    layered = alt.layer(*layers).properties(width=WIDTH, height=height)
    since = "; withheld since" if given.height and scores["value"][-1] is None else ""
    return finished(layered, trend(given, kind, horizon_days) + since, measured(kind), notes or Notes())


def _band(scores: pl.DataFrame, given: pl.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The interval, also of a moment that stands alone between withheld ones."""
    if not given["low"].drop_nulls().len():
        return []
    columns = ("as_of", "low", "high")
    area = alt.Chart(scores.select(columns)).mark_area(color=BAND)
    rule = alt.Chart(given.select(columns)).mark_rule(color=BAND, strokeWidth=4)
    return [one.encode(x=x, y=y_of("low", y), y2="high:Q") for one in (area, rule)]


def _dots(scores: pl.DataFrame, low: float, kind: str, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    picked = alt.selection_point(name=SCORE, fields=["signal_id"], on="click", toggle=False)
    rows = scores.select(
        "signal_id",
        "as_of",
        pl.col("value").fill_null(low),
        score=pl.Series([WITHHELD if v is None else told(kind, v) for v in scores["value"]], dtype=pl.String),
        between=pl.Series([_between(kind, row) for row in scores.iter_rows(named=True)], dtype=pl.String),
        said=pl.Series([_said(kind, row) for row in scores.iter_rows(named=True)], dtype=pl.String),
        seen=pl.when(pl.col("value").is_null() | (scores.height > _MANY)).then(0.0).otherwise(1.0),
    )
    tip = [alt.Tooltip("as_of:T", title="As of", format="%-d %b %Y, %H:%M UTC")]
    tip += [alt.Tooltip("score:N", title="Score"), alt.Tooltip("between:N", title="Interval")]
    dots = alt.Chart(rows).mark_point(color=LINE, filled=True, size=45, cursor="pointer")
    seen = alt.Opacity("seen:Q", scale=None)
    return [dots.encode(x=x, y=y, tooltip=tip, opacity=seen, description="said:N").add_params(picked)]


def _said(kind: str, row: Mapping[str, Any]) -> str:
    score = WITHHELD if row["value"] is None else told(kind, row["value"])
    return f"Score of {row['as_of']:%-d %b %Y}: {score}"


def _between(kind: str, row: Mapping[str, float | None]) -> str:
    low, high = row["low"], row["high"]
    return "none" if low is None or high is None else f"{told(kind, low)} to {told(kind, high)}"


def _ringed(one: pl.DataFrame, low: float, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    at = one.select("as_of", pl.col("value").fill_null(low))
    ring = alt.Chart(at).mark_point(color=INK, filled=False, size=190, strokeWidth=2, opacity=1)
    return [ring.encode(x=x, y=y)] if one.height else []


def _happened(events: pl.DataFrame, lanes: list[str], x: alt.X) -> list[alt.Chart]:
    """A line for each kind of events, its name at its left end."""
    if not lanes:
        return []
    layers: list[alt.Chart] = []
    picked = alt.selection_point(name=EVENT, fields=["evidence_id"], on="click", toggle=False)
    tip = [alt.Tooltip("as_of:T", title="Day", format="%-d %b %Y"), alt.Tooltip("told:N", title="Event")]
    for place, lane in enumerate(lanes):
        at = alt.value((place + 0.5) * _LANE)
        rows = (
            events.filter(pl.col("lane") == lane)
            .select("evidence_id", "told", as_of="at")
            .with_columns(said=pl.format("Event of {}: {}", pl.col("as_of").dt.strftime("%-d %b %Y"), "told"))
        )
        line = alt.Chart(pl.DataFrame({"name": [_CALLED[lane]]}))
        layers.append(
            line.mark_rule(color=GRID, aria=False).encode(y=at, x=alt.value(0), x2=alt.value("width"))
        )
        layers.append(
            line.mark_text(align="right", dx=-6, color=MUTED, fontSize=11).encode(
                y=at, x=alt.value(0), text="name:N"
            )
        )
        mark = alt.Chart(rows).mark_point(
            shape=_SHAPES[lane], filled=True, fill=NOTICE, stroke=INK, size=60, opacity=1, cursor="pointer"
        )
        layers.append(mark.encode(x=x, y=at, tooltip=tip, description="said:N").add_params(picked))
    return layers
