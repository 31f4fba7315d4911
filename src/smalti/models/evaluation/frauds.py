"""Fraud: how well held-out firms are ranked, beside baselines on the same folds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from smalti.models.checkpoint import HeadModel
from smalti.models.datasets.frauds import read_firm_years
from smalti.models.datasets.labelled import folds
from smalti.models.evaluation.resample import interval
from smalti.models.fit import outputs_of
from smalti.platform.records import Modality

Scores = npt.NDArray[np.float64]


def measure_fraud(model: HeadModel, data: Path) -> dict[str, Any]:
    """Held-out ranking: each member judges the firms of the fold it never saw."""
    samples = read_firm_years(data)
    labels = np.array([sample.targets[0] for sample in samples]) > 0.5
    groups = [sample.group for sample in samples]
    ratios = np.stack([sample.case.vectors[Modality.FACT][0] for sample in samples])
    fold = folds(groups, len(model.networks), model.seed)
    scores: dict[str, Scores] = {"smalti": np.zeros(len(samples))}
    for member, network in enumerate(model.networks):
        own = np.flatnonzero(fold == member)
        scores["smalti"][own] = outputs_of([network], [samples[int(at)].case for at in own])[:, 0]
    linear = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        QuantileTransformer(n_quantiles=100, output_distribution="normal"),
        LogisticRegression(C=0.1, max_iter=2000),
    )
    boosted = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.05, max_leaf_nodes=6, min_samples_leaf=40, random_state=model.seed
    )
    for name, baseline in (("logistic regression", linear), ("gradient boosting", boosted)):
        scores[name] = _held_out(baseline, ratios, labels, fold)
    slope, start = model.table["platt"]
    probabilities = expit(slope * scores["smalti"] + start)
    return {
        "firm_years": len(samples),
        "misstated": int(labels.sum()),
        "misstating_firms": len({g for g, y in zip(groups, labels, strict=True) if y}),
        "folds": len(model.networks),
        "rows": {name: ranked(labels, values, groups) for name, values in scores.items()},
        "mean_probability": round(float(probabilities.mean()), 5),
        "share_misstated": round(float(labels.mean()), 5),
    }


def _held_out(baseline: Any, ratios: Any, labels: npt.NDArray[np.bool_], fold: Any) -> Scores:
    scores = np.zeros(len(labels))
    for member in range(int(fold.max()) + 1):
        own = fold == member
        scores[own] = baseline.fit(ratios[~own], labels[~own]).predict_proba(ratios[own])[:, 1]
    return scores


def ranked(
    labels: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64], groups: Sequence[str], draws: int = 200
) -> dict[str, Any]:
    """How well scores rank the positives to the top, with intervals over groups.

    Args:
        labels: (n,) whether each is positive; at least one is and one is not.
        scores: (n,) high where it is thought to be.
        groups: (n,) whose each is.
        draws: of the bootstrap.
    """

    def held(measure: Callable[[Any, Any], float]) -> list[float]:
        def safe(rows: npt.NDArray[np.int64]) -> float:
            mixed = 0 < labels[rows].sum() < len(rows)
            return measure(labels[rows], scores[rows]) if mixed else float("nan")

        return interval(safe, groups, draws=draws)

    def top(truth: npt.NDArray[np.bool_], order: npt.NDArray[np.float64]) -> float:
        return ndcg_top(truth, order, 0.01)

    return {
        "auc": round(float(roc_auc_score(labels, scores)), 4),
        "auc_interval": held(roc_auc_score),
        "ndcg_1pct": round(top(labels, scores), 4),
        "ndcg_1pct_interval": held(top),
    }


def ndcg_top(labels: npt.NDArray[np.bool_], scores: npt.ArrayLike, share: float) -> float:
    """Normalised discounted cumulative gain of the top `share` of cases (Bao et al. 2020)."""
    ranked = labels[np.argsort(-np.asarray(scores), kind="stable")]
    top = max(1, round(len(ranked) * share))
    discounts = 1 / np.log2(np.arange(2, top + 2))
    ideal = discounts[: min(top, int(labels.sum()))].sum()
    return float((ranked[:top] * discounts).sum() / ideal) if ideal else 0.0
