"""The figures as tables: what each is called, which columns it has, and how a cell is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

_RANKED = {"auc": "AUC", "ndcg_1pct": "NDCG@1%"}
_SQUARED = {
    "mse": "MSE",
    "mse_unseen_tickers": "MSE, unseen tickers",
    "auc_top_quartile": "AUC top quartile 3/7/15/30",
}
_CLASSED = {"accuracy": "accuracy", "macro_f1": "macro F1", "mse": "MSE", "r2": "R²"}
_INSIDE = {
    "cases": "cases",
    **{f"inside_{days}": f"inside, {days} d" for days in (3, 7, 15, 30)},
    "inside": "inside",
    "half_width": "half-width",
}
_GAINS = {
    "interval_shrinks": "interval shrinks, training",
    "error_shrinks": "error shrinks, training",
    "error_shrinks_test": "error shrinks, test",
    "error_shrinks_test_low": "at least",
    "error_shrinks_test_high": "at most",
}
_BANDS = {"cases": "cases", "as_they_were": "unstressed", "error": "error", "inside": "inside"}
_WITHHELD = {
    "limit": "limit",
    "kept_x1": "kept",
    "kept_x1.5": "x1.5",
    "kept_x2": "x2",
    "kept_x3": "x3",
    "kept_x5": "x5",
    "error_kept": "error, kept",
    "error_withheld": "error, withheld",
    "inside_kept": "inside, kept",
    "inside_withheld": "inside, withheld",
}
_CURVE = {
    "kept": "kept",
    "covers": "covers at most",
    "error_kept": "error, kept",
    "error_left": "error, left out",
}
_SUMS = {"error": "mean", "error_p95": "95th percentile", "error_max": "worst", "steps": "steps"}
_MOVES = {"cases": "cases", "move": "move", "beats_random": "further than at random"}
_FAIR = {
    "cases": "cases",
    "groups": "issuers",
    "mse": "MSE",
    "bias": "bias",
    "coverage": "inside",
    "alarm_rate": "alarms",
    "false_alarm_rate": "false alarms",
    "alarm_rate_1pct": "alarms, top 1%",
    "alarm_rate_5pct": "alarms, top 5%",
}

_TABLES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "risk.labels",
        "Risk: log volatility after calls of 2017-Q1, squared error over 3/7/15/30 days",
        _SQUARED,
    ),
    ("published.maec15", "Risk: MAEC-15, published split", _SQUARED),
    ("published.maec16", "Risk: MAEC-16, published split", _SQUARED),
    (
        "coverage.patterns",
        "Risk: truths inside the 90% interval, by what is shown; half-width in log",
        _INSIDE,
    ),
    ("coverage.stretches", "Risk: the same on training calls, no part of that time calibrated on", _INSIDE),
    ("coverage.ages", "Risk: the same, the call some days old", _INSIDE),
    ("coverage.gains", "Risk: what one more modality brings, 3/7/15/30 days, share of the error", _GAINS),
    ("coverage.kept_by_width", "Risk: error of the scores with the narrowest intervals", _CURVE),
    ("coverage.range_training", "Risk: prices out of range, training calls and stressed copies", _BANDS),
    ("coverage.range_test", "Risk: prices out of range, later calls and stressed copies", _BANDS),
    ("coverage.abstention", "Risk: withheld by the rule, later calls and stressed copies", _WITHHELD),
    (
        "faithfulness.completeness",
        "Risk: how far contributions are from adding up, as a share of the way from nothing known",
        _SUMS,
    ),
    (
        "faithfulness.deletion",
        "Risk: how far the score (annualised volatility) moves without five tokens",
        _MOVES,
    ),
    ("fairness.risk", "Risk: by voice, size and sector; bias is forecast less truth at 30 days", _FAIR),
    ("fraud", "Fraud: firm-years, held out by firm", _RANKED),
    (
        "ratios",
        "Fraud: each ratio alone, in the direction stated beforehand",
        {"firm_years": "firm-years", "misstated": "misstated", **_RANKED},
    ),
    (
        "coverage.fraud",
        "Fraud: share misstated, by fifth of the probability, calibrated on other firms",
        {
            "cases": "firm-years",
            "probability": "probability",
            "low": "from",
            "high": "to",
            "share": "misstated",
        },
    ),
    ("fairness.fraud", "Fraud: alarms among firm-years that were not misstated", _FAIR),
    ("coverage.sentiment", "Sentiment: truths inside the 90% interval, calibrated on other texts", _INSIDE),
    (
        "coverage.sentiment_kept",
        "Sentiment: accuracy of the surest",
        {"cases": "cases", "accuracy": "accuracy", "accuracy_left": "of the rest"},
    ),
)

_ABLATIONS: tuple[tuple[str, str], ...] = (
    ("risk.labels.modalities", "Risk: the one trained model with only these shown, squared error"),
    ("published.fusion", "Risk: ways to fuse, each trained anew on calls at their own moment, squared error"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """One table.

    Attributes:
        key: where its figures stand: `coverage.patterns`; begins with the part that measures them.
        columns: heading by figure, only those that some row has.
        rows: figures by name.
    """

    key: str
    title: str
    columns: Mapping[str, str]
    rows: Mapping[str, Row]


def sections(figures: Mapping[str, Any]) -> Iterator[Section]:
    """The tables of the parts that were measured."""
    for path, title, columns in _TABLES:
        found = _at(figures, path)
        if found is not None:
            yield _section(path, title, columns, found["rows"])
    for name, part in figures.get("sentiment", {}).items():
        yield _section(f"sentiment.{name}", f"Sentiment: {name}, held out", _CLASSED, part["rows"])


def ablations(figures: Mapping[str, Any]) -> Iterator[Section]:
    """What the card tells in a sentence, as tables: with modalities left out, and fused otherwise."""
    for path, title in _ABLATIONS:
        found = _at(figures, path)
        if found is not None:
            yield Section(path, title, {"mse": "MSE"}, {name: {"mse": mse} for name, mse in found.items()})


def cell(row: Row, column: str) -> str:
    """One figure, with its interval where it has one; figures by horizon one beside the other."""
    value = row.get(column)
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " / ".join(f"{v:.2f}" for v in value.values())
    span = row.get(f"{column}_interval")
    return number(value) + (f" [{number(span[0])}, {number(span[1])}]" if span else "")


def number(value: float) -> str:
    """Three decimals; four or two digits where these would show little."""
    if isinstance(value, int):
        return f"{value:,}"
    if 0 < abs(value) < 0.02:
        return f"{value:.4f}" if abs(value) >= 0.0005 else f"{value:.1e}"
    return f"{value:.3f}"


def _section(key: str, title: str, columns: Mapping[str, str], rows: Mapping[str, Row]) -> Section:
    return Section(key, title, {c: h for c, h in columns.items() if any(c in r for r in rows.values())}, rows)


def _at(figures: Mapping[str, Any], path: str) -> Any:
    found: Any = figures
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
