"""In which note to its statements each piece of a filing stands."""

from __future__ import annotations

import re

_LONGEST = 160  # characters of a heading or caption
_SKIPPED = 3  # notes whose beginning may be missed before the next one that is seen
_MOST_WORDS = 8  # of a title that runs on into its first sentence
_LIST_AGAIN = 3  # after so many notes a new `1.` is of another list

_WORDED = re.compile(r"^(?P<number>note\s+(?P<n>\d{1,2}))\s*[.:)—–-]*\s*(?P<title>\S.*)$", re.IGNORECASE)
_BARE = re.compile(r"^(?P<n>\d{1,2})\s*[.:)]\s+(?P<title>[A-Z].*)$")
_CAPITALS = re.compile(r"^[^a-z]{4,}(?=\s+[A-Z][a-z])")
_SENTENCE = re.compile(r"\s(?:The|This|These|Refer|In|As|On|At|For|From|During|We|Our|An?)\s")


class Notes:
    """Follows a filing's pieces and tells in which note each stands.

    A note goes on until the next one begins or its item ends. Notes count on from 1; other numbers before a
    heading are of something else. Where they are called `Note 3`, a bare `3.` begins none.
    """

    def __init__(self, form: str) -> None:
        self._items = ("1", "") if form == "10-Q" else ("8", "15", "16", "")
        self._note, self._number, self._item = "", 0, ""
        self._worded = False

    def after(self, item: str, heading: str, text: str) -> str:
        """The note's title once a piece was read: `heading` stands over it; a heading's is its own text."""
        if item != self._item:
            self._note = ""
        if text and item in self._items:
            self._begin(item, text, headed=text == heading)
        return self._note

    def _begin(self, item: str, text: str, *, headed: bool) -> None:
        found = _WORDED.match(text)
        if found is None and headed and not self._worded:
            found = _BARE.match(text)
        if found is None or not self._next(int(found["n"])):
            return
        self._worded = found.re is _WORDED
        title = text if headed else text[: found.start("title")] + _opening(found["title"])
        self._note, self._number, self._item = title, int(found["n"]), item

    def _next(self, number: int) -> bool:
        again = number == 1 and self._number <= _LIST_AGAIN
        return again or self._number < number <= self._number + 1 + _SKIPPED


def short(text: str | None) -> str:
    """A heading or caption in one line, cut."""
    return " ".join((text or "")[:_LONGEST].split())


def _opening(text: str) -> str:
    """A title that its first sentence follows without a break: its capitals, or some words."""
    if capitals := _CAPITALS.match(text):
        return capitals[0].strip()
    return " ".join(_SENTENCE.split(f"{text} ", maxsplit=1)[0].split()[:_MOST_WORDS])
