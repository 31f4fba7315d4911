"""The voice measures of one spoken sentence: their names, their order, and which may feed a model.

They are the lines of Praat's voice report and intensity query, as the MAEC table of earnings calls gives
them, so that what is measured here and what a model learned from there mean the same.
"""

from __future__ import annotations

MEASURES: tuple[str, ...] = (
    "pitch_mean",
    "pitch_sd",
    "pitch_min",
    "pitch_max",
    "intensity_mean",
    "intensity_max",
    "intensity_min",
    "pulses",
    "periods",
    "period_mean",
    "period_sd",
    "unvoiced_fraction",
    "voice_breaks",
    "voice_break_degree",
    "jitter_local",
    "jitter_local_abs",
    "jitter_rap",
    "jitter_ppq5",
    "jitter_ddp",
    "shimmer_local",
    "shimmer_local_db",
    "shimmer_apq3",
    "shimmer_apq5",
    "shimmer_apq11",
    "shimmer_dda",
    "autocorrelation",
    "nhr",
    "hnr",
    "duration_s",
)
"""Names in the order of the MAEC table, one float a sentence each, None (null) where undefined.

- `pitch_*`: fundamental frequency over voiced frames, Hz.
- `intensity_*`: dB relative to 2e-5 (samples in [-1, 1] taken as pascal).
- `pulses`, `periods`, `voice_breaks`: counts.
- `period_mean`, `period_sd`, `jitter_local_abs`, `duration_s`: seconds.
- `unvoiced_fraction`, `voice_break_degree`: percent of frames, percent of the sentence's length.
- `jitter_*` (but `_abs`), `shimmer_*` (but `_db`): percent; `shimmer_local_db`: dB.
- `autocorrelation`, `nhr`: ratios; `hnr`: dB.
"""

UNTRUSTED: frozenset[str] = frozenset({"pitch_min", "jitter_rap", "jitter_ppq5", "jitter_ddp"})
"""Measures whose correlation with Praat's own is under .95 over real calls (`bench/voice.py`)."""

TRUSTED: tuple[str, ...] = tuple(name for name in MEASURES if name not in UNTRUSTED)
"""The others, in order.

Only these may feed a model that learned from Praat's numbers; the rest are shown, never scored.
"""
