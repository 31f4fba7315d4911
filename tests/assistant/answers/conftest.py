"""Statements to ask of, stored once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.assistant.answers.statements import Desk, desk


@pytest.fixture(scope="session")
def statements(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("statements")) as one:
        yield one
