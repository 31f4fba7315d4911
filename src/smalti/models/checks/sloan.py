"""Sloan's accruals: the part of a year's earnings that did not arrive as cash.

Formula: R. G. Sloan, "Do Stock Prices Fully Reflect Information in Accruals and Cash Flows about Future
Earnings?", The Accounting Review 71(3), 1996: change in current assets less cash, less change in current
liabilities without short-term debt and taxes payable, less depreciation and amortization, over average total
assets. P. Hribar and D. W. Collins, "Errors in Estimating Accruals", Journal of Accounting Research 40(1),
2002, show that a bought or sold business makes that wrong, and take income before extraordinary items less
operating cash flow instead. The score is theirs where the cash flow statement is known, otherwise Sloan's;
`variant` says which, and both stand in the details where both can be had.

Neither paper names a bound. A tenth of assets, either way, is where practitioners begin to look.
"""

from __future__ import annotations

from collections.abc import Callable

from smalti.models.checks.record import Check, NotComputable
from smalti.models.checks.years import FiscalYear, Reader, ratio

THRESHOLD = 0.1
"""Above it earnings rest on accruals to a degree worth asking about."""


def sloan_accruals(year: FiscalYear) -> Check:
    """Accruals of a fiscal year over its average assets (a fraction): high is bad."""
    found: dict[str, float] = {}
    readers: dict[str, Reader] = {}
    reasons: list[str] = []
    for variant, accruals in _VARIANTS.items():
        readers[variant] = reader = Reader(year)
        try:
            average = (reader.need("Assets") + reader.need("Assets", 1)) / 2
            found[variant] = ratio(accruals(reader), average, "accruals over average Assets")
        except NotComputable as why:
            reasons.append(str(why))
    if not found:
        return Check("sloan_accruals", None, "not computable: " + "; ".join(dict.fromkeys(reasons)))
    variant, value = next(iter(found.items()))
    zone = "high" if value > THRESHOLD else "low" if value < -THRESHOLD else "usual"
    details = {
        **found,
        "variant": variant,
        "threshold": THRESHOLD,
        "suspect": value > THRESHOLD,
        "zone": zone,
        "taken_as_zero": readers[variant].zeros,
    }
    return Check("sloan_accruals", value, None, readers[variant].inputs, details)


def _cash_flow(reader: Reader) -> float:
    return reader.need("Income") - reader.need("NetCashFromOperatingActivities")


def _balance_sheet(reader: Reader) -> float:
    capital = [
        reader.need("AssetsCurrent", lag)
        - reader.need("CashAndCashEquivalents", lag)
        - reader.need("LiabilitiesCurrent", lag)
        + reader.or_zero("DebtCurrent", lag)
        + reader.or_zero("TaxesPayableCurrent", lag)
        for lag in (0, 1)
    ]
    return capital[0] - capital[1] - reader.need("DepreciationAndAmortization")


_VARIANTS: dict[str, Callable[[Reader], float]] = {
    "cash flow (Hribar and Collins 2002)": _cash_flow,
    "balance sheet (Sloan 1996)": _balance_sheet,
}
