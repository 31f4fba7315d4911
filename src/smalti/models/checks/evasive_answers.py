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
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.question_kinds import Ask, Wanted, asks
from smalti.models.checks.record import Check, Citation, Finding, Silence, judged
from smalti.models.checks.reply_kinds import (
    PutOff,
    amount,
    clauses,
    denies,
    exists,
    fills,
    moment,
    points_back,
    put_off,
    size_in_words,
    takes_side,
)
from smalti.models.checks.spoken import (
    Said,
    calls,
    clock,
    content_words,
    label,
    nearness,
    readable,
    sentences,
    speaker,
)
from smalti.platform.records import Evidence

__all__ = ["evasive_answers"]

NAME = "evasive_answers"
FAR = 0.2
"""Cosine under which two sentences have nothing to do with each other: direct answers lie at .4 to .7 from
their question, short ones ("Not before 2027.") from .2."""
NEAR = 0.45
"""Cosine from which a sentence speaks of what was asked."""
_RELATED = 0.3
_OFF = 0.15
_MOST = 500  # questions of one call that are judged
_SHORT = 4  # an answer of this few words that make a subject leaves out what it is about
_CURT = 2  # and of so few is all about it
_DECLINING = content_words("disclose publish provide report quantify")
_QUOTED = 6  # sentences of a side that are cited


Vectors = Mapping[str, npt.NDArray[np.float32]]


class Unmet(StrEnum):
    """Why an ask counts as unanswered."""

    PUT_OFF = "puts it off"
    AHEAD = "puts off what lies ahead"
    DECLINED = "declines, as companies often do"
    UNKNOWN = "says it is not at hand"
    ELSEWHERE = "speaks of something else"
    FAR = "stays far from it"
    PASSED_OVER = "passes over it"
    NO_NUMBER = "gives none"
    OTHER_NUMBER = "gives numbers of something else"


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


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What became of one ask: unmet, met (both None), or not to be judged."""

    ask: Ask
    unmet: Unmet | None = None
    doubt: str | None = None


def evasive_answers(dossier: Dossier) -> Check:
    """Questions of analysts that got no answer.

    Said: the sentences of the answer, those that put off first. Against: what was asked. One finding a
    question; a question of which a part was answered counts less and the reason names the other part.
    """
    findings: list[Finding] = []
    silences: list[Silence] = []
    heard = looked_at = 0
    for document, pieces in calls(dossier):
        heard += 1
        for exchange in _exchanges(readable(document, pieces, silences), silences):
            verdicts = _verdicts(exchange, dossier.vectors)
            doubts = [v for v in verdicts if v.doubt]
            looked_at += len(doubts) < len(verdicts)
            unmet = [v for v in verdicts if v.unmet]
            if unmet:
                findings.append(_finding(exchange, unmet, len(verdicts) - len(unmet) - len(doubts), dossier))
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
    for number in sorted(asked)[:_MOST]:
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


def _verdicts(exchange: _Exchange, vectors: Vectors) -> list[_Verdict]:
    """What became of each ask; what answers another ask of the question is no dodge of this one."""
    everything = (*exchange.reply, *exchange.pressed)
    meeting = [[said for said in everything if _meets(ask, said, vectors)] for ask in exchange.wanted]
    used = {id(said) for some in meeting for said in some}
    left = [said for said in exchange.reply if id(said) not in used]
    return [
        _Verdict(ask) if some else _unmet(ask, left, vectors)
        for ask, some in zip(exchange.wanted, meeting, strict=True)
    ]


def _meets(ask: Ask, said: Said, vectors: Vectors) -> bool:
    """Whether one sentence answers."""
    told = [clause for clause in clauses(said.text) if _tells(ask, clause)]
    if ask.wanted is Wanted.AMOUNT:
        return _gives(ask, said, vectors) or any(_denies(ask, clause) for clause in told)
    if ask.wanted is Wanted.MOMENT:
        return any(moment(c) or amount(c) or takes_side(c) for c in told)
    if ask.wanted is Wanted.SIDE and any(takes_side(c) or _says_no(ask, c) for c in told):
        return True
    solid = [clause for clause in told if not fills(clause)]
    return bool(solid) and _engages(ask, said, solid, vectors)


def _tells(ask: Ask, clause: str) -> bool:
    """Whether it may answer: "we have not disclosed it" declines, unless disclosing was asked about."""
    kind = put_off(clause)
    asked_about = content_words(clause) & ask.words & _DECLINING
    return kind in (None, PutOff.BACK) or (kind is PutOff.POLICY and bool(asked_about))


def _engages(ask: Ask, said: Said, solid: Sequence[str], vectors: Vectors) -> bool:
    """Whether clauses that neither put off nor fill take up what was asked."""
    if any(_echoes(ask, clause) for clause in solid):
        return True
    if " there " in ask.text and any(exists(clause) for clause in solid):
        return True
    near = _near(ask, said, vectors)
    if ask.wanted is Wanted.SIDE:
        return _gives(ask, said, vectors) or (near is not None and near >= NEAR)
    return near is None or near >= FAR or any(amount(c) or size_in_words(c) or moment(c) for c in solid)


def _echoes(ask: Ask, clause: str) -> bool:
    """Whether it repeats enough of the question: to name the chairman says nothing of what he pledged."""
    shared = content_words(clause) & ask.words
    return len(shared) >= (min(2, len(ask.words)) if ask.wanted is Wanted.SIDE else 1)


def _near(ask: Ask, said: Said, vectors: Vectors) -> float | None:
    """Cosine of two sentences; None where it would speak of another ask of the sentence as well."""
    return nearness(ask.pieces, said.pieces, vectors) if ask.alone else None


def _gives(ask: Ask, said: Said, vectors: Vectors) -> bool:
    """An amount counts where its sentence is about what was asked, or too short to be about another thing."""
    if not amount(said.text):
        return False
    if said.words & ask.words:
        return True
    if said.words & ask.beside:
        return False
    near = _near(ask, said, vectors)
    if near is None and ask.wanted is Wanted.SIDE:
        return ask.alone and len(said.words) <= _SHORT
    return near is None or near >= FAR or len(said.words) <= _SHORT


def _denies(ask: Ask, clause: str) -> bool:
    """Whether it says there is none: "How much was bill and hold?", "We do not use bill and hold"."""
    return denies(clause) and (bool(content_words(clause) & ask.words) or takes_side(clause))


def _says_no(ask: Ask, clause: str) -> bool:
    """Whether it denies what was asked, by a word of it or in few words: "There is nothing else planned"."""
    if not denies(clause) or fills(clause):
        return False
    spoken_of = content_words(clause)
    return bool(spoken_of & ask.words) or (exists(clause) and len(spoken_of) <= _CURT)


def _unmet(ask: Ask, left: Sequence[Said], vectors: Vectors) -> _Verdict:
    """Why an ask that nothing answers is unanswered, by what was said instead."""
    if held_back := {kind for said in left if (kind := put_off(said.text))}:
        return _Verdict(ask, _held_back(ask, held_back))
    if not left:
        return _Verdict(ask, Unmet.PASSED_OVER)
    if not any(said.words for said in left):
        return _Verdict(ask, doubt="too little of an answer was heard")
    return _talked_past(ask, left, vectors)


def _talked_past(ask: Ask, left: Sequence[Said], vectors: Vectors) -> _Verdict:
    """What was said neither answers nor declines: whether it is about something else, or may be an answer."""
    if ask.wanted is Wanted.AMOUNT:
        return _without_amount(ask, left, vectors)
    solid = _solid(left)
    if not solid:
        return _Verdict(ask, Unmet.ELSEWHERE)
    if ask.wanted is Wanted.SIDE and not any(_may_answer(ask, said, vectors) for said in solid):
        return _Verdict(ask, Unmet.FAR)
    return _Verdict(ask, doubt=f"the answer may be one, though without {ask.wanted}")


def _without_amount(ask: Ask, left: Sequence[Said], vectors: Vectors) -> _Verdict:
    sized = [said for said in left if size_in_words(said.text)]
    if any(points_back(said.text) and len(said.words) <= _SHORT for said in sized):
        return _Verdict(ask, doubt="the answer gives a size in words only")
    if any(amount(said.text) for said in left):
        return _Verdict(ask, Unmet.OTHER_NUMBER)
    solid = _solid(left)
    if not any(said.words & ask.words for said in solid) and _apart(ask, solid, vectors, _RELATED):
        return _Verdict(ask, Unmet.ELSEWHERE)
    if sized:
        return _Verdict(ask, doubt="the answer gives a size in words only")
    return _Verdict(ask, Unmet.NO_NUMBER)


def _held_back(ask: Ask, kinds: Collection[PutOff]) -> Unmet:
    """The mildest reading of several: who names a policy and then promises more for later has declined."""
    if PutOff.POLICY in kinds:
        return Unmet.DECLINED
    if PutOff.UNKNOWN in kinds:
        return Unmet.UNKNOWN
    return Unmet.AHEAD if ask.ahead else Unmet.PUT_OFF


def _solid(said: Sequence[Said]) -> list[Said]:
    """What does more than fill."""
    return [one for one in said if not all(fills(clause) for clause in clauses(one.text))]


def _may_answer(ask: Ask, said: Said, vectors: Vectors) -> bool:
    """Whether a sentence could answer a yes or no without naming it.

    One that lies near does. Less near, it must be of a form that answers have: a denial, a date, a size,
    an `it`; and further yet, be so short that nothing else can be meant.
    """
    near = _near(ask, said, vectors)
    if near is None or near >= FAR:
        return True
    signs = (denies, moment, amount, size_in_words, points_back)
    return (near >= _OFF or len(said.words) <= _CURT) and any(sign(said.text) for sign in signs)


def _apart(ask: Ask, solid: Sequence[Said], vectors: Vectors, bound: float) -> bool:
    """Whether every sentence was embedded and is further than `bound` from what was asked."""
    nears = [_near(ask, said, vectors) for said in solid]
    return all(near is not None and near < bound for near in nears)


def _finding(exchange: _Exchange, unmet: Sequence[_Verdict], met: int, dossier: Dossier) -> Finding:
    said = [piece for sentence in exchange.reply for piece in sentence.pieces]
    near = nearness([p for s in exchange.asked for p in s.pieces], said, dossier.vectors)
    strength = max(_strength(verdict) for verdict in unmet)
    talked_past = any(verdict.unmet is Unmet.ELSEWHERE for verdict in unmet)
    strength *= 2 / 3 if met else 1
    strength += 0.1 * (len(unmet) > 1 and not met) + 0.1 * (talked_past and near is not None and near < FAR)
    return Finding(
        said=_cited(sorted(exchange.reply, key=lambda s: put_off(s.text) is None)),
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


def _strength(verdict: _Verdict) -> float:
    """Of one ask; an explanation may be given in so many ways that missing it says less."""
    assert verdict.unmet is not None
    return STRENGTHS[verdict.unmet] * (0.6 if verdict.ask.wanted is Wanted.REASON else 1)


def _cited(said: Sequence[Said] | Sequence[Ask]) -> tuple[Citation, ...]:
    pieces = {piece.evidence_id: piece for sentence in said for piece in sentence.pieces}
    return tuple(Citation(p.evidence_id, p.text) for p in list(pieces.values())[:_QUOTED])


def _reason(exchange: _Exchange, unmet: Sequence[_Verdict], met: int) -> str:
    first = unmet[0].ask.pieces[0]
    answer = next((s for s in exchange.reply if put_off(s.text)), exchange.reply[0])
    wanted = " and ".join(f"{v.ask.wanted} (“{v.ask.text[:160]}”)" for v in unmet[:2])
    how = "; ".join(dict.fromkeys(str(v.unmet) for v in unmet))
    partly = " Another part of the question was answered." if met else ""
    return (
        f"{speaker(first)} asked for {wanted} ({clock(first)} of the call) and the answer {how}: "
        f"“{answer.text[:200]}” ({speaker(answer.pieces[0])}, {clock(answer.pieces[0])}).{partly}"
    )
