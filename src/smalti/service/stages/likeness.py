"""Pictures to their likenesses: which one nearly repeats an earlier one by somebody else."""

from __future__ import annotations

from smalti.ingest.likeness import Picture, likenesses
from smalti.platform.ledger import Run
from smalti.platform.store import Batch
from smalti.service.engine import Engine

_DRAWN = ("chart", "screenshot")
"""Kinds of pictures that are alike in their hashes though they show different things."""


_PICTURES = (
    "FROM evidence e JOIN documents d USING (document_id) WHERE d.kind IN ('social', 'news')"
    " AND e.kind = 'image' AND json_extract_string(e.payload, '$.phash') IS NOT NULL"
)


def compare_pictures(engine: Engine) -> Run:
    """Hold every picture against earlier ones when there are new ones; the run counts `pictures`, `alike`."""
    with Run(engine.store, "likeness", "") as run:
        before = engine.store.read(
            "SELECT max(started_at) FROM runs WHERE stage = 'likeness' AND state = 'done'"
        ).item()
        new = engine.store.read(
            f"SELECT e.evidence_id {_PICTURES}"
            " AND ($before::TIMESTAMPTZ IS NULL OR e.recorded_at >= $before)",
            {"before": before},
        )
        run.counts["pictures"] = new.height
        if not new.height:
            return run
        rows = engine.store.read(
            "SELECT e.evidence_id, json_extract_string(e.payload, '$.phash') AS phash, d.author,"
            f" d.available_at, json_extract_string(e.payload, '$.picture_kind.kind') AS kind {_PICTURES}"
        )
        pictures = [
            Picture(own, int(phash, 16), author, at, drawn=kind in _DRAWN)
            for own, phash, author, at, kind in rows.iter_rows()
        ]
        batch = Batch()
        for row in likenesses(pictures, set(new["evidence_id"])):
            batch.add("likenesses", row)
        run.counts["alike"] = engine.store.commit(batch).get("likenesses", 0)
    return run
