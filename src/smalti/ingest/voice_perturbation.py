"""Periods, jitter, shimmer and voice breaks from glottal pulses.

Source of the definitions: the Praat manual's pages "Voice 1. Voice breaks", "Voice 2. Jitter", "Voice 3.
Shimmer" and those on the PointProcess queries, with the limits of its voice report: a period is 0.8 /
ceiling to 1.25 / floor long, and two neighbours differ at most by a factor 1.3 (amplitudes 1.6).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smalti.ingest.voice_pitch import CEILING_HZ, FLOOR_HZ

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_SHORTEST_S, _LONGEST_S = 0.8 / CEILING_HZ, 1.25 / FLOOR_HZ
_PERIOD_FACTOR, _AMPLITUDE_FACTOR = 1.3, 1.6
_REACH = 0.2  # an amplitude is taken over this part of the period to both sides of its pulse


def periods(pulses: Floats) -> dict[str, float | None]:
    """Count, mean and deviation of periods, and jitter.

    Args:
        pulses: times, seconds, ascending, shape (pulses,).

    Returns:
        `pulses`, `periods` (counts); `period_mean`, `period_sd`, `jitter_local_abs` (s); `jitter_local`,
        `jitter_rap`, `jitter_ppq5`, `jitter_ddp` (percent of the mean period). None where too few.
    """
    gaps = np.diff(pulses)
    fits = _in_range(gaps)
    linked = _linked(gaps, fits)
    # An interval is a period unless all its neighbours that could be periods differ too much.
    alone = np.ones(gaps.size, dtype=bool)
    alone[:-1] &= fits[1:] & ~linked if gaps.size > 1 else True
    alone[1:] &= fits[:-1] & ~linked if gaps.size > 1 else True
    true = gaps[fits & ~alone] if gaps.size > 1 else gaps[fits]
    mean = float(true.mean()) if true.size else None
    step = _mean(np.abs(np.diff(gaps))[linked])
    rap, ppq5 = (_share(_quotient(gaps, linked, n), mean) for n in (3, 5))
    return {
        "pulses": float(pulses.size),
        "periods": float(true.size),
        "period_mean": mean,
        "period_sd": float(true.std(ddof=1)) if true.size > 1 else None,
        "jitter_local": _share(step, mean),
        "jitter_local_abs": step,
        "jitter_rap": rap,
        "jitter_ppq5": ppq5,
        "jitter_ddp": None if rap is None else 3 * rap,
    }


def shimmer(signal: Floats, rate: int, pulses: Floats) -> dict[str, float | None]:
    """The six shimmer measures: percent of the mean amplitude, `shimmer_local_db` in dB; None where too few.

    Args:
        signal: shape (samples,) at `rate` Hz.
        rate: samples a second.
        pulses: times, seconds, ascending.
    """
    gaps = np.diff(pulses)
    fits = _in_range(gaps)
    at = np.flatnonzero(_linked(gaps, fits)) + 1  # pulses with a period on both sides
    loud = np.asarray([_amplitude(signal, rate, pulses[i], gaps[i - 1], gaps[i]) for i in at])
    beside = fits[at[:-1]] & (np.diff(at) == 1) if at.size else np.empty(0, dtype=bool)
    linked = beside & _close(loud, _AMPLITUDE_FACTOR)
    mean = _mean(loud)
    apq3, apq5, apq11 = (_share(_quotient(loud, linked, n), mean) for n in (3, 5, 11))
    with np.errstate(divide="ignore"):
        decibels = np.abs(np.diff(20 * np.log10(loud)))[linked]
    return {
        "shimmer_local": _share(_mean(np.abs(np.diff(loud))[linked]), mean),
        "shimmer_local_db": _mean(decibels),
        "shimmer_apq3": apq3,
        "shimmer_apq5": apq5,
        "shimmer_apq11": apq11,
        "shimmer_dda": None if apq3 is None else 3 * apq3,
    }


def breaks(pulses: Floats, seconds: float) -> dict[str, float | None]:
    """`voice_breaks`: gaps between pulses over 1.25 longest periods; `voice_break_degree`: their share, %."""
    gaps = np.diff(pulses)
    wide = gaps[gaps > _LONGEST_S]
    return {
        "voice_breaks": float(wide.size),
        "voice_break_degree": 100 * float(wide.sum()) / seconds if seconds > 0 else None,
    }


def _in_range(gaps: Floats) -> Mask:
    return np.asarray((gaps >= _SHORTEST_S) & (gaps <= _LONGEST_S))


def _linked(gaps: Floats, fits: Mask) -> Mask:
    """Whether each interval and the next are consecutive periods, shape (intervals - 1,)."""
    return np.asarray(fits[:-1] & fits[1:] & _close(gaps, _PERIOD_FACTOR))


def _close(values: Floats, factor: float) -> Mask:
    low, high = np.minimum(values[:-1], values[1:]), np.maximum(values[:-1], values[1:])
    return np.asarray(high <= factor * low)


def _quotient(values: Floats, linked: Mask, size: int) -> float | None:
    """Mean distance of a value from the mean of the `size` linked values around it."""
    if values.size < size:
        return None
    runs = np.lib.stride_tricks.sliding_window_view(values, size)
    whole = np.lib.stride_tricks.sliding_window_view(linked, size - 1).all(axis=1)
    return _mean(np.abs(runs[:, size // 2] - runs.mean(axis=1))[whole])


def _amplitude(signal: Floats, rate: int, at: float, before: float, after: float) -> float:
    """Root mean square under a Hann window that reaches a fifth of a period to both sides."""
    left, right = _REACH * before, _REACH * after
    index = np.arange(
        max(0, int(np.ceil((at - left) * rate - 0.5))),
        min(signal.size, int(np.floor((at + right) * rate - 0.5)) + 1),
    )
    away = (index + 0.5) / rate - at
    window = 0.5 + 0.5 * np.cos(np.pi * away / np.where(away < 0, left, right))
    return float(np.sqrt(np.sum((signal[index] * window) ** 2) / max(np.sum(window**2), 1e-30)))


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None


def _share(part: float | None, whole: float | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
