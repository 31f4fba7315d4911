"""Glottal pulses: one moment a period, found by matching each period's waveform to the next.

Source: the Praat manual's page "Sound & Pitch: To PointProcess (cc)".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smalti.ingest.voice_pitch import STEP_S, Pitch

Floats = NDArray[np.float64]

_LEAST, _AT_EDGE = 0.3, 0.7  # correlation a pulse needs inside a voiced stretch, and just beyond its edge
# And the share of the signal's highest peak that the waveform around it must reach: not in the manual, found
# by comparing with Praat's own pulses.
_LEAST_PEAK, _PEAK_AT_EDGE = 0.01, 0.0233


def find(signal: Floats, rate: int, pitch: Pitch) -> Floats:
    """Times of the pulses, seconds, ascending, shape (pulses,)."""
    found: list[float] = []
    for left, right in _stretches(pitch):
        after = found[-1] if found else -np.inf
        found.extend(t for t in _Stretch(signal, rate, pitch, left, right).pulses() if t > after)
    return np.asarray(found)


def _stretches(pitch: Pitch) -> list[tuple[float, float]]:
    """Start and end of each run of voiced frames, seconds; a frame reaches half a step to both sides."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], pitch.voiced, [False]])))
    half = STEP_S / 2
    return [(pitch.times[a] - half, pitch.times[b - 1] + half) for a, b in edges.reshape(-1, 2)]


class _Stretch:
    """One voiced stretch, walked from its middle to both edges."""

    def __init__(self, signal: Floats, rate: int, pitch: Pitch, left: float, right: float) -> None:
        self.signal, self.rate, self.left, self.right = signal, rate, left, right
        self.size = np.abs(signal)
        self.highest = float(self.size.max())
        inside = pitch.voiced & (pitch.times > left) & (pitch.times < right)
        self.times, self.hertz = pitch.times[inside], pitch.hertz[inside]

    def pulses(self) -> list[float]:
        first = self._first()
        return [*reversed(self._walk(first, -1)), first, *self._walk(first, +1)]

    def _period(self, at: float) -> float:
        return 1.0 / float(np.interp(at, self.times, self.hertz))

    def _first(self) -> float:
        """The extreme of the waveform within the period around the middle."""
        middle = (self.left + self.right) / 2
        half = self._period(middle) / 2
        begin = max(0, int((middle - half) * self.rate))
        best = begin + int(np.argmax(self.size[begin : int((middle + half) * self.rate) + 1]))
        return (best + _vertex(self.size[max(0, best - 1) : best + 2]) + 0.5) / self.rate

    def _walk(self, start: float, way: int) -> list[float]:
        found: list[float] = []
        at = start
        while True:
            at, correlation = self._next(at, way)
            beyond = at < self.left if way < 0 else at > self.right
            if correlation == 0.0:
                return found
            least, lowest = (_AT_EDGE, _PEAK_AT_EDGE) if beyond else (_LEAST, _LEAST_PEAK)
            if correlation > least and self._height(at) > lowest * self.highest:
                found.append(at)
            if beyond:
                return found

    def _height(self, at: float) -> float:
        """The highest peak within the period around a moment."""
        half = self._period(at) / 2
        begin = max(0, int((at - half) * self.rate))
        return float(self.size[begin : int((at + half) * self.rate) + 1].max())

    def _next(self, at: float, way: int) -> tuple[float, float]:
        """The place 0.8 to 1.2 periods on whose surroundings match best, and how well; 0.0 at the end."""
        period = self._period(at)
        half = max(1, round(period * self.rate / 2))
        here = round(at * self.rate - 0.5)
        near, far = int(0.8 * period * self.rate), int(np.ceil(1.2 * period * self.rate))
        begin = here + (near if way > 0 else -far) - half
        end = begin + far - near + 2 * half + 1
        if begin < 0 or end > self.signal.size or here - half < 0 or here + half + 1 > self.signal.size:
            return at, 0.0
        own = self.signal[here - half : here + half + 1]
        others = np.lib.stride_tricks.sliding_window_view(self.signal[begin:end], own.size)
        norm = np.sqrt(np.einsum("ij,ij->i", others, others) * float(own @ own))
        match = others @ own / np.maximum(norm, 1e-30)
        best = int(np.argmax(match))
        shift = _vertex(match[max(0, best - 1) : best + 2]) if 0 < best < match.size - 1 else 0.0
        lag = begin + half + best - here + shift
        return at + lag / self.rate, float(match[best])


def _vertex(three: Floats) -> float:
    """Offset of a parabola's top from the middle of three points, in samples."""
    if three.size < 3:
        return 0.0
    left, middle, right = (float(v) for v in three)
    bend = 2 * middle - left - right
    return min(1.0, max(-1.0, 0.5 * (right - left) / bend)) if bend > 0 else 0.0
