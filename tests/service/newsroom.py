"""A store with news, posts and filings of one issuer, embedded as the stages would leave them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.engine import Engine, open_engine
from smalti.service.stages.known import encoders
from tests.service.pipeline import Here, write_model

ISSUER = "anvil"


def moment(text: str) -> datetime:
    """`2025-02-12`: noon of that day, UTC."""
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)


@contextmanager
def newsroom(folder: Path) -> Iterator[Engine]:
    """An engine with a small model, workers in this process, and the issuer `Anvil Corporation`."""
    settings = Settings(home=folder / "home", workers=1, model=write_model(folder / "model"))
    with open_engine(settings) as engine:
        batch = Batch()
        batch.add("issuers", {"issuer_id": ISSUER, "name": "Anvil Corporation", "cik": "9900000055"})
        engine.store.commit(batch)
        yield replace(engine, workers=Here())


def publish(
    engine: Engine, name: str, day: str, kind: str = "news", recorded: str | None = None, **more: Any
) -> None:
    """A document of one embedded paragraph; `path`, `url`, `author`, `hints`, `text` as wanted."""
    batch, at = Batch(), moment(day)
    batch.add(
        "documents",
        {"document_id": name, "artifact_id": f"a-{name}", "part": "", "parser": "p", "parser_version": "1"}
        | {
            "kind": kind,
            "title": name,
            "language": "en",
            "url": more.get("url"),
            "author": more.get("author"),
        }
        | {"available_at": at, "available_method": "feed", "hints": json.dumps(more.get("hints", {}))},
    )
    batch.add(
        "evidence",
        {"evidence_id": f"e-{name}", "document_id": name, "kind": "paragraph", "ordinal": 0, "locator": "{}"}
        | {"text": more.get("text", f"What {name} says."), "payload": "{}", "content_id": f"c-{name}"},
    )
    batch.add("links", {"document_id": name, "issuer_id": ISSUER, "score": 1.0, "method": "manifest"})
    vector = np.random.default_rng(list(name.encode())).normal(size=384).astype(np.float32)
    row = {"content_id": f"c-{name}", "encoder": encoders()["text"] + "test", "vector": vector.tolist()}
    batch.add("embeddings", row)
    path = more.get("path", f"{name}.html")
    seen = {"sighting_id": f"s-{name}", "artifact_id": f"a-{name}", "source_id": "wire", "path": path}
    batch.add("sightings", seen | {"fetched_at": at})
    done = {"source_id": "wire", "path": path, "record": "", "artifact_id": f"a-{name}", "outcome": "parsed"}
    batch.add("dispositions", done)
    engine.store.commit(batch, recorded_at=moment(recorded or day))
