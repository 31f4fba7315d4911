"""All figures in one run or by part, as a dictionary, and as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.table import Table

from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import maec, sentiments
from smalti.models.datasets.labelled import Embed
from smalti.models.evaluation.calls import LAST, firsts
from smalti.models.evaluation.coverage import measure_coverage
from smalti.models.evaluation.fairness import measure_fraud_fairness, measure_risk_fairness
from smalti.models.evaluation.faithfulness import measure_faithfulness
from smalti.models.evaluation.frauds import measure_fraud
from smalti.models.evaluation.likelihoods import measure_fraud_intervals
from smalti.models.evaluation.parts import PARTS
from smalti.models.evaluation.ratios import measure_ratios
from smalti.models.evaluation.sections import cell, sections
from smalti.models.evaluation.stored import data_hashes, now
from smalti.models.evaluation.texts import Opinions, measure_sentiment, measure_sentiment_coverage
from smalti.models.evaluation.volatility import measure_fusions, measure_labels, measure_published
from smalti.models.predict import Predictor
from smalti.platform.errors import SettingsError
from smalti.platform.records import SignalKind

Figures = dict[str, Any]


class _Bench:
    """What is measured, and the data it is measured on, read when first needed."""

    def __init__(
        self,
        data: Path,
        predictor: Predictor,
        embed: Embed,
        embed_images: sentiments.EmbedImages,
        seeds: Sequence[int],
    ) -> None:
        self.data, self.predictor, self.seeds = data, predictor, tuple(seeds)
        self._embed, self._embed_images = embed, embed_images

    def head(self, kind: SignalKind) -> HeadModel:
        return self.predictor.models[kind]

    @property
    def risk(self) -> HeadModel:
        return self.head(SignalKind.RISK)

    @cached_property
    def calls(self) -> list[maec.Call]:
        return maec.read_calls(self.data, self._embed)

    @cached_property
    def closes(self) -> dict[str, maec.Closes]:
        return maec.read_closes(self.data)

    @cached_property
    def opinions(self) -> Opinions:
        return Opinions.read(self.data, self._embed, self._embed_images)


def _coverage(bench: _Bench) -> Figures:
    found: Figures = {}
    if SignalKind.RISK in bench.predictor.models:
        found |= measure_coverage(bench.risk, bench.calls, bench.closes)
    if SignalKind.FRAUD in bench.predictor.models:
        found["fraud"] = measure_fraud_intervals(bench.head(SignalKind.FRAUD), bench.data)
    if SignalKind.SENTIMENT in bench.predictor.models:
        found |= measure_sentiment_coverage(bench.head(SignalKind.SENTIMENT), bench.opinions)
    return found


def _faithfulness(bench: _Bench) -> Figures:
    after = [call for call in bench.calls if call.day > bench.risk.trained_through]
    return measure_faithfulness(bench.risk, firsts(after, bench.closes, LAST))


def _fairness(bench: _Bench) -> Figures:
    return {
        "risk": measure_risk_fairness(bench.risk, bench.calls, bench.closes),
        "fraud": measure_fraud_fairness(bench.head(SignalKind.FRAUD), bench.data),
    }


def _published(bench: _Bench) -> Figures:
    return {
        **measure_published(bench.data, bench.calls, bench.closes, bench.seeds),
        "fusion": measure_fusions(bench.calls, bench.closes, bench.risk.trained_through, bench.seeds),
    }


_MEASURES: Mapping[str, tuple[frozenset[SignalKind], Callable[[_Bench], Figures]]] = {
    "risk": (
        frozenset({SignalKind.RISK}),
        lambda b: {"labels": measure_labels(b.risk, b.data, b.calls, b.closes)},
    ),
    "published": (frozenset({SignalKind.RISK}), _published),
    "fraud": (frozenset({SignalKind.FRAUD}), lambda b: measure_fraud(b.head(SignalKind.FRAUD), b.data)),
    "ratios": (frozenset(), lambda b: measure_ratios(b.data)),
    "sentiment": (
        frozenset({SignalKind.SENTIMENT}),
        lambda b: measure_sentiment(b.head(SignalKind.SENTIMENT), b.opinions),
    ),
    "coverage": (frozenset(), _coverage),
    "faithfulness": (frozenset({SignalKind.RISK}), _faithfulness),
    "fairness": (frozenset({SignalKind.RISK, SignalKind.FRAUD}), _fairness),
}


def evaluate(
    data: Path,
    model: Path | None,
    embed: Embed,
    embed_images: sentiments.EmbedImages,
    seeds: tuple[int, ...] = (1, 2),
    parts: Sequence[str] = tuple(PARTS),
) -> Figures:
    """Measure a folder of weights beside its baselines.

    Args:
        data: the folder of training sets.
        model: the folder of weights; the shipped ones if None.
        embed: the text encoder.
        embed_images: the image encoder.
        seeds: for the networks trained anew: published splits and ways to fuse.
        parts: which of PARTS; one whose head is not there is left out.

    Returns:
        `version`, `seeds`, `trained_through`, `terms`, `measured_at`, `data` (hashes) and the figures of
        each part by its name; each table is `{"rows": {name: {figure: number}}}` with what was split how
        beside it.

    Raises:
        SettingsError: a data set is not there, or a part is none of PARTS.
        WeightsError: the weights cannot be used.
    """
    unknown = [part for part in parts if part not in _MEASURES]
    if unknown:
        raise SettingsError("no such part to measure", subject=unknown[0], mend=f"one of {', '.join(PARTS)}")
    predictor = Predictor.load(model)
    found: Figures = {
        "version": predictor.version,
        "seeds": {kind.value: m.seed for kind, m in predictor.models.items()},
        "retrained_seeds": list(seeds),
        "trained_through": {k.value: day.isoformat() for k, day in predictor.trained_through.items()},
        "terms": {kind.value: [t.name for t in m.terms] for kind, m in predictor.models.items()},
        "measured_at": now(),
        "data": data_hashes(data),
    }
    bench = _Bench(data, predictor, embed, embed_images, seeds)
    for part, (heads, measure) in _MEASURES.items():
        if part in parts and heads <= predictor.models.keys():
            found[part] = measure(bench)
    return found


def tables(figures: Figures) -> list[Table]:
    """The figures as tables for a terminal."""
    found = []
    for section in sections(figures):
        table = Table("", *section.columns.values(), title=section.title, title_justify="left")
        for name, row in section.rows.items():
            table.add_row(name, *(cell(row, column) for column in section.columns))
        found.append(table)
    return found
