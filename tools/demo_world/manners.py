"""How a sentence is spoken: plainly, under strain, loudly or fast; made by changing the spoken sound."""

from __future__ import annotations

import re
import zlib

import numpy as np

from .voices import RATE, Sound, speak
from .world import SEED, Manner, Voice

_RAISED = 1.34  # factor of pitch under strain
_WOBBLE_HZ, _WOBBLE = 5.6, 0.028  # of pitch: a trembling voice
_SHAKE = 0.35  # of loudness, in step with it
_JITTER = 0.010  # of the length of a few milliseconds of sound, at random
_PAUSE_S = 0.75
_LOUDER = 2.2
_FASTER = 1.38


def in_manner(text: str, voice: Voice, manner: Manner) -> Sound:
    """One sentence as mono sound at `RATE`, spoken in a manner."""
    if manner is Manner.STRAINED:
        return _strained(text, voice)
    if manner is Manner.LOUD:
        return np.asarray(np.tanh(speak(text, voice) * np.float32(_LOUDER)), np.float32)
    if manner is Manner.FAST:
        return speak(text, Voice(voice.styles, voice.speed * _FASTER, voice.pitch))
    return speak(text, voice)


def _strained(text: str, voice: Voice) -> Sound:
    """Higher, trembling, with a long pause at each comma."""
    rng = np.random.default_rng([SEED, zlib.crc32(text.encode())])
    raised = Voice(voice.styles, voice.speed * 0.95, voice.pitch * _RAISED)
    parts: list[Sound] = []
    for chunk in re.split(r"(?<=,)\s+", text):
        if parts:
            parts.append(np.zeros(round(_PAUSE_S * RATE), np.float32))
        parts.append(_trembling(speak(chunk.rstrip(",") + ("." if chunk.endswith(",") else ""), raised), rng))
    return np.concatenate(parts)


def _trembling(sound: Sound, rng: np.random.Generator) -> Sound:
    """The sound read at an uneven rate, which moves its pitch, and with an uneven loudness."""
    at = np.arange(len(sound)) / RATE
    grain = round(0.006 * RATE)
    steps = np.repeat(rng.standard_normal(len(sound) // grain + 1), grain)[: len(sound)]
    rate = 1 + _WOBBLE * np.sin(2 * np.pi * _WOBBLE_HZ * at) + _JITTER * steps
    read_at = np.cumsum(rate)
    read_at *= (len(sound) - 1) / read_at[-1]
    moved = np.interp(read_at, np.arange(len(sound)), sound)
    loudness = 1 - _SHAKE * 0.5 * (1 + np.sin(2 * np.pi * _WOBBLE_HZ * at))
    return (moved * loudness).astype(np.float32)
