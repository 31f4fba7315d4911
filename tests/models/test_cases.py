"""From what is known to the tokens of a case: what speaks, what is stale, what cannot be read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from smalti.models.case import Pair
from smalti.models.cases import LEAD_PARAGRAPHS, MAX_TOKENS, Assembled, Known, assemble
from smalti.models.prices import price_features
from smalti.platform.errors import SmaltiError
from smalti.platform.records import Modality, SourceKind

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
FRESH = {
    SourceKind.NEWS: 30,
    SourceKind.SOCIAL: 7,
    SourceKind.CALL: 100,
    SourceKind.FILING: 400,
    SourceKind.PRICE: 7,
}
EVIDENCE = {
    "evidence_id": pl.String, "document_id": pl.String, "kind": pl.String, "ordinal": pl.Int64,
    "source": pl.String, "available_at": pl.Datetime("us", "UTC"), "language": pl.String,
    "payload": pl.String, "vector": pl.List(pl.Float32), "on_risk": pl.Int64,
}  # fmt: skip
FACTS = {
    "concept": pl.String, "value": pl.Float64, "unit": pl.String, "period_start": pl.Date,
    "period_end": pl.Date,
    "unverified": pl.String, "evidence_id": pl.String, "available_at": pl.Datetime("us", "UTC"),
}  # fmt: skip
PRICES = {
    "day": pl.Date, "close": pl.Float64, "adjusted_close": pl.Float64, "volume": pl.Float64,
    "document_id": pl.String, "evidence_id": pl.String,
    "available_at": pl.Datetime("us", "UTC"),
}  # fmt: skip


def piece(name: str, source: str, kind: str, days: float, **more: Any) -> dict[str, Any]:
    size = {"image": 1280}.get(kind, 384)
    return {
        "evidence_id": name, "document_id": f"doc-{name}", "kind": kind, "ordinal": 0, "source": source,
        "available_at": NOW - timedelta(days=days), "language": "en", "payload": None,
        "vector": [0.1] * size, "on_risk": 0,
    } | more  # fmt: skip


def closes(document: str, levels: list[float], last: date = date(2025, 6, 27)) -> list[dict[str, Any]]:
    days = [last - timedelta(days=i) for i in range(len(levels))][::-1]
    return [
        {
            "day": d,
            "close": v,
            "adjusted_close": v,
            "volume": 1e6,
            "document_id": document,
            "evidence_id": f"e-{document}",
        }
        | {"available_at": datetime(d.year, d.month, d.day, 22, tzinfo=UTC)}
        for d, v in zip(days, levels, strict=True)
    ]


def known(*evidence: dict[str, Any], facts: Any = (), prices: Any = ()) -> Known:
    frames = zip((evidence, facts, prices), (EVIDENCE, FACTS, PRICES), strict=True)
    return Known("issuer", NOW, *(pl.DataFrame(list(rows), schema=schema) for rows, schema in frames))


def ids(assembled: Assembled, modality: Modality) -> list[str]:
    return [t.evidence_id for t in assembled.case.tokens if t.modality is modality]


def test_each_source_is_fresh_up_to_its_own_age_and_stale_past_it():
    found = assemble(
        known(
            piece("news-fresh", "news", "paragraph", 30),
            piece("news-old", "news", "paragraph", 30.1),
            piece("post-old", "social", "paragraph", 7.1),
            piece("picture-old", "social", "image", 8),
        ),
        FRESH,
    )
    assert ids(found, Modality.TEXT) == ["news-fresh"]
    assert found.available == {Pair(Modality.TEXT, SourceKind.NEWS): 30}
    assert found.stale == {
        Pair(Modality.TEXT, SourceKind.SOCIAL): pytest.approx(7.1),
        Pair(Modality.IMAGE, SourceKind.SOCIAL): pytest.approx(8),
    }


def test_the_lead_of_each_news_page_speaks_for_it():
    rows = [piece(f"p{i}", "news", "paragraph", 1, document_id="page", ordinal=i * 3) for i in range(9)]
    found = assemble(known(*rows), FRESH)
    assert ids(found, Modality.TEXT) == [f"p{i}" for i in range(LEAD_PARAGRAPHS)]
    assert [t.position for t in found.case.tokens] == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_only_the_newest_call_speaks_in_words_and_voice():
    def sentence(name: str, days: float, **more: Any) -> dict[str, Any]:
        said = json.dumps({"voice": {"pitch_mean": 120.0, "jitter_local": None}})
        return piece(name, "call", "audio", days, payload=said, **more)

    silent = {"payload": json.dumps({"voice": {"pitch_mean": None}}), "ordinal": 1, "document_id": "doc-new"}
    found = assemble(known(sentence("old", 90), sentence("new", 5), sentence("silent", 5) | silent), FRESH)
    assert ids(found, Modality.TEXT) == ["new", "silent"]
    assert ids(found, Modality.VOICE) == ["new"]  # of the other nothing could be measured
    (voice,) = (t for t in found.case.tokens if t.modality is Modality.VOICE)
    assert voice.vector[0] == 120
    assert np.isnan(voice.vector[1:]).all()


def test_other_languages_are_counted_and_not_scored():
    found = assemble(
        known(
            piece("en", "news", "paragraph", 1),
            piece("de", "news", "paragraph", 1, language="de"),
            piece("unknown", "news", "paragraph", 1, language=None),
        ),
        FRESH,
    )
    assert sorted(ids(found, Modality.TEXT)) == ["en", "unknown"]
    assert found.unread == {"language not supported": 1}


def test_what_has_no_vector_gives_no_token():
    assert assemble(known(piece("bare", "news", "paragraph", 1, vector=None)), FRESH).case.tokens == []


def test_a_flood_of_posts_is_cut_at_the_newest():
    rows = [piece(f"{i:04}", "social", "paragraph", 6 * i / MAX_TOKENS / 2) for i in range(2 * MAX_TOKENS)]
    found = assemble(known(*rows[::-1]), FRESH)
    assert ids(found, Modality.TEXT) == [f"{i:04}" for i in range(MAX_TOKENS)]


def test_prices_are_one_token_of_returns_anchored_at_their_evidence():
    levels = list(100 * np.cumprod(1 + np.random.default_rng(0).normal(0, 0.02, 80)))
    (token,) = assemble(known(prices=closes("file", levels)), FRESH).case.tokens
    assert token.evidence_id == "e-file"
    assert token.age_days == pytest.approx(
        (NOW - datetime(2025, 6, 27, 22, tzinfo=UTC)).total_seconds() / 86400
    )
    np.testing.assert_array_equal(token.vector, price_features(levels))
    tenfold = assemble(known(prices=closes("file", [10 * v for v in levels])), FRESH).case.tokens[0]
    np.testing.assert_allclose(tenfold.vector, token.vector, rtol=1e-5)  # levels do not matter


def test_two_files_of_one_issuer_do_not_make_a_jump():
    levels = list(100 * np.cumprod(1 + np.random.default_rng(0).normal(0, 0.02, 80)))
    older = closes("a-split-later", [v * 2 for v in levels[:60]], date(2025, 6, 7))
    other = closes("z-other-class", [v * 0.1 for v in levels[:70]], date(2025, 6, 17))
    whole = closes("file", levels)
    for rows in ([*older, *whole, *other], [*whole, *other, *older]):
        (token,) = assemble(known(prices=rows), FRESH).case.tokens
        assert token.evidence_id == "e-file"
        np.testing.assert_array_equal(token.vector, price_features(levels))


def test_prices_that_ended_long_ago_are_stale():
    found = assemble(known(prices=closes("file", [100.0, 101, 99, 100, 102], date(2025, 6, 20))), FRESH)
    assert found.case.tokens == []
    assert list(found.stale) == [Pair(Modality.PRICE, SourceKind.PRICE)]


def test_facts_are_one_token_a_fiscal_year_each_citing_its_balance_sheet():
    def fact(concept: str, value: float, year: int, instant: bool) -> dict[str, Any]:
        return {
            "concept": concept, "value": value, "unit": "USD", "unverified": None,
            "period_start": None if instant else date(year, 1, 1), "period_end": date(year, 12, 31),
            "evidence_id": f"{concept}-{year}", "available_at": NOW - timedelta(days=100),
        }  # fmt: skip

    rows = [
        fact(concept, value * (1 + (year - 2020) / 10), year, instant)
        for year in (2021, 2022, 2023, 2024)
        for concept, value, instant in (("Assets", 900.0, True), ("NetIncomeLoss", 90.0, False))
    ]
    found = assemble(known(facts=rows), FRESH)
    assert [y.end.year for y in found.years] == [2024, 2023, 2022, 2021]
    tokens = found.case.tokens
    assert [(t.evidence_id, t.position) for t in tokens] == [
        ("Assets-2024", 0.0),
        ("Assets-2023", 0.1),
        ("Assets-2022", 0.2),
    ]
    roa = 90 * 1.4 / (900 * 1.3)  # on the assets of the year before
    assert tokens[0].vector[1] == pytest.approx(roa)


def test_the_same_knowledge_has_the_same_case_id_and_other_knowledge_another():
    one, two = piece("a", "news", "paragraph", 1), piece("b", "news", "paragraph", 2)
    assert known(one, two).case_id == known(two, one).case_id
    ids = {
        known(one).case_id,
        known(one | {"vector": None}).case_id,
        known(one, two).case_id,
        known(one, prices=closes("file", [1.0, 2.0])).case_id,
        known(one, prices=closes("file", [1.0, 2.0, 3.0])).case_id,
    }
    assert len(ids) == 5


def test_a_row_from_the_future_is_refused():
    with pytest.raises(SmaltiError, match="evidence is from after 2025-06-30 12:00"):
        known(piece("late", "news", "paragraph", -0.001))
