"""A large synthetic store for benches: 1,000,000 signals of 500 issuers (or as asked), and text to search.

Every row is one that smalti could have written: ids are content ids, values lie in their ranges, each issuer
has its daily series of each kind and horizon. Nothing in it is about a real company.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.service.stages.embed import ENCODERS, encoder_prefix

ISSUERS = 500
KINDS = (
    ("risk", 3), ("risk", 7), ("risk", 15), ("risk", 30), ("fraud", 0), ("fraud.beneish_m", 0),
    ("fraud.contradiction", 0), ("fraud.benford", 0), ("sentiment", 0), ("sentiment.news", 0),
)  # fmt: skip
DAYS = 200
FIRST_DAY = datetime(2025, 1, 1, 22, tzinfo=UTC)
DOCUMENTS, PIECES = 5_000, 20
WIDTH = 384
EMBEDDED = 50_000
_SLICE = 100_000
_WORDS = 8_000  # of the made-up vocabulary


def issuer_name(number: int) -> str:
    return f"Zz Maker {number:04d} Incorporated"


def ticker(number: int) -> str:
    return f"ZZ{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}{number:03d}"


def issuer_id(number: int) -> str:
    return content_id("load bench", str(number))


def build(home: Path, issuers: int = ISSUERS, days: int = DAYS) -> dict[str, int]:
    """Write the store of a home folder; returns its counts. A day has ten signals of each issuer."""
    with Store(home / "smalti.duckdb") as store:
        _issuers(store, issuers)
        _signals(store, issuers, days)
        _texts(store, issuers)
        return {name: n for name, n in store.counts().items() if n}


def _issuers(store: Store, issuers: int) -> None:
    batch = Batch()
    for i in range(issuers):
        batch.add("issuers", {"issuer_id": issuer_id(i), "name": issuer_name(i), "cik": f"99{i:08d}"})
        batch.add(
            "issuer_names",
            {"issuer_id": issuer_id(i), "text": ticker(i), "kind": "ticker", "origin": "load bench"},
        )
    store.commit(batch)


def _signals(store: Store, issuers: int, most: int) -> None:
    rng = np.random.default_rng(5)
    ids = [issuer_id(i) for i in range(issuers)]
    step = _SLICE // (issuers * len(KINDS))
    details = json.dumps({"machine": "bench"})
    for first in range(0, most, step):
        days = range(first, min(first + step, most))
        keys = [(day, i, kind, horizon) for day in days for i in range(issuers) for kind, horizon in KINDS]
        values = rng.beta(2, 5, len(keys))
        frame = pl.DataFrame(
            {
                "signal_id": [content_id("load", str(d), str(i), k, str(h)) for d, i, k, h in keys],
                "case_id": [f"{d:04d}{i:04d}" for d, i, _, _ in keys],
                "issuer_id": [ids[i] for _, i, _, _ in keys],
                "kind": [k for _, _, k, _ in keys],
                "as_of": [FIRST_DAY + timedelta(days=d) for d, _, _, _ in keys],
                "horizon_days": [h for _, _, _, h in keys],
                "value": values,
                "low": values * 0.7,
                "high": values * 1.4,
                "percentile": values * 100,
            }
        ).with_columns(
            model_version=pl.lit("load-bench"),
            used=pl.lit(["text", "fact"]),
            missing=pl.lit(["voice"]),
            not_trained=pl.lit(["image"]),
            stale=pl.lit([], pl.List(pl.String)),
            in_sample=pl.lit(False),
            reason=pl.lit(None, pl.String),
            details=pl.lit(details),
        )
        batch = Batch()
        batch.add_frame("signals", frame)
        store.commit(batch)


def _texts(store: Store, issuers: int) -> None:
    rng = np.random.default_rng(7)
    vocabulary = np.array([_made_up_word(rng) for _ in range(_WORDS)])
    odds = 1 / np.arange(1, _WORDS + 1)
    odds /= odds.sum()
    prefix = encoder_prefix(ENCODERS["text"])
    for first in range(0, DOCUMENTS, 1_000):
        batch = Batch()
        contents: list[str] = []
        for n in range(first, first + 1_000):
            day = FIRST_DAY + timedelta(hours=n)
            artifact = content_id("load artifact", str(n))
            document = content_id("load document", str(n))
            batch.add(
                "documents",
                {"document_id": document, "artifact_id": artifact, "part": "", "parser": "bench",
                 "parser_version": "1", "kind": "news", "title": f"{issuer_name(n % issuers)} in the news",
                 "language": "en", "available_at": day, "available_method": "feed",
                 "hints": json.dumps({"synthetic": "load bench"})},
            )  # fmt: skip
            batch.add(
                "links",
                {"document_id": document, "issuer_id": issuer_id(n % issuers), "score": 1.0, "method": "name",
                 "quote": ""},
            )  # fmt: skip
            for k in range(PIECES):
                text = " ".join(rng.choice(vocabulary, 40, p=odds)) + f" of ${rng.integers(1, 999)} million."
                content = content_id("load content", text)
                contents.append(content)
                batch.add(
                    "evidence",
                    {"evidence_id": content_id(document, str(k)), "document_id": document,
                     "kind": "paragraph", "ordinal": k,
                     "locator": json.dumps({"chars": [k * 300, k * 300 + 299]}),
                     "text": text, "payload": "{}", "content_id": content},
                )  # fmt: skip
        store.commit(batch)
        if prefix and first * PIECES < EMBEDDED:
            vectors = rng.standard_normal((len(contents), WIDTH)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            embedded = Batch()
            embedded.add_frame(
                "embeddings",
                pl.DataFrame(
                    {"content_id": contents, "encoder": [f"{prefix}:int8"] * len(contents),
                     "vector": pl.Series(vectors.tolist(), dtype=pl.List(pl.Float32))}
                ),
            )  # fmt: skip
            store.commit(embedded)


def _made_up_word(rng: np.random.Generator) -> str:
    return "".join(
        rng.choice(list("bcdfglmnprst")) + rng.choice(list("aeiou")) for _ in range(rng.integers(2, 5))
    )


def words(rng: np.random.Generator, count: int) -> str:
    """A query: words of the same vocabulary, neither the commonest nor the rarest."""
    vocabulary_rng = np.random.default_rng(7)
    known = [_made_up_word(vocabulary_rng) for _ in range(600)]
    return " ".join(known[i] for i in rng.integers(20, 600, count))
