"""Voice measures: known signals, and Praat's own numbers for the same signal."""

import os
from pathlib import Path

import numpy as np
import pytest

from smalti.ingest.parse.audio import RATE, parse
from smalti.ingest.parse.contract import Request
from smalti.ingest.voice import measure
from smalti.ingest.voice_perturbation import breaks, periods, shimmer
from smalti.platform.voice_measures import MEASURES, TRUSTED

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
CALLS = DATA / "sample" / "call_audio"
needs_data = pytest.mark.skipif(not CALLS.is_dir(), reason=f"no real calls at {CALLS}: set SMALTI_DATA")


def buzz(seconds: float, hertz: float, level: float = 0.3) -> np.ndarray:
    """A pulse train through two resonances: roughly a sung vowel."""
    times = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * hertz * k * times) / k for k in range(1, 9))
    return (level * wave / np.abs(wave).max()).astype(np.float32)


def test_the_names_are_those_of_the_training_table_in_its_order() -> None:
    assert len(MEASURES) == 29
    assert set(TRUSTED) <= set(MEASURES)
    assert tuple(measure(buzz(0.5, 120.0), [(0.0, 0.5)])[0]) == MEASURES


def test_a_steady_tone_has_its_pitch_and_no_jitter() -> None:
    row = measure(buzz(2.0, 125.0), [(0.0, 2.0)])[0]
    assert row["pitch_mean"] == pytest.approx(125.0, abs=0.05)
    assert row["pitch_sd"] == pytest.approx(0.0, abs=0.05)
    assert row["period_mean"] == pytest.approx(0.008, abs=1e-5)
    assert row["pulses"] == pytest.approx(250, abs=3)
    assert row["jitter_local"] == pytest.approx(0.0, abs=0.05)
    assert row["shimmer_local"] == pytest.approx(0.0, abs=0.3)
    assert row["unvoiced_fraction"] == 0.0
    assert row["voice_breaks"] == 0.0
    assert row["hnr"] is not None
    assert row["hnr"] > 25.0
    assert row["duration_s"] == 2.0


def test_half_the_loudness_is_six_decibels_less() -> None:
    pcm = np.concatenate([buzz(1.0, 110.0, 0.4), buzz(1.0, 110.0, 0.2)])
    loud, soft = measure(pcm, [(0.1, 0.9), (1.1, 1.9)])
    assert loud["intensity_mean"] - soft["intensity_mean"] == pytest.approx(6.02, abs=0.05)  # type: ignore[operator]


def test_a_silent_gap_is_a_voice_break_of_its_length() -> None:
    pcm = np.concatenate([buzz(0.5, 150.0), np.zeros(RATE // 2, np.float32), buzz(0.5, 150.0)])
    row = measure(pcm, [(0.0, 1.5)])[0]
    assert row["voice_breaks"] == 1.0
    assert row["voice_break_degree"] == pytest.approx(100 / 3, abs=2.5)
    assert row["unvoiced_fraction"] == pytest.approx(100 / 3, abs=5)


@pytest.mark.parametrize(
    "pcm", [np.zeros(RATE, np.float32), np.zeros(100, np.float32), np.zeros(0, np.float32)]
)
def test_without_a_voice_measures_are_undefined_and_counts_are_zero(pcm: np.ndarray) -> None:
    row = measure(pcm, [(0.0, pcm.size / RATE)])[0]
    assert row["pulses"] == 0.0
    assert row["pitch_mean"] is None
    assert row["jitter_local"] is None
    assert row["shimmer_apq11"] is None


def test_a_span_beyond_the_signal_is_cut() -> None:
    row = measure(buzz(1.0, 120.0), [(0.5, 9.0)])[0]
    assert row["duration_s"] == 0.5


def test_jitter_follows_its_definition() -> None:
    gaps = np.tile([0.0100, 0.0102], 20)
    found = periods(np.concatenate([[0.0], np.cumsum(gaps)]))
    assert found["periods"] == 40
    assert found["period_mean"] == pytest.approx(0.0101)
    assert found["jitter_local_abs"] == pytest.approx(0.0002)
    assert found["jitter_local"] == pytest.approx(100 * 0.0002 / 0.0101)
    assert found["jitter_rap"] == pytest.approx(100 * 0.0002 * 2 / 3 / 0.0101)
    assert found["jitter_ddp"] == pytest.approx(3 * found["jitter_rap"])  # type: ignore[operator]


def test_intervals_too_long_or_too_unlike_are_no_periods() -> None:
    found = periods(np.cumsum([0.0, 0.010, 0.010, 0.030, 0.010, 0.010]))
    assert found["periods"] == 4
    assert found["jitter_local_abs"] == pytest.approx(0.0, abs=1e-12)
    assert breaks(np.cumsum([0.0, 0.010, 0.030]), 0.1) == {
        "voice_breaks": 1.0,
        "voice_break_degree": pytest.approx(30.0),
    }


def test_shimmer_follows_its_definition() -> None:
    pulses = np.arange(1, 41) * 0.01
    signal = np.zeros(RATE // 2)
    for i, at in enumerate(pulses):
        near = slice(round((at - 0.004) * RATE), round((at + 0.004) * RATE))
        signal[near] = 0.5 if i % 2 else 0.4
    found = shimmer(signal, RATE, pulses)
    assert found["shimmer_local"] == pytest.approx(100 * 0.1 / 0.45, rel=1e-3)
    assert found["shimmer_local_db"] == pytest.approx(20 * np.log10(0.5 / 0.4), rel=1e-3)


@pytest.mark.data
@needs_data
def test_a_real_sentence_sounds_as_praat_says() -> None:
    parselmouth = pytest.importorskip("parselmouth")
    from parselmouth.praat import call

    path = sorted(CALLS.glob("Amazon*/Audio/*.mp3"))[0]
    pcm = parse(path.read_bytes(), Request(path.name)).arrays["pcm"]
    row = measure(pcm, [(0.0, pcm.size / RATE)])[0]
    sound = parselmouth.Sound(pcm.astype(np.float64), RATE)
    pitch = sound.to_pitch_ac(pitch_floor=75.0, pitch_ceiling=600.0)
    pulses = call([sound, pitch], "To PointProcess (cc)")
    intensity = sound.to_intensity(minimum_pitch=100.0)
    assert row["pitch_mean"] == pytest.approx(call(pitch, "Get mean", 0, 0, "Hertz"), rel=0.01)
    assert row["pulses"] == pytest.approx(call(pulses, "Get number of points"), rel=0.01)
    assert row["intensity_mean"] == pytest.approx(call(intensity, "Get mean", 0, 0, "dB"), abs=0.02)
    assert row["period_mean"] == pytest.approx(
        call(pulses, "Get mean period", 0, 0, 0.8 / 600, 1.25 / 75, 1.3), rel=0.01
    )
    assert row["jitter_local"] == pytest.approx(
        100 * call(pulses, "Get jitter (local)", 0, 0, 0.8 / 600, 1.25 / 75, 1.3), rel=0.05
    )
