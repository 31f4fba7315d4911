"""Which pieces of evidence have a vector, and which of them are nearest to a query's."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smalti.assistant.retrieval.records import Question
from smalti.assistant.retrieval.vectors import Vectors
from smalti.platform.records import EvidenceKind
from smalti.platform.store import Store

WIDTH = 384
"""Numbers in a vector of the text encoder."""
FOR_SEARCH = "search:"
"""How the encoder of a vector is named that was made for search alone; no score ever reads one."""
LEAST_COSINE = 0.3
"""Texts less alike than this have nothing to do with each other; set before anything was measured."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_SLICE = 16_384  # vectors read at a time: as floats they take four times the room they are kept in

_MINE = "(starts_with(encoder, $encoder) OR starts_with(encoder, $for_search))"
_PIECES = f"""
SELECT e.evidence_id, e.document_id, e.kind, e.content_id FROM evidence e
WHERE e.content_id IN (SELECT content_id FROM embeddings WHERE {_MINE}) ORDER BY e.evidence_id
"""


@dataclass(frozen=True, slots=True)
class _Placed:
    """Pieces with a vector: the vector's row, and the document as a row of `documents`."""

    pieces: pl.DataFrame
    rows: NDArray[np.int64]
    in_documents: NDArray[np.int64]
    documents: pl.DataFrame


class Meaning:
    """Pieces by meaning.

    Args:
        encoder: how the versions of the text encoder begin.
        most: vectors kept in memory.
    """

    def __init__(self, encoder: str, most: int) -> None:
        self._names = {"encoder": encoder, "for_search": FOR_SEARCH + encoder}
        self._vectors = Vectors(WIDTH, most)
        self._read_to = _LONG_AGO
        self._placed: _Placed | None = None
        self._refreshing = threading.Lock()

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def left_out(self) -> int:
        """Vectors that the cap on memory left out."""
        return self._vectors.left_out

    def refresh(self, store: Store, documents: pl.DataFrame) -> None:
        """Read what is new; `documents` as from `standing`."""
        with self._refreshing:
            self._read_vectors(store)
            pieces = store.read(_PIECES, self._names)
            ordinals = documents.select("document_id").with_row_index("ordinal")
            pieces = pieces.join(ordinals, on="document_id", how="inner", maintain_order="left")
            rows = self._vectors.places(pieces["content_id"])
            kept = rows >= 0
            self._placed = _Placed(
                pieces.select("evidence_id", "kind").filter(pl.Series(kept)),
                rows[kept],
                pieces["ordinal"].to_numpy()[kept].astype(np.int64),
                documents.select("source", "language", "since", "until", "issuers", "copy", "told"),
            )

    def nearest(self, query: NDArray[np.float32], question: Question, limit: int) -> list[tuple[str, float]]:
        """The nearest pieces and their cosines, best first; those below `LEAST_COSINE` are none."""
        placed = self._placed
        if placed is None or not len(placed.rows):
            return []
        fits = _fitting(placed.documents, question)[placed.in_documents]
        if question.filters.kinds:
            fits &= placed.pieces["kind"].is_in([str(kind) for kind in question.filters.kinds]).to_numpy()
        if question.filters.months:  # they have times of their own, which words are looked up with
            fits &= ~placed.pieces["kind"].is_in([EvidenceKind.FACT, EvidenceKind.TABLE]).to_numpy()
        cosines = self._vectors.cosines(query)[placed.rows]
        fits &= cosines >= LEAST_COSINE
        chosen = np.flatnonzero(fits)
        best = chosen[np.argsort(-cosines[chosen], kind="stable")[:limit]]
        ids = placed.pieces["evidence_id"].gather(best).to_list()
        return list(zip(ids, cosines[best].tolist(), strict=True))

    def lacking(self, evidence_ids: Sequence[str]) -> set[str]:
        """Those of some pieces that have no vector."""
        placed = self._placed
        if placed is None:
            return set(evidence_ids)
        having = placed.pieces.filter(pl.col("evidence_id").is_in(list(evidence_ids)))["evidence_id"]
        return set(evidence_ids) - set(having)

    def _read_vectors(self, store: Store) -> None:
        new = store.batches(
            f"SELECT content_id, vector, recorded_at FROM embeddings WHERE {_MINE} AND recorded_at >= $since",
            {**self._names, "since": self._read_to},
            _SLICE,
        )
        for part in new:
            vectors = part.column("vector").flatten().to_numpy().astype(np.float32).reshape(-1, WIDTH)
            self._vectors.add(part.column("content_id").to_pylist(), vectors)
            self._read_to = max(self._read_to, *part.column("recorded_at").to_pylist())


def _fitting(documents: pl.DataFrame, question: Question) -> NDArray[np.bool_]:
    """Which documents count at the question's moment and pass its filters."""
    fits = (pl.col("since") <= question.as_of) & (pl.col("until") > question.as_of)
    if question.issuer_ids:
        fits &= pl.col("issuers").list.set_intersection(list(question.issuer_ids)).list.len() > 0
    else:
        fits &= ~pl.col("copy")
    if question.filters.sources:
        fits &= pl.col("source").is_in([str(one) for one in question.filters.sources])
    if question.filters.languages:
        fits &= pl.col("language").is_in(list(question.filters.languages)).fill_null(False)
    if question.filters.months:
        fits &= pl.col("told").is_in(list(question.filters.months))
    if question.filters.since:
        fits &= pl.col("since") >= question.filters.since
    if question.filters.until:
        fits &= pl.col("since") <= question.filters.until
    return documents.select(fits=fits)["fits"].to_numpy()


def unit(vector: Sequence[float] | NDArray[np.float32]) -> NDArray[np.float32]:
    """The vector at length one."""
    raw = np.asarray(vector, np.float32)
    return raw / max(float(np.linalg.norm(raw)), 1e-9)
