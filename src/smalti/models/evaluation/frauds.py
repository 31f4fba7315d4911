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
        "rows": {name: _row(labels, values, groups) for name, values in scores.items()},
        "mean_probability": round(float(probabilities.mean()), 5),
        "share_misstated": round(float(labels.mean()), 5),
    }


def _held_out(baseline: Any, ratios: Any, labels: npt.NDArray[np.bool_], fold: Any) -> Scores:
    scores = np.zeros(len(labels))
    for member in range(int(fold.max()) + 1):
        own = fold == member
        scores[own] = baseline.fit(ratios[~own], labels[~own]).predict_proba(ratios[own])[:, 1]
    return scores


def _row(labels: npt.NDArray[np.bool_], scores: Scores, groups: Sequence[str]) -> dict[str, Any]:
    def safe(measure: Callable[[Any, Any], float]) -> Callable[[Any], float]:
        return lambda rows: measure(labels[rows], scores[rows]) if labels[rows].any() else float("nan")

    return {
        "auc": round(float(roc_auc_score(labels, scores)), 4),
        "auc_interval": interval(safe(roc_auc_score), groups, draws=200),
        "ndcg_1pct": round(ndcg_top(labels, scores, 0.01), 4),
        "ndcg_1pct_interval": interval(safe(lambda y, s: ndcg_top(y, s, 0.01)), groups, draws=200),
    }


def ndcg_top(labels: npt.NDArray[np.bool_], scores: npt.ArrayLike, share: float) -> float:
    """Normalised discounted cumulative gain of the top `share` of cases (Bao et al. 2020)."""
    ranked = labels[np.argsort(-np.asarray(scores), kind="stable")]
    top = max(1, round(len(ranked) * share))
    discounts = 1 / np.log2(np.arange(2, top + 2))
    ideal = discounts[: min(top, int(labels.sum()))].sum()
    return float((ranked[:top] * discounts).sum() / ideal) if ideal else 0.0
