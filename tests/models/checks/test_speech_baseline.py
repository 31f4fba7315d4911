"""A sentence against its speaker's other ones: what departs, what does not, and what cannot be relied on."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import pytest
from tests.models.checks.voices import measures, usual_voice

from smalti.models.checks.speech_baseline import NEAREST, TAIL, Voice, departures, voice_of


def usual(count: int) -> list[Voice]:
    found = [voice_of(usual_voice(i), 12) for i in range(count)]
    assert all(found)
    return [voice for voice in found if voice]


def test_a_high_rough_halting_sentence_departs() -> None:
    voices = usual(20)
    usually = voices[7]
    voices[7] = replace(
        usually,
        pitch=usually.pitch + 0.5,
        jitter=usually.jitter + 0.9,
        shimmer=usually.shimmer + 0.4,
        noise=usually.noise + 5,
        breaks=usually.breaks + 40,
        slowness=usually.slowness + 1,
    )
    found = departures(voices)
    assert found[7].chance == pytest.approx(TAIL[-1][1])
    assert min(found[7].pitch, found[7].roughness, found[7].hesitation) > 4
    assert all(one.chance == 1 for i, one in enumerate(found) if i != 7)
    assert 7 not in found[8].others[:10]


def test_one_measure_alone_never_departs() -> None:
    for name in ("pitch", "jitter", "breaks"):
        voices = usual(20)
        voices[3] = replace(voices[3], **{name: getattr(voices[3], name) + 50})
        assert departures(voices)[3].chance == 1


def test_a_loud_sentence_may_be_higher() -> None:
    voices = usual(20)
    high = replace(
        voices[5], pitch=voices[5].pitch + 0.4, jitter=voices[5].jitter + 1, noise=voices[5].noise + 4
    )
    quiet, loud = (
        [*voices[:5], one, *voices[6:]] for one in (high, replace(high, loudness=high.loudness + 14))
    )
    assert departures(quiet)[5].pitch > 2
    assert departures(loud)[5].pitch < 1.5
    assert departures(loud)[5].chance == 1


def test_even_speech_makes_no_small_change_large() -> None:
    voices = [usual(1)[0]] * 20
    voices[4] = replace(voices[4], pitch=voices[4].pitch + 0.03, jitter=voices[4].jitter + 0.05)
    assert departures(voices)[4].total < 1.5


def test_the_baseline_is_the_nearest_others() -> None:
    found = departures(usual(200))
    assert all(len(one.others) == NEAREST and i not in one.others for i, one in enumerate(found))
    assert set(found[100].others) == {*range(80, 100), *range(101, 121)}
    assert set(found[0].others) == set(range(1, 41))
    assert {len(one.others) for one in departures(usual(5))} == {4}


@pytest.mark.parametrize(
    "change",
    [
        {"jitter_local": None},
        {"pitch_mean": float("nan")},
        {"pitch_mean": "120"},
        {"hnr": float("inf")},
        {"jitter_local": 0.0},
        {"duration_s": 1.2},
        {"duration_s": 300.0},
        {"unvoiced_fraction": 90.0},
        {"pitch_sd": 80.0},
    ],
)
def test_a_voice_that_cannot_be_relied_on_is_none(change: dict[str, object]) -> None:
    assert voice_of(measures() | change, 12) is None


def test_measures_are_compared_on_their_own_scales() -> None:
    voice = voice_of(measures(), 12)
    assert voice is not None
    assert exp(voice.pitch) == pytest.approx(110)
    assert voice.slowness == pytest.approx(log(4 / 12))
    assert voice.noise == -11
    assert voice_of(measures(), 0) is None
