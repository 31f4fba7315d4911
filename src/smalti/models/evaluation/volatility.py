"""Risk: squared error of log volatility, on our labels and on the published MAEC splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.metrics import roc_auc_score

from smalti.models.calibration import risk_terms
from smalti.models.case import Floats
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import maec
from smalti.models.datasets.labelled import Sample
from smalti.models.evaluation.resample import mean_interval
from smalti.models.fit import fit, outputs_of
from smalti.models.fusion import FusionKind
from smalti.models.heads import HORIZONS, RISK
from smalti.models.packing import Packed
from smalti.models.training import Studio, TrainSettings, risk_lessons
from smalti.platform.records import Modality

_ALPHAS = np.logspace(-1, 4, 11)


def measure_labels(
    model: HeadModel, data: Path, calls: Sequence[maec.Call], closes: Mapping[str, maec.Closes]
) -> dict[str, Any]:
    """The model as it is, on calls after its last label, beside baselines fitted on the calls before."""
    before = [c for c in calls if c.day <= model.trained_through]
    after = [c for c in calls if c.day > model.trained_through]
    train = [s for (s, *_) in filter(None, maec.later_samples(before, closes, model.trained_through, (0,)))]
    test = [s for (s, *_) in filter(None, maec.later_samples(after, closes, date.max - timedelta(60), (0,)))]
    truth, known = _targets(test), {sample.group for sample in train}
    predicted = {"train mean": np.tile(_targets(train).mean(0), (len(test), 1))}
    predicted |= _linear_baselines(data, train, test)
    outputs = outputs_of(model.networks, [sample.case for sample in test])
    predicted["smalti"], deviation = risk_terms(outputs)
    groups = [sample.group for sample in test]
    unseen = np.array([group not in known for group in groups])
    reach = model.table["reach"][-1] * deviation
    inside = np.abs(truth - predicted["smalti"]) <= reach
    return {
        "train": len(train),
        "test": len(test),
        "test_on_unseen_tickers": int(unseen.sum()),
        "train_through": model.trained_through.isoformat(),
        "rows": {name: _row(truth, values, groups, unseen) for name, values in predicted.items()},
        "interval_coverage": _by_horizon(inside.mean(0)),
        "modalities": _by_pattern(model, [sample.case for sample in test], truth),
    }


def _row(
    truth: Floats, values: Floats, groups: Sequence[str], unseen: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    errors = (values - truth) ** 2
    top = truth >= np.quantile(truth, 0.75, axis=0)
    constant = np.ptp(values, axis=0).max() == 0
    return {
        "mse": round(float(errors.mean()), 4),
        "mse_interval": mean_interval(errors, groups),
        "mse_by_horizon": _by_horizon(errors.mean(0)),
        "mse_unseen_tickers": round(float(errors[unseen].mean()), 4),
        "auc_top_quartile": _by_horizon(
            [0.5 if constant else roc_auc_score(top[:, h], values[:, h]) for h in range(len(HORIZONS))]
        ),
    }


def _by_pattern(model: HeadModel, cases: Sequence[Packed], truth: Floats) -> dict[str, float]:
    """Mean squared error when only some pairs are shown to the one trained model."""
    found = {}
    for pattern in range(1, 1 << len(RISK.pairs)):
        shown = np.array([bool(pattern >> bit & 1) for bit in range(len(RISK.pairs))])
        names = " + ".join(str(p.modality) for p, s in zip(RISK.pairs, shown, strict=True) if s)
        mean, _ = risk_terms(outputs_of(model.networks, [case.take(shown[case.pairs]) for case in cases]))
        found[names] = round(float(((mean - truth) ** 2).mean()), 4)
    return found


def _linear_baselines(data: Path, train: Sequence[Sample], test: Sequence[Sample]) -> dict[str, Floats]:
    labels = pl.read_parquet(data / "maec" / "labels.parquet")
    past = {row[0]: row[1:] for row in labels.select("call_id", *(f"past{h}" for h in HORIZONS)).iter_rows()}
    target = _targets(train)
    old, new = _scaled_pair([np.array(past[s.name], float) for s in group] for group in (train, test))
    ours, ours_new = _scaled_pair([_price(s) for s in group] for group in (train, test))
    words, words_new = _tfidf(data, train, test)
    return {
        "ridge on past volatility": RidgeCV(_ALPHAS).fit(old, target).predict(new),
        "ridge on our price features": RidgeCV(_ALPHAS).fit(ours, target).predict(ours_new),
        "ridge on our price features + tf-idf": Ridge(2.0)
        .fit(hstack([ours, words]).tocsr(), target)
        .predict(hstack([ours_new, words_new]).tocsr()),
        "ridge on tf-idf": Ridge(2.0).fit(words, target).predict(words_new),
        "ridge on past volatility + tf-idf": Ridge(2.0)
        .fit(hstack([old, words]).tocsr(), target)
        .predict(hstack([new, words_new]).tocsr()),
    }


def _price(sample: Sample) -> npt.NDArray[np.float64]:
    row: npt.NDArray[np.float64] = sample.case.vectors[Modality.PRICE][0].astype(np.float64)
    return row


def _scaled_pair(groups: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Train and test rows, NaN filled and scaled by the training rows alone."""
    train, test = (np.stack(list(rows)) for rows in groups)
    mean = np.nanmean(train, axis=0)
    train, test = (np.where(np.isnan(rows), mean, rows) for rows in (train, test))
    spread = train.std(0)
    return (train - mean) / spread, (test - mean) / spread


def _tfidf(data: Path, train: Sequence[Sample], test: Sequence[Sample]) -> tuple[Any, Any]:
    rows = pl.read_parquet(data / "maec" / "sentences.parquet", columns=["call_id", "sentence", "text"])
    joined = rows.sort("call_id", "sentence").group_by("call_id").agg(pl.col("text").str.join(" "))
    texts = dict(joined.iter_rows())
    vectoriser = TfidfVectorizer(min_df=5, max_features=20000, sublinear_tf=True, ngram_range=(1, 1))
    fitted = vectoriser.fit_transform([texts[sample.name] for sample in train])
    return fitted, vectoriser.transform([texts[sample.name] for sample in test])


def measure_published(
    data: Path, calls: Sequence[maec.Call], closes: Mapping[str, maec.Closes], seeds: Sequence[int]
) -> dict[str, Any]:
    """Trained anew on each published training part; mean squared error on its test part."""
    parts: dict[tuple[str, str], list[Sample]] = {}
    for name, split, sample in maec.read_published(data, calls, closes):
        parts.setdefault((name, split), []).append(sample)
    stated = pl.read_parquet(data / "maec" / "published_splits.parquet")
    past = {
        (row["set"], row["call_id"]): [row[f"past_{n}"] for n in range(30)]
        for row in stated.iter_rows(named=True)
    }
    found = {}
    for name in ("maec15", "maec16"):
        train, test = [*parts[name, "train"], *parts[name, "dev"]], parts[name, "test"]
        truth = _targets(test)
        old, new = _scaled_pair(
            [np.array(past[name, s.name], float) for s in group] for group in (train, test)
        )
        networks = [_fit_plain(train, seed, FusionKind.HYBRID) for seed in seeds]
        mean, _ = risk_terms(outputs_of(networks, [sample.case for sample in test]))
        predicted = {
            "train mean": np.tile(_targets(train).mean(0), (len(test), 1)),
            "ridge on past volatility": RidgeCV(_ALPHAS).fit(old, _targets(train)).predict(new),
            "smalti": mean,
        }
        groups = [sample.group for sample in test]
        errors = {key: (values - truth) ** 2 for key, values in predicted.items()}
        found[name] = {
            "train": len(train),
            "test": len(test),
            "rows": {
                key: {
                    "mse": round(float(each.mean()), 4),
                    "mse_interval": mean_interval(each, groups),
                    "mse_by_horizon": _by_horizon(each.mean(0)),
                }
                for key, each in errors.items()
            },
        }
    return found


def measure_fusions(
    calls: Sequence[maec.Call], closes: Mapping[str, maec.Closes], through: date, seeds: Sequence[int]
) -> dict[str, float]:
    """Mean squared error on our labels of each way to fuse, trained alike on the calls before."""
    before, after = ([c for c in calls if (c.day <= through) is past] for past in (True, False))
    train = [s for (s, *_) in filter(None, maec.later_samples(before, closes, through, (0,)))]
    test = [s for (s, *_) in filter(None, maec.later_samples(after, closes, date.max - timedelta(60), (0,)))]
    found = {}
    for kind in FusionKind:
        networks = [_fit_plain(train, seed, kind) for seed in seeds]
        mean, _ = risk_terms(outputs_of(networks, [sample.case for sample in test]))
        found[kind.value] = round(float(((mean - _targets(test)) ** 2).mean()), 4)
    return found


def _fit_plain(train: Sequence[Sample], seed: int, kind: FusionKind) -> Any:
    """One network on all of `train`, each call at its own moment only."""
    studio = Studio(TrainSettings(seed=seed, fusion=kind))
    lessons = risk_lessons([[sample] for sample in train], studio.settings.sentences)
    return fit(studio.plan(RISK, 0), train, lessons)


def _targets(samples: Sequence[Sample]) -> Floats:
    return np.stack([sample.targets for sample in samples])


def _by_horizon(values: npt.ArrayLike) -> dict[str, float]:
    numbers = np.asarray(values, float)
    return {str(h): round(float(v), 4) for h, v in zip(HORIZONS, numbers, strict=True)}
