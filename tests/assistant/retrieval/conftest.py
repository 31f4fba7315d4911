"""A store with papers written by hand, and a retriever over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.assistant.retrieval.papers import ENCODER, Library

from smalti.assistant.retrieval.meaning import Meaning
from smalti.assistant.retrieval.retriever import Retriever
from smalti.assistant.retrieval.text_index import TantivyIndex
from smalti.platform.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "smalti.duckdb") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def library(store: Store, folder: Path) -> Library:
    return Library(store, Retriever(TantivyIndex(folder), Meaning(ENCODER, 1_000)))
