"""Charts of a report's content, drawn by the builders that pages use too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from smalti import charts
from smalti.charts.theme import Chart
from smalti.service.reports.content import Drawing

_TIME = pl.Datetime("us", "UTC")
_SCORES = {
    "as_of": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "in_sample": pl.Boolean,
}
_RISKS = {"horizon_days": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
_INPUTS = {"score": pl.String, "input": pl.String, "state": pl.String, "age_days": pl.Float64}
_BINS = dict.fromkeys(("predicted", "observed", "low", "high"), pl.Float64)
_INSIDE = {"label": pl.String, "inside": pl.Float64, "low": pl.Float64, "high": pl.Float64}


def _frame(rows: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=dict(schema))


def _notes(data: Mapping[str, Any]) -> charts.Notes:
    return charts.Notes(data.get("source", ""), bool(data.get("synthetic")))


def _course(data: Mapping[str, Any]) -> Chart:
    scores = _frame(data["scores"], _SCORES).with_columns(pl.col("as_of").str.to_datetime(time_zone="UTC"))
    return charts.score_over_time(scores, data["kind"], data["horizon_days"], _notes(data))


def _horizons(data: Mapping[str, Any]) -> Chart:
    past = _frame(data["past"], {"horizon_days": pl.Int64, "value": pl.Float64})
    return charts.risk_by_horizon(_frame(data["risks"], _RISKS), past, _notes(data))


def _market(data: Mapping[str, Any]) -> Chart:
    days = _frame(data["prices"], {"day": pl.String, "adjusted_close": pl.Float64})
    return charts.price_and_volatility(days.with_columns(pl.col("day").str.to_date()), _notes(data))


def _index(data: Mapping[str, Any]) -> Chart:
    parts = _frame(data["parts"], {"check": pl.String, "share": pl.Float64, "matters": pl.Int64})
    return charts.contradiction_parts(parts, data["index"], _notes(data))


def _effects(data: Mapping[str, Any]) -> Chart:
    effects = _frame(data["effects"], {"label": pl.String, "effect": pl.Float64})
    return charts.attribution_bars(effects, data["kind"], _notes(data))


def _coverage(data: Mapping[str, Any]) -> Chart:
    return charts.modality_coverage(_frame(data["inputs"], _INPUTS), _notes(data))


def _inside(data: Mapping[str, Any]) -> Chart:
    return charts.interval_coverage(_frame(data["rows"], _INSIDE), data["promised"], _notes(data))


def _reliability(data: Mapping[str, Any]) -> Chart:
    return charts.reliability(_frame(data["bins"], _BINS), _notes(data))


BUILDERS: Mapping[str, Callable[[Mapping[str, Any]], Chart]] = {
    "score_over_time": _course,
    "risk_by_horizon": _horizons,
    "price_and_volatility": _market,
    "contradiction_parts": _index,
    "attribution_bars": _effects,
    "modality_coverage": _coverage,
    "interval_coverage": _inside,
    "reliability": _reliability,
}
"""The builders by the names that contents call them by."""


def draw(drawing: Drawing) -> Chart:
    """A chart of a report's content."""
    return BUILDERS[drawing.builder](drawing.data)
