"""What a sentence must speak of to answer a question: its telling words, and how such answers are worded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from smalti.assistant.answers.passages_topics import table
from smalti.assistant.retrieval.words import query_words, words

Phrase = frozenset[str]
"""Words (as the index holds them) that all have to be there."""


class Form(StrEnum):
    """How a question is put, and so how sentences that answer it look."""

    WHY = "why"
    WHEN = "when"
    WHETHER = "whether"
    WHICH = "which"
    """Several things may be the answer."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Term:
    """One telling word of a question with the other words for the same thing."""

    word: str
    phrases: tuple[Phrase, ...]

    def said_in(self, held: frozenset[str]) -> bool:
        """Whether a sentence of these words speaks of it."""
        return any(phrase <= held for phrase in self.phrases)


_WHY = re.compile(
    r"\bwhy\b|\breasons? (?:for|behind)|\bdrivers? (?:of|behind)"
    r"|\bwhat(?:'s| is| are| was| were)? ?(?:has |have )?(?:drove|driv\w+|caus\w+|led|explain\w*|contribut\w+"
    r"|the (?:main |key |primary )?(?:reasons?|drivers?|causes?))",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day|year)\b", re.IGNORECASE)
_WHETHER = re.compile(
    r"(?:^|[,;:.]\s*)(?:is|are|was|were|has|have|had|does|do|did|will|would|can|could|should)\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"\b(?:what|which|list|name|who) (?:are|were|have been|[a-z-]+s\b)|\bwhich\b"
    r"|\bwhat (?:\w+ ){0,3}\w{3,}s (?:is|are|was|were|does|do|did|has|have|will)\b",
    re.IGNORECASE,
)

_NO = re.compile(
    r"\b(?:no|not|never|none|neither|nor|cannot)\b(?! (?:limited|only|assur))|n['’]t\b", re.IGNORECASE
)
_UP = re.compile(r"\b(?:increas|improv|gr[eo]w|ris|rose|higher|expand)\w*", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:decreas|declin|fell|fall|drop|lower|reduc|shr[aiu]nk|worse)\w*", re.IGNORECASE)

CUES: Mapping[Form, re.Pattern[str]] = {
    Form.WHY: re.compile(
        r"\b(?:due (?:primarily |mainly |largely |in part )?to|driven|primarily|mainly|as a result of"
        r"|result(?:ed|s|ing) from|reflect(?:s|ed|ing)?|attributable|because|owing to|led by|caused by)\b",
        re.IGNORECASE,
    ),
    Form.WHEN: re.compile(
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
        r"|\b(?:19|20)\d\d\b"
    ),
}
"""How sentences that answer a form are worded; those of other forms have no words of their own."""


def form_of(text: str) -> Form:
    """How a question is put."""
    for pattern, form in (
        (_WHY, Form.WHY),
        (_WHEN, Form.WHEN),
        (_WHETHER, Form.WHETHER),
        (_WHICH, Form.WHICH),
    ):
        if pattern.search(text):
            return form
    return Form.OTHER


def denies(sentence: str, question: str) -> bool:
    """Whether a sentence that speaks of what is asked says no to it.

    It does by its own words (`we have never paid`), or where it tells the other direction than is asked for.
    """
    up, down = (pattern.search(question) is not None for pattern in (_UP, _DOWN))
    if up != down:
        other, same = (_DOWN, _UP) if up else (_UP, _DOWN)
        if other.search(sentence) and not same.search(sentence):
            return True
    return _NO.search(sentence) is not None


def terms_of(text: str, without: Iterable[str] = ()) -> list[Term]:
    """The telling words of a question.

    Args:
        text: of the question.
        without: words that are no part of it: the issuer's names.
    """
    named = [words(name) for name in without]
    left_out = {word for name in named for word in (*name, *words("".join(name)))} | _aside()
    asked = query_words(_spelled(text))[0]
    told = [Term(" ".join(sorted(phrase)), row) for row in _rows() if (phrase := _longest(row, asked))]
    in_phrases = {word for term in told for word in term.word.split()}
    single = [
        word for word in asked if word not in left_out and word not in in_phrases and not _is_time(word)
    ]
    return [*told, *(Term(word, _phrases(word)) for word in single)]


def _longest(row: Sequence[Phrase], asked: Sequence[str]) -> Phrase | None:
    """The longest phrase of several words that a question holds."""
    held = [phrase for phrase in row if len(phrase) > 1 and phrase <= frozenset(asked)]
    return max(held, key=len, default=None)


def stems_of(terms: Sequence[Term]) -> list[str]:
    """Beginnings by which a text may speak of one of the terms."""
    told = {word[:7] for term in terms for phrase in term.phrases for word in phrase}
    return sorted(word for word in told if len(word) > 2 and word.isalnum())


def _spelled(text: str) -> str:
    """Abbreviations as one word."""
    return re.sub(r"\bSG\s?&\s?A\b", "SGA", text, flags=re.IGNORECASE)


def _is_time(word: str) -> bool:
    return (
        re.fullmatch(r"fy\d*|(?:19|20)\d\d|[qh][1-4]\w*|\d{1,2}|[1-4]q|\d*(?:st|nd|rd|th)", word) is not None
    )


@cache
def _aside() -> frozenset[str]:
    return frozenset(words(table()["aside"]))


@cache
def _phrases(word: str) -> tuple[Phrase, ...]:
    """The phrases that stand for a word: those of every row in which it stands alone, and itself."""
    same = [row for row in _rows() if frozenset({word}) in row]
    found = dict.fromkeys([frozenset({word}), *(phrase for row in same for phrase in row)])
    return tuple(found)


@cache
def _rows() -> tuple[tuple[Phrase, ...], ...]:
    return tuple(tuple(frozenset(words(phrase)) for phrase in row.split(",")) for row in table()["same"])
