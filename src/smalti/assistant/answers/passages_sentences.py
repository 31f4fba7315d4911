"""The sentences among which an answer is looked for, each with its words and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from smalti.assistant.grounds import Grounds
from smalti.assistant.retrieval.words import words
from smalti.models.checks.risk_factors import sentences as split

_LONGEST, _SHORTEST = 900, 25
"""Characters of a sentence that is read at all."""
_WIDEST = 12_000
"""Characters of a piece that are cut into sentences."""

# The text of documents in their order; a table is no sentence. Of single pieces what was heard or seen, too.
_TEXT = """
SELECT e.evidence_id, e.document_id, e.text, e.ordinal, CAST(e.locator->>'page' AS INTEGER) AS page,
       coalesce(e.payload->>'heading', '') AS heading, coalesce(e.payload->>'section', '') AS section,
       d.kind AS source, d.title, d.available_at
FROM evidence e JOIN documents d USING (document_id)
WHERE d.available_at <= $as_of
  AND (e.kind = 'paragraph' AND list_contains($documents::TEXT[], e.document_id)
       OR e.kind IN ('paragraph', 'audio', 'image', 'chart')
       AND list_contains($pieces::TEXT[], e.evidence_id))
  AND regexp_matches(lower(e.text || ' ' || coalesce(e.payload->>'heading', '')), $telling)
ORDER BY e.document_id, e.ordinal
"""
_AFTER_STOP = re.compile(r"\s*(?:•|●|▪|\n)\s*")


Pair = tuple[str, str]
"""Two words that follow one another."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might answer.

    Attributes:
        words: its different words, as an index holds them.
        around: those of its heading and of the sentences beside it in its paragraph.
        pairs: its words two by two, as they follow one another; `pairs_around` those beside it.
        place: of its piece in the document, from 0; `turn` its own within the piece.
        page: of a PDF, from 0.
    """

    evidence_id: str
    document_id: str
    text: str
    words: frozenset[str]
    around: frozenset[str]
    pairs: frozenset[Pair]
    pairs_around: frozenset[Pair]
    heading: str
    section: str
    source: str
    title: str
    available_at: datetime
    page: int | None
    place: int
    turn: int


def candidates(
    grounds: Grounds, documents: Sequence[str], pieces: Sequence[str], stems: Sequence[str]
) -> list[Candidate]:
    """Sentences of whole documents and of single pieces that hold one of some stems, or whose heading does.

    Args:
        grounds: what may be read.
        documents: ids.
        pieces: ids of evidence in other documents.
        stems: beginnings of words, lower case; at least one.
    """
    telling = r"\b(?:" + "|".join(re.escape(stem) for stem in stems) + ")"
    rows = grounds.rows(_TEXT, documents=list(documents), pieces=list(pieces), telling=telling)
    found: list[Candidate] = []
    read: dict[str, list[str]] = {}
    for row in rows.iter_rows(named=True):
        heading = row["heading"] if row["heading"] != row["text"] else ""
        told = list(_sentences(row["text"] or ""))
        own = [words(text) for text in told]
        if heading not in read:
            read[heading] = words(heading)
        above = read[heading]
        for turn, text in enumerate(told):
            beside = [above, *own[max(turn - 1, 0) : turn + 2]]
            found.append(
                Candidate(
                    row["evidence_id"], row["document_id"], text, frozenset(own[turn]),
                    frozenset[str]().union(*beside), pairs(own[turn]),
                    frozenset[Pair]().union(*map(pairs, beside)), heading, row["section"],
                    row["source"], row["title"], row["available_at"], row["page"], row["ordinal"], turn,
                )
            )  # fmt: skip
    return found


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a piece as they stand there, bullets each their own."""
    for line in _AFTER_STOP.split(text[:_WIDEST]):
        for sentence in split(line):
            stripped = sentence.strip()
            if _SHORTEST <= len(stripped) <= _LONGEST:
                yield stripped


def pairs(told: Sequence[str]) -> frozenset[Pair]:
    """Words two by two."""
    return frozenset(pairwise(told))
