"""How a sentence sounds: Praat's measures of pitch, intensity and voice quality, one row a sentence.

Settings are Praat's standard ones, which are those behind the MAEC table too (its shares of unvoiced frames
are whole numbers of 10 ms frames of a 75 Hz window). `bench/voice.py` compares each with Praat itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from smalti.ingest.voice_perturbation import breaks, periods, shimmer
from smalti.ingest.voice_pitch import Pitch, track
from smalti.ingest.voice_pulses import find
from smalti.platform.voice_measures import MEASURES

__all__ = ["Measures", "measure"]

RATE = 16_000
Measures = dict[str, float | None]
Floats = NDArray[np.float64]

_INTENSITY_FLOOR_HZ = 100.0
_WINDOW_S, _STEP_S = 6.4 / _INTENSITY_FLOOR_HZ, 0.8 / _INTENSITY_FLOOR_HZ
_KAISER = 2 * np.pi**2 + 0.5
_HEARING = 2e-5  # pascal: 0 dB
_SILENT_DB = -300.0  # what Praat gives digital silence
_BATCH = 512  # frames at once


def measure(pcm: NDArray[np.float32], spans: Sequence[tuple[float, float]]) -> list[Measures]:
    """The measures of `smalti.platform.voice_measures.MEASURES` for each span, in that order.

    Args:
        pcm: signal of shape (samples,) at 16 kHz, full scale 1.
        spans: start and end of each sentence, seconds; ends beyond the signal are cut.

    Returns:
        One dict a span; None where a measure is undefined (no voice, or too short).
    """
    rows: list[Measures] = []
    for start, end in spans:
        begin = max(0, round(start * RATE))
        rows.append(_measure(pcm[begin : max(begin, round(end * RATE))].astype(np.float64)))
    return rows


def _measure(signal: Floats) -> Measures:
    pitch = track(signal, RATE)
    pulses = find(signal, RATE, pitch)
    seconds = signal.size / RATE
    found = {
        **_pitch(pitch),
        **_intensity(signal),
        **periods(pulses),
        **breaks(pulses, seconds),
        **shimmer(signal, RATE, pulses),
        "duration_s": seconds,
    }
    return {name: found[name] for name in MEASURES}


def _pitch(pitch: Pitch) -> Measures:
    """Over voiced frames. Ratios follow from the autocorrelation r: noise (1 - r) / r, its inverse in dB."""
    voiced = pitch.voiced
    hertz = pitch.hertz[voiced]
    strength = np.clip(pitch.strength[voiced], 1e-6, 1 - 1e-6)
    noise = (1 - strength) / strength
    some = hertz.size > 0
    return {
        "pitch_mean": float(hertz.mean()) if some else None,
        "pitch_sd": float(hertz.std(ddof=1)) if hertz.size > 1 else None,
        "pitch_min": -_peak(-pitch.hertz, voiced) if some else None,
        "pitch_max": _peak(pitch.hertz, voiced) if some else None,
        "unvoiced_fraction": 100 * float(1 - pitch.local.mean()) if voiced.size else None,
        "autocorrelation": float(strength.mean()) if some else None,
        "nhr": float(noise.mean()) if some else None,
        "hnr": float(-10 * np.log10(noise).mean()) if some else None,
    }


def _peak(track: Floats, valid: NDArray[np.bool_]) -> float:
    """The highest value over valid frames, on parabolas through each peak between two valid frames."""
    highest = float(track[valid].max())
    left, middle, right = track[:-2], track[1:-1], track[2:]
    inner = valid[:-2] & valid[1:-1] & valid[2:] & (middle > left) & (middle >= right)
    if not inner.any():
        return highest
    left, middle, right = left[inner], middle[inner], right[inner]
    tops = middle + (right - left) ** 2 / (8 * (2 * middle - left - right))
    return max(highest, float(tops.max()))


def _intensity(signal: Floats) -> Measures:
    """Mean, highest and lowest level in dB, after the Praat manual's page "Sound: To Intensity"."""
    decibels = _levels(signal)
    everywhere = np.ones(decibels.size, dtype=bool)
    return {
        "intensity_mean": float(decibels.mean()) if decibels.size else None,
        "intensity_max": _peak(decibels, everywhere) if decibels.size else None,
        "intensity_min": -_peak(-decibels, everywhere) if decibels.size else None,
    }


def _levels(signal: Floats) -> Floats:
    """Level every 8 ms under a Kaiser window of 64 ms, each frame's mean taken off first."""
    half = int(_WINDOW_S * RATE / 2)
    count = int((signal.size / RATE - _WINDOW_S) / _STEP_S) + 1
    if signal.size < 2 * half + 1 or count < 1:
        return np.empty(0)
    first = (signal.size / RATE - (count - 1) * _STEP_S) / 2
    middle = np.round((first + _STEP_S * np.arange(count)) * RATE - 0.5).astype(int)
    begin = np.clip(middle - half, 0, signal.size - (2 * half + 1))
    place = np.arange(-half, half + 1) / (RATE * _WINDOW_S / 2)
    window = np.i0(_KAISER * np.sqrt(np.maximum(0.0, 1 - place**2)))
    window /= window.sum()
    runs = np.lib.stride_tricks.sliding_window_view(signal, 2 * half + 1)
    power = np.empty(count)
    for at in range(0, count, _BATCH):
        frames = runs[begin[at : at + _BATCH]]
        frames = frames - frames.mean(axis=1, keepdims=True)
        power[at : at + _BATCH] = frames**2 @ window
    with np.errstate(divide="ignore"):
        decibels = 10 * np.log10(power / _HEARING**2)
    return np.asarray(np.maximum(decibels, _SILENT_DB))
