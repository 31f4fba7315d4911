"""Made-up voice measures: one speaker's usual sentence, and the same with small steady differences."""

from __future__ import annotations

from random import Random
from typing import Any


def measures() -> dict[str, Any]:
    """A plain sentence of a man's voice."""
    return {
        "pitch_mean": 110.0, "pitch_sd": 16.0, "intensity_max": 74.0, "jitter_local": 2.3,
        "shimmer_local": 9.5, "hnr": 11.0, "voice_break_degree": 25.0, "unvoiced_fraction": 35.0,
        "duration_s": 4.0,
    }  # fmt: skip


def usual_voice(number: int) -> dict[str, Any]:
    """The same voice, a little different in each sentence."""
    chance = Random(number)
    found = measures()
    for name, share in (
        ("pitch_mean", 0.06), ("jitter_local", 0.1), ("shimmer_local", 0.06), ("hnr", 0.06),
        ("voice_break_degree", 0.2), ("intensity_max", 0.02), ("duration_s", 0.1),
    ):  # fmt: skip
        found[name] *= 1 + share * chance.uniform(-1, 1)
    return found


def tense_voice(number: int) -> dict[str, Any]:
    """The same voice high, rough and halting."""
    found = usual_voice(number)
    for name, by in (
        ("pitch_mean", 1.4), ("jitter_local", 1.9), ("shimmer_local", 1.5), ("hnr", 0.5),
        ("voice_break_degree", 2.4), ("duration_s", 2.2),
    ):  # fmt: skip
        found[name] *= by
    return found


def happy_voice(number: int) -> dict[str, Any]:
    """The same voice high and loud, clear and fluent."""
    found = usual_voice(number)
    for name, by in (
        ("pitch_mean", 1.4), ("jitter_local", 0.8), ("shimmer_local", 0.8), ("hnr", 1.2),
        ("voice_break_degree", 0.7), ("duration_s", 0.8),
    ):  # fmt: skip
        found[name] *= by
    found["intensity_max"] += 9
    return found
