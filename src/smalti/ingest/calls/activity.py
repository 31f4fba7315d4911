"""Where anybody speaks: Silero's voice activity detector, which comes with faster-whisper (MIT)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spans", "overlap", "speech", "stretches"]

RATE = 16_000
_THRESHOLD, _NEGATIVE = 0.35, 0.2  # low: speech lost costs more than a second of silence heard
_SHORTEST_PAUSE_MS, _PAD_MS = 300, 150
_FAR_S, _MARGIN_S = 3.0, 0.4

Pcm = NDArray[np.float32]
Spans = Sequence[tuple[float, float]]
"""Start and end seconds, in order, apart from each other."""


def speech(pcm: Pcm) -> list[tuple[float, float]]:
    """Start and end second of every run of speech in a signal of shape (samples,) at 16 kHz."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=_THRESHOLD,
        neg_threshold=_NEGATIVE,
        min_silence_duration_ms=_SHORTEST_PAUSE_MS,
        speech_pad_ms=_PAD_MS,
    )
    return [(s["start"] / RATE, s["end"] / RATE) for s in get_speech_timestamps(pcm, options)]


def stretches(spans: Spans, length: float) -> list[tuple[float, float]]:
    """The parts of a recording worth hearing: runs of speech, joined over pauses of up to three seconds.

    Args:
        spans: of speech.
        length: of the recording, seconds; each part keeps a margin of silence within it.
    """
    found: list[tuple[float, float]] = []
    for start, end in spans:
        begin, stop = max(0.0, start - _MARGIN_S), min(length, end + _MARGIN_S)
        if found and begin - found[-1][1] < _FAR_S:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((begin, stop))
    return found


def overlap(spans: Spans, start: float, end: float) -> float:
    """Seconds of speech between two moments."""
    return sum(max(0.0, min(end, b) - max(start, a)) for a, b in spans)
