"""Papers of a small library, and how tests ask for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smalti.assistant.retrieval import ANYTHING, Filters, Found, Question
from smalti.assistant.retrieval.retriever import Retriever
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store

ENCODER = "encoder-of-tests"
MAY, JUNE, JULY = (datetime(2025, month, 1, tzinfo=UTC) for month in (5, 6, 7))


def no_encoder(_: str) -> None:
    return None


@dataclass
class Library:
    """Papers in a store."""

    store: Store
    retriever: Retriever

    def add(
        self,
        name: str,
        *texts: str,
        at: datetime = MAY,
        kind: str = "paragraph",
        source: str = "news",
        language: str = "en",
        issuer: str = "",
        path: str = "",
        version: str = "1",
        copy_of: str = "",
        artifact: str = "",
        payload: Mapping[str, Any] | None = None,
    ) -> str:
        """Take in a document; returns its id. Its pieces are called `<name> 0`, `<name> 1`, ..."""
        document, artifact = content_id("document", name), content_id(artifact or name)
        batch = Batch()
        batch.add(
            "documents",
            {"document_id": document, "artifact_id": artifact, "part": "", "parser": "p",
             "parser_version": version, "kind": source, "title": f"paper {name}", "language": language,
             "available_at": at, "available_method": "feed", "hints": "{}"},
        )  # fmt: skip
        for i, text in enumerate(texts):
            batch.add(
                "evidence",
                {"evidence_id": f"{name} {i}", "document_id": document, "kind": kind, "ordinal": i,
                 "locator": json.dumps({"page": i}), "text": text, "payload": json.dumps(payload or {}),
                 "content_id": content_id(text)},
            )  # fmt: skip
        if issuer:
            batch.add("links", {"document_id": document, "issuer_id": issuer, "score": 1.0, "method": "name"})
        if path:
            batch.add(
                "sightings",
                {"sighting_id": content_id("sighting", name), "artifact_id": artifact, "source_id": "s",
                 "path": path, "fetched_at": at},
            )  # fmt: skip
            batch.add(
                "dispositions",
                {"source_id": "s", "path": path, "record": "", "artifact_id": artifact, "outcome": "parsed"},
            )
        if copy_of:
            of = content_id("document", copy_of)
            batch.add("duplicates", {"document_id": document, "of_document": of, "method": "text"})
        self.store.commit(batch)
        return document

    def name_issuer(self, issuer: str, name: str, ticker: str, cik: str) -> None:
        batch = Batch()
        batch.add("issuers", {"issuer_id": issuer, "name": name, "cik": cik})
        batch.add("issuer_names", {"issuer_id": issuer, "text": ticker, "kind": "ticker"})
        self.store.commit(batch)

    def embed(self, text: str, vector: Sequence[float], encoder: str = ENCODER) -> None:
        batch = Batch()
        whole = np.zeros(384, np.float32)
        whole[: len(vector)] = vector
        frame = pl.DataFrame(
            {"content_id": [content_id(text)], "encoder": [f"{encoder}:int8"],
             "vector": pl.Series([whole.tolist()], dtype=pl.List(pl.Float32))}
        )  # fmt: skip
        batch.add_frame("embeddings", frame)
        self.store.commit(batch)

    def ask(
        self,
        text: str,
        *,
        as_of: datetime = JULY,
        issuers: Sequence[str] = (),
        filters: Filters = ANYTHING,
        limit: int = 20,
        vector: Sequence[float] | None = None,
    ) -> Found:
        """Search after a refresh."""
        self.retriever.refresh(self.store)
        encode = no_encoder if vector is None else lambda _: _whole(vector)
        return self.retriever.search(self.store, Question(text, as_of, issuers, filters, limit), encode)

    def names(self, text: str, **more: Any) -> list[str]:
        return [hit.evidence_id for hit in self.ask(text, **more).hits]


def _whole(vector: Sequence[float]) -> NDArray[np.float32]:
    whole = np.zeros(384, np.float32)
    whole[: len(vector)] = vector
    return whole
