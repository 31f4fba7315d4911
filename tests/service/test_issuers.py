"""Whom a text means, remembered until names change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from smalti.platform.errors import NotFound
from smalti.platform.store import Batch, Store
from smalti.service.issuers import Called


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "smalti.duckdb") as store:
        batch = Batch()
        batch.add("issuers", {"issuer_id": "a", "name": "Anvil Corporation"})
        store.commit(batch)
        yield store


def test_a_name_that_a_second_issuer_takes_too_is_no_longer_answered_from_memory(store: Store) -> None:
    called = Called(store)
    assert called.issuer("anvil") == "a"
    assert called.issuer("anvil") == "a"
    batch = Batch()
    batch.add("issuers", {"issuer_id": "b", "name": "Anvil Industries"})
    store.commit(batch)
    with pytest.raises(NotFound, match="several"):
        called.issuer("anvil")


def test_who_was_not_known_is_found_once_a_name_came(store: Store) -> None:
    called = Called(store)
    with pytest.raises(NotFound):
        called.issuer("ZZAC")
    batch = Batch()
    batch.add("issuer_names", {"issuer_id": "a", "text": "ZZAC", "kind": "ticker"})
    store.commit(batch)
    assert called.issuer("ZZAC") == "a"
