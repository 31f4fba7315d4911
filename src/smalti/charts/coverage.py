"""What each score was made from, and what it had to do without."""

from __future__ import annotations

import altair as alt
import polars as pl

from smalti.charts.theme import ABSENT, INK, LINE, MUTED, NOTICE, PAPER, Chart, Notes, finished

USED, STALE, MISSING, UNTRAINED = "used", "too old", "missing", "not trained"
STATES = (USED, STALE, MISSING, UNTRAINED)
"""What may become of an input: it moves the score, is too old, is not known, or was never learned from."""

_CELL, _ROW = 74, 30
_FILLS = {USED: LINE, STALE: NOTICE, MISSING: PAPER, UNTRAINED: ABSENT}
_LETTERS = {USED: PAPER, STALE: INK, MISSING: INK, UNTRAINED: MUTED}


def modality_coverage(inputs: pl.DataFrame, notes: Notes | None = None) -> Chart:
    """A grid of scores and inputs: used, too old, missing, or never learned. Each cell says it in words.

    Args:
        inputs: `score`, `input` (plain words), `state` (one of `STATES`), `age_days` (null where none);
            rows in the order they are to be shown in.
        notes: source, and whether it is synthetic.
    """
    drawn = inputs.with_columns(
        told=pl.when((pl.col("state") == STALE) & pl.col("age_days").is_not_null())
        .then(pl.format("{} d old", pl.col("age_days").round(0).cast(pl.Int64, strict=False)))
        .otherwise("state"),
    )
    columns = drawn["input"].unique(maintain_order=True).to_list()
    rows = drawn["score"].unique(maintain_order=True).to_list()
    x = alt.X(
        "input:N",
        sort=columns,
        title=None,
        axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False, labelLimit=_CELL),
    )
    y = alt.Y("score:N", sort=rows, title=None, axis=alt.Axis(ticks=False, domain=False))
    base = alt.Chart(drawn)
    layers: list[alt.Chart] = []
    for state in STATES:
        own = base.transform_filter(alt.datum.state == state)
        layers += [
            own.mark_rect(fill=_FILLS[state], stroke=MUTED, strokeWidth=0.6).encode(x=x, y=y),
            own.mark_text(color=_LETTERS[state], fontSize=10).encode(x=x, y=y, text="told:N"),
        ]
    grid = alt.layer(*layers).properties(width=_CELL * max(1, len(columns)), height=_ROW * max(1, len(rows)))
    unit = "dark: moved the score; amber: too old to count; white: none known; grey: never learned from"
    return finished(grid, _title(inputs), unit, notes or Notes())


def _title(inputs: pl.DataFrame) -> str:
    asked = inputs.filter(pl.col("state") != UNTRAINED)
    used = asked.filter(pl.col("state") == USED).height
    return f"{used} of the {asked.height} inputs that the scores are learned from were there and fresh"
