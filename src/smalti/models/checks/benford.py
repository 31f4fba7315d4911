"""Benford's law: how far the first digits of a filing's amounts stray from those of untouched numbers.

Expected shares: log10(1 + 1/d), F. Benford, "The Law of Anomalous Numbers", Proceedings of the American
Philosophical Society 78(4), 1938. Deviation: mean absolute deviation (MAD) of the nine shares, M. Nigrini,
"Benford's Law" (Wiley 2012), whose bounds are .006 close, .012 acceptable, .015 marginal; and Pearson's
chi-square with 8 degrees of freedom. MAD grows as the sample shrinks, so its value under the law at this
size (the sum of the binomial mean deviations, normal approximation) stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import exp, factorial, log10, pi, sqrt

import polars as pl

from smalti.models.checks.record import Check
from smalti.platform.concepts import UnitKind, concepts

MIN_AMOUNTS = 110
"""Fewer, and digit 9 is expected under five times, where chi-square no longer holds."""

EXPECTED = tuple(log10(1 + 1 / digit) for digit in range(1, 10))
"""Share of each first digit, 1 to 9."""


def benford(amounts: Mapping[str, float]) -> Check:
    """First-digit deviation of amounts.

    Args:
        amounts: evidence id to amount, each fact once: money or share counts, no ratios or per-share
            figures, whose range is too narrow for the law. Zeros are left out.

    Returns:
        Value: MAD (a fraction). Details: `n`, `chi_square`, `p_value`, `expected_mad` at this `n`, `counts`.
    """
    used = {key: value for key, value in amounts.items() if value}
    inputs = tuple(used)
    total = len(used)
    if total < MIN_AMOUNTS:
        reason = f"not computable: {total} amounts, {MIN_AMOUNTS} needed"
        return Check("benford", None, reason, inputs, {"n": total})
    digits = [first_digit(value) for value in used.values()]
    counts = [digits.count(digit) for digit in range(1, 10)]
    mad = sum(abs(count / total - share) for count, share in zip(counts, EXPECTED, strict=True)) / 9
    chi = sum((c - total * e) ** 2 / (total * e) for c, e in zip(counts, EXPECTED, strict=True))
    details = {
        "n": total,
        "chi_square": chi,
        "p_value": chi_square_tail(chi),
        "expected_mad": sum(sqrt(2 * e * (1 - e) / (pi * total)) for e in EXPECTED) / 9,
        "counts": counts,
    }
    return Check("benford", mad, None, inputs, details)


def amounts(facts: pl.DataFrame) -> dict[str, float]:
    """Amounts of the newest document that has facts, each once: what Benford's law speaks of."""
    whole = {name for name, c in concepts().items() if c.unit in (UnitKind.MONEY, UnitKind.SHARES)}
    usable = facts.filter(
        pl.col("concept").is_in(whole), ~pl.col("unit").str.contains("/"), pl.col("unverified").is_null()
    )
    newest = usable.filter(pl.col("available_at") == usable["available_at"].max())
    once = newest.sort("evidence_id").unique(
        ["concept", "period_start", "period_end", "value"], keep="first", maintain_order=True
    )
    return dict(once.select("evidence_id", "value").iter_rows())


def first_digit(value: float) -> int:
    """The first digit that is not zero of a finite number other than zero."""
    return next(digit for digit in Decimal(repr(value)).as_tuple().digits if digit)


def chi_square_tail(value: float) -> float:
    """Probability of at least `value` under chi-square with 8 degrees of freedom.

    For an even number 2m of degrees of freedom the tail is exp(-x/2) times the first m terms of the series
    of exp(x/2).
    """
    half = value / 2
    return exp(-half) * sum(half**k / factorial(k) for k in range(4))
