"""The side structure that finds pieces by words: a protocol, and Tantivy behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import tantivy
from tantivy import Query

from smalti.assistant.retrieval.records import Question
from smalti.assistant.retrieval.side_index import SideIndex, base_schema, us
from smalti.assistant.retrieval.words import prepared

VERSION = "3"
"""Another one whenever words are cut or fields are kept in another way: then the index is made anew."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence as the index takes it: `body` is all its words, `told` months it tells of."""

    evidence_id: str
    kind: str
    body: str
    told: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document as the index takes it; fields as in `standing.standing`."""

    document_id: str
    signature: str
    source: str
    language: str | None
    since: datetime
    until: datetime
    copy: bool
    issuers: Sequence[str]
    pieces: Sequence[Piece]


class TextIndex(Protocol):
    """Finds pieces by words. Rebuilt with `clear` and `add` of everything."""

    @property
    def version(self) -> str:
        """What it was made by; an index of another version is made anew."""

    def held(self) -> Mapping[str, str]:
        """The signature of every document it holds, by id."""

    def add(self, documents: Iterable[Indexed]) -> None:
        """Take these documents in, in the place of older states of them; all or none."""

    def remove(self, document_ids: Iterable[str]) -> None:
        """Forget these documents."""

    def clear(self) -> None:
        """Forget everything."""

    def counts(self, words: Sequence[str], as_of: datetime) -> tuple[int, Mapping[str, int]]:
        """How many pieces counted at a moment, and how many of them hold each word."""

    def search(self, weights: Mapping[str, float], question: Question, limit: int) -> list[str]:
        """Ids of the best pieces for words with weights (inverse document frequencies), best first."""


class TantivyIndex(SideIndex):
    """See `TextIndex`. A folder that cannot be read is made anew, empty.

    Args:
        folder: of the index; its own, since it may be deleted.

    Raises:
        StoreError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, _schema(), VERSION)

    def add(self, documents: Iterable[Indexed]) -> None:
        """See `TextIndex.add`."""
        self.put(
            (one.document_id, one.signature, (_row(one, piece) for piece in one.pieces)) for one in documents
        )

    def search(self, weights: Mapping[str, float], question: Question, limit: int) -> list[str]:
        """See `TextIndex.search`."""
        found = self.best(weights, self._filters(question), limit)
        return [str(one.get_first("evidence")) for one in found]

    def _filters(self, question: Question) -> list[Query]:
        found = self.counted(question.as_of)
        for field, values in (
            ("issuer", question.issuer_ids),
            ("source", question.filters.sources),
            ("kind", question.filters.kinds),
            ("language", question.filters.languages),
        ):
            if values:
                found.append(self.one_of(field, map(str, values)))
        if not question.issuer_ids:
            found.append(self.term("copy", "no"))
        if question.filters.since or question.filters.until:
            found.append(self.between("since", question.filters.since, question.filters.until))
        if months := question.filters.months:
            found.append(self.one_of("told", months))
        return found


def _schema() -> tantivy.Schema:
    builder = base_schema()
    builder.add_text_field("evidence", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("kind", "language", "told"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _row(document: Indexed, piece: Piece) -> tantivy.Document:
    row = tantivy.Document(
        evidence=piece.evidence_id,
        document=document.document_id,
        kind=piece.kind,
        source=document.source,
        language=document.language or "",
        copy="yes" if document.copy else "no",
        since=us(document.since),
        until=us(document.until),
        body=prepared(piece.body),
    )
    for issuer in document.issuers:
        row.add_text("issuer", issuer)
    for one in piece.told:
        row.add_text("told", one)
    return row
