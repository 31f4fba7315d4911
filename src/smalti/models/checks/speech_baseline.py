"""How far each sentence of one speaker departs from that speaker's own way of speaking, towards tension.

Three channels, each one-sided:

- *pitch*: log of mean pitch. It rises under stress (C. Giddens et al., "Vocal Indices of Stress: A Review",
  Journal of Voice 27(3), 2013) and in lies (B. DePaulo et al., "Cues to Deception", Psychological Bulletin
  129(1), 2003). Louder speech is higher with no tension, by about 0.4 semitone a decibel (P. Gramming et al.,
  "Relationship between changes in voice pitch and loudness", Journal of Voice 2(2), 1988): so much is taken
  off for each decibel over the speaker's usual peak, and a loud happy sentence does not depart.
- *roughness*: log jitter, log shimmer and noise against harmonics, together.
- *hesitation*: share of the time in breaks of the voice, and few words a second, together.

A departure is counted in robust deviations (median, and median absolute deviation times 1.4826) of the
speaker's nearest other sentences. The deviation is shrunk towards that of people's speech at large, as in
moderated t-statistics (G. Smyth, Statistical Applications in Genetics and Molecular Biology 3(1), 2004), so
that few or very even sentences make no small thing large. The channels, each cut at `CAP` so that none can
speak alone, are summed (P. O'Brien, "Procedures for Comparing Samples with Multiple Endpoints", Biometrics
40(4), 1984). How rare a sum is follows no normal curve: `TAIL` is measured on real calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["LEAST_OTHERS", "Departure", "Voice", "departures", "voice_of"]

Floats = npt.NDArray[np.float64]

LEAST_OTHERS = 4
"""Other usable sentences of the speaker without which there is no baseline."""
NEAREST = 40
"""Others that make the baseline, the nearest in time: a line and a room change in the course of a call."""
CAP = 4.0
TURN = 1.5
"""Deviations from which a channel counts as departing; pitch must, and one of the other two."""

SPREADS: Mapping[str, float] = {
    "pitch": 0.07,
    "jitter": 0.14,
    "shimmer": 0.076,
    "noise": 0.95,
    "breaks": 9.2,
    "slowness": 0.23,
    "loudness": 5.6,
}
"""Median spread within a speaker, in the units of `Voice` (`bench/words_against_voice.py`)."""
_PRIOR = 5.0  # sentences' worth of belief in SPREADS
_MEDIAN_NOISE = 1.57  # variance of a median over that of a mean: pi / 2
_PITCH_PER_DB = 0.4 * log(2) / 12
_ROUGH, _HALTING = sqrt(6.1), sqrt(2.5)  # deviations of the sums, by the measures' correlations in real calls

TAIL: Sequence[tuple[float, float]] = (
    (2.0, 1.6e-2),
    (2.5, 1.15e-2),
    (3.0, 7.9e-3),
    (3.5, 5.2e-3),
    (4.0, 2.9e-3),
    (4.5, 1.8e-3),
    (5.0, 8.5e-4),
    (5.5, 5.0e-4),
    (6.0, 2.8e-4),
)
"""Share of sentences of real calls up to 2015 that depart by so much, the highest over sizes of baseline.

Later calls stay under it (`bench/words_against_voice.py`). Where words do not tell a change of speaker the
bench takes two for one, which makes these shares too high, not too low.
"""

_SECONDS = (1.5, 30.0)
_VOICED = 1.0  # seconds; jitter of less is chance
_NEEDED = (
    "pitch_mean", "pitch_sd", "intensity_max", "jitter_local", "shimmer_local", "hnr",
    "voice_break_degree", "unvoiced_fraction", "duration_s",
)  # fmt: skip
_STRAY = 0.5  # deviation of pitch over its mean from which its track jumps between octaves


@dataclass(frozen=True, slots=True)
class Voice:
    """How one sentence sounds: the measures that are compared.

    Attributes:
        pitch: log of Hz.
        jitter, shimmer: log of percent.
        noise: against harmonics, dB.
        breaks: percent of its time.
        slowness: log of seconds a word.
        loudness: of its loudest moment, dB.
    """

    pitch: float
    jitter: float
    shimmer: float
    noise: float
    breaks: float
    slowness: float
    loudness: float


@dataclass(frozen=True, slots=True)
class Departure:
    """One sentence against its baseline.

    Attributes:
        pitch, roughness, hesitation, loudness: robust deviations; positive is up.
        total: of the three channels, in standard deviations of their sum.
        chance: share of sentences of real calls that depart as much; 1 where pitch or both others do not.
        others: the sentences of the baseline, the most typical first.
    """

    pitch: float
    roughness: float
    hesitation: float
    loudness: float
    total: float
    chance: float
    others: tuple[int, ...]


def voice_of(measures: Mapping[str, Any], words: int) -> Voice | None:
    """The compared measures of one sentence; None where one is undefined or cannot be relied on.

    Args:
        measures: by the names of `smalti.platform.voice_measures`.
        words: how many were said.
    """
    found = [measures.get(name) for name in _NEEDED]
    if words < 1 or not all(isinstance(v, int | float) and isfinite(v) for v in found):
        return None
    known = (float(v) for v in found if v is not None)
    pitch, stray, loudness, jitter, shimmer, harmonics, breaks, unvoiced, seconds = known
    voiced = seconds * (1 - unvoiced / 100)
    if not (_SECONDS[0] <= seconds <= _SECONDS[1] and voiced >= _VOICED):
        return None
    if min(pitch, jitter, shimmer) <= 0 or stray > _STRAY * pitch:
        return None
    return Voice(log(pitch), log(jitter), log(shimmer), -harmonics, breaks, log(seconds / words), loudness)


def departures(voices: Sequence[Voice]) -> list[Departure]:
    """How far each sentence of one speaker departs from the others.

    Args:
        voices: one speaker's usable sentences in the order they were said, more than `LEAST_OTHERS` of them.
    """
    measured = np.array([[getattr(v, name) for name in SPREADS] for v in voices], dtype=np.float64)
    near = _nearest(len(voices))
    others = measured[near]
    usual = np.median(others, axis=1)
    spread = 1.4826 * np.median(np.abs(others - usual[:, None]), axis=1)
    count = near.shape[1]
    prior = np.array(list(SPREADS.values()))
    shrunk = np.sqrt((count * spread**2 + _PRIOR * prior**2) / (count + _PRIOR))
    away = measured - usual
    away[:, 0] -= _PITCH_PER_DB * np.maximum(0.0, away[:, -1])
    deviations = away / (shrunk * sqrt(1 + _MEDIAN_NOISE / count))
    typical = np.argsort(np.abs((others - usual[:, None]) / prior).max(axis=2), axis=1, kind="stable")
    return [_departure(row, near[i][typical[i]].tolist()) for i, row in enumerate(deviations)]


def _departure(row: Floats, others: Sequence[int]) -> Departure:
    pitch, loudness = float(row[0]), float(row[6])
    roughness, hesitation = float(row[1:4].sum()) / _ROUGH, float(row[4:6].sum()) / _HALTING
    total = sum(max(-CAP, min(CAP, channel)) for channel in (pitch, roughness, hesitation)) / sqrt(3)
    departs = pitch >= TURN and max(roughness, hesitation) >= TURN
    return Departure(
        pitch, roughness, hesitation, loudness, total, _chance(total) if departs else 1.0, tuple(others)
    )


def _chance(total: float) -> float:
    """By `TAIL`, straight between its points on a logarithmic scale; none is rarer than its last."""
    if total < TAIL[0][0]:
        return 1.0
    at, shares = zip(*TAIL, strict=True)
    return float(np.exp(np.interp(total, at, np.log(shares))))


def _nearest(count: int) -> npt.NDArray[np.intp]:
    """For each of `count` sentences the indices of its nearest others, shape (count, up to NEAREST)."""
    width = min(NEAREST, count - 1)
    first = np.clip(np.arange(count) - width // 2, 0, count - 1 - width)[:, None]
    window = first + np.arange(width)
    return np.asarray(window + (window >= np.arange(count)[:, None]), dtype=np.intp)
