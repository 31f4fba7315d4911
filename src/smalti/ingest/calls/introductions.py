"""Names and titles of speakers, as the call itself introduces them."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["Introduced", "introduced_next", "names"]

Introduced = tuple[str | None, str | None]
"""Name and affiliation (title or firm); None where not said."""

_NAME = (
    r"(?:Mr\.?|Ms\.?|Mrs\.?|Dr\.?)?\s*(?P<name>[A-Z][\w.'’-]*(?:\s+(?:[A-Z][\w.'’-]*|de|van|von|la)){0,3})"
)
_OFFICE = r"(?P<office>(?:Chief\s+\w+(?:\s+\w+)?\s+Officer|CEO|CFO|COO|President|Chairman|Treasurer))"
_ASKER = re.compile(
    rf"\b(?:from|is|to)\s+(?:the\s+line\s+of\s+)?{_NAME}"
    r"(?:\s*,?\s+(?:with|from|of|at)\s+(?P<firm>[A-Z][\w&.'’-]*(?:\s+(?:[A-Z&][\w&.'’-]*|of|and)){0,4}))?"
)
_HANDED = re.compile(
    rf"\b(?:over|back|floor|call)\s+to\s+(?:your\s+host,?\s+|our\s+\w+,?\s+|the\s+)?(?:{_OFFICE}\b|{_NAME})"
    r"(?:\s*,\s*(?P<title>[^.,;]{3,60}))?"
)
_SELF = re.compile(rf"\b(?:[Tt]his\s+is|[Mm]y\s+name\s+is)\s+{_NAME}")
_QUESTION = re.compile(r"\bquestions?\b|\bline\s+of\b", re.IGNORECASE)
_NOT_NAMES = {
    "Q",
    "Questions",
    "Question",
    "The",
    "And",
    "Our",
    "We",
    "With",
    "You",
    "Please",
    "A",
    "It",
    "Operator",
    "Slide",
}
_LONGEST = 1_000  # characters of a sentence that are looked at


def introduced_next(text: str) -> Introduced | None:
    """Who this sentence says will speak next: `from John Doe with Big Bank`, `over to Jane Roe, our CFO`."""
    text = text[:_LONGEST]
    if found := _HANDED.search(text):
        title = found["title"]
        if found["office"]:
            return found["office"], None
        name = _clean(found["name"])
        return (name, _tidy(title)) if name else None
    if _QUESTION.search(text) and (found := _ASKER.search(text)):
        name = _clean(found["name"])
        return (name, _tidy(found["firm"])) if name else None
    return None


def names(
    texts: Sequence[str], voices: Sequence[str | None], turns: Sequence[int], roles: Sequence[str | None]
) -> list[Introduced]:
    """Name and affiliation of each sentence's speaker.

    An introduction names the next turn that is not the introducer's. It holds for that voice in that
    role; a voice named twice differently keeps each name in its own turns.
    """
    by_turn: dict[int, Introduced] = {}
    waiting: Introduced | None = None
    since = -1
    for i, text in enumerate(texts):
        if waiting and turns[i] != since and roles[i] != "operator":
            by_turn.setdefault(turns[i], waiting)
            waiting = None
        if found := introduced_next(text):
            waiting, since = found, turns[i]
        if (
            (own := _SELF.search(text[:_LONGEST]))
            and (name := _clean(own["name"]))
            and roles[i] != "operator"
        ):
            by_turn[turns[i]] = (name, by_turn.get(turns[i], (None, None))[1])
    by_voice = _by_voice(by_turn, turns, voices, roles)
    whole = zip(turns, voices, roles, strict=True)
    return [by_turn.get(turn) or by_voice.get((voice, role), (None, None)) for turn, voice, role in whole]


def _by_voice(
    by_turn: dict[int, Introduced],
    turns: Sequence[int],
    voices: Sequence[str | None],
    roles: Sequence[str | None],
) -> dict[tuple[str | None, str | None], Introduced]:
    """The one name of a voice in a role."""
    found: dict[tuple[str | None, str | None], set[Introduced]] = {}
    for turn, voice, role in zip(turns, voices, roles, strict=True):
        if voice is not None and turn in by_turn:
            found.setdefault((voice, role), set()).add(by_turn[turn])
    return {who: next(iter(named)) for who, named in found.items() if len(named) == 1}


def _clean(name: str | None) -> str | None:
    words = (name or "").strip(" .,").split()
    return " ".join(words) if words and words[0] not in _NOT_NAMES else None


def _tidy(text: str | None) -> str | None:
    return text.strip(" .,") or None if text else None
