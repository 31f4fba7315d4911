"""What is known of an issuer's price before a moment, as features: returns only, never levels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from smalti.models.case import PRICE_FEATURES, VOL_WINDOWS, Floats

_FLOOR = 1e-4
"""Smallest daily volatility or move told apart: a stock that did not trade has a log, not minus infinity."""


def price_features(closes: npt.ArrayLike) -> Floats:
    """Features of a price history that ends at the last close known.

    Args:
        closes: adjusted closes of consecutive trading days, oldest first; only the last 251 count.

    Returns:
        (10,) float32 in PRICE_FEATURES' order, NaN where the history is too short:

        - `log_vol_N`: ln of the standard deviation (ddof 0) of the last N simple daily returns (the
          definition of the MAEC labels); past 60 days a window may be short of up to half its days.
        - `log_jump_1`, `log_jump_4`: ln of the largest, and of the mean of the four largest, absolute daily
          returns among the last 250 (at least 60): what a quarterly report has done to this stock.
        - `log_last_move`: ln of the last absolute daily return.

    Raises:
        ValueError: a close that is not a positive number.
    """
    levels = np.asarray(closes, np.float64)[-251:]
    if levels.ndim != 1 or not (np.isfinite(levels).all() and (levels > 0).all()):
        raise ValueError("closes must be positive numbers, one a trading day")
    returns = levels[1:] / levels[:-1] - 1
    found: dict[str, float] = {}
    for days in VOL_WINDOWS:
        needed = days if days <= 60 else days // 2
        if len(returns) >= needed:
            found[f"log_vol_{days}"] = _log(float(np.std(returns[-days:])))
    if len(returns) >= 60:
        largest = np.sort(np.abs(returns))[-4:]
        found["log_jump_1"] = _log(float(largest[-1]))
        found["log_jump_4"] = _log(float(largest.mean()))
    if len(returns):
        found["log_last_move"] = _log(float(abs(returns[-1])))
    return np.array([found.get(name, np.nan) for name in PRICE_FEATURES], np.float32)


def _log(size: float) -> float:
    return float(np.log(max(size, _FLOOR)))
