"""Evasive answers: questions of analysts that ask for a number, a date or a yes or no and get none.

What a question asks and what its answer does are told by their words; how far an answer lies from its
question by the cosine of their sentence embeddings. About 11 % of analysts' questions get a non-answer
(I. Gow, D. Larcker, A. Zakolyukina, "Non-Answers During Conference Calls", Journal of Accounting Research
59(4), 2021): declining is common, so a standard refusal counts little here, talking past a question more.

Strength of a finding, by rule: the largest of its unanswered asks (`STRENGTHS`; three fifths of it where an
explanation was asked for), a third less where another ask of the same question was answered, a tenth more
where two asks went unanswered and none was met, a tenth more where the answer speaks of something else and
all of it is far from the question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smalti.models.checks.answering import FAR, Unmet, Verdict, verdicts
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.question_kinds import Ask, Wanted, asks
from smalti.models.checks.record import Check, Citation, Finding, Silence, judged
from smalti.models.checks.reply_kinds import put_off
from smalti.models.checks.spoken import (
    Said,
    calls,
    clock,
    label,
    nearness,
    readable,
    sentences,
    speaker,
)
from smalti.platform.records import Evidence

__all__ = ["evasive_answers"]

NAME = "evasive_answers"
_QUOTED = 6  # sentences of a side that are cited

STRENGTHS: Mapping[Unmet, float] = {
    Unmet.ELSEWHERE: 0.5,
    Unmet.PUT_OFF: 0.5,
    Unmet.FAR: 0.3,
    Unmet.PASSED_OVER: 0.3,
    Unmet.OTHER_NUMBER: 0.3,
    Unmet.NO_NUMBER: 0.3,
    Unmet.AHEAD: 0.2,
    Unmet.DECLINED: 0.15,
    Unmet.UNKNOWN: 0.2,
}
"""Talking past a question and putting off what is known weigh most; declining openly weighs little."""


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One numbered question, what it asks, and all that was said to it."""

    asked: Sequence[Said]
    wanted: Sequence[Ask]
    reply: Sequence[Said]
    pressed: Sequence[Said]  # replies to what the same asker said next


def evasive_answers(dossier: Dossier) -> Check:
    """Questions of analysts that got no answer.

    Said: the sentences that answer nothing, those that put off first. Against: what was asked. One finding a
    question; a question of which a part was answered counts less and the reason names the other part.
    """
    findings: list[Finding] = []
    silences: list[Silence] = []
    heard = looked_at = 0
    for document, pieces in calls(dossier):
        heard += 1
        for exchange in _exchanges(readable(document, pieces, silences), silences):
            told = verdicts(exchange.wanted, exchange.reply, exchange.pressed, dossier.vectors)
            doubts = [v for v in told if v.doubt]
            looked_at += len(doubts) < len(told)
            unmet = [v for v in told if v.unmet]
            if unmet:
                findings.append(_finding(exchange, unmet, len(told) - len(unmet) - len(doubts), dossier))
            silences += [
                Silence(
                    Citation(v.ask.pieces[0].evidence_id, v.ask.pieces[0].text), f"cannot compare: {v.doubt}"
                )
                for v in doubts
            ]
    nothing = "no question of an analyst was heard" if heard else "no call is known"
    return judged(NAME, looked_at, findings, silences, nothing=nothing, details={"calls": heard})


def _exchanges(pieces: Sequence[Evidence], silences: list[Silence]) -> list[_Exchange]:
    asked: dict[int, list[Evidence]] = defaultdict(list)
    answers: dict[int, list[Evidence]] = defaultdict(list)
    for piece in pieces:
        if piece.payload.get("question"):
            asked[piece.payload["question"]].append(piece)
        elif piece.payload.get("answer_to"):
            answers[piece.payload["answer_to"]].append(piece)
    replies = {number: sentences(said) for number, said in answers.items()}
    found: list[_Exchange] = []
    for number in sorted(asked):
        turn = sentences(asked[number])
        wanted = asks(turn)
        if not wanted:
            continue
        about = Citation(asked[number][0].evidence_id, asked[number][0].text)
        if number not in replies:
            silences.append(Silence(about, f"cannot compare: no answer to question {number} was heard"))
        elif {label(p) for p in asked[number]} & {label(p) for p in answers[number]} - {None}:
            why = f"who asks question {number} and who answers sound alike"
            silences.append(Silence(about, f"cannot compare: {why}"))
        else:
            asker, again = label(asked[number][0]), asked.get(number + 1)
            same = again is not None and asker is not None and label(again[0]) == asker
            found.append(
                _Exchange(turn, wanted, replies[number], replies.get(number + 1, []) if same else [])
            )
    return found


def _finding(exchange: _Exchange, unmet: Sequence[Verdict], met: int, dossier: Dossier) -> Finding:
    said = [piece for sentence in exchange.reply for piece in sentence.pieces]
    near = nearness([p for s in exchange.asked for p in s.pieces], said, dossier.vectors)
    strength = max(_strength(verdict) for verdict in unmet)
    talked_past = any(verdict.unmet is Unmet.ELSEWHERE for verdict in unmet)
    strength *= 2 / 3 if met else 1
    strength += 0.1 * (len(unmet) > 1 and not met) + 0.1 * (talked_past and near is not None and near < FAR)
    return Finding(
        said=_cited(_evading(exchange, unmet)),
        against=_cited([verdict.ask for verdict in unmet]),
        strength=round(strength, 2),
        reason=_reason(exchange, unmet, met),
        details={
            "asked": [{"wanted": v.ask.wanted.value, "text": v.ask.text, "unmet": v.unmet} for v in unmet],
            "met": met,
            "nearness": near,
            "far": FAR,
        },
    )


def _strength(verdict: Verdict) -> float:
    """Of one ask; an explanation may be given in so many ways that missing it says less."""
    assert verdict.unmet is not None
    return STRENGTHS[verdict.unmet] * (0.6 if verdict.ask.wanted is Wanted.REASON else 1)


def _evading(exchange: _Exchange, unmet: Sequence[Verdict]) -> list[Said]:
    """What was said instead, that which puts off first; all of it where every word answers a part."""
    said = unmet[0].instead or exchange.reply
    return sorted(said, key=lambda one: put_off(one.text) is None)


def _cited(said: Sequence[Said] | Sequence[Ask]) -> tuple[Citation, ...]:
    pieces = {piece.evidence_id: piece for sentence in said for piece in sentence.pieces}
    return tuple(Citation(p.evidence_id, p.text) for p in list(pieces.values())[:_QUOTED])


def _reason(exchange: _Exchange, unmet: Sequence[Verdict], met: int) -> str:
    first = unmet[0].ask.pieces[0]
    answer = _evading(exchange, unmet)[0]
    wanted = " and ".join(f"{v.ask.wanted} (“{v.ask.text[:160]}”)" for v in unmet[:2])
    how = "; ".join(dict.fromkeys(str(v.unmet) for v in unmet))
    partly = " Another part of the question was answered." if met else ""
    return (
        f"{speaker(first)} asked for {wanted} ({clock(first)} of the call) and the answer {how}: "
        f"“{answer.text[:200]}” ({speaker(answer.pieces[0])}, {clock(answer.pieces[0])}).{partly}"
    )
