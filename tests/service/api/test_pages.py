from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smalti.platform.errors import Malformed
from smalti.platform.store import Batch, Store
from smalti.service.api.pages import Key, Order, read_page

NEWEST = Order("runs", (Key("started_at", "moment", descending=True), Key("run_id")))
START = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "smalti.duckdb") as store:
        yield store


def _run(store: Store, name: str, hours: int) -> None:
    batch = Batch()
    batch.add("runs", {"run_id": name, "stage": "pull", "started_at": START + timedelta(hours=hours)})
    store.commit(batch)


def _names(store: Store, limit: int, cursor: str | None) -> tuple[list[str], str | None]:
    page = read_page(store, "SELECT * FROM runs", {}, NEWEST, limit, cursor, lambda row: str(row["run_id"]))
    return list(page.items), page.next


def test_pages_follow_one_another_without_gap_or_repetition_though_rows_come_in(store: Store) -> None:
    for name, hours in (("a", 3), ("d", 1), ("c", 2), ("b", 2), ("e", 0)):
        _run(store, name, hours)
    first, cursor = _names(store, 2, None)
    _run(store, "newer", 9)
    second, cursor = _names(store, 2, cursor)
    third, end = _names(store, 2, cursor)
    assert (first, second, third) == (["a", "b"], ["c", "d"], ["e"])
    assert end is None


def test_a_full_last_page_has_no_next(store: Store) -> None:
    _run(store, "a", 1)
    assert _names(store, 1, None) == (["a"], None)


def _cursor(told: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "A",
        "____",
        _cursor("runs"),
        _cursor(["signals", START.isoformat(), "a"]),
        _cursor(["runs", START.isoformat()]),
        _cursor(["runs", 3, "a"]),
        _cursor(["runs", "2024-05-01", "a"]),
        _cursor(["runs", START.isoformat(), {"a": 1}]),
        _cursor(["runs", START.isoformat(), "\ud800"]),
        base64.urlsafe_b64encode(b"[" * 900).decode(),
    ],
)
def test_a_cursor_of_anything_else_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(Malformed):
        _names(store, 2, cursor)
