"""Which evidence gets a vector, and that the same content gets it once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from smalti.platform import weights
from smalti.platform.errors import WeightsError
from smalti.platform.store import Batch
from smalti.service.engine import Engine
from smalti.service.stages.embed import ENCODERS, embed, encoder_prefix


class Encoder:
    """Workers that answer with the length of each text, and note the texts."""

    size = 1

    def __init__(self) -> None:
        self.texts: list[str] = []

    def call(self, function: str, *, timeout: float | None = None, need: Any = None, **arguments: Any) -> Any:
        assert function == "smalti.models.encoders.tasks:encode_texts"
        self.texts += arguments["texts"]
        vectors = np.array([[len(text)] * 384 for text in arguments["texts"]], np.float32)
        return f"{encoder_prefix(ENCODERS['text'])}:int8", vectors

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _encoders_looked_up_anew():
    encoder_prefix.cache_clear()
    yield
    encoder_prefix.cache_clear()


@pytest.fixture
def encoder(engine: Engine) -> Iterator[tuple[Engine, Encoder]]:
    workers = Encoder()
    yield replace(engine, workers=workers), workers


def add(engine: Engine, name: str, kind: str, *texts: str, linked: bool = True) -> None:
    batch = Batch()
    batch.add(
        "documents", {"document_id": name, "artifact_id": name, "part": "", "kind": kind, "hints": "{}"}
    )
    for i, text in enumerate(texts):
        piece = {"evidence_id": f"{name}{i}", "document_id": name, "kind": "paragraph", "ordinal": i}
        batch.add("evidence", piece | {"text": text, "content_id": f"words of {text}"})
    if linked:
        batch.add("links", {"document_id": name, "issuer_id": "i", "score": 1.0})
    engine.store.commit(batch)


def test_linked_words_are_embedded_once_however_often_they_are_said(encoder):
    engine, asked = encoder
    add(engine, "a", "news", "Sales rose.", "Costs fell sharply.", "")
    add(engine, "b", "social", "Sales rose.")
    assert embed(engine).counts["texts"] == 2
    assert sorted(asked.texts) == ["Costs fell sharply.", "Sales rose."]
    rows = engine.store.read("SELECT content_id, vector[1] AS v FROM embeddings ORDER BY 1").rows()
    assert rows == [("words of Costs fell sharply.", 19.0), ("words of Sales rose.", 11.0)]
    again = embed(engine)
    assert dict(again.counts) == {}
    assert len(asked.texts) == 2


def test_what_no_head_looks_at_is_not_embedded(encoder):
    engine, asked = encoder
    add(engine, "filing", "filing", "Item 1A. Risk factors")
    add(engine, "stranger", "news", "Nobody we follow did something.", linked=False)
    embed(engine)
    assert asked.texts == []


def test_another_encoder_embeds_anew_beside_the_old_vectors(encoder):
    engine, asked = encoder
    add(engine, "a", "news", "Sales rose.")
    batch = Batch()
    batch.add("embeddings", {"content_id": "words of Sales rose.", "encoder": "other:1", "vector": [1.0]})
    engine.store.commit(batch)
    embed(engine)
    assert asked.texts == ["Sales rose."]
    assert engine.store.counts()["embeddings"] == 2


def test_without_an_encoder_the_run_says_so_and_goes_on(encoder, monkeypatch):
    engine, asked = encoder

    def missing(*_: object) -> None:
        raise WeightsError("not installed")

    monkeypatch.setattr(weights, "resolve", missing)
    add(engine, "a", "news", "Sales rose.")
    assert dict(embed(engine).counts) == {"texts without encoder": 1, "pictures without encoder": 1}
    assert asked.texts == []
