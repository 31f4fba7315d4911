"""The deletion test tells a model that its explanations are true of from one where nothing matters."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import torch
from tests.models.model_worlds import full_case, random_model

from smalti.models.attribution import integrated_gradients, values_under
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets.labelled import Sample
from smalti.models.evaluation.faithfulness import measure_faithfulness
from smalti.models.heads import RISK
from smalti.models.packing import pack
from smalti.platform.records import Modality


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
