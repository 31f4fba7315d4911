"""As of which past moments an issuer is scored, in which order, and what is not done twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from smalti.platform.errors import Stopped, TooMany
from smalti.platform.store import Batch
from smalti.service.engine import Engine
from smalti.service.stages import history
from smalti.service.stages.history import score_history
from tests.service.scorer import Scorer, add, moment


@pytest.fixture
def scorer(engine: Engine) -> Iterator[tuple[Engine, Scorer]]:
    workers = Scorer()
    yield replace(engine, workers=workers), workers


def end(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.max, UTC)


def days(asked: Scorer) -> list[str]:
    return [f"{known.as_of:%m-%d}" for known in asked.seen]


def traded(engine: Engine, *on: str) -> None:
    add(engine, "series", "2025-01-01", "price")
    batch = Batch()
    for day in on:
        row = {"ticker": "Q", "day": date.fromisoformat(day), "close": 1.0, "adjusted_close": 1.0}
        closed = datetime.combine(row["day"], time(22), UTC)
        batch.add("prices", row | {"document_id": "series", "available_at": closed})
    engine.store.commit(batch)


def test_each_past_moment_knows_what_was_public_by_then_oldest_first(scorer):
    engine, asked = scorer
    add(engine, "10-K", "2025-01-01", "filing")
    add(engine, "news", "2025-01-10")
    run = score_history(engine, "i1", end("2025-01-02"), end("2025-01-16"), 7)
    assert dict(run.counts) == {"cases": 3}
    assert [known.as_of for known in asked.seen] == [end(f"2025-01-{day}") for day in ("02", "09", "16")]
    assert [known.evidence.height for known in asked.seen] == [1, 1, 2]


def test_without_an_end_it_ends_with_the_newest_evidence_as_scoring_does(scorer):
    engine, asked = scorer
    add(engine, "10-K", "2025-01-01", "filing")
    add(engine, "news", "2025-01-10")
    score_history(engine, None, end("2025-01-07"), None, 2)
    assert [known.as_of for known in asked.seen] == [
        end("2025-01-07"),
        end("2025-01-09"),
        moment("2025-01-10"),
    ]


def test_nobody_is_scored_as_of_before_anything_was_known_of_them(scorer):
    engine, asked = scorer
    add(engine, "10-K", "2025-01-08", "filing")
    add(engine, "annual", "2025-01-13", "filing", issuer="i2")
    score_history(engine, None, end("1990-01-01"), end("2025-01-15"), 1)
    assert days(asked) == ["01-08", "01-09", "01-10", "01-13", "01-13", "01-14", "01-14", "01-15", "01-15"]
    assert score_history(engine, "nobody", end("2025-01-01"), None, 7).counts == {"without evidence": 1}


def test_a_day_without_trading_becomes_the_trading_day_before(scorer):
    engine, asked = scorer
    traded(engine, "2025-04-16", "2025-04-17", "2025-04-21", "2025-04-22")  # the 18th was Good Friday
    add(engine, "10-K", "2025-04-01", "filing")
    score_history(engine, "i1", end("2025-04-16"), end("2025-04-22"), 1)
    assert days(asked) == ["04-16", "04-17", "04-21", "04-22"]


def test_what_was_cut_short_goes_on_where_it_was(scorer, monkeypatch):
    engine, _ = scorer
    add(engine, "10-K", "2025-01-01", "filing")
    monkeypatch.setattr(history, "_AT_ONCE", 1)

    class StoppedAfterTwo:
        steps = 0

        def start(self, stage: str, total: int) -> None:
            self.total = total

        def step(self, stage: str, what: str = "") -> None:
            self.steps += 1
            if self.steps == 2:
                raise Stopped("enough")

    progress = StoppedAfterTwo()
    with pytest.raises(Stopped):
        score_history(replace(engine, progress=progress), "i1", end("2025-01-01"), end("2025-01-29"), 7)
    assert progress.total == 5
    assert dict(score_history(engine, "i1", end("2025-01-01"), end("2025-01-29"), 7).counts) == {
        "unchanged": 2,
        "cases": 3,
    }


def test_more_than_can_be_meant_is_refused_before_anything_is_scored(scorer, monkeypatch):
    engine, asked = scorer
    add(engine, "10-K", "2000-01-01", "filing")
    monkeypatch.setattr(history, "_MOST", 1_000)
    with pytest.raises(TooMany, match="longer steps"):
        score_history(engine, None, end("1990-01-01"), end("2025-01-01"), 1)
    assert asked.seen == []
