"""How well stated probabilities and intervals held, on cases the model had not seen."""

from __future__ import annotations

import altair as alt
import polars as pl

from smalti.charts.theme import INK, LINE, MUTED, RAISED, Chart, Notes, finished

_SIDE, _ROW, _WIDE = 170, 26, 420


def reliability(bins: pl.DataFrame, notes: Notes | None = None) -> Chart:
    """Stated probability against the share that came true; on the slanted line both agree.

    Args:
        bins: `predicted`, `observed`, `low`, `high` (of the share), fractions; a row a bin.
        notes: source, and whether it is synthetic.
    """
    top = (
        max(
            (v for name in ("predicted", "high", "observed") for v in bins[name] if v is not None),
            default=1.0,
        )
        * 1.08
    )
    scale = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(format=".1%", tickCount=5)
    x = alt.X("predicted:Q", title="stated probability", scale=scale, axis=axis)
    y = alt.Y("observed:Q", title="share that came true", scale=scale, axis=axis)
    spread = alt.Y("low:Q", title="share that came true", scale=scale, axis=axis)
    line = pl.DataFrame({"predicted": [0.0, top], "observed": [0.0, top]})
    base = alt.Chart(bins)
    layers = alt.layer(
        alt.Chart(line).mark_line(color=MUTED, strokeDash=[4, 3]).encode(x=x, y=y),
        base.mark_rule(color=LINE, strokeWidth=2).encode(x=x, y=spread, y2="high:Q"),
        base.mark_point(color=LINE, filled=True, size=70, opacity=1).encode(x=x, y=y),
    ).properties(width=_SIDE * 2, height=_SIDE)
    unit = "dots: held-out cases by stated probability; bars: 95% interval; dashed: both agree"
    return finished(layers, _agreement(bins), unit, notes or Notes())


def _agreement(bins: pl.DataFrame) -> str:
    agree = bins.filter(
        (pl.col("low") <= pl.col("predicted")) & (pl.col("predicted") <= pl.col("high"))
    ).height
    return f"In {agree} of {bins.height} groups the stated probability fits what came true"


def interval_coverage(rows: pl.DataFrame, promised: float, notes: Notes | None = None) -> Chart:
    """How often the truth lay inside the stated interval, beside what was promised.

    Args:
        rows: `label`, `inside`, `low`, `high` (95% interval of it), fractions, in the order to be shown in.
        promised: the share the intervals were made for.
        notes: source, and whether it is synthetic.
    """
    order = rows["label"].to_list()
    least = min([promised, *(v for v in rows["low"] if v is not None)]) - 0.03
    scale = alt.Scale(domain=[max(0.0, least), 1.0], nice=False)
    axis = alt.Axis(format=".0%", tickCount=6)
    x = alt.X("inside:Q", title=None, scale=scale, axis=axis)
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
    base = alt.Chart(rows)
    target = alt.Chart(pl.DataFrame({"inside": [promised]}))
    layers = alt.layer(
        target.mark_rule(color=RAISED, strokeDash=[5, 3], strokeWidth=1.5).encode(x=x),
        base.mark_rule(color=LINE, strokeWidth=2).encode(
            x=alt.X("low:Q", scale=scale, title=None, axis=axis), x2="high:Q", y=y
        ),
        base.mark_point(color=LINE, filled=True, size=70, opacity=1).encode(x=x, y=y),
        base.mark_text(dy=-10, color=INK, fontSize=10).encode(
            x=x, y=y, text=alt.Text("inside:Q", format=".0%")
        ),
    ).properties(width=_WIDE, height=_ROW * max(1, rows.height) + 8)
    worst = min(rows["inside"], default=promised)
    best = max(rows["inside"], default=promised)
    title = f"Intervals made to hold the truth {promised:.0%} of the time held it {worst:.0%} to {best:.0%}"
    unit = f"share of truths inside; bars: 95% interval; dashed: the promised {promised:.0%}"
    return finished(layers, title, unit, notes or Notes())
