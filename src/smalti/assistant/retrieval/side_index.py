"""A Tantivy index in a folder of its own: what the indexes of pieces and of pages share.

It holds nothing that the store does not, and may be deleted at any time. Every document lies in it whole or
not at all, with a mark that tells which state of the document that was; so after a kill, or on a damaged
folder, what is missing is known by comparing marks with the store.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from math import log1p
from pathlib import Path

import structlog
import tantivy
from tantivy import FieldType, Occur, Query

from smalti.assistant.retrieval.words import analyser
from smalti.platform.errors import StoreError

_log = structlog.get_logger(__name__)

_HEAP = 64_000_000  # bytes of the writer's buffer
_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
BODY = "body"
"""The field of words."""
_MARK = "mark"


class SideIndex:
    """An index that is made anew, empty, when its folder cannot be read or another version wrote it.

    Args:
        folder: of the index; its own, since it may be deleted.
        schema: its fields; `base_schema` gives those that this class reads.
        edition: another one whenever words are cut or fields are kept in another way.

    Raises:
        StoreError: the folder cannot be written.
    """

    def __init__(self, folder: Path, schema: tantivy.Schema, edition: str) -> None:
        self._folder = folder
        self._edition = edition
        self._writing = threading.Lock()
        self._schema = schema
        self._index = self._open()

    @property
    def version(self) -> str:
        """What it was made by; an index of another version is made anew."""
        return f"tantivy-{version('tantivy')}-{self._edition}"

    def held(self) -> Mapping[str, str]:
        """The signature of every document it holds, by id."""
        searcher = self._index.searcher()
        marks = searcher.search(self.term(_MARK, "document"), limit=max(searcher.num_docs, 1), count=False)
        documents = (searcher.doc(address) for _, address in marks.hits)
        return {str(one.get_first("document")): str(one.get_first("signature")) for one in documents}

    def put(self, documents: Iterable[tuple[str, str, Iterable[tantivy.Document]]]) -> None:
        """Take documents in (id, signature, rows), in the place of older states of them; all or none."""
        with self._writing:
            writer = self._writer()
            for document_id, signature, rows in documents:
                writer.delete_documents_by_term("document", document_id)
                writer.add_document(
                    tantivy.Document(document=document_id, signature=signature, mark="document")
                )
                for row in rows:
                    writer.add_document(row)
            self._commit(writer)

    def remove(self, document_ids: Iterable[str]) -> None:
        """Forget these documents."""
        with self._writing:
            writer = self._writer()
            for one in document_ids:
                writer.delete_documents_by_term("document", one)
            self._commit(writer)

    def clear(self) -> None:
        """Forget everything."""
        with self._writing:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._index = self._open()

    def counts(self, words: Sequence[str], as_of: datetime) -> tuple[int, Mapping[str, int]]:
        """How many rows counted at a moment, and how many of them hold each word."""
        searcher = self._index.searcher()
        counted = self.counted(as_of)

        def number(*queries: Query) -> int:
            asked = Query.boolean_query([(Occur.Must, one) for one in queries])
            return int(self.asked(searcher, asked, 1, count=True).count)  # type: ignore[attr-defined]  # its stub lacks it

        return number(*counted), {word: number(self._word(word), *counted) for word in words}

    def best(
        self, weights: Mapping[str, float], narrowing: Iterable[Query], limit: int
    ) -> list[tantivy.Document]:
        """The best rows for words with weights (inverse document frequencies), best first."""
        searcher = self._index.searcher()
        wanted = [
            (Occur.Should, Query.boost_query(self._word(word), weight / self._own_weight(searcher, word)))
            for word, weight in weights.items()
        ]
        if not wanted:
            return []
        narrowed = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in narrowing]
        whole = Query.boolean_query([*narrowed, (Occur.Must, Query.boolean_query(wanted))])
        found = self.asked(searcher, whole, limit, count=False)
        return [searcher.doc(address) for _, address in found.hits]

    def asked(
        self, searcher: tantivy.Searcher, query: Query, limit: int, *, count: bool
    ) -> tantivy.SearchResult:
        """What the searcher finds.

        Raises:
            StoreError: the index cannot be read.
        """
        try:
            return searcher.search(query, limit, count=count)
        except ValueError as error:
            raise StoreError(
                f"the search index cannot be read: {error}",
                subject=str(self._folder),
                mend="take the folder away and start again: it is made from the store",
            ) from error

    def counted(self, as_of: datetime) -> list[Query]:
        """What counts at a moment."""
        return [
            self.between("since", None, as_of),
            Query.range_query(self._schema, "until", FieldType.Integer, us(as_of), None, include_lower=False),
        ]

    def one_of(self, field: str, values: Iterable[str]) -> Query:
        """Rows with one of these values."""
        return Query.boolean_query([(Occur.Should, self.term(field, str(value))) for value in values])

    def between(self, field: str, low: datetime | None, high: datetime | None) -> Query:
        """Rows from a moment to another, both included."""
        bounds = (us(low) if low else None, us(high) if high else None)
        return Query.range_query(self._schema, field, FieldType.Integer, *bounds)

    def term(self, field: str, value: str) -> Query:
        """Rows with this value."""
        return Query.term_query(self._schema, field, value, index_option="basic")

    def _own_weight(self, searcher: tantivy.Searcher, word: str) -> float:
        """The weight that Tantivy gives a word, from all it holds; to be replaced by ours."""
        n, holding = searcher.num_docs, searcher.doc_freq(BODY, word)
        return log1p((n - min(holding, n) + 0.5) / (holding + 0.5))

    def _word(self, word: str) -> Query:
        return Query.term_query(self._schema, BODY, word, index_option="freq")

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


def base_schema() -> tantivy.SchemaBuilder:
    """The fields that every side index has."""
    builder = tantivy.SchemaBuilder()
    for name in ("signature", "document"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("source", "issuer", "copy", _MARK):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("since", "until"):
        builder.add_integer_field(name, indexed=False, fast=True)
    builder.add_text_field(BODY, tokenizer_name="words", index_option="freq")
    return builder


def us(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _BEGAN) // timedelta(microseconds=1)
