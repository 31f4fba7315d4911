"""Pitch by autocorrelation, after Boersma (1993), with Praat's standard settings.

Source: P. Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise
ratio of a sampled sound", IFA Proceedings 17, 97-110, and the Praat manual's page on raw autocorrelation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLOOR_HZ, CEILING_HZ = 75.0, 600.0
STEP_S = 0.01

_WINDOW_S = 3.0 / FLOOR_HZ
_CANDIDATES = 15
_SILENCE, _VOICING = 0.03, 0.45
_OCTAVE, _OCTAVE_JUMP, _SWITCH = 0.01, 0.35, 0.14  # costs, per step of 10 ms
_FINER = 8  # points of the interpolated autocorrelation per sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pitch:
    """A pitch track.

    Attributes:
        times: middles of the frames, seconds, shape (frames,), `STEP_S` apart.
        hertz: fundamental frequency; 0 where unvoiced.
        strength: autocorrelation at that period, 0 to 1; 0 where unvoiced.
        local: which frames sound voiced by themselves, whatever their neighbours.
    """

    times: Floats
    hertz: Floats
    strength: Floats
    local: NDArray[np.bool_]

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Which frames have a pitch."""
        return self.hertz > 0.0


def track(signal: Floats, rate: int) -> Pitch:
    """The pitch of a signal of shape (samples,) at `rate` Hz; no frames if it is shorter than a window."""
    window = 2 * int(_WINDOW_S * rate / 2)
    count = int((signal.size / rate - _WINDOW_S) / STEP_S) + 1
    if signal.size < window or count < 1:
        none = np.empty(0)
        return Pitch(none, none, none, np.empty(0, dtype=bool))
    first = (signal.size / rate - (count - 1) * STEP_S) / 2
    times = np.asarray(first + STEP_S * np.arange(count), dtype=np.float64)
    hertz, strength, loudness = _candidates(_frames(signal, rate, times, window), rate)
    level = loudness / max(float(np.abs(signal - signal.mean()).max()), 1e-30)
    unvoiced = _VOICING + np.maximum(0.0, 2.0 - level * (1 + _VOICING) / _SILENCE)
    chosen = _best_path(hertz, strength, unvoiced)
    rows, picked = np.arange(count), np.maximum(chosen - 1, 0)
    return Pitch(
        times,
        np.where(chosen > 0, hertz[rows, picked], 0.0),
        np.where(chosen > 0, strength[rows, picked], 0.0),
        (strength.max(axis=1) > _VOICING) & (level > _SILENCE),
    )


def _frames(signal: Floats, rate: int, times: Floats, window: int) -> Floats:
    """(frames, window), each around its time, without the mean of its middle longest period."""
    middle = np.floor(times * rate).astype(int)  # the sample just right of the time
    begin = np.clip(middle - window // 2, 0, signal.size - window)
    frames = np.lib.stride_tricks.sliding_window_view(signal, window)[begin]
    period = int(rate / FLOOR_HZ)
    around = frames[:, max(0, window // 2 - period) : window // 2 + period]
    return np.asarray(frames - around.mean(axis=1, keepdims=True))


def _candidates(frames: Floats, rate: int) -> tuple[Floats, Floats, Floats]:
    """Frequencies and strengths of the best peaks, (frames, candidates), 0 where fewer; and loudness."""
    window = frames.shape[1]
    half = int(rate / FLOOR_HZ / 2)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, window + 1) / (window + 1))
    frames = frames * hann
    loudness = np.abs(frames[:, window // 2 - half : window // 2 + half]).max(axis=1)
    curve = _autocorrelation(frames) / _autocorrelation(hann[None])
    lags = np.arange(curve.shape[1]) / (_FINER * rate)
    inner = curve[:, 1:-1]
    is_peak = (inner > curve[:, :-2]) & (inner >= curve[:, 2:]) & (inner > 0.5 * _VOICING)
    is_peak &= (lags[1:-1] >= 1 / CEILING_HZ) & (lags[1:-1] <= 1 / FLOOR_HZ + 2 / rate)
    worth = np.where(is_peak, inner - _OCTAVE * np.log2(CEILING_HZ * np.maximum(lags[1:-1], 1e-9)), -np.inf)
    keep = _CANDIDATES - 1
    best = np.argpartition(-worth, keep, axis=1)[:, :keep] + 1
    row = np.arange(len(frames))[:, None]
    left, mid, right = curve[row, best - 1], curve[row, best], curve[row, best + 1]
    bend = 2 * mid - left - right
    shift = np.where(bend > 0, 0.5 * (right - left) / np.where(bend > 0, bend, 1.0), 0.0)
    strength = mid + 0.25 * (right - left) * shift
    strength = np.where(strength > 1.0, 1.0 / np.maximum(strength, 1.0), strength)
    there = np.isfinite(worth[row, best - 1])
    hertz = _FINER * rate / (best + shift)
    return np.where(there, hertz, 0.0), np.where(there, strength, 0.0), loudness


def _autocorrelation(frames: Floats) -> Floats:
    """Normalised autocorrelation up to a little over the longest period, `_FINER` points a sample."""
    window = frames.shape[1]
    size = 1 << int(np.ceil(np.log2(1.5 * window)))
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    rate_lags = int(np.ceil(window / 3)) + 4  # the window holds three longest periods
    curve = np.fft.irfft(power, size * _FINER)[:, : rate_lags * _FINER]
    return np.asarray(curve / np.maximum(curve[:, :1], 1e-300))


def _best_path(hertz: Floats, strength: Floats, unvoiced: Floats) -> NDArray[np.intp]:
    """Viterbi over candidates; 0 is unvoiced, k is candidate k - 1. Shape (frames,)."""
    frames, count = hertz.shape
    octaves = np.log2(np.maximum(hertz, 1e-9))
    there = hertz > 0
    own = np.full((frames, count + 1), -np.inf)
    own[:, 0] = unvoiced
    own[:, 1:] = np.where(there, strength + _OCTAVE * (octaves - np.log2(CEILING_HZ)), -np.inf)
    back = np.zeros((frames, count + 1), dtype=np.intp)
    total = own[0]
    cost = np.zeros((count + 1, count + 1))
    cost[0, 1:] = cost[1:, 0] = _SWITCH
    for t in range(1, frames):
        cost[1:, 1:] = _OCTAVE_JUMP * np.abs(octaves[t - 1][:, None] - octaves[t][None])
        options = total[:, None] - cost
        back[t] = options.argmax(axis=0)
        total = options[back[t], np.arange(count + 1)] + own[t]
    path = np.zeros(frames, dtype=np.intp)
    path[-1] = int(total.argmax())
    for t in range(frames - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path
