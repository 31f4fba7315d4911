"""What a question of a call asks for: a number, a moment, a yes or no, or an explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from smalti.models.checks.call_phrases import pattern, plain, source
from smalti.models.checks.spoken import Said, content_words
from smalti.platform.records import Evidence

__all__ = ["Ask", "Wanted", "asks"]

_MOST = 12  # asks of one question that are judged


class Wanted(StrEnum):
    """What would answer it."""

    AMOUNT = "a number"
    MOMENT = "a date"
    SIDE = "a yes or no"
    REASON = "an explanation"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing a question asks.

    Attributes:
        wanted: what would answer it.
        text: its words.
        pieces: where they are heard.
        ahead: it asks of what is still to come, where not knowing is honest.
        alone: no other ask stands in the same sentence.
        beside: words of the others that do.
    """

    wanted: Wanted
    text: str
    pieces: tuple[Evidence, ...]
    ahead: bool
    alone: bool
    beside: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """What it speaks of."""
        return content_words(self.text)


_LEAD = r"(?:^|[,;:]\s*(?:and |so |but |then |or )?)"
_PARTS = re.compile(
    r"(?:,\s*|\s+)(?:and|or|but|also)\s+(?=(?:also\s+|then\s+)?"
    rf"(?:{source('inverted')}|(?:at|for|by|in|to|of) (?:what|how)|what|how|when|why)\b)",
    re.IGNORECASE,
)
_OPENERS = re.compile(rf"(?:{source('ask_openers')}(?:\s*[,.:;!-]+\s*|\s+))+", re.IGNORECASE)
_SIDE = re.compile(rf"{_LEAD}{source('inverted')}\b")
_OPEN = re.compile(rf"{_LEAD}(?:what|why|how|which|where|who|whose|any|can you|could you)\b")
_CHOICE = re.compile(r"\bor (?!not\b|any|so\b|more\b|less\b|anything|something)")
_TAG = re.compile(r"\b(?:right|correct|is that (?:right|correct|fair|true)|is not it|no)\s*\?$")


def asks(turn: Sequence[Said]) -> list[Ask]:
    """What one question asks, in order; empty where it only thanks or remarks.

    The recogniser may drop a question mark, and a question may hide in a request ("could you tell us how
    much ..."); a sentence without a mark counts only where its form leaves no doubt.
    """
    found: list[Ask] = []
    for sentence in turn:
        wanted = [(part, kind) for part, marked in _parts(sentence.text) if (kind := _wanted(part, marked))]
        for part, kind in wanted:
            ahead = bool(pattern("ahead").search(plain(part)))
            beside = frozenset().union(*(content_words(other) for other, _ in wanted if other != part))
            found.append(Ask(kind, part, sentence.pieces, ahead, len(wanted) == 1, beside))
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The questions one sentence joins by "and", and whether it ends in a question mark."""
    begin = 0
    marked = text.rstrip().endswith("?")
    for joint in _PARTS.finditer(text):
        yield text[begin : joint.start()].strip(), marked
        begin = joint.end()
    yield text[begin:].strip(), marked


def _wanted(part: str, marked: bool) -> Wanted | None:
    core = _core(part)
    if len(core.split()) < 3 or pattern("not_meant", start=True).search(core):
        return None
    hidden = bool(pattern("request", start=True).match(core) or pattern("wonders").search(core))
    if not (marked or hidden or _SIDE.search(core) or _OPEN.match(core)):
        return None
    if pattern("asks_moment").search(core):
        return Wanted.MOMENT
    if pattern("asks_amount").search(core) and (hidden or not _side_first(core)):
        return Wanted.AMOUNT
    if hidden:
        return Wanted.SIDE if pattern("whether").search(core) else Wanted.REASON
    return _side_or_reason(core)


def _side_or_reason(core: str) -> Wanted | None:
    """Of a question that hides behind no request: its first asking word tells."""
    inverted, opening = _SIDE.search(core), _OPEN.search(core)
    if inverted and not (opening and opening.start() < inverted.start()):
        return Wanted.REASON if _CHOICE.search(core) else Wanted.SIDE
    if opening:
        return Wanted.REASON
    return Wanted.SIDE if _TAG.search(core) or core.startswith(("you ", "we ")) else None


def _core(part: str) -> str:
    """In plain words and without its greetings."""
    text = plain(part)
    opener = _OPENERS.match(text)
    return text[opener.end() :] if opener else text


def _side_first(core: str) -> bool:
    """`Is that how much you expected?` wants a yes, though it says "how much"."""
    inverted, amount = _SIDE.match(core), pattern("asks_amount").search(core)
    return bool(inverted and amount and amount.start() > 0 and "do you have" not in amount.group())
