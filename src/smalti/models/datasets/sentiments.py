"""Sentences, headlines, posts and posts with pictures, with the sentiment people gave them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from smalti.models.case import Floats, Pair
from smalti.models.datasets.labelled import Embed, Sample, Terms, need
from smalti.models.heads import CLASSES, SENTIMENT
from smalti.models.packing import Packed, merge
from smalti.platform.records import Modality, SourceKind

EmbedImages = Callable[[Sequence[Path]], tuple[Floats, npt.NDArray[np.bool_]]]
"""Picture files to (n, IMAGE_SIZE) embeddings and (n,) whether each could be read."""

PHRASEBANK = Terms(
    "Financial PhraseBank", "Malo et al. 2014, 50% agreement", "CC BY-NC-SA 3.0", commercial=False
)
FIQA = Terms("FiQA 2018", "WWW'18 open challenge, headlines and posts", "none stated", commercial=False)
GOLD = Terms(
    "Gold headlines", "Sinha and Khandait 2021, commodity headlines", "none stated", commercial=False
)
POSTS = Terms("Posts with pictures", "700 public posts with image and label", "none stated", commercial=False)

PUBLISHED_THROUGH = date(2018, 4, 30)
"""All but the gold headlines are undated, so the last of them to be published (FiQA) is the last label date;
later headlines are left out."""

_NEWS, _SOCIAL, _IMAGE = (
    SENTIMENT.pairs.index(Pair(modality, source))
    for modality, source in (
        (Modality.TEXT, SourceKind.NEWS),
        (Modality.TEXT, SourceKind.SOCIAL),
        (Modality.IMAGE, SourceKind.SOCIAL),
    )
)

CLASS_SCORE = 0.5
"""Size of the score a class label stands for: about the mean absolute score of FiQA's clear cases."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One labelled text, with its picture if it has one.

    Attributes:
        label: index in CLASSES, or None where only a score is known.
        score: -1 to 1, or None where only a class is known.
        source: NEWS or SOCIAL.
    """

    name: str
    text: str
    source: SourceKind
    label: int | None
    score: float | None = None
    image: Path | None = None


def read_phrasebank(data: Path) -> list[Opinion]:
    """PhraseBank sentences, as news."""
    rows = pl.read_parquet(need(data / "sentiment" / "phrasebank.parquet"))
    return [
        Opinion(f"phrasebank-{at}", text, SourceKind.NEWS, CLASSES.index(label))
        for at, (text, label) in enumerate(rows.select("text", "label").iter_rows())
    ]


def read_fiqa(data: Path) -> list[Opinion]:
    """FiQA headlines and posts with their scores. One text may stand twice, once for each target."""
    rows = pl.read_parquet(need(data / "sentiment" / "fiqa.parquet"))
    kinds = {"headline": SourceKind.NEWS, "post": SourceKind.SOCIAL}
    return [
        Opinion(f"fiqa-{at}", row["text"], kinds[row["kind"]], None, row["score"])
        for at, row in enumerate(rows.iter_rows(named=True))
    ]


def read_gold(data: Path) -> list[Opinion]:
    """Gold headlines up to PUBLISHED_THROUGH whose label is a direction or neutral."""
    rows = pl.read_parquet(need(data / "sentiment" / "gold_headlines.parquet"))
    found = []
    for at, (text, stated, label) in enumerate(rows.select("text", "date", "label").iter_rows()):
        day = _day(stated)
        if label in CLASSES and day is not None and day <= PUBLISHED_THROUGH:
            found.append(Opinion(f"gold-{at}", text, SourceKind.NEWS, CLASSES.index(label)))
    return found


def read_posts(data: Path) -> list[Opinion]:
    """Posts with pictures."""
    folder = need(data / "social_sentiment")
    lines = (folder / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Opinion(
            f"post-{row['id']}",
            row["text"],
            SourceKind.SOCIAL,
            CLASSES.index(row["label"]),
            image=folder / "images" / row["image"],
        )
        for row in map(json.loads, lines)
    ]


def read_all(data: Path) -> list[Opinion]:
    """All sets, one after the other."""
    return [opinion for read in (read_phrasebank, read_fiqa, read_gold, read_posts) for opinion in read(data)]


def samples(opinions: Sequence[Opinion], embed: Embed, embed_images: EmbedImages) -> list[Sample]:
    """A one-text case of each opinion; near-identical texts (cosine over .9) form one group."""
    vectors = embed([opinion.text for opinion in opinions])
    groups = near_identical(vectors, 0.9)
    pictured = [at for at, opinion in enumerate(opinions) if opinion.image is not None]
    images = dict[int, Floats]()
    if pictured:
        rows, readable = embed_images([image for at in pictured if (image := opinions[at].image)])
        images = {at: row for at, row, good in zip(pictured, rows, readable, strict=True) if good}
    return [
        Sample(
            case=_case(opinion, vectors[at], images.get(at)),
            targets=_targets(opinion),
            group=str(groups[at]),
            as_of=None,
            label_end=None,
            name=opinion.name,
        )
        for at, opinion in enumerate(opinions)
    ]


def near_identical(vectors: Floats, cosine: float) -> npt.NDArray[np.int64]:
    """Group number of each of (n, d) unit vectors: those joined by a chain of pairs over `cosine`."""
    count = len(vectors)
    group = np.arange(count)
    for start in range(0, count, 1024):
        alike = vectors[start : start + 1024] @ vectors.T > cosine
        for row, column in zip(*np.nonzero(alike), strict=True):
            here, there = group[start + row], group[column]
            if here != there:
                group[group == max(here, there)] = min(here, there)
    return group


def _case(opinion: Opinion, text: Floats, image: Floats | None) -> Packed:
    vectors = {Modality.TEXT: text[None]}
    pairs = [_NEWS if opinion.source is SourceKind.NEWS else _SOCIAL]
    if image is not None:
        vectors[Modality.IMAGE] = image[None]
        pairs.append(_IMAGE)
    count = len(pairs)
    zeros = np.zeros(count, np.float32)
    return Packed(vectors, np.array(pairs, np.int64), zeros, zeros, np.arange(count))


def _targets(opinion: Opinion) -> Floats:
    targets = np.full(len(CLASSES) + 1, np.nan, np.float32)
    if opinion.label is not None:
        targets[: len(CLASSES)] = np.eye(len(CLASSES))[opinion.label]
        targets[-1] = CLASS_SCORE * (opinion.label - 1)
    if opinion.score is not None:
        targets[-1] = opinion.score
    return targets


def bag(chosen: Sequence[Sample], rng: np.random.Generator, drop: float) -> tuple[Packed, Floats]:
    """Several samples as the one case they would be for an issuer, with the mean of their labels.

    Ages and positions are drawn at random: what a text says does not depend on them, and the model is to
    learn so. Of a text with a picture either is dropped with chance `drop`, never both.
    """
    parts = []
    for sample in chosen:
        case = sample.case
        if len(case) > 1 and rng.random() < 2 * drop:
            case = case.take(np.arange(len(case)) == rng.integers(len(case)))
        parts.append(case)
    merged = merge(parts)
    ages = np.exp(rng.uniform(0, np.log(90), len(merged))).astype(np.float32) - 1
    positions = rng.random(len(merged), dtype=np.float32)
    targets = np.stack([sample.targets for sample in chosen])
    known = ~np.isnan(targets)
    means = np.where(known, targets, 0).sum(0) / np.maximum(known.sum(0), 1)
    means[~known.any(0)] = np.nan
    placed = Packed(merged.vectors, merged.pairs, ages, positions, merged.order)
    return placed, means.astype(np.float32)


def _day(stated: str) -> date | None:
    """The date stated; where day and month may be swapped, the later reading, so that no label is too new."""
    readings = []
    for form in ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%m/%d/%Y"):
        with suppress(ValueError):
            readings.append(datetime.strptime(stated.strip(), form).date())  # noqa: DTZ007 - a date has no zone
    return max(readings, default=None)
