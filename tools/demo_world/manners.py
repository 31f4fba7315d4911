"""How a sentence is spoken: plainly, under strain, loudly or fast; made by changing the spoken sound."""

from __future__ import annotations

import re
import subprocess
import zlib

import numpy as np
import numpy.typing as npt

from .voices import RATE, Sound, speak
from .world import SEED, Manner, Voice

Floats = npt.NDArray[np.float64]

_RAISED = 1.15  # factor of pitch under strain; from 1.2 it is heard as the voice of another speaker
_SLOWER = 0.78  # of the rate of speaking
_WOBBLE_HZ, _WOBBLE = 5.6, 0.028  # of pitch: a trembling voice
_SHAKE = 0.35  # of loudness, in step with it
_GRAIN_S = 0.006  # about a period of a voice
_JITTER, _SHIMMER = 0.035, 0.10  # of the length and the loudness of a grain, at random
_PAUSE_S = 0.45  # with 0.7 the recogniser makes two sentences of one
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
    """The speaker's own voice, slower, higher, trembling and rough, with a pause at each comma."""
    rng = np.random.default_rng([SEED, zlib.crc32(text.encode())])
    slow = Voice(voice.styles, voice.speed * _SLOWER, voice.pitch)
    parts: list[Sound] = []
    for chunk in re.split(r"(?<=,)\s+", text):
        if parts:
            parts.append(np.zeros(round(_PAUSE_S * RATE), np.float32))
        plain = speak(chunk, slow)
        parts.append(_trembling(_raised(plain), rng))
    return np.concatenate(parts)


def _raised(sound: Sound) -> Sound:
    """The sound at a higher pitch; its formants, by which a speaker is known, stay where they were."""
    command = [
        *("ffmpeg", "-v", "error", "-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"),
        *("-af", f"rubberband=pitch={_RAISED}:formant=preserved:pitchq=quality"),
        *("-f", "f32le", "-ar", str(RATE), "-ac", "1", "pipe:1"),
    ]
    done = subprocess.run(command, input=sound.tobytes(), capture_output=True, check=True)  # noqa: S603 - arguments of ours
    return np.frombuffer(done.stdout, np.float32).copy()


def _trembling(sound: Sound, rng: np.random.Generator) -> Sound:
    """The sound read at an uneven rate, which moves its pitch, and with an uneven loudness."""
    at = np.arange(len(sound)) / RATE
    tremor = np.sin(2 * np.pi * _WOBBLE_HZ * at)
    read_at = np.cumsum(1 + _WOBBLE * tremor + _JITTER * _uneven(len(sound), rng))
    read_at *= (len(sound) - 1) / read_at[-1]
    moved = np.interp(read_at, np.arange(len(sound)), sound)
    loudness = 1 - _SHAKE * 0.5 * (1 + tremor) + _SHIMMER * _uneven(len(sound), rng)
    return (moved * loudness).astype(np.float32)


def _uneven(samples: int, rng: np.random.Generator) -> Floats:
    """Random numbers around nought, a new one every few milliseconds."""
    grain = round(_GRAIN_S * RATE)
    return np.repeat(rng.standard_normal(samples // grain + 1), grain)[:samples]
