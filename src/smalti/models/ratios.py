"""The ten accounting ratios the fraud head learned from, computed from two fiscal years of facts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from smalti.models.case import RATIOS, Floats


@dataclass(frozen=True, slots=True)
class FirmYear:
    """One fiscal year's figures in US dollars; None where unknown.

    Attributes:
        market_value: shares outstanding times price at the fiscal year's end.
        debt: long-term debt and debt in current liabilities.
        income: income before extraordinary items.
    """

    assets: float | None = None
    income: float | None = None
    operating_cash_flow: float | None = None
    revenue: float | None = None
    receivables: float | None = None
    debt: float | None = None
    equity: float | None = None
    property_plant: float | None = None
    market_value: float | None = None


def firm_year_ratios(current: FirmYear, prior: FirmYear) -> Floats:
    """Ratios of `current`, as the training table defines them.

    The definitions are those of the table `comp` of the farr package (`data-raw/create_comp.R`): every
    ratio is over *prior* assets; `ta` = (income - operating cash flow), `roa`, `cfo`, `lev` = debt, `d_sale`
    and `d_ar` = changes of revenue and receivables, `ppe` = net property; `size` = ln of prior market value
    and `inv_at` = 1 / prior assets, both in millions of dollars; `mtb` = prior market value / prior equity.

    Returns:
        (10,) float32 in RATIOS' order; NaN where an input is unknown or a divisor is not positive.
    """
    assets, value, equity = prior.assets, prior.market_value, prior.equity
    scale = None if assets is None or assets <= 0 else assets
    found = {
        "ta": _over(_less(current.income, current.operating_cash_flow), scale),
        "roa": _over(current.income, scale),
        "cfo": _over(current.operating_cash_flow, scale),
        "size": None if value is None or value <= 0 else math.log(value / 1e6),
        "lev": _over(current.debt, scale),
        "mtb": None
        if equity is None or equity <= 0
        else _over(value if value and value > 0 else None, equity),
        "inv_at": _over(1e6, scale),
        "d_sale": _over(_less(current.revenue, prior.revenue), scale),
        "d_ar": _over(_less(current.receivables, prior.receivables), scale),
        "ppe": _over(current.property_plant, scale),
    }
    return np.array([np.nan if found[name] is None else found[name] for name in RATIOS], np.float32)


def _over(part: float | None, whole: float | None) -> float | None:
    return None if part is None or whole is None else part / whole


def _less(minuend: float | None, subtrahend: float | None) -> float | None:
    return None if minuend is None or subtrahend is None else minuend - subtrahend
