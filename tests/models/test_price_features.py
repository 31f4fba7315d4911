import numpy as np
import pytest

from smalti.models.case import PRICE_FEATURES
from smalti.models.prices import price_features


def named(closes):
    return dict(zip(PRICE_FEATURES, price_features(closes), strict=True))


def test_log_volatility_is_the_population_deviation_of_simple_returns():
    found = named([100, 102, 99.96, 101.9592])  # +2%, -2%, +2%
    assert found["log_vol_3"] == pytest.approx(np.log(0.02 * np.sqrt(8) / 3), abs=1e-5)
    assert found["log_last_move"] == pytest.approx(np.log(0.02), abs=1e-5)
    assert np.isnan(found["log_vol_7"])


def test_levels_do_not_matter_only_returns():
    closes = 50 * np.cumprod(1 + np.random.default_rng(0).normal(0, 0.02, 300))
    np.testing.assert_allclose(price_features(closes), price_features(closes / 7), atol=1e-4)


def test_jumps_are_the_largest_moves_of_a_year():
    closes = np.full(300, 100.0)
    closes[200:] *= 1.1
    assert named(closes)["log_jump_1"] == pytest.approx(np.log(0.1), abs=1e-5)
    assert named(closes)["log_jump_4"] == pytest.approx(np.log(0.025), abs=1e-5)


def test_a_stock_that_did_not_trade_has_the_floor_not_minus_infinity():
    assert named([5.0] * 100)["log_vol_30"] == pytest.approx(np.log(1e-4), abs=1e-4)


@pytest.mark.parametrize("closes", [[1, 0, 2], [1, -1], [1, float("nan")], [[1, 2]]])
def test_what_is_no_price_is_refused(closes):
    with pytest.raises(ValueError, match="positive"):
        price_features(closes)
