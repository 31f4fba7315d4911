"""Words against voice: calm or positive words in a voice that departs from the speaker's own.

Managers' voices carry news that their words do not (W. Mayew, M. Venkatachalam, "The Power of Voice", Journal
of Finance 67(1), 2012), and dissonance in a CEO's voice goes with later restatements (J. Hobson, W. Mayew,
M. Venkatachalam, "Analyzing Speech to Detect Financial Misreporting", Journal of Accounting Research 50(2),
2012). Both rest on software that is not public; here the voice is held against the same speaker in the same
call (`speech_baseline`). A tense voice with negative words is in keeping with them and no finding.

At most one call in twenty should have any finding by chance: Holm's procedure over the positive and
reassuring sentences of a call at half of `ALARMS_PER_CALL`, over the neutral ones at the other half. A
departure has many innocent causes (a hard question, a cough, a bad line): a finding is weak by rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from smalti.models.checks.call_phrases import pattern, plain
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check, Citation, Finding, Silence, judged
from smalti.models.checks.speech_baseline import (
    LEAST_OTHERS,
    TURN,
    Departure,
    departures,
    voice_of,
)
from smalti.models.checks.spoken import calls, clock, label, readable, speaker
from smalti.platform.records import Evidence

__all__ = ["ALARMS_PER_CALL", "Tone", "tone", "words_against_voice"]

NAME = "words_against_voice"
ALARMS_PER_CALL = 0.05
"""Chance of a false finding in a call, were its sentences like those of other calls."""

_FEWEST_WORDS = 5
_TYPICAL = 3  # sentences of the baseline that are cited


class Tone(StrEnum):
    """What the words of a sentence say of how things stand."""

    POSITIVE = "positive or reassuring"
    NEUTRAL = "calm"
    NEGATIVE = "negative"


STRENGTHS: Mapping[Tone, float] = {Tone.POSITIVE: 0.2, Tone.NEUTRAL: 0.1}
"""A voice that departs is a reason to listen again, no more; with neutral words not even much of that."""


def tone(text: str) -> Tone | None:
    """How a sentence's words stand; None for greetings, handing over and what is too short to say anything.

    One negative word makes it negative, unless a word like "no" or "resolved" stands up to three words
    before it: "no material weakness" reassures.
    """
    text = plain(text)
    if len(text.split()) < _FEWEST_WORDS or pattern("courtesy").search(text):
        return None
    turned = pattern("turned").sub(" ", text)
    if pattern("negative").search(turned):
        return Tone.NEGATIVE
    reassures = turned != text or pattern("positive").search(text) or pattern("calm").search(text)
    return Tone.POSITIVE if reassures else Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class _Judged:
    """A sentence whose words are not negative, its departure and what it departs from."""

    piece: Evidence
    tone: Tone
    departure: Departure
    usual: tuple[Evidence, ...]


def words_against_voice(dossier: Dossier) -> Check:
    """Sentences whose words are calm or positive and whose voice is not, by the speaker's own measure.

    Said: the sentence. Against: typical sentences of the speaker's baseline. Speakers with too few usable
    sentences are named as not judged; the operator and analysts are left out.
    """
    findings: list[Finding] = []
    silences: list[Silence] = []
    looked_at = heard = 0
    for document, pieces in calls(dossier):
        heard += 1
        sentences = list(_judged(readable(document, pieces, silences), silences))
        looked_at += len(sentences)
        for family in STRENGTHS:
            findings += _holm([one for one in sentences if one.tone is family])
    nothing = "no speaker has enough sentences whose voice was measured" if heard else "no call is known"
    details = {"calls": heard, "alarms_per_call": ALARMS_PER_CALL}
    return judged(NAME, looked_at, findings, silences, nothing=nothing, details=details)


def _judged(pieces: Sequence[Evidence], silences: list[Silence]) -> Iterator[_Judged]:
    """The sentences of one call that can be judged, speaker by speaker."""
    by_speaker: dict[str | None, list[Evidence]] = defaultdict(list)
    for piece in pieces:
        if piece.payload.get("role") not in ("operator", "analyst"):
            by_speaker[label(piece)].append(piece)
    for name, said in by_speaker.items():
        if name is None:
            about = Citation(said[0].evidence_id, said[0].text)
            silences.append(Silence(about, "cannot compare: who speaks is not known"))
            continue
        measured = [
            (p, v) for p in said if (v := voice_of(p.payload.get("voice") or {}, len(p.text.split())))
        ]
        if len(measured) <= LEAST_OTHERS:
            about = Citation(said[0].evidence_id, said[0].text)
            why = f"{len(measured)} sentences of {name} with a reliable voice, {LEAST_OTHERS + 1} needed"
            silences.append(Silence(about, f"cannot compare: {why}"))
            continue
        for (piece, _), departure in zip(measured, departures([v for _, v in measured]), strict=True):
            stands = tone(piece.text)
            if stands is not None and stands in STRENGTHS:
                usual = tuple(measured[i][0] for i in departure.others[:_TYPICAL])
                yield _Judged(piece, stands, departure, usual)


def _holm(family: Sequence[_Judged]) -> Iterator[Finding]:
    """Holm's step-down: the k-th rarest of n must be rarer than the allowed chance over n - k + 1."""
    ranked = sorted(family, key=lambda one: (one.departure.chance, one.piece.evidence_id))
    for rank, one in enumerate(ranked):
        bound = ALARMS_PER_CALL / len(STRENGTHS) / (len(ranked) - rank)
        if one.departure.chance > bound:
            return
        yield _finding(one, bound)


def _finding(one: _Judged, bound: float) -> Finding:
    departure = one.departure
    signs = [
        f"{sign} by {size:.1f} deviations"
        for sign, size in (
            ("higher", departure.pitch),
            ("rougher", departure.roughness),
            ("more halting", departure.hesitation),
        )
        if size >= TURN
    ]
    where = ", ".join(clock(piece) for piece in one.usual)
    return Finding(
        said=(Citation(one.piece.evidence_id, one.piece.text),),
        against=tuple(Citation(piece.evidence_id, piece.text) for piece in one.usual),
        strength=STRENGTHS[one.tone],
        reason=(
            f"The words are {one.tone} (“{one.piece.text[:200]}”), but the voice departs from this speaker's"
            f" own baseline in this call: {', '.join(signs)} ({speaker(one.piece)}, {clock(one.piece)};"
            f" typical sentences at {where}). Many things can cause that; worth hearing again."
        ),
        details={
            "tone": one.tone.value,
            "pitch": departure.pitch,
            "roughness": departure.roughness,
            "hesitation": departure.hesitation,
            "loudness": departure.loudness,
            "total": departure.total,
            "chance": departure.chance,
            "bound": bound,
            "baseline": len(departure.others),
        },
    )
