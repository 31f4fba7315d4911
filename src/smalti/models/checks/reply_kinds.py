"""What a sentence of an answer does: gives an amount or a moment, takes a side, puts off, or fills."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from smalti.models.checks.call_phrases import pattern, plain, source

__all__ = [
    "PutOff",
    "amount",
    "clauses",
    "denies",
    "fills",
    "moment",
    "put_off",
    "size_in_words",
    "takes_side",
]

_REMEMBERED = 8_192  # sentences and clauses: each is asked of again for every part of a question
_OPENERS = re.compile(rf"(?:{source('reply_openers')}(?:\s*[,.:;!-]+\s*|\s+))+")
_CLAUSES = re.compile(
    r"(?<=[.?!;])\s+|,?\s+(?:but|however|though|although)\b,?\s*|,\s+and\s+|\s+and\s+(?=(?:we|our|it|they|the|that|i)\b)"
)
_EXISTS = re.compile(r"(?:^|[,.;] )there (?:is|are|was|were|has|have|had|will)\b")
_POINTS = re.compile(r"(?:\w+ ){0,3}(?:it|that|those|they)\b|.*\b(?:one|ones|there|them|so|either)\b(?! of)")


class PutOff(StrEnum):
    """Ways of not answering out loud."""

    DODGE = "dodge"
    POLICY = "policy"
    UNKNOWN = "unknown"
    BACK = "back"


def clauses(text: str) -> list[str]:
    """The parts of a sentence, in plain words, of which one may decline what another gives."""
    return [part for part in _CLAUSES.split(plain(text)) if part]


@lru_cache(_REMEMBERED)
def put_off(text: str) -> PutOff | None:
    """How a sentence declines to answer, if it does."""
    text = plain(text)
    for kind in (PutOff.UNKNOWN, PutOff.POLICY, PutOff.DODGE, PutOff.BACK):
        if pattern(kind.value).search(text):
            return kind
    return None


@lru_cache(_REMEMBERED)
def fills(text: str) -> bool:
    """Praise, confidence and figures of speech that answer nothing."""
    return bool(pattern("fills").search(plain(text)))


@lru_cache(_REMEMBERED)
def amount(text: str) -> bool:
    """Whether it gives a size: in digits, in words, or against another ("roughly flat", "about half").

    Years, quarters and ranks are none, and in a sentence that puts off neither are spans of time ("we will
    get back to you in two weeks").
    """
    left = pattern("no_amounts").sub(" ", plain(text))
    return bool(pattern("amounts").search(pattern("spans").sub(" ", left) if put_off(text) else left))


@lru_cache(_REMEMBERED)
def size_in_words(text: str) -> bool:
    """Whether it says which way or how strongly, with no amount ("a modest headwind")."""
    return bool(pattern("sizes").search(plain(text)))


@lru_cache(_REMEMBERED)
def moment(text: str) -> bool:
    """Whether it names a time."""
    return bool(pattern("moments").search(plain(text)))


@lru_cache(_REMEMBERED)
def takes_side(text: str) -> bool:
    """Whether a part of it says yes or no in any usual way ("absolutely", "we did", "not at this time")."""
    for piece in clauses(text):
        opener = _OPENERS.match(piece)
        if pattern("sides", start=True).match(piece[opener.end() :] if opener else piece):
            return True
    return False


@lru_cache(_REMEMBERED)
def exists(text: str) -> bool:
    """Whether it says that there is something: the answer to `was there ...?`, without a yes."""
    return bool(_EXISTS.search(plain(text)))


@lru_cache(_REMEMBERED)
def denies(text: str) -> bool:
    """Whether it has a negation."""
    return bool(pattern("negations").search(plain(text)))


@lru_cache(_REMEMBERED)
def points_back(text: str) -> bool:
    """Whether it speaks of something named before: an `it` near its beginning, a `one` or a `there`."""
    return bool(_POINTS.match(plain(text)))
