"""What was erased, known by its hashes alone, so that it is not taken in again."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from smalti.ingest.parse.contract import Parsed, ParsedDocument, Record
from smalti.platform.objects import Objects
from smalti.platform.records import EvidenceKind, Outcome, content_id
from smalti.platform.store import Store

OBJECT, DOCUMENT, EVIDENCE, WORDS, RETIRED = "object", "document", "evidence", "words", "retired"
"""Kinds of tombstones: of bytes, of ids of documents and evidence, of a text's hash; and of bytes that
retention took away, which may come back."""

_BY_DOCUMENT = {
    "documents": ("document_id",),
    "evidence": ("document_id",),
    "facts": ("document_id",),
    "prices": ("document_id",),
    "links": ("document_id",),
    "duplicates": ("document_id", "of_document"),
}
_BY_EVIDENCE = {
    "likenesses": ("evidence_id", "of_evidence"),
    "comparisons": ("evidence_id", "with_evidence"),
}
_BY_OBJECT = {"artifacts": ("artifact_id",), "sightings": ("artifact_id",), "quarantine": ("artifact_id",)}

ERASED = "erased on request"


class Tombstones:
    """The hashes of what was erased; kept in memory, and told by the store of new ones.

    Args:
        store: that holds them.
    """

    def __init__(self, store: Store) -> None:
        self._changing = threading.Lock()
        self._by_kind: dict[str, set[str]] = {kind: set() for kind in (OBJECT, DOCUMENT, EVIDENCE, WORDS)}
        self._add(store.read("SELECT hash, kind FROM tombstones"))
        store.watch(self._told)
        store.sieve(self.sieve)

    def holds_object(self, object_id: str) -> bool:
        """Whether bytes of this id were erased."""
        return object_id in self._by_kind[OBJECT]

    @property
    def number(self) -> int:
        """How many there are: who read before an erasure and writes after it finds another number."""
        return sum(map(len, self._by_kind.values()))

    def sieve(self, frames: Mapping[str, pl.DataFrame]) -> Mapping[str, pl.DataFrame]:
        """Rows of a batch less those of what was erased while they were made."""
        if not self._by_kind[DOCUMENT] and not self._by_kind[OBJECT]:
            return frames
        kept = dict(frames)
        for kind, tables in ((DOCUMENT, _BY_DOCUMENT), (EVIDENCE, _BY_EVIDENCE), (OBJECT, _BY_OBJECT)):
            for table in tables.keys() & kept.keys():
                for column in tables[table]:
                    kept[table] = kept[table].filter(~self._among(column, kind))
        if "dispositions" in kept:
            is_erased = self._among("artifact_id", OBJECT) & (pl.col("record") == "")
            kept["dispositions"] = kept["dispositions"].with_columns(
                outcome=pl.when(is_erased).then(pl.lit(Outcome.SKIPPED.value)).otherwise("outcome"),
                detail=pl.when(is_erased).then(pl.lit(ERASED)).otherwise("detail"),
                parser=pl.when(is_erased).then(pl.lit("")).otherwise("parser"),
            )
        return kept

    def _among(self, column: str, kind: str) -> pl.Expr:
        stones = pl.Series(list(self._by_kind[kind]), dtype=pl.String)
        return pl.col(column).is_in(stones.implode()).fill_null(value=False)

    def finish(self, objects: Objects) -> int:
        """Take away bytes that were erased and are still there, since a crash came between; how many."""
        return sum(objects.remove(one) for one in sorted(self._by_kind[OBJECT]))

    def without_erased(self, parsed: Parsed) -> Parsed:
        """Less the documents whose every text was erased; each keeps a disposition that says so."""
        erased = [d for d in parsed.documents if self._is_erased(d)]
        if not erased:
            return parsed
        parts = {document.part for document in erased}
        records = [r for r in parsed.records if r.record not in parts]
        records += [Record(part, Outcome.SKIPPED, reason=ERASED) for part in sorted(parts) if part]
        return replace(parsed, documents=[d for d in parsed.documents if d not in erased], records=records)

    def _is_erased(self, document: ParsedDocument) -> bool:
        words = {
            content_id("text", piece.text)
            for piece in document.pieces
            if piece.text and piece.kind is not EvidenceKind.IMAGE
        }
        return bool(words) and words <= self._by_kind[WORDS]

    def _told(self, frames: Mapping[str, pl.DataFrame]) -> None:
        if "tombstones" in frames:
            self._add(frames["tombstones"])

    def _add(self, rows: pl.DataFrame) -> None:
        with self._changing:
            for kind, known in self._by_kind.items():
                known.update(rows.filter(pl.col("kind") == kind)["hash"])
