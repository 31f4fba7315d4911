"""Benford's law: how far the leading digits of a filing's amounts stray from those of untouched numbers.

Expected shares: log10(1 + 1/d), F. Benford, "The Law of Anomalous Numbers", Proceedings of the American
Philosophical Society 78(4), 1938, for d from 1 to 9 (first digit) or from 10 to 99 (first two).

Two tests, as M. Nigrini, "Benford's Law" (Wiley 2012), chapter 7, has them. Pearson's chi-square with 8 or 89
degrees of freedom says whether chance alone could explain the digits; in large samples it rejects what does
not matter. The mean absolute deviation (MAD) of the shares says whether it matters: for the first digit up to
.006 close, .012 acceptable, .015 marginal; for the first two up to .0012, .0018, .0022. Those bounds are for
thousands of records: MAD grows as the sample shrinks, and one filing has hundreds of amounts. So its value
under the law at this size (the mean of the binomial mean deviations, normal approximation) stands beside it,
and digits are suspect only where MAD is beyond the bounds and chi-square rejects too; at a thousandth, for
the amounts of one filing (parts and their sums) are not drawn apart from each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from math import log10, pi, sqrt

import numpy as np
import polars as pl
from scipy.stats import chi2

from smalti.models.checks.record import Check
from smalti.platform.concepts import UnitKind, concepts

LEAST_EXPECTED = 5
"""Where the rarest digit is expected less often than this, chi-square no longer holds."""

_FIRST = tuple(range(1, 10))
_FIRST_BOUNDS = (0.006, 0.012, 0.015)
_FIRST_TWO = tuple(range(10, 100))
_FIRST_TWO_BOUNDS = (0.0012, 0.0018, 0.0022)
_ZONES = ("close", "acceptable", "marginal", "nonconforming")
_REJECTED = 0.001
_MOST = 0.9


def expected(digits: tuple[int, ...]) -> tuple[float, ...]:
    """Share of each leading digit, or pair of digits, under the law."""
    return tuple(log10(1 + 1 / digit) for digit in digits)


def benford(amounts: Mapping[str, float]) -> Check:
    """First-digit deviation of amounts.

    Args:
        amounts: evidence id to amount, each fact once: money or share counts, no ratios or per-share
            figures, whose range is too narrow for the law. Zeros are left out.

    Returns:
        Value: MAD (a fraction). Details: `n`, `chi_square`, `p_value`, `expected_mad` at this `n`, `counts`
        by digit, `zone` by Nigrini's bounds, `threshold` (the last of them), `suspect`.
    """
    return _tested("benford", amounts, _FIRST, _FIRST_BOUNDS)


def benford_two_digits(amounts: Mapping[str, float]) -> Check:
    """Deviation of the first two digits of amounts; otherwise as `benford`.

    An amount printed with one digit has no second one, though scaled it would show a zero there: amounts
    under ten of the filing's unit (millions, thousands or one) are left out.
    """
    unit = rounding_unit(amounts.values())
    printed = {key: value for key, value in amounts.items() if abs(value) >= 10 * unit}
    return _tested("benford_two_digits", printed, _FIRST_TWO, _FIRST_TWO_BOUNDS)


def _tested(
    name: str, amounts: Mapping[str, float], digits: tuple[int, ...], bounds: tuple[float, ...]
) -> Check:
    width = len(str(digits[0]))
    led = {key: leading(value, width) for key, value in amounts.items() if value}
    total, shares = len(led), np.array(expected(digits))
    needed = int(np.ceil(LEAST_EXPECTED / shares.min()))
    if total < needed:
        return Check(name, None, f"not computable: {total} amounts, {needed} needed", (), {"n": total})
    counts = np.bincount(np.array([*led.values()]) - digits[0], minlength=len(digits))
    mad = float(np.abs(counts / total - shares).mean())
    chi_square = float(((counts - total * shares) ** 2 / (total * shares)).sum())
    p_value = float(chi2.sf(chi_square, len(digits) - 1))
    by_chance = sum(sqrt(2 * e * (1 - e) / (pi * total)) for e in shares) / len(digits)
    details = {
        "n": total,
        "chi_square": chi_square,
        "p_value": p_value,
        "expected_mad": by_chance,
        "zone": _ZONES[sum(mad > bound for bound in bounds)],
        "threshold": bounds[-1],
        "suspect": mad > bounds[-1] and p_value < _REJECTED,
        "counts": counts.tolist(),
    }
    return Check(name, mad, None, tuple(led), details)


def amounts(facts: pl.DataFrame) -> dict[str, float]:
    """Amounts of the newest document that has facts, each once: what Benford's law speaks of."""
    whole = {name for name, c in concepts().items() if c.unit in (UnitKind.MONEY, UnitKind.SHARES)}
    usable = facts.filter(
        pl.col("concept").is_in(whole), ~pl.col("unit").str.contains("/"), pl.col("unverified").is_null()
    )
    newest = usable.filter(pl.col("available_at") == pl.col("available_at").max())
    once = newest.sort("evidence_id").unique(
        ["concept", "period_start", "period_end", "value"], keep="first", maintain_order=True
    )
    return dict(once.select("evidence_id", "value").iter_rows())


def leading(value: float, width: int) -> int:
    """The first `width` digits, from the first that is not zero, of a finite number other than zero."""
    digits = format(abs(Decimal(repr(value))), "f").replace(".", "").lstrip("0")
    return int(digits[:width])


def rounding_unit(values: Collection[float]) -> float:
    """What a filing counts in: the largest of a million, a thousand and one that divides most amounts."""
    for unit in (1e6, 1e3):
        if sum(value % unit == 0 for value in values) >= _MOST * len(values):
            return unit
    return 1.0
