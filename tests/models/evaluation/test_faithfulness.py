"""The deletion test tells a model that its explanations are true of from one where nothing matters."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import torch
from tests.models.model_worlds import AS_OF, full_case, random_model

from smalti.models.attribution import integrated_gradients, values_under
from smalti.models.case import RAW_SIZES, Case, Token
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets.labelled import Sample
from smalti.models.evaluation.faithfulness import measure_faithfulness
from smalti.models.heads import RISK
from smalti.models.packing import pack
from smalti.models.predict import Predictor
from smalti.platform.records import Modality, SignalKind


def samples(count: int = 6, sentences: int = 12) -> list[Sample]:
    day = date(2017, 3, 1)
    return [
        Sample(
            pack(full_case(seed, sentences), RISK.pairs),
            np.zeros(4, np.float32),
            f"firm {seed % 3}",
            day,
            day,
            str(seed),
        )
        for seed in range(count)
    ]


@pytest.fixture(scope="module")
def linear() -> HeadModel:
    """A model whose price alone decides: its network adds nothing to its linear baseline."""
    model = random_model(RISK)
    for network in model.networks:
        torch.nn.init.zeros_(network.out.weight)
    return model


@pytest.fixture(scope="module")
def shipped() -> Predictor:
    return Predictor.load()


def likely(model: HeadModel, seed: int, *counts: int) -> Sample:
    """A case of so many tokens of each pair, as training knew them: of its means and spreads."""
    rng = np.random.default_rng(seed)
    known = dict(model.networks[0].features())
    tokens = []
    for pair, count in zip(model.head.pairs, counts, strict=True):
        features = known[pair.modality]
        for at in range(count):
            vector = np.full(RAW_SIZES[pair.modality], np.nan, np.float32)
            drawn = rng.normal(features.mean.numpy(), features.scale.numpy())
            vector[features.columns.numpy()] = drawn
            age = 0.0 if model.head is RISK else float(rng.integers(7))
            tokens.append(Token(pair.modality, pair.source, vector, age, at / count, f"{pair} {at}"))
    packed = pack(Case("A", AS_OF, tokens), model.head.pairs)
    return Sample(packed, np.zeros(1, np.float32), str(seed), AS_OF.date(), None, str(seed))


def test_taking_the_five_largest_away_moves_risk_more_than_any_five(shipped):
    model = shipped.models[SignalKind.RISK]
    found = measure_faithfulness(model, [likely(model, seed, 1, 20, 20) for seed in range(8)], draws=10)
    rows = found["deletion"]["rows"]
    for pool, times, share in (("of all", 2, 0.9), ("beside price@price", 1, 0.5)):
        largest, random = rows[f"{pool}, largest contributions"], rows[f"{pool}, at random"]
        assert largest["move"] > times * random["move"]
        assert largest["beats_random"] > share
    for way in ("raising it most", "lowering it most"):
        assert rows[f"beside price@price, {way}"]["beats_random"] == 1.0
    assert max(row["error_max"] for row in found["completeness"]["rows"].values()) < 0.02


def test_taking_away_what_raises_or_lowers_sentiment_most_does_more_than_any_five(shipped):
    model = shipped.models[SignalKind.SENTIMENT]
    found = measure_faithfulness(model, [likely(model, seed, 8, 12, 4) for seed in range(6)], draws=10)
    rows = found["deletion"]["rows"]
    for way in ("raising it most", "lowering it most"):
        assert rows[f"of all, {way}"]["move"] > 2 * rows["of all, at random"]["move"]
        assert rows[f"of all, {way}"]["beats_random"] >= 0.9
    assert found["completeness"]["rows"]["sentiment"]["error_max"] <= 0.02


def test_where_the_price_alone_decides_it_gets_all_and_taking_the_rest_away_moves_nothing(linear):
    found = measure_faithfulness(linear, samples(), draws=4)
    rows = found["deletion"]["rows"]
    expected = []
    for sample in samples():
        shares = integrated_gradients(linear, sample.case)
        price = sample.case.pairs == 0
        np.testing.assert_allclose(shares.tokens[:, ~price], 0, atol=1e-12)
        np.testing.assert_allclose(shares.tokens[:, price][:, 0], shares.value - shares.baseline, rtol=1e-4)
        (without,) = values_under(linear, sample.case, ~price[None])
        expected.append(np.abs(shares.value - without).mean())
    assert rows["of all, largest contributions"]["move"] == pytest.approx(np.mean(expected), abs=1e-5)
    assert rows["of all, largest by leave-one-out"]["move"] == pytest.approx(np.mean(expected), abs=1e-5)
    assert rows["of all, largest contributions"]["beats_random"] == 1.0
    beside = rows["beside price@price, largest contributions"]
    assert beside["move"] == beside["beats_random"] == 0.0


def test_those_that_raise_a_score_lower_it_by_going(linear):
    signs = [
        np.sign(integrated_gradients(linear, s.case).tokens[:, s.case.pairs == 0][:, 0]) for s in samples()
    ]
    rows = measure_faithfulness(linear, samples(), draws=2)["deletion"]["rows"]
    moves = []
    for sample in samples():
        (without,) = values_under(linear, sample.case, (sample.case.pairs != 0)[None])
        (full,) = values_under(linear, sample.case, np.ones((1, len(sample.case)), bool))
        moves.append(full - without)
    moves, signs = np.array(moves), np.array(signs)
    assert rows["of all, raising it most"]["move"] == pytest.approx((moves * (signs > 0)).mean(), abs=1e-5)
    assert rows["of all, lowering it most"]["move"] == pytest.approx((-moves * (signs < 0)).mean(), abs=1e-5)


def test_completeness_is_told_for_each_horizon_and_measured_from_contributions(linear):
    found = measure_faithfulness(random_model(RISK), samples(3), draws=2)
    rows = found["completeness"]["rows"]
    assert list(rows) == ["risk 3d", "risk 7d", "risk 15d", "risk 30d"]
    for row in rows.values():
        assert 0 <= row["error"] <= row["error_p95"] <= row["error_max"] <= 0.02
        assert row["steps"] >= 16


def test_a_case_with_no_more_tokens_than_are_taken_away_is_left_out():
    found = measure_faithfulness(random_model(RISK), [*samples(2), *samples(1, sentences=2)], draws=2)
    assert found["cases"] == 3
    assert {row["cases"] for row in found["deletion"]["rows"].values()} == {2}
    assert Modality.PRICE.value in "".join(found["deletion"]["rows"])


def test_the_same_seed_draws_the_same():
    model = random_model(RISK)
    one, other, third = (measure_faithfulness(model, samples(2), seed, draws=2) for seed in (1, 1, 2))
    assert one == other
    assert one["deletion"] != third["deletion"]
