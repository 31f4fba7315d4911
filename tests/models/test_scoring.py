"""From a case to signals: names, units, what moved them, checks that say why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.models.model_worlds import random_models
from tests.models.test_cases import FRESH, NOW, closes, known, piece

from smalti.models import scoring
from smalti.models.cases import Known
from smalti.models.checkpoint import CORE, RESEARCH, write
from smalti.models.checks import Dossier
from smalti.models.checks.catalogue import run_all
from smalti.models.heads import SENTIMENT
from smalti.models.scoring import Scored, score_known
from smalti.models.versions import CHECKS_VERSION, weights_version
from smalti.platform.records import Modality, SourceKind

BALANCE = {
    "Assets": 900.0,
    "AssetsCurrent": 450.0,
    "ReceivablesNetCurrent": 150.0,
    "LiabilitiesCurrent": 160.0,
}
FLOWS = {"Revenues": 1000.0, "NetIncomeLoss": 80.0, "NetCashFromOperatingActivities": 70.0}


def fact(
    concept: str, value: float, year: int, available: datetime = NOW - timedelta(days=100)
) -> dict[str, Any]:
    return {
        "concept": concept, "value": value, "unit": "USD", "unverified": None,
        "period_start": None if concept in BALANCE else date(year, 1, 1), "period_end": date(year, 12, 31),
        "evidence_id": f"{concept}-{year}", "available_at": available,
    }  # fmt: skip


FACTS = [
    fact(concept, value * (1 + (year - 2023) * 0.1), year)
    for year in (2023, 2024)
    for concept, value in (BALANCE | FLOWS).items()
]
LEVELS = list(100 * np.cumprod(1 + np.random.default_rng(0).normal(0, 0.02, 80)))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    heads = random_models()
    write([m for m in heads if m.head is not SENTIMENT], folder / CORE)
    write([m for m in heads if m.head is SENTIMENT], folder / RESEARCH)
    return folder


@pytest.fixture(autouse=True)
def _forget():
    yield
    scoring._predictor.cache_clear()


def whole() -> Known:
    return known(
        piece("news", "news", "paragraph", 1),
        piece("post-old", "social", "paragraph", 9),
        piece("filing", "filing", "paragraph", 100, on_risk=2, vector=None),
        facts=FACTS,
        prices=closes("series", LEVELS),
    )


def papers(given: Known) -> Dossier:
    return Dossier(given.issuer_id, "Anvil", given.as_of, {}, [], given.facts, given.prices)


def scored(given: Known, model: Path) -> Scored:
    return score_known(given, papers(given), "case", FRESH, model, "cpu")


def test_each_head_and_each_check_gives_its_signals(model):
    found = scored(whole(), model)
    kinds = [(s.kind, s.horizon_days) for s in found.signals]
    assert kinds[:6] == [
        ("risk", 3), ("risk", 7), ("risk", 15), ("risk", 30), ("fraud", 0), ("sentiment", 0),
    ]  # fmt: skip
    assert kinds[6:-1] == [(f"{c.head.value}.{c.name}", 0) for c in run_all(papers(whole()))]
    assert {("fraud.beneish_m", 0), ("risk.altman_z", 0), ("fraud.benford", 0)} <= set(kinds)
    assert kinds[-1] == ("fraud.contradiction", 0)
    assert len({s.signal_id for s in found.signals}) == len(found.signals)
    assert {s.as_of for s in found.signals} == {NOW}
    main, checks = found.signals[:6], found.signals[6:]
    assert {s.model_version for s in main} == {weights_version(model)}
    assert {s.model_version for s in checks} == {CHECKS_VERSION}
    assert all(s.low <= s.value <= s.high for s in main)


def test_a_signal_accounts_for_each_kind_of_input_once(model):
    by = {s.kind: s for s in scored(whole(), model).signals}
    risk, sentiment = by["risk"], by["sentiment"]
    assert risk.used == ("price@price",)
    assert list(risk.missing) == ["text@call", "voice@call"]
    assert risk.stale == []
    assert set(risk.not_trained) == {"fact@filing", "text@filing", "text@news"}
    assert sentiment.used == ("text@news",)
    assert sentiment.stale == ["text@social"]  # there, but too old: neither used nor missing
    assert list(sentiment.missing) == ["image@social"]
    assert by["risk"].details["ages_days"]["text@social"] == 9


def test_fraud_is_attributed_ratio_by_ratio_to_line_items_of_their_own(model):
    found = scored(whole(), model)
    fraud = next(s for s in found.signals if s.kind == "fraud")
    moved = [a for a in found.attributions if a.signal_id == fraud.signal_id]
    shares = [a for a in moved if a.method.startswith("integrated-gradients")]
    assert [a.rank for a in shares] == list(range(1, len(shares) + 1))
    assert all(abs(a.effect) >= abs(b.effect) for a, b in pairwise(shares))
    way = fraud.value - fraud.details["baseline_value"]
    assert sum(a.effect for a in shares) == pytest.approx(way, abs=0.02 * abs(way))
    for method in ("integrated-gradients of roa", "leave-one-out of roa"):
        assert {a.evidence_id for a in moved if a.method == method} == {"NetIncomeLoss-2024"}
    assert {a.evidence_id for a in moved if a.method.endswith("the year")} == {"Assets-2024"}
    assert {a.modality for a in moved} == {Modality.FACT}
    assert {a.evidence_id for a in moved} <= {row["evidence_id"] for row in FACTS}


def test_what_moved_a_signal_is_what_it_loses_without_it(model):
    full = scored(whole(), model)
    sentiment = next(s for s in full.signals if s.kind == "sentiment")
    more = known(
        piece("news", "news", "paragraph", 1), piece("more", "news", "paragraph", 2, vector=[0.3] * 384)
    )
    both = scored(more, model)
    value = next(s.value for s in both.signals if s.kind == "sentiment")
    own = {a.method: a.effect for a in both.attributions if a.evidence_id == "more"}
    assert set(own) == {"leave-one-out", "integrated-gradients"}
    effect = own["leave-one-out"]
    assert value - sentiment.value == pytest.approx(effect, abs=1e-5)


def test_contributions_add_up_to_the_way_from_nothing_known_by_document_and_modality(model):
    found = scored(whole(), model)
    for signal in found.signals[:6]:
        way = signal.value - signal.details["baseline_value"]
        told = signal.details["contributions"]
        assert signal.details["completeness_error"] <= 0.02
        for sums in (told["by_document"], told["by_modality"]):
            assert sum(sums.values()) == pytest.approx(way, abs=0.02 * abs(way) + 1e-9)
        assert told["past_kept"] == 0
    risk = found.signals[0].details["contributions"]
    assert set(risk["by_modality"]) == {"price"}
    assert set(risk["by_document"]) == {"series"}


def test_a_risk_signal_shows_what_the_newest_filing_says_of_it_without_an_effect(model):
    old = piece("old-filing", "filing", "paragraph", 300, on_risk=9, vector=None)
    given = whole()
    given = replace(given, evidence=pl.concat([given.evidence, known(old).evidence]))
    found = scored(given, model)
    context = [a for a in found.attributions if a.method == "context"]
    assert {a.evidence_id for a in context} == {"filing"}
    assert all(np.isnan(a.effect) for a in context)
    assert {s.kind for s in found.signals for a in context if a.signal_id == s.signal_id} == {"risk"}


def test_without_facts_each_check_says_why_and_fraud_has_no_value(model):
    by = {s.kind: s for s in scored(known(piece("news", "news", "paragraph", 1)), model).signals}
    for name in ("fraud.beneish_m", "fraud.dechow_f", "fraud.sloan_accruals", "risk.altman_z"):
        assert by[name].value is None
        assert by[name].reason == "not computable: no fiscal year of facts is known"
        assert by[name].used == []
    assert by["fraud.benford"].reason == "not computable: 0 amounts, 98 needed"
    assert by["fraud"].value is None
    assert "fact@filing" in by["fraud"].reason
    assert list(by["fraud"].missing) == ["fact@filing"]


def test_a_check_that_lacks_an_item_names_it(model):
    by = {s.kind: s for s in scored(whole(), model).signals}
    assert by["fraud.beneish_m"].value is None
    assert by["fraud.beneish_m"].reason.endswith("missing")


def test_a_case_before_the_last_label_is_marked(model):
    early = datetime(2016, 12, 29, 12, tzinfo=UTC)
    given = Known("issuer", early, *(known().evidence, known().facts, known().prices))
    rows = pl.DataFrame(closes("series", LEVELS, date(2016, 12, 28)), schema=given.prices.schema)
    by = {s.kind: s for s in scored(replace(given, prices=rows), model).signals}
    assert by["risk"].in_sample
    assert by["risk"].details["trained_through"] == "2016-12-29"
    assert not any(s.in_sample for s in scored(whole(), model).signals)


def test_the_same_knowledge_scores_the_same_to_the_last_bit(model):
    one, other = scored(whole(), model), scored(whole(), model)
    assert one.signals == other.signals
    assert repr(one.attributions) == repr(other.attributions)
    assert SourceKind.FILING in FRESH
