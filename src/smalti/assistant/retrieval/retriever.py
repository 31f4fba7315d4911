"""Search: text to evidence of every kind, by words and by meaning, as of a moment.

Two rankings are made and fused: BM25 by words, cosines of MiniLM vectors by meaning; see `ranking`.

Nothing reads the future. How rare a word is is counted over the pieces that count at the question's moment;
the length that a piece is held against is a constant, not an average over what is stored. So a document
that is published later changes no score of an earlier moment. Only the first choice of candidates, several
times as many as are answered, is made by an index that knows the lengths of all pieces.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smalti.assistant.retrieval import pieces, ranking
from smalti.assistant.retrieval.meaning import Meaning
from smalti.assistant.retrieval.page_finder import PageFinder
from smalti.assistant.retrieval.records import Found, Question
from smalti.assistant.retrieval.standing import changed_since, standing
from smalti.assistant.retrieval.text_index import TextIndex
from smalti.assistant.retrieval.words import query_words
from smalti.platform.store import Store

DEPTH = 100
"""Places of each ranking that are fused."""

Encode = Callable[[str], "NDArray[np.float32] | None"]
"""A query's vector of length one; None where there is no encoder, or it did not answer in time."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: documents taken in (or taken in anew), and forgotten."""

    taken: int
    forgotten: int


class Retriever:
    """Searches a store through side structures that it keeps up to date; always the same store.

    Args:
        index: of words.
        meaning: of vectors.
        pages: kept up to date with the others.
    """

    def __init__(self, index: TextIndex, meaning: Meaning, pages: PageFinder | None = None) -> None:
        self._index = index
        self._meaning = meaning
        self._pages = pages
        self._names: pl.DataFrame | None = None
        self._seen = ""
        self._refreshing = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether a refresh was finished since this was made."""
        return self._names is not None

    def refresh(self, store: Store) -> Refreshed:
        """Bring the index up to the store; cheap when nothing changed, and mends what a kill left undone."""
        with self._refreshing:
            seen = changed_since(store)
            if seen == self._seen:
                return Refreshed(0, 0)
            documents = standing(store)
            held = self._index.held()
            states = documents.select("document_id", "signature").iter_rows()
            wanted = documents.filter(
                pl.Series([held.get(one) != now for one, now in states], dtype=pl.Boolean)
            )
            gone = sorted(held.keys() - set(documents["document_id"]))
            if gone:
                self._index.remove(gone)
            for portion in pieces.indexed(store, wanted):
                self._index.add(portion)
            if self._pages is not None:
                self._pages.refresh(store, documents)
            self._meaning.refresh(store, documents)
            self._names, self._seen = documents.select("document_id", "names"), seen
            return Refreshed(wanted.height, len(gone))

    def rebuild(self, store: Store) -> Refreshed:
        """Make the index anew from the store."""
        with self._refreshing:
            self._index.clear()
            if self._pages is not None:
                self._pages.clear()
            self._seen = ""
        return self.refresh(store)

    def remove(self, document_ids: Iterable[str]) -> None:
        """Forget documents at once, as an erasure asks; the next refresh finds them gone from the store."""
        with self._refreshing:
            gone = list(document_ids)
            self._index.remove(gone)
            if self._pages is not None:
                self._pages.remove(gone)
            self._seen = ""

    def search(self, store: Store, question: Question, encode: Encode) -> Found:
        """The pieces that answer a question best, best first."""
        looked_for, too_many = query_words(question.text)
        depth = max(DEPTH, question.limit)
        weights = ranking.weights(*self._index.counts(looked_for, question.as_of))
        matches = self._index.search(weights, question, depth)
        vector = encode(question.text) if looked_for and len(self._meaning) else None
        near = dict([] if vector is None else self._meaning.nearest(vector, question, depth))
        rows = pieces.rows_of(store, [*matches, *near])
        bodies = self._bodies([rows[one] for one in matches if one in rows])
        scores = {one: ranking.bm25(body, weights) for one, body in bodies.items()}
        by_words = sorted(scores, key=lambda one: (-scores[one], one))
        by_meaning = [one for one in near if one in rows]
        without = set() if vector is None else self._meaning.lacking(by_words)
        fused = ranking.fuse(by_words, by_meaning, without)
        best = sorted(fused, key=lambda one: (-fused[one], -scores.get(one, 0.0), one))[: question.limit]
        word_rank, meaning_rank = ({one: i for i, one in enumerate(r, 1)} for r in (by_words, by_meaning))
        of_documents = pieces.shown(store, [rows[one]["document_id"] for one in best])
        hits = [
            pieces.hit(
                rows[one],
                of_documents[rows[one]["document_id"]],
                weights,
                fused[one],
                (scores.get(one), word_rank.get(one)),
                (near.get(one), meaning_rank.get(one)),
            )
            for one in best
        ]
        notes = list(self._notes(too_many=too_many, unknown=not weights, semantic=vector is not None))
        if without:
            notes.append("what has no vector (text of filings, tables, facts) was compared by words alone")
        return Found(hits, looked_for, vector is not None, question.as_of, notes)

    def _bodies(self, rows: Sequence[pieces.Row]) -> dict[str, str]:
        """The words of pieces as the index holds them, by id."""
        wanted = list({row["document_id"] for row in rows})
        held = self._names
        names = {} if held is None else dict(held.filter(pl.col("document_id").is_in(wanted)).iter_rows())
        return {
            row["evidence_id"]: pieces.body(row, row["title"], names.get(row["document_id"])) for row in rows
        }

    def _notes(self, *, too_many: bool, unknown: bool, semantic: bool) -> Iterator[str]:
        if too_many:
            yield "the text has too many words; only the first were looked for"
        if unknown:
            yield "no evidence of then holds any word of it"
        if not semantic:
            why = "no text encoder answered" if len(self._meaning) else "no evidence has a vector"
            yield f"words were compared, meaning was not: {why}"
        elif self._meaning.left_out:
            yield f"{self._meaning.left_out} vectors are more than search_vectors allows and were left out"
        if not self.ready:
            yield "the index is still being made: evidence may be missing"
