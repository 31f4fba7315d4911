import numpy as np
import pytest

from smalti.models import calibration
from smalti.models.heads import FRAUD, RISK, SENTIMENT


def test_conformal_intervals_hold_nine_in_ten_new_cases():
    rng = np.random.default_rng(0)
    targets = rng.normal(-4, 0.5, (4000, 4)).astype(np.float32)
    outputs = np.concatenate([np.full((4000, 4), -4.0), np.full((4000, 4), -3.0)], 1).astype(np.float32)
    table = calibration.fit_risk(dict.fromkeys(range(1, 8), outputs), targets, [str(n) for n in range(4000)])
    fresh = np.exp(rng.normal(-4, 0.5, 20000)) * np.sqrt(252)
    reading = calibration.read(RISK, outputs[:1], 7, table)[3]
    assert ((fresh >= reading.low) & (fresh <= reading.high)).mean() == pytest.approx(0.9, abs=0.01)
    assert reading.value == pytest.approx(np.exp(-4) * np.sqrt(252), rel=1e-5)
    assert reading.percentile == pytest.approx(50, abs=2)


def test_a_pattern_that_lacks_a_pair_is_never_narrower():
    reach = np.array([[np.nan], [1.0], [2.0], [1.5], [0.5], [0.7], [1.0], [1.2]], np.float32)
    wide = calibration.widen(reach)
    for pattern in range(1, 8):
        for more in range(1, 8):
            if pattern & more == pattern:
                assert wide[pattern, 0] >= wide[more, 0]
    assert wide[7, 0] == np.float32(1.2)


def test_fraud_probabilities_match_the_share_misstated_and_keep_their_order():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 5000).astype(np.float32)
    labels = (rng.random(5000) < 1 / (1 + np.exp(4 - logits))).astype(np.float32)
    table = calibration.fit_fraud(logits, labels, [str(n // 4) for n in range(5000)], seed=0)
    readings = [calibration.read(FRAUD, np.full((2, 1), z, np.float32), 1, table)[0] for z in np.sort(logits)]
    probabilities = [reading.value for reading in readings]
    assert np.mean(probabilities) == pytest.approx(labels.mean(), rel=0.05)
    assert probabilities == sorted(probabilities)
    assert all(reading.low <= reading.value <= reading.high for reading in readings)


NO_PAIRS = calibration.Shown({}, np.zeros((0, 4), np.float32), [])


def test_a_pattern_no_single_text_has_takes_its_half_width_from_bags_if_there_are_enough():
    rng = np.random.default_rng(0)

    def answers(pattern, count, spread):
        outputs = np.concatenate([np.zeros((count, 3)), np.arctanh(rng.normal(0, spread, (count, 1)))], 1)
        return outputs.astype(np.float32), np.zeros((count, 4), np.float32), np.full(count, pattern)

    single = calibration.Answers(*answers(1, 2000, 0.2))
    parts = [answers(1, 500, 0.01), answers(3, 500, 0.1), answers(7, 50, 0.01)]
    bags = calibration.Answers(*(np.concatenate(each) for each in zip(*parts, strict=True)))
    reach = calibration.fit_sentiment(single, bags, NO_PAIRS, 8)["reach"]
    assert reach[1] == pytest.approx(1.645 * 0.2, rel=0.1)
    assert reach[3] == pytest.approx(1.645 * 0.1, rel=0.15)
    assert reach[7] == reach[5] == reach[1]


def test_temperature_cools_an_overconfident_model():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(3000, 3))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    drawn = (shares.cumsum(1) < rng.random((3000, 1))).sum(1)
    targets = np.concatenate([np.eye(3)[drawn], np.zeros((3000, 1))], 1).astype(np.float32)
    outputs = np.concatenate([3 * logits, rng.normal(0, 0.1, (3000, 1))], 1).astype(np.float32)
    single = calibration.Answers(outputs, targets, np.ones(3000, np.int64))
    table = calibration.fit_sentiment(single, single.take(np.arange(0)), NO_PAIRS, 8)
    assert table["temperature"][0] == pytest.approx(3, rel=0.1)
    assert (table["reach"] == table["reach"][1]).all()
    reading = calibration.read(SENTIMENT, outputs[:1], 1, table)[0]
    assert -1 <= reading.low <= reading.value <= reading.high <= 1


def _off(rng, size, spread):
    return np.abs(rng.normal(0, spread, (size, 1))).astype(np.float32)


def test_the_gain_of_a_pair_is_the_share_of_the_error_that_goes_with_it():
    rng = np.random.default_rng(0)
    errors = {1: _off(rng, 4000, 0.4), 3: _off(rng, 4000, 0.3)}
    gain = calibration.error_gain(errors, 4, [str(n // 2) for n in range(4000)])
    share, low, high = gain[1, 1, 0]
    assert share == pytest.approx(0.25, abs=0.03)
    assert 0 < low < share < high < 0.5
    assert np.isnan(gain[2]).all()
    assert np.isnan(gain[1, 0]).all()


def test_a_pair_that_only_adds_noise_has_an_interval_about_zero():
    rng = np.random.default_rng(1)
    gain = calibration.error_gain({1: _off(rng, 500, 0.4), 5: _off(rng, 500, 0.4)}, 8, ["x", "y"] * 250)
    share, low, high = gain[1, 2, 0]
    assert low <= share <= high
    alike = _off(rng, 500, 0.4)
    assert (calibration.error_gain({1: alike, 5: alike}, 8, [str(n) for n in range(500)])[1, 2] == 0).all()


def test_half_widths_in_log_volatility_are_kept_by_pattern():
    rng = np.random.default_rng(0)
    targets = rng.normal(-4, 0.5, (2000, 4)).astype(np.float32)
    near = np.concatenate([targets + rng.normal(0, 0.1, targets.shape), np.full((2000, 4), -4.6)], 1)
    far = np.concatenate([np.full((2000, 4), -4.0), np.full((2000, 4), -1.4)], 1)
    outputs = {1: near.astype(np.float32), 2: far.astype(np.float32), 3: near.astype(np.float32)}
    table = calibration.fit_risk(outputs, targets, [str(n) for n in range(2000)])
    np.testing.assert_allclose(table["half_width"][1], 1.645 * 0.1, rtol=0.1)
    np.testing.assert_allclose(table["half_width"][2], 1.645 * 0.5, rtol=0.1)
    np.testing.assert_allclose(table["error_gain"][2, 0, :, 0], 0.8, atol=0.03)
