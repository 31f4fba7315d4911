"""All figures in one run, as a dictionary, as tables for people, and as the model card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import maec, sentiments
from smalti.models.datasets.labelled import Embed
from smalti.models.evaluation.frauds import measure_fraud
from smalti.models.evaluation.texts import measure_sentiment
from smalti.models.evaluation.volatility import measure_fusions, measure_labels, measure_published
from smalti.models.predict import Predictor
from smalti.platform.records import SignalKind

Figures = dict[str, Any]

_TITLES = {
    "labels": "Risk: log volatility after calls of 2017-Q1, mean squared error over 3/7/15/30 days",
    "maec15": "Risk: MAEC-15, published split",
    "maec16": "Risk: MAEC-16, published split",
    "fraud": "Fraud: firm-years, held out by firm",
}
_COLUMNS = {
    "mse": "MSE",
    "mse_unseen_tickers": "MSE, unseen tickers",
    "auc_top_quartile": "AUC top quartile 3/7/15/30",
    "auc": "AUC",
    "ndcg_1pct": "NDCG@1%",
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "r2": "R²",
}


def evaluate(
    data: Path,
    model: Path | None,
    embed: Embed,
    embed_images: sentiments.EmbedImages,
    seeds: tuple[int, ...] = (1, 2),
) -> Figures:
    """Measure a folder of weights beside its baselines.

    Args:
        data: the folder of training sets.
        model: the folder of weights; the shipped ones if None.
        embed: the text encoder.
        embed_images: the image encoder.
        seeds: for the networks trained anew: published splits and ways to fuse.

    Returns:
        `version`, `seeds`, `trained_through` and, for each head that is there, its figures; each table is
        `{"rows": {name: {figure: number}}}` with what was split how beside it.

    Raises:
        SettingsError: a data set is not there.
        WeightsError: the weights cannot be used.
    """
    predictor = Predictor.load(model)
    found: Figures = {
        "version": predictor.version,
        "seeds": {kind.value: m.seed for kind, m in predictor.models.items()},
        "retrained_seeds": list(seeds),
        "trained_through": {k.value: day.isoformat() for k, day in predictor.trained_through.items()},
        "terms": {kind.value: [t.name for t in m.terms] for kind, m in predictor.models.items()},
    }
    measures: dict[SignalKind, Callable[[HeadModel], Figures]] = {
        SignalKind.RISK: lambda head: _risk(head, data, embed, seeds),
        SignalKind.FRAUD: lambda head: measure_fraud(head, data),
        SignalKind.SENTIMENT: lambda head: measure_sentiment(head, data, embed, embed_images),
    }
    for kind, measure in measures.items():
        if kind in predictor.models:
            found[kind.value] = measure(predictor.models[kind])
    return found


def _risk(model: HeadModel, data: Path, embed: Embed, seeds: tuple[int, ...]) -> Figures:
    calls, closes = maec.read_calls(data, embed), maec.read_closes(data)
    return {
        "labels": measure_labels(model, data, calls, closes),
        **measure_published(data, calls, closes, seeds),
        "fusion": measure_fusions(calls, closes, model.trained_through, seeds),
    }


def sections(figures: Figures) -> Iterator[tuple[str, Mapping[str, Mapping[str, Any]]]]:
    """Each table's title and rows."""
    for key in ("labels", "maec15", "maec16"):
        if SignalKind.RISK in figures:
            yield _TITLES[key], figures[SignalKind.RISK][key]["rows"]
    if SignalKind.FRAUD in figures:
        yield _TITLES["fraud"], figures[SignalKind.FRAUD]["rows"]
    for name, part in figures.get(SignalKind.SENTIMENT, {}).items():
        yield f"Sentiment: {name}, held out", part["rows"]


def tables(figures: Figures) -> list[Table]:
    """The figures as tables for a terminal."""
    found = []
    for title, rows in sections(figures):
        columns = [c for c in _COLUMNS if any(c in row for row in rows.values())]
        table = Table("", *(_COLUMNS[c] for c in columns), title=title, title_justify="left")
        for name, row in rows.items():
            table.add_row(name, *(_cell(row, column) for column in columns))
        found.append(table)
    return found


def _cell(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " / ".join(f"{v:.2f}" for v in value.values())
    span = row.get(f"{column}_interval")
    return f"{value:.3f}" + (f" [{span[0]:.3f}, {span[1]:.3f}]" if span else "")


def model_card(figures: Figures) -> str:
    """MODEL_CARD.md, all its numbers from `figures`."""
    lines = [
        "# Model card",
        "",
        f"Weights `{figures['version']}`. Written from `figures.json`, which `smalti evaluate` makes;",
        "brackets are 95% bootstrap intervals over firms or groups of near-identical texts.",
        "",
        "| head | labels known through | learned from |",
        "| --- | --- | --- |",
        *(
            f"| {kind} | {day} | {', '.join(figures['terms'][kind])} |"
            for kind, day in figures["trained_through"].items()
        ),
        "",
    ]
    for title, rows in sections(figures):
        columns = [c for c in _COLUMNS if any(c in row for row in rows.values())]
        lines += [f"## {title}", "", "| | " + " | ".join(_COLUMNS[c] for c in columns) + " |"]
        lines.append("| --- |" + " --- |" * len(columns))
        lines += [
            f"| {name} | " + " | ".join(_cell(r, c) for c in columns) + " |" for name, r in rows.items()
        ]
        lines.append("")
    risk, fraud = figures.get(SignalKind.RISK), figures.get(SignalKind.FRAUD)
    return "\n".join([*lines, *_risk_notes(risk), *_fraud_notes(fraud), *_LIMITS])


def _risk_notes(risk: Figures | None) -> list[str]:
    if risk is None:
        return []
    labels = risk["labels"]
    shown = ", ".join(f"{names} {mse:.3f}" for names, mse in labels["modalities"].items())
    ways = ", ".join(f"{way} {mse:.3f}" for way, mse in risk["fusion"].items())
    coverage = ", ".join(f"{share:.2f} at {h} days" for h, share in labels["interval_coverage"].items())
    return [
        "## Risk: what carries it",
        "",
        f"{labels['train']} calls up to {labels['train_through']}, {labels['test']} after, of which "
        f"{labels['test_on_unseen_tickers']} on tickers not trained on.",
        "",
        f"- The one trained model with only these shown, MSE: {shown}.",
        f"- Ways to fuse, each trained anew on calls at their own moment, MSE: {ways}.",
        f"- Truth inside the 90% interval: {coverage}.",
        "",
    ]


def _fraud_notes(fraud: Figures | None) -> list[str]:
    if fraud is None:
        return []
    return [
        "## Fraud: how little there is to learn from",
        "",
        f"{fraud['misstated']} misstated firm-years of {fraud['misstating_firms']} firms among "
        f"{fraud['firm_years']}, so the intervals are wide and a probability says little beyond rank. "
        f"Mean held-out probability {fraud['mean_probability']:.4f}, "
        f"share misstated {fraud['share_misstated']:.4f}.",
        "",
    ]


_LIMITS = [
    "## Limits",
    "",
    "- Risk learned from US calls of 2015 and 2016, a calm time; a crisis is outside what it has seen.",
    "- Risk text and voice come from calls alone; news, filings and posts do not move it.",
    "- Fraud learned from US filers of 1995 to 2002; its base rate is that table's, not today's.",
    "- Sentiment is in English, of short texts; pictures come from 698 public posts and carry little.",
    "- Every probability and interval is only as good as the likeness of the case to these data.",
    "",
]
