"""A home folder with a few documents, read once and copied for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from tests.service.conftest import news_page, post

from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.engine import Engine, open_engine
from smalti.service.stages.ingest import ingest

SECRET = "The kiln keeper wrote a sentence that she wants back."
OTHER = "Orders for quartz rose in the second quarter."
AS_OF = datetime(2025, 3, 1, tzinfo=UTC)


def write_world(root: Path) -> Path:
    (root / "news").mkdir(parents=True)
    (root / "social").mkdir()
    page = news_page(
        "Quartz Anvil profit falls sharply",
        "2025-02-10T12:00:00Z",
        "Quartz Anvil Corporation said on Monday that its profit fell by a third as orders dried up.",
        OTHER,
    )
    (root / "news" / "kiln.html").write_text(page)
    posts = [
        post("2025-02-11", SECRET),
        post("2025-02-12", "Nothing to see in this post."),
        post("2025-02-13", OTHER),
    ]
    (root / "social" / "posts.jsonl").write_text("\n".join(posts) + "\n")
    return root


def document_of(engine: Engine, text: str, kind: str = "social") -> str:
    found = engine.store.read(
        "SELECT d.document_id FROM evidence e JOIN documents d USING (document_id)"
        " WHERE contains(e.text, ?) AND d.kind = ?",
        [text, kind],
    )
    return str(found.item())


def settle_signals(engine: Engine) -> None:
    """Signals as scoring would leave them: one that cites the secret, one that read it, one from before."""
    batch = Batch()
    batch.add("issuers", {"issuer_id": "kiln", "name": "Kiln Corporation"})
    secret = document_of(engine, SECRET)
    pieces = dict(engine.store.read("SELECT document_id, evidence_id FROM evidence").iter_rows())
    for document in engine.store.read("SELECT document_id FROM documents")["document_id"]:
        batch.add("links", {"document_id": document, "issuer_id": "kiln", "score": 1.0, "method": "manifest"})
    engine.store.commit(batch)
    batch = Batch()
    for name, as_of in (("cites", AS_OF), ("reads", AS_OF), ("before", datetime(2025, 2, 1, tzinfo=UTC))):
        batch.add(
            "signals",
            {"signal_id": name, "case_id": "c", "issuer_id": "kiln", "kind": "risk", "as_of": as_of}
            | {"horizon_days": 30, "value": 0.2, "model_version": "m", "details": "{}"}
            | {"used": [], "missing": [], "not_trained": [], "stale": []},
        )
    batch.add(
        "attributions",
        {"signal_id": "cites", "evidence_id": pieces[secret], "modality": "text", "effect": 0.1, "rank": 1}
        | {"method": "integrated-gradients"},
    )
    said = json.dumps([{"evidence_id": pieces[secret], "quote": SECRET}])
    batch.add(
        "findings",
        {"finding_id": "f", "signal_id": "cites", "verdict": "finding", "rank": 1, "strength": 0.5}
        | {"reason": f"somebody said: {SECRET}", "said": said, "against": "[]", "details": "{}"},
    )
    engine.store.commit(batch)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kept")
    settings = Settings(home=root / "home", workers=1, ocr=False)
    with open_engine(settings) as engine:
        ingest(engine, write_world(root / "world"))
        settle_signals(engine)
    return root


class Opened(Protocol):
    def __call__(self, **more: object) -> AbstractContextManager[Engine]: ...


@pytest.fixture
def root(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a home of its own and the world that was read into it, under the same path."""
    shutil.copytree(kept / "home", tmp_path / "home")
    return tmp_path


@pytest.fixture
def world(kept: Path) -> Path:
    return kept / "world"


@pytest.fixture
def opened(root: Path) -> Opened:
    """Opens that home."""
    return lambda **more: open_engine(Settings(home=root / "home", workers=1, ocr=False, **more))  # type: ignore[arg-type]


@pytest.fixture
def engine(opened: Opened) -> Iterator[Engine]:
    with opened() as own:
        yield own
