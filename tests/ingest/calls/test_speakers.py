"""Voices told apart: made-up vectors for the rules, the real encoder on the synthetic calls."""

from pathlib import Path

import numpy as np
import pytest

import smalti.service.demo_world
from smalti.ingest.calls.speakers import ASKER, HOST, OPERATOR, voices
from smalti.ingest.calls.voiceprints import VoiceEncoder, mel
from smalti.ingest.parse.audio import RATE, parse
from smalti.ingest.parse.contract import Request
from smalti.platform.errors import WeightsError
from smalti.platform.weights import resolve

WORLD = Path(smalti.service.demo_world.__file__).parent


class Angles:
    """Takes a signal's level for an angle: equal levels are one voice."""

    def encode(self, clips):
        turn = np.array([float(np.abs(c).mean()) for c in clips])
        return np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)


def call(*levels: float, seconds: float = 3.0):
    pcm = np.concatenate([np.full(round(seconds * RATE), level, np.float32) for level in levels])
    return pcm, [(i * seconds, (i + 1) * seconds) for i in range(len(levels))]


def test_voices_are_numbered_as_they_are_first_heard() -> None:
    pcm, spans = call(0.9, 0.9, 0.0, 0.0, 0.92, 0.02, 1.7, 1.7)
    assert voices(pcm, spans, Angles()) == [0, 0, 1, 1, 0, 1, 2, 2]


def test_a_single_odd_sentence_is_no_speaker_of_its_own() -> None:
    pcm, spans = call(0.0, 0.0, 0.0, 0.8, 0.0)
    assert voices(pcm, spans, Angles()) == [0, 0, 0, 0, 0]


def test_words_part_voices_that_sound_alike() -> None:
    pcm, spans = call(0.0, 0.02, 0.3, 0.3, 0.01)
    assert voices(pcm, spans, Angles()) == [0, 0, 0, 0, 0]
    told = [HOST, HOST, ASKER, None, None]
    assert voices(pcm, spans, Angles(), sides=told) == [0, 0, 1, 1, 0]


def test_file_names_help_but_the_voice_decides() -> None:
    pcm, spans = call(0.0, 0.0, 1.2, 1.2)
    assert voices(pcm, spans, Angles(), labels=["Jane Roe"] * 4) == [0, 0, 1, 1]
    pcm, spans = call(0.0, 0.0, 0.7, 0.7)  # apart by 0.24
    assert voices(pcm, spans, Angles()) == [0, 0, 1, 1]
    assert voices(pcm, spans, Angles(), labels=["Jane Roe"] * 4) == [0, 0, 0, 0]


def test_nothing_said_is_nobody() -> None:
    assert voices(np.zeros(0, np.float32), [], Angles()) == []


def test_a_tone_lies_in_its_mel_band() -> None:
    # Band 40 * 1000 Hz: 15 of 44.9 mels at 8 kHz (Slaney), with 42 knots.
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    assert mel(tone).shape == (101, 40)
    assert int(np.argmax(mel(tone)[50])) == 13


@pytest.fixture(scope="module")
def encoder() -> VoiceEncoder:
    pytest.importorskip("torch", reason="needs the extra `models`")
    try:
        return VoiceEncoder(resolve("resemblyzer").path)
    except WeightsError as missing:
        pytest.skip(str(missing))


def test_the_encoder_gives_what_its_own_package_gives(encoder: VoiceEncoder) -> None:
    # Values of resemblyzer 0.1.4 with librosa 0.11 on the same sweep.
    at = np.arange(25_600) / RATE
    sweep = (0.1 * np.sin(2 * np.pi * (100 * at + 600 * at * at))).astype(np.float32)
    (vector,) = encoder.encode([sweep])
    assert np.argsort(-vector)[:5].tolist() == [20, 191, 58, 48, 133]
    assert vector[[20, 191, 58, 48, 133]] == pytest.approx(
        [0.386134, 0.210418, 0.202288, 0.184281, 0.172813], abs=1e-5
    )


def test_the_voices_of_a_synthetic_call_are_told_apart(encoder: VoiceEncoder) -> None:
    # Each file of this call is one line of one speaker.
    folder = WORLD / "files" / "call_audio" / "Walnut Lighthouse_20260205" / "Audio"
    names = ["Operator_1_2", "Chief Executive Officer_2_1", "Operator_1_1", "Chief Executive Officer_9_1"]
    names += ["Analyst B_8_1", "Operator_10_1"]
    signals = [parse((folder / f"{n}.mp3").read_bytes(), Request(n)).arrays["pcm"] for n in names]
    ends = np.cumsum([s.size for s in signals]) / RATE
    spans = list(zip([0.0, *ends[:-1].tolist()], ends.tolist(), strict=True))
    told = [HOST, None, None, None, ASKER, OPERATOR]
    assert voices(np.concatenate(signals), spans, encoder, sides=told) == [0, 1, 0, 1, 2, 0]
