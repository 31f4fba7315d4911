from __future__ import annotations

from pathlib import Path

import pytest

from smalti.platform.errors import TooMany
from smalti.platform.store import Store
from smalti.platform.store.patience import reading_for

ENDLESS = "SELECT count(*) FROM range(10_000_000) a, range(10_000_000) b WHERE (a.range * b.range) % 7 = 3"


def test_a_read_that_takes_too_long_is_ended_and_the_next_one_answers(tmp_path: Path) -> None:
    with Store(tmp_path / "smalti.duckdb") as store:
        with reading_for(0.1), pytest.raises(TooMany, match=r"longer than 0\.1 s"):
            store.read(ENDLESS)
        with reading_for(0.1):
            assert store.read("SELECT 7 AS n").item() == 7
