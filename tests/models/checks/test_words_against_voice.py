"""Calm words in a tense voice are found; bad news, happy voices and bad measures are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.models.checks.dossiers import document, dossier, piece
from tests.models.checks.voices import happy_voice, tense_voice, usual_voice

from smalti.models.checks.record import Check
from smalti.models.checks.words_against_voice import Tone, tone, words_against_voice
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

CALL = document(SourceKind.CALL, "2026-02-12", "call")
ASSURANCE = "We are very comfortable with our liquidity and the covenants."
USUAL = "Sales in the northern region came to twelve million dollars."


def said(lines: Sequence[tuple[str, Any]], role: str = "management", of: Document = CALL) -> list[Evidence]:
    """A speaker's sentences, each with its voice measures, ten seconds apart."""
    return [
        piece(
            of, EvidenceKind.AUDIO, text,
            {"speaker": "Chief Financial Officer", "role": role, "part": "prepared", "voice": voice},
            i, seconds=(10.0 * i, 10.0 * i + 4),
        )
        for i, (text, voice) in enumerate(lines)
    ]  # fmt: skip


def speech(text: str, voice: dict[str, Any], others: int = 15) -> list[tuple[str, Any]]:
    usual: list[tuple[str, Any]] = [(f"{USUAL} ({i})", usual_voice(i)) for i in range(others)]
    return [*usual[: others // 2], (text, voice), *usual[others // 2 :]]


def judge(lines: Sequence[tuple[str, Any]], **more: Any) -> Check:
    return words_against_voice(dossier([CALL], said(lines, **more)))


def test_an_assurance_in_a_tense_voice_is_found_with_the_baseline_beside_it() -> None:
    check = judge(speech(ASSURANCE, tense_voice(0)))
    (finding,) = check.findings
    assert finding.said[0].quote == ASSURANCE
    assert all(citation.quote.startswith(USUAL) for citation in finding.against)
    assert len(finding.against) == 3
    assert finding.strength == 0.2
    assert "departs from this speaker's own baseline in this call: higher by" in finding.reason
    assert "(Chief Financial Officer, 01:10;" in finding.reason
    assert "lie" not in finding.reason.split()
    assert check.details["looked_at"] == 16


def test_neutral_words_weigh_less() -> None:
    (finding,) = judge(
        speech("The plant in Ohio has four lines and two warehouses.", tense_voice(0))
    ).findings
    assert finding.strength == 0.1


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("We lost the contract and our margins suffered badly.", tense_voice(0)),
        ("This was the best year in the history of the company.", happy_voice(0)),
        (ASSURANCE, usual_voice(99)),
        (ASSURANCE, tense_voice(0) | {"jitter_local": None}),
        (ASSURANCE, tense_voice(0) | {"duration_s": 1.0}),
        ("Thank you all, and good morning to everybody.", tense_voice(0)),
    ],
    ids=["bad news", "loud and happy", "usual voice", "undefined", "too short", "greeting"],
)
def test_what_looks_alike_is_no_finding(text: str, voice: dict[str, Any]) -> None:
    check = judge(speech(text, voice))
    assert check.findings == ()
    assert check.value == 0


def test_a_speaker_who_is_always_tense_does_not_depart() -> None:
    lines = [(ASSURANCE, tense_voice(i)) for i in range(16)]
    assert judge(lines).findings == ()


def test_another_speakers_voice_is_no_baseline() -> None:
    low = said(speech(USUAL, usual_voice(0)))
    other = {"speaker": "Chief Executive Officer"}
    high = [
        replace(one, evidence_id=f"high-{i}", payload={**one.payload, **other, "voice": tense_voice(i)})
        for i, one in enumerate(low)
    ]
    assert words_against_voice(dossier([CALL], [*low, *high])).findings == ()


def test_too_few_sentences_make_no_baseline() -> None:
    check = judge(speech(ASSURANCE, tense_voice(0), others=3))
    assert check.value is None
    assert check.reason == "not computable: no speaker has enough sentences whose voice was measured"
    assert [s.reason for s in check.silences] == [
        "cannot compare: 4 sentences of Chief Financial Officer with a reliable voice, 5 needed"
    ]


def test_voices_nobody_told_apart_are_no_baseline() -> None:
    nameless = [
        replace(one, payload={**one.payload, "speaker": None})
        for one in said(speech(ASSURANCE, tense_voice(0)))
    ]
    check = words_against_voice(dossier([CALL], nameless))
    assert check.findings == ()
    assert check.silences[0].reason == "cannot compare: who speaks is not known"


@pytest.mark.parametrize("role", ["operator", "analyst"])
def test_only_the_company_is_judged(role: str) -> None:
    assert judge(speech(ASSURANCE, tense_voice(0)), role=role).value is None


def test_many_sentences_ask_for_a_rarer_departure() -> None:
    mild = {name: (value + tense_voice(0)[name]) / 2 for name, value in usual_voice(0).items()}
    assert len(judge(speech(ASSURANCE, mild, others=6)).findings) == 1
    many = [(f"{ASSURANCE} ({i})", usual_voice(i)) for i in range(600)]
    assert judge([*many, (ASSURANCE, mild), *many]).findings == ()


def test_a_call_in_another_language_and_no_call_are_not_judged() -> None:
    paper = replace(CALL, language="fr")
    check = words_against_voice(dossier([paper], said(speech(ASSURANCE, tense_voice(0)))))
    assert check.silences[0].reason == "cannot compare: the call is in fr"
    assert words_against_voice(dossier([], [])).reason == "not computable: no call is known"


def test_voices_of_the_wrong_shape_do_no_harm() -> None:
    odd = [{"pitch_mean": [1]}, {}, None, {"pitch_mean": True}, dict.fromkeys(usual_voice(0), -1.0)]
    assert judge([(ASSURANCE, odd[i % len(odd)]) for i in range(3_000)]).value is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We found no material weakness in our internal controls.", Tone.POSITIVE),
        ("We have resolved all of the problems at the plant.", Tone.POSITIVE),
        ("Our liquidity is ample and everything is on track.", Tone.POSITIVE),
        ("We're not worried or concerned about the covenants.", Tone.POSITIVE),
        ("Margins fell, but we are confident in the second half.", Tone.NEGATIVE),
        ("We have four plants in three countries today.", Tone.NEUTRAL),
        ("I will now turn the call over to the treasurer.", None),
        ("Very strong.", None),
    ],
)
def test_how_words_stand(text: str, expected: Tone | None) -> None:
    assert tone(text) is expected
