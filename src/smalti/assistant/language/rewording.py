"""Whether a sentence says what another says: the same numbers, names and directions in other words.

Strict on purpose. A model's sentence stays only if it can be matched with one sentence of smalti's: it holds
no numeral that the other lacks, the same words but for a small stock of plain ones, and every negation and
direction as often; where words could be swapped (several figures, periods or names, a comparison)
their order stays too. So nothing of a document or of a model's own can come in, be it true or false.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from smalti.assistant.checks.numerals import Numeral, numerals
from smalti.assistant.language.words import DIRECTIONS, MOVES, NOT, PLAIN
from smalti.assistant.records import Figure
from smalti.assistant.tools.records import Told

MOST_SENTENCES = 60
MOST_CHARACTERS = 20_000
_LONGEST = 1_000

_END = re.compile(
    r"(?<=[.!?])(?<!\bInc\.)(?<!\bCorp\.)(?<!\bCo\.)(?<!\bLtd\.)(?<!\bNo\.)(?<!\bvs\.)(?<!\bU\.S\.)\s+|\n+"
)
_MARKS = re.compile(r"\s*\[\d{1,3}\]|^\s*(?:[-*•#>]+|\d{1,2}\.)\s+|\*\*|__|`")
_WORD = re.compile(r"[^\W\d_]+(?:['’&-][^\W\d_]+)*")
_QUOTES = '“”"«» '


@dataclass(frozen=True, slots=True)
class Reworded:
    """A sentence that says what a told one says, its numerals bound as there."""

    text: str
    figures: Sequence[Figure]


def sentences(text: str) -> list[str]:
    """The sentences of a model's text, without marks of citations, lists and emphasis."""
    found = (_MARKS.sub("", one).strip() for one in _END.split(text[:MOST_CHARACTERS]))
    return [one for one in found if _WORD.search(one)][:MOST_SENTENCES]


def reworded(sentence: str, told: Told) -> Reworded | None:
    """The sentence with the figures of the told one; None if it does not say the same."""
    if len(sentence) > _LONGEST:
        return None
    if told.quoted:
        same = _flat(sentence) == _flat(told.text)
        return Reworded(told.text, told.figures) if same else None
    if sentence == told.text:
        return Reworded(told.text, told.figures)
    ours, theirs = numerals(told.text), numerals(sentence)
    pairs = _paired(theirs, ours)
    words, kept = _words(told.text, ours), _words(sentence, theirs)
    # How far a thing moved, and where to, differ by their prepositions alone.
    plain = PLAIN - MOVES if any(word in DIRECTIONS for word in words) else PLAIN
    if pairs is None or not _same_words(kept, words, plain):
        return None
    if _could_be_swapped(told, ours, words) and not _in_order(kept, words, plain, _placed(pairs, ours)):
        return None
    figures = _bound(told, ours, theirs, pairs)
    return None if figures is None else Reworded(sentence, figures)


def _paired(theirs: Sequence[Numeral], ours: Sequence[Numeral]) -> list[int] | None:
    """Which of our numerals each of theirs repeats; None if one repeats none, or one of ours is left out."""
    if any(not any(_same(one, other) for one in theirs) for other in ours):
        return None
    pairs = []
    for one in theirs:
        same = [n for n, other in enumerate(ours) if _same(one, other)]
        free = [n for n in same if n not in pairs]
        if not same:
            return None
        pairs.append((free or same)[0])
    return pairs


def _same(one: Numeral, other: Numeral) -> bool:
    exact = abs(one.value - other.value) <= 1e-9 * max(abs(one.value), abs(other.value))
    return exact and one.unit == other.unit and one.day == other.day and one.negative == other.negative


def _same_words(theirs: Sequence[str], ours: Sequence[str], plain: frozenset[str]) -> bool:
    same = set(theirs) - plain == set(ours) - plain  # `margin` is another thing than `gross margin`
    return same and all(_of(ours, kind) == _of(theirs, kind) for kind in (NOT, DIRECTIONS))


def _of(words: Sequence[str], kind: frozenset[str]) -> Counter[str]:
    return Counter(word for word in words if word in kind)


def _could_be_swapped(told: Told, ours: Sequence[Numeral], words: Sequence[str]) -> bool:
    issuers = {one.issuer_id for one in told.figures if one.issuer_id}
    names = re.findall(r"(?<=\s)[A-Z][\w&'-]*(?:\s+[A-Z][\w&'-]*)*", told.text)
    return (
        len([one for one in told.figures if not one.said]) > 1
        or len(_times(ours)) > 1
        or len(issuers) > 1
        or len(names) > 1
        or any(word in DIRECTIONS for word in words)
    )


def _times(ours: Sequence[Numeral]) -> list[int]:
    return [place for place, one in enumerate(ours) if one.unit in ("year", "date")]


def _placed(pairs: Sequence[int], ours: Sequence[Numeral]) -> list[int]:
    """The numerals whose order counts: a single time may stand anywhere."""
    times = _times(ours)
    return [place for place in pairs if len(times) > 1 or place not in times]


def _in_order(
    theirs: Sequence[str], ours: Sequence[str], plain: frozenset[str], places: Sequence[int]
) -> bool:
    if list(places) != sorted(set(places)):
        return False
    rest = iter(word for word in ours if word not in plain)
    return all(word in rest for word in theirs if word not in plain)


def _bound(
    told: Told, ours: Sequence[Numeral], theirs: Sequence[Numeral], pairs: Sequence[int]
) -> list[Figure] | None:
    """Their numerals bound as ours are; None if one of our figures is no numeral of our sentence."""
    at: dict[int, Figure] = {}
    start = 0
    for figure in told.figures:
        place = told.text.find(figure.text, start)
        end = place + len(figure.text)
        held = next((n for n, one in enumerate(ours) if one.start < end and place < one.end), None)
        if place < 0 or held is None:
            if figure.said:
                continue
            return None
        at[held], start = figure, end
    return [
        replace(at[held], text=one.text.strip())
        for one, held in zip(theirs, pairs, strict=True)
        if held in at
    ]


def _words(text: str, without: Sequence[Numeral]) -> list[str]:
    for one in without:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    words = (word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(text))
    return [word for word in words if word != "s"]  # of `3M's`, once the numeral is out


def _flat(text: str) -> str:
    return " ".join(text.strip(_QUOTES).split())
