"""What of a long piece is shown: the stretch that holds most of what was looked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from smalti.assistant.retrieval.words import spans

_LENGTH = 320  # characters of a quote
_BEFORE = 60  # of them before the first word found
_MOST_CHARS = 20_000  # of a piece looked through


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a text as it stands there; `highlights` are offsets within it."""

    text: str
    start: int
    highlights: list[tuple[int, int]]


def quote(text: str, weights: Mapping[str, float]) -> Quote:
    """The stretch of a text with the weightiest different words; its beginning where none is in it."""
    found = list(spans(text[:_MOST_CHARS], weights))
    start = _best_start(text, found, weights) if found else 0
    end = min(start + _LENGTH, len(text))
    if end < len(text):
        end = _word_edge(text, end, floor=start + _LENGTH // 2)
    inside = [(a - start, b - start) for a, b, _ in found if start <= a and b <= end]
    return Quote(text[start:end], start, inside)


def _best_start(text: str, found: Collection[tuple[int, int, str]], weights: Mapping[str, float]) -> int:
    places = list(found)
    best, best_weight, right = 0, -1.0, 0
    inside: dict[str, int] = {}
    weight = 0.0
    for left, (a, _, word) in enumerate(places):
        while right < len(places) and places[right][1] <= a - _BEFORE + _LENGTH:
            entering = places[right][2]
            inside[entering] = inside.get(entering, 0) + 1
            weight += weights[entering] if inside[entering] == 1 else 0.0
            right += 1
        if weight > best_weight + 1e-9:
            best, best_weight = left, weight
        if right > left:
            inside[word] -= 1
            weight -= weights[word] if inside[word] == 0 else 0.0
        else:
            right = left + 1
    start = max(places[best][0] - _BEFORE, 0)
    if places[-1][1] <= _LENGTH:
        return 0
    return _word_edge(text, start, floor=max(start - 20, 0)) if start else 0


def _word_edge(text: str, at: int, floor: int) -> int:
    """The nearest offset at or before one at which a word begins or ends."""
    for i in range(at, floor, -1):
        if text[i - 1].isspace():
            return i
    return at
