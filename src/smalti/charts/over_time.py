"""Scores with their intervals: over time, and over the horizons of one moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import altair as alt
import polars as pl

from smalti.charts.theme import BAND, HEIGHT, INK, LINE, MUTED, NOTICE, WIDTH, Chart, Notes, finished
from smalti.platform.records import SignalKind

_HATCHES = 14
_DIAMOND = alt.MarkDef(
    type="point", shape="diamond", filled=True, fill=NOTICE, stroke=INK, size=70, opacity=1
)
_MOST_WORDS = 7
"""Times that one chart has room to say `withheld`."""
_PERCENT = (SignalKind.RISK.value, SignalKind.FRAUD.value)
_MEASURED = {
    SignalKind.RISK.value: "annualised volatility, % a year; shaded: 90% interval",
    SignalKind.FRAUD.value: "probability that the latest annual figures are misstated; shaded: interval",
    SignalKind.SENTIMENT.value: "sentiment from -1 (bad) to +1 (good); shaded: 90% interval",
}
_CALLED = {
    SignalKind.RISK.value: "Risk over {days} trading days",
    SignalKind.FRAUD.value: "Fraud probability",
    SignalKind.SENTIMENT.value: "Sentiment",
}


def score_over_time(
    scores: pl.DataFrame, kind: str, horizon_days: int = 0, notes: Notes | None = None
) -> Chart:
    """One signal over time with its interval; moments in-sample are hatched, withheld ones marked below.

    Args:
        scores: `as_of` (UTC), `value`, `low`, `high` (null where withheld or not given), `in_sample`.
        kind: `risk`, `fraud` or `sentiment`.
        horizon_days: trading days ahead, of risk.
        notes: source, and whether it is synthetic.
    """
    known = scores.sort("as_of")
    given = known.filter(pl.col("value").is_not_null())
    low, high = span_of(given, kind)
    x = alt.X("as_of:T", title=None, scale=alt.Scale(type="utc", nice=False, padding=12), axis=days())
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[low, high], zero=False), axis=values(kind))
    layers: list[alt.Chart] = [
        *hatched(known, low, high),
        alt.Chart(_plain(known)).mark_area(color=BAND).encode(x=x, y=y_of("low", y), y2="high:Q"),
        alt.Chart(_plain(given))
        .mark_rule(color=BAND, strokeWidth=5)
        .encode(x=x, y=y_of("low", y), y2="high:Q"),
        alt.Chart(_plain(known)).mark_line(color=LINE, strokeWidth=2).encode(x=x, y=y),
        alt.Chart(_plain(given)).mark_point(color=LINE, filled=True, size=30, opacity=1).encode(x=x, y=y),
        *withheld(known, low, x, y),
    ]
    layered = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)
    return finished(layered, trend(given, kind, horizon_days), measured(kind), notes or Notes())


def risk_by_horizon(risks: pl.DataFrame, past: pl.DataFrame, notes: Notes | None = None) -> Chart:
    """Risk at each horizon with its interval, beside the volatility that lies behind.

    Args:
        risks: `horizon_days`, `value`, `low`, `high`; rows without a value are left out.
        past: `horizon_days`, `value`: volatility of as many trading days before; may be empty.
        notes: source, and whether it is synthetic.
    """
    given = risks.filter(pl.col("value").is_not_null()).sort("horizon_days").with_columns(_ahead())
    behind = past.join(given.select("horizon_days"), on="horizon_days").with_columns(_ahead())
    x = alt.X("ahead:N", sort=given["ahead"].to_list(), title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=values("risk"))
    number = alt.Text("value:Q", format=".0%")
    base = alt.Chart(given)
    layers = [
        base.mark_bar(color=BAND, size=26).encode(x=x, y=y_of("low", y), y2="high:Q"),
        base.mark_tick(color=LINE, thickness=3, width=34).encode(x=x, y=y),
        base.mark_text(dx=38, color=INK, fontWeight="bold").encode(x=x, y=y, text=number),
        alt.Chart(behind, mark=_DIAMOND).encode(x=x, y=y),
    ]
    layered = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)
    unit = "annualised volatility, % a year; bar: 90% interval"
    if behind.height:
        unit += "; diamond: volatility of as many days before"
    return finished(layered, _spread(given), unit, notes or Notes())


def y_of(column: str, like: alt.Y) -> alt.Y:
    """The same axis for another column."""
    made: alt.Y = like.copy()
    made.shorthand = f"{column}:Q"
    return made


def _ahead() -> pl.Expr:
    return pl.format("{} trading days", "horizon_days").alias("ahead")


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select("as_of", "value", "low", "high")


def measured(kind: str) -> str:
    """What is drawn of a kind of signal, and in which unit."""
    return _MEASURED.get(kind, "the value of the ratio, or of the check from 0 (nothing found) to 1")


def days() -> alt.Axis:
    """The axis of time."""
    return alt.Axis(format="%-d %b %Y", labelAngle=0, labelOverlap=True, grid=False, tickCount=6)


def values(kind: str) -> alt.Axis:
    """The axis of a kind of signal."""
    return alt.Axis(format=_digits(kind), tickCount=5)


def _digits(kind: str) -> str:
    if "." in kind:
        return ".2~f"
    return {"risk": ".0%", "fraud": ".1%"}.get(kind, "+.1f")


def span_of(given: pl.DataFrame, kind: str) -> tuple[float, float]:
    """The least and the largest value on the axis of a kind of signal."""
    if kind == SignalKind.SENTIMENT.value:
        return -1.0, 1.0
    if kind not in _PERCENT:
        ends = [0.0, *given["value"].drop_nulls()]
        return min(ends) * 1.08, max(ends) * 1.08 or 1.0
    top = max((v for name in ("value", "high") for v in given[name] if v is not None), default=1.0)
    return 0.0, top * 1.08 or 1.0


def hatched(known: pl.DataFrame, low: float, high: float) -> list[alt.Chart]:
    """Slanted lines over the time up to which the model had seen the answers."""
    inside = known.filter(pl.col("in_sample"))
    if not inside.height:
        return []
    start, end = inside["as_of"].min(), inside["as_of"].max()
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    step = max((end - start) / _HATCHES, timedelta(hours=12))
    lines = pl.DataFrame(
        {
            "from": [start + step * (i - 0.5) for i in range(_HATCHES + 1)],
            "to": [start + step * (i + 0.5) for i in range(_HATCHES + 1)],
            "low": low,
            "high": high,
        }
    )
    told = "in-sample (hatched): the model has seen these outcomes"
    label = pl.DataFrame({"from": [start], "high": [high], "text": [told]})
    slant = alt.Chart(lines).mark_rule(color=MUTED, opacity=0.45)
    text = alt.Chart(label).mark_text(align="left", dy=-7, color=INK, fontSize=11)
    return [
        slant.encode(x="from:T", x2="to:T", y="low:Q", y2="high:Q"),
        text.encode(x="from:T", y="high:Q", text="text:N"),
    ]


def withheld(known: pl.DataFrame, low: float, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Crosses at the foot of the plot where no score was given, with the word where there is room."""
    gone = known.filter(pl.col("value").is_null())
    if not gone.height:
        return []
    marked = gone.select("as_of", value=pl.lit(low), text=pl.lit("withheld"))
    room = (known["as_of"][-1] - known["as_of"][0]) / _MOST_WORDS
    said: list[datetime] = []
    for moment in marked["as_of"]:
        if not said or moment - said[-1] >= room:
            said.append(moment)
    base = alt.Chart(marked)
    words = alt.Chart(marked.filter(pl.col("as_of").is_in(said)))
    return [
        base.mark_point(shape="cross", angle=45, size=60, color=INK, filled=True).encode(x=x, y=y),
        words.mark_text(dy=-11, fontSize=10, color=INK).encode(x=x, y=y, text="text:N"),
    ]


def told(kind: str, value: float) -> str:
    """A number of a kind of signal for a title: `24%`, `1.2%`, `+0.31`."""
    if kind == SignalKind.RISK.value:
        return f"{value:.0%}"
    if "." in kind:
        return f"{value:.3g}"
    return f"{value:.1%}" if kind == SignalKind.FRAUD.value else f"{value:+.2f}"


def trend(given: pl.DataFrame, kind: str, horizon_days: int) -> str:
    """How a signal went, in a sentence."""
    name = _CALLED.get(kind, kind.partition(".")[2].replace("_", " ").capitalize()).format(days=horizon_days)
    if not given.height:
        return f"{name}: every score was withheld"
    first, last = (told(kind, float(v)) for v in (given["value"][0], given["value"][-1]))
    since, until = (f"{moment:%-d %B %Y}" for moment in (given["as_of"][0], given["as_of"][-1]))
    if given.height == 1:
        return f"{name} was {last} on {until}"
    if first == last:
        return f"{name} stood at {last} on {until}, as on {since}"
    way = "rose" if given["value"][-1] > given["value"][0] else "fell"
    return f"{name} {way} from {first} on {since} to {last} on {until}"


def _spread(given: pl.DataFrame) -> str:
    if not given.height:
        return "Risk: every score was withheld"
    last = given.row(-1, named=True)
    value, low, high = (last[name] and told("risk", last[name]) for name in ("value", "low", "high"))
    title = f"Over {last['horizon_days']} trading days volatility is expected at {value} a year"
    return f"{title}, between {low} and {high}" if low and high else title
