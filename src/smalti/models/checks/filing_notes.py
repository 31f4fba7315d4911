"""The notes to a filing's financial statements: their numbers and titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from smalti.models.checks.filings import Filing
from smalti.platform.records import Evidence

__all__ = ["Note", "complete", "notes"]

_NOTE = re.compile(r"\s*note\s+(\d{1,2})\s*[.:—–-]*\s*((?-i:[A-Z]).*)", re.I | re.S)
_NUMBER = re.compile(r"\s*(\d{1,2})\.\s+([A-Z].*)", re.S)
_INLINE = re.compile(r"(?<=[.\s])Note (\d{1,2})\s*[.:—–-]\s*(?=[A-Z])")
_TITLE = 80  # letters
_LEAST = 3
_SECTIONS = ("8", "15", "18")


@dataclass(frozen=True, slots=True)
class Note:
    """A note: its number, the beginning of its title and text, and the paragraph it begins in."""

    number: int
    title: str
    piece: Evidence


def notes(filing: Filing) -> list[Note]:
    """The notes of a filing, each number once, in their order; empty where they cannot be told apart.

    They begin `Note 7`; where fewer than three do, with a number and a short title (`7. Debt`).
    """
    pieces = filing.section(*_SECTIONS)
    found = _in_order([note for piece in pieces for note in _notes_of(piece)])
    if len(found) >= _LEAST:
        return found
    bare = [
        Note(int(hit[1]), hit[2][:_TITLE], piece)
        for piece in pieces
        if len(piece.text) <= 2 * _TITLE and (hit := _NUMBER.match(piece.text))
    ]
    found = _in_order(bare)
    return found if len(found) >= _LEAST else []


def complete(found: Sequence[Note]) -> bool:
    """Whether none is missing from the first to the last."""
    return bool(found) and [note.number for note in found] == list(range(1, len(found) + 1))


def _notes_of(piece: Evidence) -> list[Note]:
    """Notes that begin in a paragraph: at its start, and where text and headings were read as one, inside."""
    text = piece.text[:20_000]
    starts = [(hit.start(), hit.end(), int(hit[1])) for hit in _INLINE.finditer(text)]
    if first := _NOTE.match(text):
        starts = [(0, first.start(2), int(first[1])), *(one for one in starts if one[0] > 4)]
    elif not text.lstrip().lower().startswith("notes to"):
        starts = []
    return [Note(number, text[end : end + _TITLE], piece) for _, end, number in starts]


def _in_order(found: Sequence[Note]) -> list[Note]:
    """Each number once, first where it is met, as long as they rise: what falls back is a mention."""
    out: list[Note] = []
    for note in found:
        if note.number == 1 and len(out) < _LEAST:
            out = []  # a table of contents before them
        if not out or out[-1].number < note.number <= out[-1].number + 4:
            out.append(note)
    return out
