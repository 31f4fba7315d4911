"""Evidence to vectors, once for the same content and the same encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smalti.ingest.documents import Origin, add_quarantine
from smalti.ingest.parse import entry
from smalti.ingest.parse.contract import Request
from smalti.platform import weights
from smalti.platform.errors import InputError, SandboxKilled, TooLarge, WeightsError
from smalti.platform.ledger import Run
from smalti.platform.store import Batch
from smalti.platform.workers import Need, in_batches, in_threads, on_device
from smalti.service.engine import Engine

_CHARACTERS = 4
"""Of a token, about."""
_SECONDS = 1_800.0
"""Seconds one batch may take, loading of the model included."""
_NEEDS = {
    # Tokens a task: what a crash can cost. The encoders make smaller batches of them for their device.
    ("text", "cpu"): Need("cpu", 700, budget=65_536),
    ("text", "cuda"): Need("cuda", 2_000, budget=1_048_576),
    # Pictures a task: as many as may lie decoded beside each other.
    ("image", "cpu"): Need("cpu", 500, budget=8),
    ("image", "cuda"): Need("cuda", 1_000, budget=64),
}

_One = tuple[str, str]
"""Content id, and the text or the picture's place."""
_Encoded = tuple[str, NDArray[np.float32]]
"""The encoder's version, and one row an item."""

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
    need = _NEEDS["text", engine.settings.device]

    def encode(texts: Sequence[_One]) -> _Encoded:
        task = "smalti.models.encoders.tasks:encode_texts"
        found: _Encoded = on_device(
            engine.workers, task, need, timeout=_SECONDS, texts=[text for _, text in texts]
        )
        return found

    batches = in_batches(todo, lambda one: 1 + len(one[1]) // _CHARACTERS, need.budget)
    _encode_all(engine, run, "texts", len(todo), batches, encode)


def _pictures(engine: Engine, run: Run) -> None:
    prefix = encoder_prefix(ENCODERS["image"])
    if prefix is None:
        run.counts["pictures without encoder"] += 1
        return
    where = f"e.kind = 'image' AND e.media_id IS NOT NULL AND {_LEARNED_FROM}"
    todo = _pending(engine, prefix, where, "any_value(e.media_id)")
    need = _NEEDS["image", engine.settings.device]
    engine.settings.spool.mkdir(parents=True, exist_ok=True)
    # Named like the sandbox's own folders, which are swept when one was left behind.
    with TemporaryDirectory(dir=engine.settings.spool, prefix="sandbox-pictures-") as decoded:

        def decode(picture: _One) -> _One | None:
            content_id, media_id = picture
            arguments = {"request": entry.to_arguments(Request(media_id))}
            kept = Path(decoded) / f"{content_id}.npy"
            try:
                with engine.sandbox.call(entry.FILE, {"0": engine.objects.path(media_id)}, arguments) as (
                    _,
                    out,
                ):
                    (out / "rgb.npy").rename(kept)
            except (InputError, FileNotFoundError):
                return None  # it was read once when it came in; its evidence stays, only without a vector
            return content_id, str(kept)

        def encode(pictures: Sequence[_One]) -> _Encoded:
            task = "smalti.models.encoders.tasks:encode_pictures"
            paths = [Path(path) for _, path in pictures]
            found: _Encoded = on_device(engine.workers, task, need, timeout=_SECONDS, rgb_paths=paths)
            for path in paths:
                path.unlink()
            return found

        def readable() -> Iterator[_One]:
            for _, one in in_threads(decode, todo, engine.settings.workers):
                if one is None:
                    run.counts["pictures not decodable"] += 1
                else:
                    yield one

        batches = in_batches(readable(), lambda _: 1, need.budget)
        _encode_all(engine, run, "pictures", len(todo), batches, encode)


def _encode_all(
    engine: Engine,
    run: Run,
    what: str,
    total: int,
    batches: Iterable[Sequence[_One]],
    encode: Callable[[Sequence[_One]], _Encoded],
) -> None:
    """Encode and store batch after batch; of one that breaks its worker, the guilty item is set aside."""

    def try_all(batch: Sequence[_One]) -> list[tuple[Sequence[_One], _Encoded | InputError]]:
        try:
            return [(batch, encode(batch))]
        except (SandboxKilled, MemoryError) as error:
            if len(batch) > 1:
                half = len(batch) // 2
                return [*try_all(batch[:half]), *try_all(batch[half:])]
            if isinstance(error, SandboxKilled):
                return [(batch, error)]
            return [(batch, TooLarge("it does not fit in memory", mend="run with more memory"))]

    engine.progress.start(what, total)
    for _, parts in in_threads(try_all, batches, engine.workers.size):
        for batch, found in parts:
            if isinstance(found, InputError):
                run.counts[f"{what} set aside"] += 1
                _set_aside(engine, run, batch[0][0], found)
            else:
                _commit(engine, [content_id for content_id, _ in batch], *found)
                run.counts[what] += len(batch)
            for _ in batch:
                engine.progress.step(what)


def _set_aside(engine: Engine, run: Run, content_id: str, error: InputError) -> None:
    """Quarantine what cannot be encoded, as a record of the file it came in; reading that again frees it."""
    place = engine.store.read(
        "SELECT x.source_id, x.path, x.artifact_id FROM evidence e JOIN documents d USING (document_id)"
        " JOIN dispositions x ON x.artifact_id = d.artifact_id AND x.record = ''"
        " WHERE e.content_id = ? ORDER BY ALL LIMIT 1",
        [content_id],
    )
    source_id, path, artifact_id = place.row(0) if place.height else ("", content_id, "")
    batch = Batch()
    origin = Origin(source_id, path, artifact_id, run.run_id)
    attempts = engine.settings.attempts
    add_quarantine(batch, origin, error, stage="embed", record=content_id, attempts=attempts)
    engine.store.commit(batch)


def _pending(engine: Engine, prefix: str, where: str, subject: str) -> list[_One]:
    """Content id and what to encode, of linked evidence without a vector from this encoder."""
    found = engine.store.read(
        f"SELECT e.content_id, {subject} AS subject FROM evidence e JOIN documents d USING (document_id)"
        f" WHERE {where} AND EXISTS (SELECT 1 FROM links l WHERE l.document_id = e.document_id)"
        " AND NOT EXISTS (SELECT 1 FROM embeddings m WHERE m.content_id = e.content_id"
        "  AND starts_with(m.encoder, ?))"
        " AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.stage = 'embed' AND q.record = e.content_id)"
        " GROUP BY e.content_id ORDER BY e.content_id",
        [prefix],
    )
    return list(found.iter_rows())


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
