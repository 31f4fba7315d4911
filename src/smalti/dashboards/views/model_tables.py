"""One table of figures: as a chart where that says more, as a grid, and what others published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl
import streamlit as st

from smalti import charts
from smalti.charts import Notes
from smalti.charts.theme import Chart
from smalti.client.base import Json
from smalti.dashboards.parts import tables
from smalti.dashboards.parts.charts import chart
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import model_words

_PROMISED = 0.9
"""The share of truths that intervals are made for."""

_COMPARED: Mapping[str, tuple[str, str, Literal["lower", "higher", "neither"], str]] = {
    "risk.labels": ("mse", "squared error of log volatility", "lower", "smalti"),
    "published.maec15": ("mse", "squared error of log volatility", "lower", "smalti"),
    "published.maec16": ("mse", "squared error of log volatility", "lower", "smalti"),
    "risk.labels.modalities": ("mse", "squared error of log volatility", "lower", "price + text + voice"),
    "published.fusion": ("mse", "squared error of log volatility", "lower", "hybrid"),
    "fraud": ("auc", "area under the curve", "higher", "smalti"),
    "ratios": ("auc", "area under the curve", "higher", ""),
    "sentiment.PhraseBank": ("accuracy", "accuracy", "higher", "smalti"),
    "sentiment.gold headlines": ("accuracy", "accuracy", "higher", "smalti"),
    "sentiment.posts with pictures": ("accuracy", "accuracy", "higher", "smalti"),
    "sentiment.FiQA": ("mse", "squared error of the score", "lower", "smalti"),
    "faithfulness.deletion": ("move", "move of annualised volatility without five tokens", "neither", ""),
    "fairness.risk": ("mse", "squared error of log volatility", "neither", ""),
    "fairness.fraud": ("alarm_rate_5pct", "share of innocent firm-years in the top 5%", "neither", ""),
}
"""By table: the figure that is drawn, what it is, which way is good, and which row is what ships."""

_INSIDE: Mapping[str, str] = {
    "coverage.patterns": "inside_30",
    "coverage.stretches": "inside_30",
    "coverage.ages": "inside_30",
    "coverage.sentiment": "inside",
}
"""By table of coverage: the figure that is drawn."""


def show(table: Json) -> None:
    """Show one table."""
    st.subheader(plain(table["title"]))
    frame = _frame(table)
    if (drawn := _drawn(table, frame)) is not None:
        title = drawn.to_dict()["title"]["text"]
        chart(drawn, f"chart-{table['key']}", alt=" ".join(title) if isinstance(title, list) else title)
    tables.table(
        frame, table["key"],
        columns={"name": "", **{f"{figure} (told)": heading for figure, heading in table["columns"].items()}},
        alt=plain(table["title"]),
    )  # fmt: skip
    for one in table["published"]:
        differs = f"; measured otherwise: {plain(one['differs'])}" if one["differs"] else ""
        figures = ", ".join(
            f"{plain(table['columns'].get(name, name))} {value:.3f}" for name, value in one["figures"].items()
        )
        st.caption(f"Published: **{plain(one['name'])}** ({plain(one['source'])}) {figures}{differs}.")


def _frame(table: Json) -> pl.DataFrame:
    """Each figure as it is told, and as numbers for the exports."""
    rows = []
    for row in table["rows"]:
        told: dict[str, object] = {"name": model_words.label(row["name"])}
        for figure in table["columns"]:
            one = row["figures"].get(figure)
            told[f"{figure} (told)"] = one["text"] if one else ""
            told[figure], told[f"{figure}_low"], told[f"{figure}_high"] = (
                (one["value"], one["low"], one["high"]) if one else (None, None, None)
            )
        rows.append(told)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.select(name for name in frame.columns if frame[name].null_count() < frame.height)


def _drawn(table: Json, frame: pl.DataFrame) -> Chart | None:
    key, notes = table["key"], Notes("smalti evaluate")
    if key == "coverage.fraud" and "share" in frame.columns:
        bins = frame.select(predicted="probability", observed="share", low="share_low", high="share_high")
        return charts.reliability(bins, notes)
    if (inside := _INSIDE.get(key)) and f"{inside}_low" in frame.columns:
        if inside.endswith("_30"):
            notes = Notes("smalti evaluate, over 30 trading days")
        rows = frame.select(label="name", inside=inside, low=f"{inside}_low", high=f"{inside}_high")
        return charts.interval_coverage(rows.drop_nulls("inside"), _PROMISED, notes)
    if key in _COMPARED:
        figure, told, better, own = _COMPARED[key]
        rows = _whose(table, figure, own)
        return charts.side_by_side(rows, told, better, notes) if rows.height else None
    return None


def _whose(table: Json, figure: str, own: str) -> pl.DataFrame:
    measured: Sequence[Mapping[str, object]] = [
        {
            "label": model_words.label(row["name"]),
            "value": one["value"],
            "low": one["low"],
            "high": one["high"],
        }
        | {"whose": "ours" if row["name"] == own else "baseline"}
        for row in table["rows"]
        if (one := row["figures"].get(figure)) is not None
    ]
    published = [
        {
            "label": f"{one['name']} ({one['source']})",
            "value": one["figures"][figure],
            "low": None,
            "high": None,
        }
        | {"whose": "published"}
        for one in table["published"]
        if figure in one["figures"]
    ]
    numbers = dict.fromkeys(("value", "low", "high"), pl.Float64)
    return pl.DataFrame(
        [*measured, *published], schema={"label": pl.String, **numbers, "whose": pl.String}
    ).drop_nulls("value")
