import numpy as np
import pytest

from smalti.models import calibration
from smalti.models.heads import FRAUD, RISK, SENTIMENT


def test_conformal_intervals_hold_nine_in_ten_new_cases():
    rng = np.random.default_rng(0)
    targets = rng.normal(-4, 0.5, (4000, 4)).astype(np.float32)
    outputs = np.concatenate([np.full((4000, 4), -4.0), np.full((4000, 4), -3.0)], 1).astype(np.float32)
    table = calibration.fit_risk(dict.fromkeys(range(1, 8), outputs), targets)
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


def test_temperature_cools_an_overconfident_model():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(3000, 3))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    drawn = (shares.cumsum(1) < rng.random((3000, 1))).sum(1)
    targets = np.concatenate([np.eye(3)[drawn], np.zeros((3000, 1))], 1).astype(np.float32)
    outputs = np.concatenate([3 * logits, rng.normal(0, 0.1, (3000, 1))], 1).astype(np.float32)
    table = calibration.fit_sentiment(outputs, targets, np.ones(3000, np.int64), 8)
    assert table["temperature"][0] == pytest.approx(3, rel=0.1)
    assert (table["reach"] == table["reach"][1]).all()
    reading = calibration.read(SENTIMENT, outputs[:1], 1, table)[0]
    assert -1 <= reading.low <= reading.value <= reading.high <= 1
