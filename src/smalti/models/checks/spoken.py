"""Calls, and their sentences as they were said, whatever pieces the recogniser cut them into."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from smalti.models.checks.call_phrases import LONGEST, plain, words
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Citation, Silence
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

__all__ = ["Said", "calls", "clock", "content_words", "label", "nearness", "readable", "sentences", "speaker"]

MOST = 5_000
"""Sentences of one call that are read: more than four hours hold."""

_LONGEST = 600  # characters of one piece that are read
_MOST = 400  # pieces of one turn that are read
_BETWEEN = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9$€£¥\"'“])")  # a lower-case word goes on with a sentence
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_ENDING = re.compile(r"(?:'s|ings?|ments?|edly|ed|ly|es|s|e)$")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence and the pieces it stands in, in order."""

    text: str
    pieces: tuple[Evidence, ...]

    @property
    def words(self) -> frozenset[str]:
        """What it speaks of: the stems of its words that make a subject."""
        return content_words(self.text)


def calls(dossier: Dossier) -> list[tuple[Document, list[Evidence]]]:
    """Each call that is no copy of another, and its pieces as they were said."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for piece in dossier.pieces(EvidenceKind.AUDIO, SourceKind.CALL):
        if piece.document_id not in dossier.copies:
            found[piece.document_id].append(piece)
    return [(dossier.documents[one], pieces) for one, pieces in found.items()]


def readable(document: Document, pieces: Sequence[Evidence], silences: list[Silence]) -> Sequence[Evidence]:
    """The pieces of a call that checks read: none of a foreign one, at most `MOST`; the rest is told of."""
    about = Citation(pieces[0].evidence_id)
    if document.language and not document.language.startswith("en"):
        silences.append(Silence(about, f"cannot compare: the call is in {document.language}"))
        return []
    if len(pieces) > MOST:
        why = f"the call has {len(pieces):,} sentences, only the first {MOST:,} are read"
        silences.append(Silence(about, f"cannot compare: {why}"))
    return pieces[:MOST]


def sentences(pieces: Sequence[Evidence]) -> list[Said]:
    """The sentences of one turn: pieces that break one off are joined, a piece that holds two is parted."""
    kept = pieces[:_MOST]
    texts = [" ".join(piece.text[:_LONGEST].split()) for piece in kept]
    whole = " ".join(texts)
    starts: list[int] = []
    at = 0
    for text in texts:
        starts.append(at)
        at += len(text) + 1
    found: list[Said] = []
    begin = first = 0
    for stop in [*(gap.start() for gap in _BETWEEN.finditer(whole)), len(whole)]:
        while first + 1 < len(kept) and starts[first + 1] <= begin:
            first += 1
        last = first
        while last + 1 < len(kept) and starts[last + 1] < stop:
            last += 1
        text = whole[begin : min(stop, begin + LONGEST)].strip()
        if text:
            found.append(Said(text, tuple(islice(kept, first, last + 1))))
        begin = stop + 1
    return found


@lru_cache(MOST)
def content_words(text: str) -> frozenset[str]:
    """Stems of the words that make a subject: no auxiliaries, fillers or words every call is full of."""
    common = words("common")
    found = (word for word in _WORD.findall(plain(text)) if word not in common and len(word) > 1)
    return frozenset(_ENDING.sub("", word) if len(word) > 3 else word for word in found)


def nearness(
    one: Sequence[Evidence], other: Sequence[Evidence], vectors: Mapping[str, npt.NDArray[np.float32]]
) -> float | None:
    """The highest cosine between a piece of one and a piece of the other; None where none was embedded."""
    left = [vectors[piece.evidence_id] for piece in one if piece.evidence_id in vectors]
    right = [vectors[piece.evidence_id] for piece in other if piece.evidence_id in vectors]
    if not (left and right):
        return None
    return float((np.stack(left) @ np.stack(right).T).max())


def label(piece: Evidence) -> str | None:
    """Who says a piece; None where neither a voice nor a transcript tells."""
    name = piece.payload.get("speaker") or piece.locator.speaker
    return str(name) if name else None


def speaker(piece: Evidence) -> str:
    """Who says a piece, for people."""
    return label(piece) or "a speaker"


def clock(piece: Evidence) -> str:
    """Where in its call a piece begins: `07:31`."""
    seconds = int(piece.locator.seconds[0]) if piece.locator.seconds else 0
    return f"{seconds // 60:02d}:{seconds % 60:02d}"
