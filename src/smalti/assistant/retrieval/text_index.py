"""The side structure that finds words: a protocol, and Tantivy behind it.

It holds nothing that the store does not, and may be deleted at any time. Every document lies in it whole or
not at all, with a mark that tells which state of the document that was; so after a kill, or on a damaged
folder, what is missing is known by comparing marks with the store.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from math import log1p
from pathlib import Path
from typing import Protocol

import structlog
import tantivy
from tantivy import FieldType, Occur, Query

from smalti.assistant.retrieval.records import Question
from smalti.assistant.retrieval.words import analyser, prepared
from smalti.platform.errors import StoreError

_log = structlog.get_logger(__name__)

VERSION = "1"
"""Another one whenever words are cut or fields are kept in another way: then the index is made anew."""
_HEAP = 64_000_000  # bytes of the writer's buffer
_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
_BODY, _MARK = "body", "mark"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence as the index takes it: `body` is all its words."""

    evidence_id: str
    kind: str
    body: str


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


class TantivyIndex:
    """See `TextIndex`. A folder that cannot be read is made anew, empty.

    Args:
        folder: of the index; its own, since it may be deleted.

    Raises:
        StoreError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writing = threading.Lock()
        self._schema = _schema()
        self._index = self._open()

    @property
    def version(self) -> str:
        """See `TextIndex.version`."""
        return f"tantivy-{version('tantivy')}-{VERSION}"

    def held(self) -> Mapping[str, str]:
        """See `TextIndex.held`."""
        searcher = self._index.searcher()
        marks = searcher.search(self._term(_MARK, "document"), limit=max(searcher.num_docs, 1), count=False)
        documents = (searcher.doc(address) for _, address in marks.hits)
        return {str(one.get_first("document")): str(one.get_first("signature")) for one in documents}

    def add(self, documents: Iterable[Indexed]) -> None:
        """See `TextIndex.add`."""
        with self._writing:
            writer = self._writer()
            for one in documents:
                writer.delete_documents_by_term("document", one.document_id)
                writer.add_document(
                    tantivy.Document(document=one.document_id, signature=one.signature, mark="document")
                )
                for piece in one.pieces:
                    writer.add_document(_row(one, piece))
            self._commit(writer)

    def remove(self, document_ids: Iterable[str]) -> None:
        """See `TextIndex.remove`."""
        with self._writing:
            writer = self._writer()
            for one in document_ids:
                writer.delete_documents_by_term("document", one)
            self._commit(writer)

    def clear(self) -> None:
        """See `TextIndex.clear`."""
        with self._writing:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._index = self._open()

    def counts(self, words: Sequence[str], as_of: datetime) -> tuple[int, Mapping[str, int]]:
        """See `TextIndex.counts`."""
        searcher = self._index.searcher()
        counted = self._counted(as_of)

        def number(*queries: Query) -> int:
            asked = Query.boolean_query([(Occur.Must, one) for one in queries])
            return int(self._asked(searcher, asked, 1, count=True).count)  # type: ignore[attr-defined]  # its stub lacks it

        return number(*counted), {word: number(self._word(word), *counted) for word in words}

    def search(self, weights: Mapping[str, float], question: Question, limit: int) -> list[str]:
        """See `TextIndex.search`."""
        searcher = self._index.searcher()
        wanted = [
            (Occur.Should, Query.boost_query(self._word(word), weight / self._own_weight(searcher, word)))
            for word, weight in weights.items()
        ]
        if not wanted:
            return []
        narrowed = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in self._filters(question)]
        whole = Query.boolean_query([*narrowed, (Occur.Must, Query.boolean_query(wanted))])
        found = self._asked(searcher, whole, limit, count=False)
        return [str(searcher.doc(address).get_first("evidence")) for _, address in found.hits]

    def _asked(
        self, searcher: tantivy.Searcher, query: Query, limit: int, *, count: bool
    ) -> tantivy.SearchResult:
        try:
            return searcher.search(query, limit, count=count)
        except ValueError as error:
            raise StoreError(
                f"the search index cannot be read: {error}",
                subject=str(self._folder),
                mend="take the folder away and start again: it is made from the store",
            ) from error

    def _own_weight(self, searcher: tantivy.Searcher, word: str) -> float:
        """The weight that Tantivy gives a word, from all it holds; to be replaced by ours."""
        n, holding = searcher.num_docs, searcher.doc_freq(_BODY, word)
        return log1p((n - min(holding, n) + 0.5) / (holding + 0.5))

    def _filters(self, question: Question) -> list[Query]:
        found = self._counted(question.as_of)
        for field, values in (
            ("issuer", question.issuer_ids),
            ("source", question.filters.sources),
            ("kind", question.filters.kinds),
            ("language", question.filters.languages),
        ):
            if values:
                one_of = [(Occur.Should, self._term(field, str(value))) for value in values]
                found.append(Query.boolean_query(one_of))
        if not question.issuer_ids:
            found.append(self._term("copy", "no"))
        if question.filters.since or question.filters.until:
            found.append(self._between("since", question.filters.since, question.filters.until))
        return found

    def _counted(self, as_of: datetime) -> list[Query]:
        return [
            self._between("since", None, as_of),
            Query.range_query(
                self._schema, "until", FieldType.Integer, _us(as_of), None, include_lower=False
            ),
        ]

    def _between(self, field: str, low: datetime | None, high: datetime | None) -> Query:
        bounds = (_us(low) if low else None, _us(high) if high else None)
        return Query.range_query(self._schema, field, FieldType.Integer, *bounds)

    def _word(self, word: str) -> Query:
        return Query.term_query(self._schema, _BODY, word, index_option="freq")

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value, index_option="basic")

    def _open(self) -> tantivy.Index:
        made_by = self._folder / "made_by.json"
        try:
            if made_by.exists() and json.loads(made_by.read_text(encoding="utf-8")) == self.version:
                return self._ready()
            _log.info("the search index is made anew", folder=str(self._folder))
        except (ValueError, OSError) as error:
            _log.warning("the search index cannot be read and is made anew", reason=str(error))
        try:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            index = self._ready()
            made_by.write_text(json.dumps(self.version), encoding="utf-8")
        except (ValueError, OSError) as error:
            raise StoreError(
                f"the search index cannot be made: {error}",
                subject=str(self._folder),
                mend="free space or mend its permissions",
            ) from error
        return index

    def _ready(self) -> tantivy.Index:
        index = tantivy.Index(self._schema, path=str(self._folder))
        index.register_tokenizer("words", analyser())
        index.reload()
        index.searcher().search(Query.all_query(), limit=1)  # a torn file shows here
        return index

    def _writer(self) -> tantivy.IndexWriter:
        try:
            return self._index.writer(heap_size=_HEAP, num_threads=1)
        except ValueError as error:
            raise StoreError(
                f"the search index cannot be written: {error}",
                subject=str(self._folder),
                mend="free space or mend its permissions",
            ) from error

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        try:
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:
            raise StoreError(
                f"the search index cannot be written: {error}",
                subject=str(self._folder),
                mend="free space or mend its permissions",
            ) from error
        self._index.reload()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("evidence", "signature"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("document", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("kind", "source", "language", "issuer", "copy", _MARK):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("since", "until"):
        builder.add_integer_field(name, indexed=False, fast=True)
    builder.add_text_field(_BODY, tokenizer_name="words", index_option="freq")
    return builder.build()


def _row(document: Indexed, piece: Piece) -> tantivy.Document:
    row = tantivy.Document(
        evidence=piece.evidence_id,
        document=document.document_id,
        kind=piece.kind,
        source=document.source,
        language=document.language or "",
        copy="yes" if document.copy else "no",
        since=_us(document.since),
        until=_us(document.until),
        body=prepared(piece.body),
    )
    for issuer in document.issuers:
        row.add_text("issuer", issuer)
    return row


def _us(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _BEGAN) // timedelta(microseconds=1)
