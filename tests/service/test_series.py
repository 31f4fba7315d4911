from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smalti.platform.store import Batch, Store
from smalti.service import series
from smalti.service.series import FIRST, LAST, SignalMemory, filters
from smalti.service.signals import NEWEST
from tests.service.api.furnished import signals

DAY = datetime(2024, 5, 1, 12, tzinfo=UTC)
ISSUERS = ("a" * 32, "b" * 32, "c" * 32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "smalti.duckdb") as store:
        batch = Batch()
        batch.add("issuers", *({"issuer_id": i, "name": f"Issuer {i[0]}"} for i in ISSUERS))
        store.commit(batch)
        yield store


def _by_sql(store: Store, issuer: str, as_of: datetime, recorded_by: datetime, kind: str | None) -> list[str]:
    rows = store.read(
        "SELECT * FROM signals WHERE issuer_id = $issuer AND as_of <= $as_of AND recorded_at <= $by"
        " AND ($kind IS NULL OR kind = $kind OR kind LIKE $kind || '.%')"
        " QUALIFY row_number() OVER (PARTITION BY kind, horizon_days"
        "  ORDER BY as_of DESC, recorded_at DESC, signal_id DESC) = 1 ORDER BY kind, horizon_days",
        {"issuer": issuer, "as_of": as_of, "by": recorded_by, "kind": kind},
    )
    return list(rows["signal_id"])


def test_what_is_remembered_is_what_the_store_holds_whatever_is_committed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "MOST_ROWS", 60)  # so that issuers are forgotten for room as well
    memory = SignalMemory(store)
    dice = random.Random(7)
    kinds = (None, "fraud", "fraud.check")
    for step in range(9):
        batch = Batch()
        for _ in range(dice.randint(1, 3)):
            as_of = DAY + timedelta(hours=dice.randint(0, 6))
            batch.add("signals", *signals(dice.choice(ISSUERS), as_of, value=dice.randint(0, 3)))
        store.commit(batch, recorded_at=DAY + timedelta(days=1, minutes=dice.choice((step, step // 2))))
        if step == 4:
            memory.warm()
        for issuer in ISSUERS:
            earlier = DAY + timedelta(hours=dice.randint(0, 6)), DAY + timedelta(days=1, minutes=step // 2)
            for moments in ((LAST, LAST), earlier):
                kind = dice.choice(kinds)
                wanted = _by_sql(store, issuer, *moments, kind)
                assert [one.signal_id for one in memory.newest(issuer, *moments, kind)] == wanted
                sql = store.read(f"{NEWEST} ORDER BY s.kind", filters(issuer, kind, *moments))
                assert list(sql["signal_id"]) == wanted


def test_a_signal_over_time_is_of_each_moment_what_was_stored_last(store: Store) -> None:
    memory = SignalMemory(store)
    first, again = DAY + timedelta(days=1), DAY + timedelta(days=2)
    for recorded_at, value in ((first, 0.25), (again, 0.75)):
        batch = Batch()
        batch.add("signals", *signals(ISSUERS[0], DAY, value=value))
        store.commit(batch, recorded_at=recorded_at)
    batch = Batch()
    batch.add("signals", *signals(ISSUERS[0], DAY + timedelta(hours=1), value=0.5))
    store.commit(batch, recorded_at=first)
    for recorded_by, values in ((LAST, [0.75, 0.5]), (first, [0.25, 0.5]), (DAY, [])):
        points, synthetic = memory.points(ISSUERS[0], "risk", 30, FIRST, LAST, recorded_by)
        assert (points["value"].to_list(), synthetic) == (values, False)
    points, _ = memory.points(ISSUERS[0], "risk", 30, DAY + timedelta(minutes=1), LAST, LAST)
    assert points["value"].to_list() == [0.5]


def test_a_new_link_to_made_up_documents_is_seen_at_once(store: Store) -> None:
    memory = SignalMemory(store)
    batch = Batch()
    batch.add("signals", *signals(ISSUERS[0], DAY))
    store.commit(batch)
    assert not memory.newest(ISSUERS[0], LAST, LAST, None)[0].synthetic
    batch = Batch()
    batch.add("documents", {"document_id": "d", "hints": '{"synthetic":"true"}', "available_at": DAY})
    batch.add("links", {"document_id": "d", "issuer_id": ISSUERS[0], "score": 1.0})
    store.commit(batch)
    assert memory.newest(ISSUERS[0], LAST, LAST, None)[0].synthetic
