"""What became of each thing a question asks: answered, not answered and why, or not to be told.

By the words of question and answer, and by the cosine of their sentence embeddings where there are any. In
doubt an answer counts as one: an indirect yes ("the banks have signed") must not be taken for a dodge.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from smalti.models.checks.question_kinds import Ask, Wanted
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
from smalti.models.checks.spoken import Said, content_words, nearness

__all__ = ["FAR", "Unmet", "Vectors", "Verdict", "verdicts"]

FAR = 0.2
"""Cosine under which two sentences have nothing to do with each other: direct answers lie at .4 to .7 from
their question, short ones ("Not before 2027.") from .2."""
NEAR = 0.45
"""Cosine from which a sentence speaks of what was asked."""
_RELATED = 0.3
_OFF = 0.15
_SHORT = 4  # an answer of this few words that make a subject leaves out what it is about
_CURT = 2  # and of so few is all about it
_DECLINING = content_words("disclose publish provide report quantify")

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one ask: answered (neither `unmet` nor `doubt`), unanswered, or not to be judged.

    Attributes:
        unmet: why it counts as unanswered.
        doubt: why it cannot be judged.
        instead: what was said that answers no part of the question.
    """

    ask: Ask
    unmet: Unmet | None = None
    doubt: str | None = None
    instead: tuple[Said, ...] = ()


def verdicts(
    wanted: Sequence[Ask], reply: Sequence[Said], pressed: Sequence[Said], vectors: Vectors
) -> list[Verdict]:
    """What became of each ask of one question, in order.

    What answers another ask of the question is no dodge of this one.

    Args:
        wanted: what the question asks.
        reply: all that was said to it, by anybody of the company.
        pressed: what was said when the same analyst asked on.
        vectors: sentence embeddings by evidence id; may be empty.
    """
    meeting = [[said for said in (*reply, *pressed) if _meets(ask, said, vectors)] for ask in wanted]
    used = {id(said) for some in meeting for said in some}
    left = tuple(said for said in reply if id(said) not in used)
    return [
        Verdict(ask) if some else _unmet(ask, left, vectors)
        for ask, some in zip(wanted, meeting, strict=True)
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


def _unmet(ask: Ask, left: tuple[Said, ...], vectors: Vectors) -> Verdict:
    """Why an ask that nothing answers is unanswered, by what was said instead."""
    if held_back := {kind for said in left if (kind := put_off(said.text))}:
        return Verdict(ask, _held_back(ask, held_back), instead=left)
    if not left:
        return Verdict(ask, Unmet.PASSED_OVER, instead=left)
    if not any(said.words for said in left):
        return Verdict(ask, doubt="too little of an answer was heard")
    return _talked_past(ask, left, vectors)


def _talked_past(ask: Ask, left: tuple[Said, ...], vectors: Vectors) -> Verdict:
    """What was said neither answers nor declines: whether it is about something else, or may be an answer."""
    if ask.wanted is Wanted.AMOUNT:
        return _without_amount(ask, left, vectors)
    solid = _solid(left)
    if not solid:
        return Verdict(ask, Unmet.ELSEWHERE, instead=left)
    if ask.wanted is Wanted.SIDE and not any(_may_answer(ask, said, vectors) for said in solid):
        return Verdict(ask, Unmet.FAR, instead=left)
    return Verdict(ask, doubt=f"the answer may be one, though without {ask.wanted}")


def _without_amount(ask: Ask, left: tuple[Said, ...], vectors: Vectors) -> Verdict:
    sized = [said for said in left if size_in_words(said.text)]
    if any(points_back(said.text) and len(said.words) <= _SHORT for said in sized):
        return Verdict(ask, doubt="the answer gives a size in words only")
    if any(amount(said.text) for said in left):
        return Verdict(ask, Unmet.OTHER_NUMBER, instead=left)
    solid = _solid(left)
    if not any(said.words & ask.words for said in solid) and _apart(ask, solid, vectors, _RELATED):
        return Verdict(ask, Unmet.ELSEWHERE, instead=left)
    if sized:
        return Verdict(ask, doubt="the answer gives a size in words only")
    return Verdict(ask, Unmet.NO_NUMBER, instead=left)


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
