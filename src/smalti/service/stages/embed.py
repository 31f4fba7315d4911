"""Evidence to vectors, once for the same content and the same encoder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smalti.ingest.parse import entry
from smalti.ingest.parse.contract import Request
from smalti.platform import weights
from smalti.platform.errors import InputError, WeightsError
from smalti.platform.ledger import Run
from smalti.platform.store import Batch
from smalti.platform.workers import in_threads
from smalti.service.engine import Engine

_AT_ONCE = 1024  # texts a task: what a crash can cost

_LEARNED_FROM = "d.kind <> 'filing'"
"""No head has learned from the words and pictures of filings, and a filing has thousands."""

ENCODERS = {"text": "minilm-l6-v2", "image": "efficientnet-lite0"}
"""Which weights encode what."""


@cache
def encoder_prefix(weights_name: str) -> str | None:
    """How the versions of an encoder begin, whatever its precision; None when it is not installed."""
    try:
        found = weights.resolve(weights_name)
    except WeightsError:
        return None
    return f"{found.name}:{found.sha256[:12]}"


def embed(engine: Engine) -> Run:
    """Embed what is linked to an issuer. Without an encoder its modality stays missing, and is said to."""
    with Run(engine.store, "embed", "") as run:
        _texts(engine, run)
        _pictures(engine, run)
    return run


def _texts(engine: Engine, run: Run) -> None:
    prefix = encoder_prefix(ENCODERS["text"])
    if prefix is None:
        run.counts["texts without encoder"] += 1
        return
    where = f"e.kind IN ('paragraph', 'audio') AND e.text <> '' AND {_LEARNED_FROM}"
    todo = _pending(engine, prefix, where, "any_value(e.text)")
    engine.progress.start("texts", todo.height)
    slices = [todo[i : i + _AT_ONCE] for i in range(0, todo.height, _AT_ONCE)]

    def encode(part: pl.DataFrame) -> tuple[str, NDArray[np.float32]]:
        task = "smalti.models.encoders.tasks:encode_texts"
        found: tuple[str, NDArray[np.float32]] = engine.workers.call(
            task, texts=part["subject"].to_list(), device=engine.settings.device
        )
        return found

    for part, (version, vectors) in in_threads(encode, slices, engine.workers.size):
        _commit(engine, part["content_id"].to_list(), version, vectors)
        run.counts["texts"] += part.height
        for _ in range(part.height):
            engine.progress.step("texts")


def _pictures(engine: Engine, run: Run) -> None:
    prefix = encoder_prefix(ENCODERS["image"])
    if prefix is None:
        run.counts["pictures without encoder"] += 1
        return
    where = f"e.kind = 'image' AND e.media_id IS NOT NULL AND {_LEARNED_FROM}"
    todo = _pending(engine, prefix, where, "any_value(e.media_id)")
    engine.progress.start("pictures", todo.height)

    def encode(picture: tuple[str, str]) -> tuple[str, NDArray[np.float32]] | None:
        arguments = {"request": entry.to_arguments(Request(picture[1]))}
        path = engine.objects.path(picture[1])
        try:
            with engine.sandbox.call(entry.FILE, {"0": path}, arguments) as (_, out):
                found: tuple[str, NDArray[np.float32]] = engine.workers.call(
                    "smalti.models.encoders.tasks:encode_picture",
                    rgb_path=out / "rgb.npy",
                    device=engine.settings.device,
                )
        except InputError:  # it was read once when it came in; its evidence stays, only without a vector
            return None
        return found

    for (content_id, media_id), found in in_threads(encode, list(todo.iter_rows()), engine.workers.size):
        engine.progress.step("pictures", media_id)
        if found is None:
            run.counts["pictures not decodable"] += 1
        else:
            _commit(engine, [content_id], *found)
            run.counts["pictures"] += 1


def _pending(engine: Engine, prefix: str, where: str, subject: str) -> pl.DataFrame:
    """`content_id` and what to encode, of linked evidence without a vector from this encoder."""
    return engine.store.read(
        f"SELECT e.content_id, {subject} AS subject FROM evidence e JOIN documents d USING (document_id)"
        f" WHERE {where} AND EXISTS (SELECT 1 FROM links l WHERE l.document_id = e.document_id)"
        " AND NOT EXISTS (SELECT 1 FROM embeddings m WHERE m.content_id = e.content_id"
        "  AND starts_with(m.encoder, ?))"
        " GROUP BY e.content_id ORDER BY e.content_id",
        [prefix],
    )


def _commit(engine: Engine, content_ids: Sequence[str], version: str, vectors: NDArray[np.float32]) -> None:
    batch = Batch()
    batch.add_frame(
        "embeddings",
        pl.DataFrame(
            {
                "content_id": content_ids,
                "encoder": [version] * len(content_ids),
                "vector": pl.Series(vectors.tolist(), dtype=pl.List(pl.Float32)),
            }
        ),
    )
    engine.store.commit(batch)
