"""Who speaks when, by voice: sentences whose voices are near belong to one speaker.

Each sentence of some length gets the mean of its voice vectors; average linkage joins sentences up to a set
cosine distance; short sentences, whose vectors say little, then go to the nearest speaker, and to the one
before them unless another is clearly nearer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["APART", "ASKER", "HOST", "OPERATOR", "PRESENTER", "Encoder", "voices"]

RATE = 16_000

APART = 0.22
"""Cosine distance from which two groups of sentences are two speakers.

Set on the synthetic calls and the two real voices of `bench/calls.py`. Within a voice the mean is 0.06 to
0.12, and 0.22 for a real one heard over two lines; between real voices 0.34, between synthetic ones 0.21 and
more (two mixes of one style: 0.13, which only words part).
"""

ASKER, HOST, OPERATOR, PRESENTER = "asker", "host", "operator", "presenter"
"""What words say of who speaks: asks, speaks before the first question, runs the call, presents figures."""

_EXCLUDES = {
    ASKER: {HOST, OPERATOR, PRESENTER},
    HOST: {ASKER},
    OPERATOR: {ASKER, PRESENTER},
    PRESENTER: {ASKER, OPERATOR},
}

_PARTIAL_S, _STEP_S, _MOST_PARTIALS = 1.6, 0.8, 4
_LONG_S = 1.2  # shorter sentences do not found a speaker
_MOST_UNITS = 1_500  # linkage is quadratic; of more sentences, these many found the speakers
_CANNOT = 2.0  # the distance between sentences whose words say that two people speak
_SAME_LABEL, _OTHER_LABEL = 0.8, 1.15  # how file names that agree or differ shorten or lengthen a distance
_STAY = 0.04  # how much nearer another speaker must be for a short sentence to change hands

Pcm = NDArray[np.float32]
Vectors = NDArray[np.float32]
Groups = NDArray[np.intp]


class Encoder(Protocol):
    """Gives a unit vector for each clip of speech."""

    def encode(self, clips: Sequence[Pcm]) -> Vectors:
        """See `smalti.ingest.calls.voiceprints.VoiceEncoder.encode`."""


def voices(
    pcm: Pcm,
    spans: Sequence[tuple[float, float]],
    encoder: Encoder,
    labels: Sequence[str | None] = (),
    sides: Sequence[str | None] = (),
) -> list[int]:
    """The number of the voice of each sentence, counted from 0 in the order they are first heard.

    Args:
        pcm: signal of shape (samples,) at 16 kHz.
        spans: start and end of each sentence, seconds, in order.
        encoder: what makes vectors.
        labels: what file names say of who speaks; they move distances a little, the voice decides.
        sides: what the words say (`ASKER`, ...): sentences on sides that exclude each other are two people's.
    """
    if not spans:
        return []
    labels, sides = labels or [None] * len(spans), sides or [None] * len(spans)
    vectors = sentence_vectors(pcm, spans, encoder)
    seconds = np.array([end - start for start, end in spans])
    founders = _founders(seconds)
    own = [sides[i] for i in founders]
    groups = _grouped(vectors[founders], [labels[i] for i in founders], own)
    centres = _centres(vectors[founders], groups)
    taken = [{own[i] for i in np.flatnonzero(groups == g)} - {None} for g in range(len(centres))]
    excluded = [_EXCLUDES.get(side or "", set()) for side in sides]
    barred = np.array([[not t.isdisjoint(others) for t in taken] for others in excluded])
    distances = np.where(barred, np.float32(_CANNOT), _distances(vectors, centres))
    return _numbered(_assigned(distances, seconds, spans))


def sentence_vectors(pcm: Pcm, spans: Sequence[tuple[float, float]], encoder: Encoder) -> Vectors:
    """One unit vector a sentence, the mean over up to four stretches of it; shape (len(spans), width)."""
    clips: list[Pcm] = []
    owner: list[int] = []
    for i, (start, end) in enumerate(spans):
        for at in _stretches(start, end):
            clip = pcm[max(0, round(at * RATE)) : round(min(end, at + _PARTIAL_S) * RATE)]
            clips.append(clip if clip.size else np.zeros(1, dtype=np.float32))
            owner.append(i)
    partial = encoder.encode(clips)
    sums = np.zeros((len(spans), partial.shape[1]), dtype=np.float32)
    np.add.at(sums, owner, partial)
    return np.asarray(sums / np.maximum(1e-9, np.linalg.norm(sums, axis=1, keepdims=True)))


def _stretches(start: float, end: float) -> list[float]:
    room = end - start - _PARTIAL_S
    if room <= 0:
        return [start]
    count = min(_MOST_PARTIALS, 1 + int(np.ceil(room / _STEP_S)))
    return [float(at) for at in np.linspace(start, start + room, count)]


def _founders(seconds: NDArray[np.float64]) -> Groups:
    """The sentences that found speakers: the long ones, or all where none is long; evenly chosen if many."""
    long = np.flatnonzero(seconds >= _LONG_S)
    long = long if long.size else np.arange(seconds.size)
    chosen: Groups = long[np.unique(np.linspace(0, long.size - 1, min(long.size, _MOST_UNITS)).astype(int))]
    return chosen


def _grouped(vectors: Vectors, labels: Sequence[str | None], sides: Sequence[str | None]) -> Groups:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(vectors) == 1:
        return np.zeros(1, dtype=np.intp)
    between = 1 - vectors @ vectors.T
    for mine, other in _marked(labels):
        between[np.ix_(mine, mine)] *= _SAME_LABEL
        between[np.ix_(mine, other)] *= _OTHER_LABEL
    marks = np.array([side or "" for side in sides])
    for side, others in _EXCLUDES.items():
        between[np.ix_(marks == side, np.isin(marks, list(others)))] = _CANNOT
    np.fill_diagonal(between, 0.0)
    tree = linkage(squareform(np.maximum(between, 0.0), checks=False), method="average")
    groups = np.asarray(fcluster(tree, APART, criterion="distance"), dtype=np.intp) - 1
    return _without_specks(vectors, groups, sides)


def _marked(marks: Sequence[str | None]) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """For each mark: who bears it, and who bears another."""
    every = np.array([mark or "" for mark in marks])
    return [(every == mark, (every != mark) & (every != "")) for mark in np.unique(every) if mark]


def _without_specks(vectors: Vectors, groups: Groups, sides: Sequence[str | None]) -> Groups:
    """Groups of one sentence dissolved into their neighbours, but for those who ask: some ask only once."""
    sizes = np.bincount(groups)
    told = {int(group) for group, side in zip(groups, sides, strict=True) if side == ASKER}
    kept = [g for g in range(len(sizes)) if sizes[g] > 1 or g in told] or list(range(len(sizes)))
    nearest = np.argmin(_distances(vectors, _centres(vectors, groups)[kept]), axis=1)
    place = {group: i for i, group in enumerate(kept)}
    return np.array([place.get(int(g), n) for g, n in zip(groups, nearest, strict=True)], dtype=np.intp)


def _centres(vectors: Vectors, groups: Groups) -> Vectors:
    sums = np.zeros((int(groups.max()) + 1, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, groups, vectors)
    return np.asarray(sums / np.maximum(1e-9, np.linalg.norm(sums, axis=1, keepdims=True)))


def _distances(vectors: Vectors, centres: Vectors) -> NDArray[np.float32]:
    return np.asarray(1 - vectors @ centres.T)


def _assigned(
    distances: NDArray[np.float32], seconds: NDArray[np.float64], spans: Sequence[tuple[float, float]]
) -> list[int]:
    chosen: list[int] = []
    for i, row in enumerate(distances):
        nearest = int(np.argmin(row))
        follows = i > 0 and spans[i][0] - spans[i - 1][1] < _LONG_S
        if follows and seconds[i] < _LONG_S and row[chosen[-1]] - row[nearest] < _STAY:
            nearest = chosen[-1]
        chosen.append(nearest)
    return chosen


def _numbered(groups: Sequence[int]) -> list[int]:
    order: dict[int, int] = {}
    return [order.setdefault(group, len(order)) for group in groups]
