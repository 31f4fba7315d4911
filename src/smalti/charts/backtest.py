"""What a rule would have raised: each alert at its moment, by issuer or, of many, by month."""

from __future__ import annotations

from datetime import datetime

import altair as alt
import polars as pl

from smalti.charts.theme import ABSENT, INK, LINE, MUTED, RAISED, WIDTH, Chart, Notes, finished, shortened

_MOST_ROWS = 15
"""Issuers with a row each; of more, alerts are counted by month."""
_ROW, _LEAST_HEIGHT, _BARS_HEIGHT = 30, 70, 155
_LETTERS = 32

FOLLOWED, CALM, UNKNOWN = "high volatility followed", "it did not", "not known"
"""What came of an alert, as the legend says it."""
_OUTCOMES = [FOLLOWED, CALM, UNKNOWN]
_COLOURS, _SHAPES = [RAISED, LINE, MUTED], ["diamond", "circle", "cross"]


def alerts_raised(
    raised: pl.DataFrame,
    begins: datetime,
    ends: datetime,
    left_out: tuple[datetime, datetime] | None = None,
    notes: Notes | None = None,
) -> Chart:
    """The alerts of a back-test over time, told apart by what followed.

    Args:
        raised: `as_of` (UTC), `issuer`, `followed` (boolean, null where nobody can tell); a row at least.
        begins: first moment looked at, UTC.
        ends: last moment looked at.
        left_out: first and last moment that the model was trained on, if any were left out.
        notes: source, and whether it is synthetic.
    """
    drawn = raised.select(
        "as_of",
        issuer=pl.col("issuer").map_elements(lambda name: shortened(name, _LETTERS), pl.String),
        outcome=pl.when(pl.col("followed").is_null())
        .then(pl.lit(UNKNOWN))
        .when(pl.col("followed"))
        .then(pl.lit(FOLLOWED))
        .otherwise(pl.lit(CALM)),
    )
    first = min(begins, left_out[0]) if left_out else begins
    span = alt.Scale(type="utc", domain=[_told(first), _told(ends)], nice=False, padding=10)
    axis = alt.Axis(format="%-d %b %Y", labelAngle=0, labelOverlap=True, grid=False, tickCount=6)
    x = alt.X("as_of:T", title=None, scale=span, axis=axis)
    by_issuer = drawn["issuer"].n_unique() <= _MOST_ROWS
    layers = [*_left_out(left_out, x), *(_points(drawn, x) if by_issuer else _bars(drawn, x))]
    height = max(_LEAST_HEIGHT, _ROW * drawn["issuer"].n_unique()) if by_issuer else _BARS_HEIGHT
    layered = alt.layer(*layers).properties(width=WIDTH, height=height)
    unit = "each mark is an alert, or so many of one moment" if by_issuer else "alerts a month"
    if left_out:
        unit += "; grey: left out, the model was trained on what followed"
    return finished(layered, _title(drawn), unit, notes or Notes())


def _points(drawn: pl.DataFrame, x: alt.X) -> list[alt.Chart]:
    """A mark an issuer and moment, with how many alerts it stands for."""
    together = drawn.group_by("as_of", "issuer", "outcome").len("alerts").sort("as_of", "issuer", "outcome")
    counted = together.with_columns(
        count=pl.when(pl.col("alerts") > 1).then(pl.format("{}", "alerts")).otherwise(pl.lit(""))
    )
    colour = alt.Color("outcome:N", title=None, scale=alt.Scale(domain=_OUTCOMES, range=_COLOURS))
    shape = alt.Shape("outcome:N", title=None, scale=alt.Scale(domain=_OUTCOMES, range=_SHAPES))
    y = alt.Y("issuer:N", title=None, axis=alt.Axis(grid=True, labelLimit=260))
    base = alt.Chart(counted).encode(x=x, y=y)
    marks = base.mark_point(filled=True, size=80, opacity=1).encode(color=colour, shape=shape)
    return [marks, base.mark_text(dy=-11, fontSize=10, color=INK).encode(text="count:N")]


def _bars(drawn: pl.DataFrame, x: alt.X) -> list[alt.Chart]:
    months = (
        drawn.group_by(pl.col("as_of").dt.truncate("1mo"), "outcome").len("alerts").sort("as_of", "outcome")
    )
    colour = alt.Color("outcome:N", title=None, scale=alt.Scale(domain=_OUTCOMES, range=_COLOURS))
    y = alt.Y("alerts:Q", title=None, axis=alt.Axis(tickMinStep=1, tickCount=5))
    bars = alt.Chart(months).mark_bar(size=6, stroke=INK, strokeWidth=0.3)
    return [bars.encode(x=x, y=y, color=colour, order=alt.Order("outcome:N"))]


def _left_out(span: tuple[datetime, datetime] | None, x: alt.X) -> list[alt.Chart]:
    if span is None:
        return []
    row = pl.DataFrame({"as_of": [span[0]], "until": [span[1]]})
    return [alt.Chart(row).mark_rect(color=ABSENT).encode(x=x, x2="until:T")]


def _told(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _title(drawn: pl.DataFrame) -> str:
    count, issuers = drawn.height, drawn["issuer"].n_unique()
    alerts = "1 alert" if count == 1 else f"{count:,} alerts"
    whose = "1 issuer" if issuers == 1 else f"{issuers:,} issuers"
    known = drawn.filter(pl.col("outcome") != UNKNOWN)
    if not known.height:
        return f"It would have raised {alerts} on {whose}; what followed is not known"
    hits = known.filter(pl.col("outcome") == FOLLOWED).height
    followed = f"high volatility followed {hits} of the {known.height} that can be judged"
    return f"It would have raised {alerts} on {whose}; {followed}"
