"""The price, as a way from 100, and how much it swung."""

from __future__ import annotations

import math

import altair as alt
import polars as pl

from smalti.charts.theme import INK, LINE, WIDTH, Chart, Notes, finished

_WINDOW = 30
"""Trading days of one value of volatility."""
_TRADING_DAYS = 252
_PRICE_HEIGHT, _SWING_HEIGHT = 105, 75
_SHORT_DAYS = 200
"""Spans shorter than this are told in days."""


def realised_volatility(prices: pl.DataFrame) -> pl.DataFrame:
    """Adds `swing`: the annualised standard deviation of the last 30 daily log returns, null before.

    Args:
        prices: `day`, `adjusted_close` (positive), a row a trading day.
    """
    returns = (pl.col("adjusted_close") / pl.col("adjusted_close").shift(1)).log()
    return prices.sort("day").with_columns(
        swing=returns.rolling_std(_WINDOW) * math.sqrt(_TRADING_DAYS),
    )


def price_and_volatility(prices: pl.DataFrame, notes: Notes | None = None) -> Chart:
    """The adjusted close as an index (first day shown = 100) over realised volatility.

    Args:
        prices: `day`, `adjusted_close` (positive), a row a trading day, two at least.
        notes: source, and whether it is synthetic.
    """
    drawn = realised_volatility(prices).with_columns(
        index=pl.col("adjusted_close") / pl.col("adjusted_close").first() * 100,
        day=pl.col("day").cast(pl.Datetime("ms", "UTC")),
    )
    short = (drawn["day"][-1] - drawn["day"][0]).days < _SHORT_DAYS
    axis = alt.Axis(
        format="%-d %b %Y" if short else "%b %Y", grid=False, labelAngle=0, tickCount=6, labelOverlap=True
    )
    x = alt.X("day:T", title=None, scale=alt.Scale(type="utc", nice=False), axis=axis)
    index = alt.Y(
        "index:Q", title="price, first day = 100", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4)
    )
    swing = alt.Y("swing:Q", title="volatility, % a year", axis=alt.Axis(format=".0%", tickCount=4))
    upper = alt.Chart(drawn).mark_line(color=LINE, strokeWidth=1.5).encode(x=x, y=index)
    lower = alt.Chart(drawn).mark_line(color=INK, strokeWidth=1.5, strokeDash=[5, 2]).encode(x=x, y=swing)
    both = alt.vconcat(
        upper.properties(width=WIDTH, height=_PRICE_HEIGHT),
        lower.properties(width=WIDTH, height=_SWING_HEIGHT),
    )
    unit = f"adjusted close (solid) and volatility of {_WINDOW} trading days (dashed)"
    return finished(both, _title(drawn), unit, notes or Notes())


def _title(drawn: pl.DataFrame) -> str:
    way = drawn["index"][-1] / 100 - 1
    first, last = (f"{day:%-d %B %Y}" for day in (drawn["day"][0], drawn["day"][-1]))
    moved = f"The price {'rose' if way >= 0 else 'fell'} by {abs(way):.0%} from {first} to {last}"
    swings = drawn["swing"].drop_nulls()
    return f"{moved}; it last swung at {swings[-1]:.0%} a year" if swings.len() else moved
