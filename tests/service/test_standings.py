"""Which scores stood at a moment, held against plain SQL."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from smalti.platform.store import Batch, Store
from smalti.service.standings import KINDS, Standings

DAY = datetime(2025, 3, 1, 12, tzinfo=UTC)
PLAIN = (
    "SELECT issuer_id, kind, arg_max(signal_id, (as_of, recorded_at, signal_id)) AS signal_id FROM signals"
    " WHERE as_of <= ? AND ((kind = 'risk' AND horizon_days = 30)"
    "  OR kind IN ('fraud', 'sentiment', 'fraud.contradiction')) GROUP BY 1, 2 ORDER BY 1, 2"
)


@pytest.fixture
def store(engine: Any) -> Store:
    held: Store = engine.store
    return held


def signal(name: str, issuer: str, kind: str, hours: int, **more: Any) -> dict[str, Any]:
    row = {"signal_id": name, "case_id": "c", "issuer_id": issuer, "kind": kind}
    row |= {"as_of": DAY + timedelta(hours=hours), "horizon_days": KINDS.get(kind, 0), "value": 0.5}
    return row | {"model_version": "m", "in_sample": False, "details": "{}"} | more


def commit(store: Store, *rows: dict[str, Any]) -> None:
    batch = Batch()
    batch.add("signals", *rows)
    store.commit(batch)


def standing(standings: Standings, *moments: datetime) -> list[list[tuple[str, str, str]]]:
    return [
        frame.select("issuer_id", "kind", "signal_id").sort("issuer_id", "kind").rows()
        for frame in standings.at(*moments)
    ]


@pytest.mark.parametrize("recent", [1_000, 100])
def test_the_newest_of_each_issuer_and_kind_as_of_any_moment_is_that_of_plain_sql(
    store: Store, recent: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("smalti.service.standings._RECENT", recent)
    draw = random.Random(3)
    standings = Standings(store)
    moments = [DAY + timedelta(hours=hours) for hours in (-1, 0, 7, 30, 99, 1_000)]
    for round_ in range(4):  # what comes later is taken in, and may be of earlier moments
        commit(
            store,
            *(
                signal(
                    f"{round_}-{n:03}",
                    f"i{draw.randrange(7)}",
                    draw.choice([*KINDS, "fraud.benford"]),
                    draw.randrange(60),
                )
                for n in range(120)
            ),
            signal(f"{round_}-short", "i1", "risk", 200, horizon_days=3),  # of another horizon: not ours
        )
        found = standing(standings, *moments)
        assert found == [store.read(PLAIN, [moment]).rows() for moment in moments]
    assert found[0] == []
    assert len(found[-1]) == 7 * 4


def test_a_score_that_is_written_again_counts_once(store: Store):
    standings = Standings(store)
    commit(store, signal("a", "i1", "fraud", 0))
    standings.at(DAY)
    commit(store, signal("a", "i1", "fraud", 0, value=0.9))  # the store ignores it: its id is there
    (frame,) = standings.at(DAY)
    assert frame["value"].to_list() == store.read("SELECT value FROM signals")["value"].to_list() == [0.5]


def test_nothing_scored_gives_frames_without_rows(store: Store):
    now, then = Standings(store).at(DAY, DAY)
    assert (now.height, then.height) == (0, 0)
    assert now.schema["as_of"] == pl.Datetime("us", "UTC")


def test_what_is_made_up_is_learned_with_the_documents_that_are(store: Store):
    standings = Standings(store)
    assert standings.synthetic(["i1", "i2"]) == set()
    batch = Batch()
    document = {"document_id": "d", "artifact_id": "d", "part": "", "kind": "news", "available_at": DAY}
    batch.add("documents", document | {"available_method": "feed", "hints": '{"synthetic": "true"}'})
    batch.add("links", {"document_id": "d", "issuer_id": "i1", "score": 1.0})
    store.commit(batch)
    assert standings.synthetic(["i1", "i2"]) == {"i1"}
