"""Contributions add up, parts left out are scores without them, and the largest matter most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from tests.models.model_worlds import full_case, random_model, random_models

from smalti.models.attribution import STEPS, TOLERANCE, explain, integrated_gradients, values_under
from smalti.models.case import RATIOS
from smalti.models.fusion import FusionKind
from smalti.models.heads import FRAUD, HEADS, RISK
from smalti.models.network import HeadNetwork
from smalti.models.packing import collate, pack
from smalti.models.predict import Predictor
from smalti.platform.records import Modality, SignalKind

MODELS = {model.head.kind: model for model in random_models()}


@pytest.fixture(scope="module")
def shipped() -> Predictor:
    return Predictor.load()


def values(predictor: Predictor, case: Any) -> dict[Any, float]:
    return {(s.kind, s.horizon_days): s.value for s in predictor.predict([case])[0].scores}


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.kind)
def test_contributions_add_up_to_the_way_from_nothing_known(shipped, head):
    case = full_case(sentences=20)
    said = values(shipped, case)
    for explanation in explain(shipped.models[head.kind], case):
        way = explanation.value - explanation.baseline_value
        assert explanation.value == pytest.approx(said[head.kind, explanation.horizon_days], rel=1e-6)
        total = sum(part.contribution for part in explanation.parts)
        assert abs(total - way) <= TOLERANCE * abs(way)
        assert explanation.completeness_error == pytest.approx(abs(total - way) / abs(way), abs=1e-6)


@pytest.mark.parametrize("kind", FusionKind)
@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.kind)
def test_the_way_ends_where_scores_are_made_whatever_the_fusion(head, kind):
    torch.manual_seed(3)
    network = HeadNetwork(head, replace(random_model(head).shape, fusion=kind)).eval()
    torch.nn.init.normal_(network.out.weight, std=0.3)
    packed = pack(full_case(), head.pairs)
    batch = collate([packed])
    ready = {modality: network.ready(modality, rows) for modality, rows in batch.vectors.items()}
    count = len(packed)
    ends = network.partly(batch, torch.tensor([[1.0], [1e-7]]).repeat(1, count), ready)
    hard = network(batch, torch.tensor([[True], [False]]).repeat(1, count))
    torch.testing.assert_close(ends, hard, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.kind)
def test_values_are_those_calibration_reads(head):
    case = full_case()
    packed = pack(case, head.pairs)
    (found,) = values_under(MODELS[head.kind], packed, np.ones((1, len(packed)), bool))
    said = values(Predictor(list(MODELS.values()), "test"), case)
    assert found.tolist() == pytest.approx(
        [v for (kind, _), v in said.items() if kind == head.kind], rel=1e-5
    )


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.kind)
def test_only_tokens_of_trained_pairs_take_part_and_each_of_them_does(head):
    case = full_case()
    for explanation in explain(MODELS[head.kind], case):
        assert {p.token for p in explanation.parts} == {
            at for at, token in enumerate(case.tokens) if token.pair in head.pairs
        }
        assert all(part.contribution != 0 for part in explanation.parts)


def test_a_token_left_out_is_scoring_without_it():
    case = full_case()
    predictor = Predictor(list(MODELS.values()), "test")
    full = values(predictor, case)
    checked = 0
    for kind in (SignalKind.RISK, SignalKind.SENTIMENT):
        for explanation in explain(MODELS[kind], case, top=2):
            key = (kind, explanation.horizon_days)
            assert [p.without is not None for p in explanation.parts[:3]] == [True, True, False]
            for part in explanation.parts[:2]:
                rest = [token for at, token in enumerate(case.tokens) if at != part.token]
                less = values(predictor, replace(case, tokens=rest))[key]
                assert part.without == pytest.approx(full[key] - less, abs=2e-5)
                checked += 1
    assert checked == 10


def test_a_ratio_left_out_is_scoring_with_it_unknown():
    case = full_case()
    at = next(at for at, token in enumerate(case.tokens) if token.modality is Modality.FACT)
    predictor = Predictor([MODELS[SignalKind.FRAUD]], "test")
    (explanation,) = explain(MODELS[SignalKind.FRAUD], case, top=99)
    part = next(p for p in explanation.parts if p.token == at and p.feature == "d_ar")
    vector = case.tokens[at].vector.copy()
    vector[RATIOS.index("d_ar")] = np.nan
    tokens = [*case.tokens]
    tokens[at] = replace(tokens[at], vector=vector)
    key = (SignalKind.FRAUD, 0)
    less = values(predictor, replace(case, tokens=tokens))[key]
    assert part.without == pytest.approx(values(predictor, case)[key] - less, rel=1e-3)


def test_an_unknown_ratio_has_no_part_and_each_known_one_has():
    case = full_case()
    tokens = [*case.tokens]
    at = next(at for at, token in enumerate(tokens) if token.modality is Modality.FACT)
    vector = np.full(len(RATIOS), np.nan, np.float32)
    vector[:2] = 0.5
    tokens[at] = replace(tokens[at], vector=vector)
    (explanation,) = explain(MODELS[SignalKind.FRAUD], replace(case, tokens=tokens))
    assert sorted((p.feature or "") for p in explanation.parts if p.token == at) == ["", "roa", "ta"]
    rest = next(p for p in explanation.parts if p.token == at and p.feature is None)
    assert rest.without is None


def test_a_case_with_nothing_the_head_knows_has_no_explanation():
    case = full_case()
    news = [token for token in case.tokens if token.pair not in FRAUD.pairs]
    assert explain(MODELS[SignalKind.FRAUD], replace(case, tokens=news)) == []


def test_steps_are_enough_for_each_token_and_not_only_for_the_sum(shipped, monkeypatch):
    packed = pack(full_case(sentences=30), RISK.pairs)
    model = shipped.models[SignalKind.RISK]
    usual = integrated_gradients(model, packed)
    monkeypatch.setattr("smalti.models.attribution.STEPS", (96,))
    fine = integrated_gradients(model, packed)
    way = np.abs(fine.value - fine.baseline)[:, None]
    assert usual.steps == STEPS[0]
    assert (np.abs(usual.tokens - fine.tokens) <= 1e-3 * way).all()


def test_when_the_steps_run_out_the_error_is_stated(shipped, monkeypatch):
    monkeypatch.setattr("smalti.models.attribution.STEPS", (1,))
    explanations = explain(shipped.models[SignalKind.RISK], full_case(sentences=20))
    for explanation in explanations:
        way = explanation.value - explanation.baseline_value
        total = sum(part.contribution for part in explanation.parts)
        assert explanation.completeness_error == pytest.approx(abs(total - way) / abs(way))
    assert max(explanation.completeness_error for explanation in explanations) > TOLERANCE
