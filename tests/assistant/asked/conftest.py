"""A store of issuers, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.assistant.asked.world import filled

from smalti.assistant.grounds import Grounds
from smalti.platform.store import Store


@pytest.fixture(scope="session")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    with Store(tmp_path_factory.mktemp("asked") / "smalti.duckdb") as store:
        yield filled(store)
