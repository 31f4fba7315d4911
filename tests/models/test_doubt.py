"""A score says what it lacks, and is withheld where the number would be worth less than none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.models.model_worlds import full_case, random_model

from smalti.models.case import RATIOS, Case, Token
from smalti.models.checkpoint import HeadModel
from smalti.models.doubt import (
    Grounds,
    Verdict,
    abstain,
    covers,
    doubt,
    expected_gain,
    grounds,
    withheld,
)
from smalti.models.heads import FRAUD, RISK, SENTIMENT
from smalti.models.predict import Score
from smalti.platform.records import Modality, SignalKind

PRICE, CALL_TEXT, CALL_VOICE = "price@price", "text@call", "voice@call"
NOWHERE = Grounds({}, {}, 1)


def score(kind: SignalKind = SignalKind.RISK, horizon: int = 30, **given: object) -> Score:
    made = Score(kind, horizon, 0.3, 0.2, 0.4, 50.0, (PRICE,), (), (), date(2016, 12, 29), False, None, {})
    return replace(made, **given)  # type: ignore[arg-type]  # whatever a test needs


def measured(before: int, bit: int, gain: tuple[float, float, float]) -> dict[str, np.ndarray]:
    table = {
        "half_width": np.full((8, 4), np.nan, np.float32),
        "error_gain": np.full((8, 3, 4, 3), np.nan, np.float32),
    }
    table["half_width"][before], table["half_width"][before | 1 << bit] = 1.0, 0.75
    table["error_gain"][before, bit] = gain
    return table


def test_the_gain_of_each_lacking_pair_is_told_from_what_held_out_cases_showed() -> None:
    gains = {g.pair: g for g in expected_gain(RISK, [CALL_TEXT], 7, measured(2, 0, (0.2, 0.1, 0.3)))}
    assert set(gains) == {PRICE, CALL_VOICE}
    price = gains[PRICE]
    assert price.interval_shrinks_by == pytest.approx(0.25)
    assert (price.error_shrinks_by, price.error_low, price.error_high) == pytest.approx((0.2, 0.1, 0.3))
    assert price.verdict is Verdict.HELPS


@pytest.mark.parametrize("gain", [(0.04, 0.03, 0.05), (0.2, -0.1, 0.4), (-0.2, -0.3, -0.1)])
def test_a_gain_that_is_small_or_unsure_or_a_loss_is_called_next_to_nothing(
    gain: tuple[float, float, float],
) -> None:
    table = measured(1, 2, gain)
    (voice,) = (g for g in expected_gain(RISK, [PRICE], 30, table) if g.pair == CALL_VOICE)
    assert voice.verdict is Verdict.LITTLE


def test_what_no_data_showed_is_not_measured_and_not_zero() -> None:
    table = measured(1, 2, (0.1, 0.05, 0.15))
    (text,) = (g for g in expected_gain(RISK, [PRICE], 30, table) if g.pair == CALL_TEXT)
    assert text.verdict is Verdict.NOT_MEASURED
    assert text.error_shrinks_by is text.interval_shrinks_by is None
    older = expected_gain(RISK, [PRICE], 30, {"reach": np.ones((8, 4), np.float32)})
    assert {g.verdict for g in older} == {Verdict.NOT_MEASURED}


def test_where_there_is_no_score_any_pair_would_give_one() -> None:
    assert [g.verdict for g in expected_gain(FRAUD, [], 0, {})] == [Verdict.NEEDED]
    assert len(expected_gain(SENTIMENT, [], 0, {})) == 3


def test_stale_evidence_and_a_language_that_is_not_read_are_told_as_the_reason() -> None:
    none = score(value=None, low=None, high=None, used=(), reason="nothing of what risk is scored from")
    told = abstain(none, NOWHERE, None, {CALL_TEXT: 143.2}, {"language not supported": 3})
    assert told is not None
    assert "only stale evidence: text@call of 143 days ago" in told
    assert "3 pieces, language not supported" in told


def test_prices_out_of_range_withhold_the_long_horizons_first() -> None:
    half_out = Grounds({PRICE: 0.5, CALL_VOICE: 0.9}, {PRICE: 1.0}, 40)
    told = {days: abstain(score(horizon=days), half_out, 0.5, {}, {}) for days in (3, 7, 15, 30)}
    assert told[3] is told[7] is told[15] is None
    assert told[30] == "out of range: 50% of price@price lies beyond what training showed"
    all_out = Grounds({PRICE: 1.0}, {PRICE: 1.0}, 1)
    assert [bool(abstain(score(horizon=d), all_out, 0.5, {}, {})) for d in (3, 7, 15, 30)] == [
        False,
        True,
        True,
        True,
    ]


def test_a_voice_out_of_range_counts_only_where_no_prices_carry_the_score() -> None:
    odd = {CALL_VOICE: 0.8}
    assert abstain(score(), Grounds({**odd, PRICE: 0.0}, {}, 2), 0.5, {}, {}) is None
    assert "80% of voice@call" in (abstain(score(), Grounds(odd, {}, 1), 0.5, {}, {}) or "")


def test_fraud_is_not_told_from_a_few_ratios() -> None:
    fraud = score(SignalKind.FRAUD, 0)
    few = Grounds({"fact@filing": 0.0}, {"fact@filing": 0.4}, 1)
    assert abstain(fraud, few, 0.5, {}, {}) == "too little known: only 40% of fact@filing"
    assert abstain(fraud, Grounds({"fact@filing": 0.0}, {"fact@filing": 0.5}, 1), 0.5, {}, {}) is None


def test_an_interval_that_holds_nearly_all_there_is_says_nothing() -> None:
    table = {"reach": np.ones(8, np.float32)}
    wide = score(SignalKind.SENTIMENT, 0, value=0.0, low=-0.98, high=0.98)
    assert covers(wide, table) == pytest.approx(0.98)
    assert abstain(wide, NOWHERE, 0.98, {}, {}) == "too wide: the interval holds 98% of all values there are"
    assert abstain(wide, NOWHERE, 0.9, {}, {}) is None
    cut = score(SignalKind.SENTIMENT, 0, value=0.6, low=-0.38, high=1.0)
    assert covers(cut, table) == pytest.approx(0.98)
    assert abstain(wide, Grounds({}, {}, 12), 0.98, {}, {}) is None


def test_the_share_of_the_reference_inside_is_taken_in_the_units_of_the_table() -> None:
    reference = np.tile(np.linspace(-6, -2, 101, dtype=np.float32), (4, 1))
    low, high = (float(np.exp(edge) * np.sqrt(252)) for edge in (-5, -3))
    assert covers(score(low=low, high=high), {"reference": reference}) == pytest.approx(0.5, abs=1e-3)


def risk_model(limit: float) -> HeadModel:
    model = random_model(RISK)
    for network in model.networks:
        for _, features in network.features():
            features.low.fill_(-limit)
            features.high.fill_(limit)
    return model


def shifted(case: Case, modality: Modality, vector: np.ndarray) -> Case:
    tokens = [replace(t, vector=vector) if t.modality is modality else t for t in case.tokens]
    return replace(case, tokens=tokens)


def test_the_share_out_of_range_is_of_the_features_that_are_known() -> None:
    case = full_case()
    (price,) = (t for t in case.tokens if t.modality is Modality.PRICE)
    vector = np.full_like(price.vector, 0.5)
    vector[:3], vector[3:5] = 9.0, np.nan
    found = grounds(risk_model(1.0), shifted(case, Modality.PRICE, vector))
    assert found.outside[PRICE] == pytest.approx(3 / (len(vector) - 2))
    assert found.known[PRICE] == pytest.approx(1 - 2 / len(vector))
    assert CALL_VOICE in found.outside
    assert CALL_TEXT not in found.outside


def test_what_is_known_of_fraud_is_that_of_the_newest_year() -> None:
    case = full_case()
    years: list[Token] = [t for t in case.tokens if t.modality is Modality.FACT]
    thin = np.full(len(RATIOS), np.nan, np.float32)
    thin[:2] = 0.1
    tokens = [replace(t, vector=thin) if t is years[0] else t for t in case.tokens]
    assert grounds(random_model(FRAUD), replace(case, tokens=tokens)).known["fact@filing"] == 0.2


def test_a_doubt_tells_all_of_it_and_a_withheld_score_keeps_no_number() -> None:
    model, case = risk_model(1e-6), full_case()
    found = doubt(score(low=0.1, high=0.5), model, case, {}, {})
    assert found.reason is not None
    assert found.outside[PRICE] > 0.9
    details = found.details()
    assert details["abstains"] == found.reason
    assert {gain["pair"] for gain in details["gains"]} == {CALL_TEXT, CALL_VOICE}
    gone = withheld(score(), found.reason)
    assert (gone.value, gone.low, gone.high, gone.percentile, gone.reason) == (
        None,
        None,
        None,
        None,
        found.reason,
    )
    assert doubt(score(), risk_model(1e9), case, {}, {}).reason is None


def test_a_head_without_weights_says_so_and_no_more() -> None:
    none = score(value=None, low=None, high=None, reason="the weights of the risk head are not installed")
    found = doubt(none, None, full_case(), {CALL_TEXT: 200.0}, {})
    assert found.reason == none.reason
    assert not found.gains
