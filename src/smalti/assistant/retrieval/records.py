"""What a search is asked and what it answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from smalti.platform.records import EvidenceKind, SourceKind

_EARLIEST, _LATEST = date(1980, 1, 1), date(2079, 12, 31)  # of what is told, where one end is open


def _month(day: date) -> int:
    day = min(max(day, _EARLIEST), _LATEST)
    return day.year * 12 + day.month - 1


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search; nothing named means anything.

    Attributes:
        sources: kinds of documents.
        kinds: kinds of evidence.
        languages: ISO 639-1 codes, as detected.
        since, until: public from, and to, this moment, both included.
        told_from, told_to: what a piece tells of ends in the months of these days, or between: facts and
            tables by their own periods, the rest of a report by the report's, all else by when it was
            published.
    """

    sources: Sequence[SourceKind] = ()
    kinds: Sequence[EvidenceKind] = ()
    languages: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    told_from: date | None = None
    told_to: date | None = None

    @property
    def months(self) -> Sequence[str]:
        """The months between `told_from` and `told_to`, as `2018-12`; none where neither is set."""
        if self.told_from is None and self.told_to is None:
            return ()
        first, last = self.told_from or _EARLIEST, self.told_to or _LATEST
        return [f"{n // 12}-{n % 12 + 1:02}" for n in range(_month(first), _month(last) + 1)]


ANYTHING = Filters()
"""Narrows nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for.

    Attributes:
        text: words; nothing in it is syntax.
        as_of: only what was public by then, each page in its edition of then.
        issuer_ids: linked to one of these, or to anybody.
        limit: most hits.
    """

    text: str
    as_of: datetime
    issuer_ids: Sequence[str] = ()
    filters: Filters = ANYTHING
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of evidence that was found.

    Attributes:
        where: its place in its document, for people; `locator` is the same for programs (JSON).
        quote: what it says around the words found, as it stands there; plain text, never markup.
        quote_start: offset of the quote in the piece's whole text.
        highlights: start and end offsets, within the quote, of words that were looked for.
        issuers: names of those its document is linked to, surest first.
        fused: what hits are ordered by: the sum of 1 / (60 + rank) over both rankings; see `ranking.fuse`.
        bm25: how well its words match, and `bm25_rank` its place by that; None where no word does.
        cosine: how near its meaning is, in [-1, 1], and `cosine_rank` its place; None where it has no vector,
            or stands too far down.
        synthetic: made by the demo world; no fact about a real company.
    """

    evidence_id: str
    document_id: str
    kind: str
    source: str
    title: str
    where: str
    locator: str
    quote: str
    quote_start: int
    highlights: Sequence[tuple[int, int]]
    issuers: Sequence[str]
    language: str | None
    url: str | None
    file: str
    media_id: str | None
    available_at: datetime
    available_method: str
    fused: float
    bm25: float | None
    bm25_rank: int | None
    cosine: float | None
    cosine_rank: int | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search.

    Attributes:
        words: what was looked for, as the index holds words.
        semantic: whether meaning was compared too, and not words alone.
        notes: what a reader must know of this answer: what was left out, and why.
    """

    hits: Sequence[Hit]
    words: Sequence[str]
    semantic: bool
    as_of: datetime
    notes: Sequence[str]
