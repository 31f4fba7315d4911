"""Who is scored, as of when, from which documents, and when again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from smalti.platform.store import Batch
from smalti.service.engine import Engine
from smalti.service.stages.embed import ENCODERS, encoder_prefix
from smalti.service.stages.score import score_all
from tests.service.scorer import Scorer, add, moment


@pytest.fixture
def scorer(engine: Engine) -> Iterator[tuple[Engine, Scorer]]:
    workers = Scorer()
    yield replace(engine, workers=workers), workers


def known_by(asked: Scorer) -> list[list[str]]:
    return [sorted(known.evidence["document_id"]) for known in asked.seen]


def test_only_issuers_with_papers_of_their_own_are_followed(scorer):
    engine, asked = scorer
    add(engine, "10-K", "2025-01-01", "filing")
    add(engine, "mention", "2025-01-02", issuer="i2")
    assert score_all(engine, None, None).counts["cases"] == 1
    assert [known.issuer_id for known in asked.seen] == ["i1"]
    assert score_all(engine, "i2", None).counts["cases"] == 1  # asked for by name, it is scored


def test_each_is_scored_as_of_its_newest_dated_evidence(scorer):
    engine, asked = scorer
    add(engine, "10-K", "2025-01-01", "filing")
    add(engine, "news", "2025-01-05")
    add(engine, "undated", None)
    score_all(engine, None, None)
    assert [known.as_of for known in asked.seen] == [moment("2025-01-05")]
    assert known_by(asked) == [["10-K", "news"]]


def test_what_came_later_or_is_hardly_about_it_is_not_known(scorer):
    engine, asked = scorer
    add(engine, "10-K", "2025-01-01", "filing")
    add(engine, "later", "2025-01-03")
    add(engine, "passing", "2025-01-01", score=0.49)
    add(engine, "named", "2025-01-01", score=0.5)
    score_all(engine, None, moment("2025-01-02"))
    assert known_by(asked) == [["10-K", "named"]]


def test_a_newer_parsers_document_takes_the_place_of_the_older(scorer):
    engine, asked = scorer
    add(engine, "parsed-1", "2025-01-01", "filing", artifact="a", recorded=moment("2025-02-01"))
    add(engine, "parsed-2", "2025-01-01", "filing", artifact="a", recorded=moment("2025-02-02"))
    score_all(engine, None, moment("2025-01-02"))
    assert known_by(asked) == [["parsed-2"]]


def test_a_case_is_scored_once_until_something_new_is_known(scorer):
    engine, _ = scorer
    add(engine, "10-K", "2025-01-01", "filing")
    at = moment("2025-01-10")
    assert dict(score_all(engine, None, at).counts) == {"cases": 1}
    assert dict(score_all(engine, None, at).counts) == {"unchanged": 1}
    add(engine, "news", "2025-01-05")
    assert dict(score_all(engine, None, at).counts) == {"cases": 1}
    batch = Batch()  # the same words, by an encoder that was installed since
    encoder = f"{encoder_prefix(ENCODERS['text'])}:int8"
    batch.add("embeddings", {"content_id": "c-news", "encoder": encoder, "vector": [0.5] * 384})
    engine.store.commit(batch)
    assert dict(score_all(engine, None, at).counts) == {"cases": 1}
    assert dict(score_all(engine, None, at).counts) == {"unchanged": 1}
    fresher = replace(engine, settings=engine.settings.model_copy(update={"fresh_news_days": 2}))
    assert dict(score_all(fresher, None, at).counts) == {"cases": 1}
    assert engine.store.counts()["signals"] == 4


def test_an_input_of_a_check_is_stored_without_an_effect(scorer):
    engine, _ = scorer
    add(engine, "10-K", "2025-01-01", "filing")
    score_all(engine, None, None)
    row = engine.store.read("SELECT effect, method, rank FROM attributions").row(0)
    assert row == (None, "input", 1)


def test_prices_have_their_own_clock(scorer):
    engine, asked = scorer
    add(engine, "series", "2025-01-02", "price")
    batch = Batch()
    for day in (2, 3, 6):
        known = {"ticker": "Q", "day": date(2025, 1, day), "close": 1.0, "adjusted_close": float(day)}
        closed = datetime(2025, 1, day, 22, tzinfo=UTC)
        batch.add("prices", known | {"document_id": "series", "available_at": closed})
    engine.store.commit(batch)
    score_all(engine, None, moment("2025-01-06"))
    (known_then,) = asked.seen
    assert known_then.prices["adjusted_close"].to_list() == [2.0, 3.0]
    assert known_then.prices["evidence_id"].to_list() == ["e-series"] * 2
    assert known_then.evidence.height == 0


def test_an_issuer_nothing_is_known_of_is_counted(scorer):
    engine, asked = scorer
    assert dict(score_all(engine, "nobody", None).counts) == {"without evidence": 1}
    assert asked.seen == []
