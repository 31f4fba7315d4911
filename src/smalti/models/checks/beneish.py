"""Beneish's M-score: how much a year looks like those of known earnings manipulators.

Formula: M. D. Beneish, "The Detection of Earnings Manipulation", Financial Analysts Journal 55(5), 1999,
table 3, eight variables. Total accruals are income before extraordinary items less operating cash flow over
total assets, as in Beneish, Lee and Nichols, "Earnings Manipulation and Expected Returns", Financial
Analysts Journal 69(2), 2013, which also gives the threshold: a score above -1.78 is suspect. Depreciation
is the cash flow statement's depreciation and amortization, since few filers print the former alone.
"""

from __future__ import annotations

from smalti.models.checks.record import Check, NotComputable
from smalti.models.checks.years import FiscalYear, Reader, ratio

THRESHOLD = -1.78
"""Above it a year is suspect."""

_INTERCEPT = -4.84
_WEIGHTS = {
    "dsri": 0.920,
    "gmi": 0.528,
    "aqi": 0.404,
    "sgi": 0.892,
    "depi": 0.115,
    "sgai": -0.172,
    "tata": 4.679,
    "lvgi": -0.327,
}


def beneish_m(year: FiscalYear) -> Check:
    """The M-score of a fiscal year; its eight variables in `details`."""
    reader = Reader(year)
    try:
        parts = _variables(reader)
    except NotComputable as why:
        return Check("beneish_m", None, f"not computable: {why}", reader.inputs)
    value = _INTERCEPT + sum(weight * parts[name] for name, weight in _WEIGHTS.items())
    details = {
        **parts,
        "threshold": THRESHOLD,
        "suspect": value > THRESHOLD,
        "zone": "manipulator" if value > THRESHOLD else "usual",
        "taken_as_zero": reader.zeros,
    }
    return Check("beneish_m", value, None, reader.inputs, details)


def _variables(reader: Reader) -> dict[str, float]:
    receivables = [_per_sale(reader, "ReceivablesNetCurrent", t) for t in (0, 1)]
    margin = [1 - _per_sale(reader, "CostOfRevenue", t) for t in (0, 1)]
    soft = [_soft_assets(reader, t) for t in (0, 1)]
    wear = [_depreciation_rate(reader, t) for t in (0, 1)]
    selling = [_per_sale(reader, "SellingGeneralAndAdministrativeExpense", t) for t in (0, 1)]
    leverage = [_leverage(reader, t) for t in (0, 1)]
    accruals = reader.need("Income") - reader.need("NetCashFromOperatingActivities")
    return {
        "dsri": ratio(receivables[0], receivables[1], "DSRI"),
        "gmi": ratio(margin[1], margin[0], "GMI"),
        "aqi": ratio(soft[0], soft[1], "AQI"),
        "sgi": ratio(reader.need("Revenues"), reader.need("Revenues", 1), "SGI"),
        "depi": ratio(wear[1], wear[0], "DEPI"),
        "sgai": ratio(selling[0], selling[1], "SGAI"),
        "tata": ratio(accruals, reader.need("Assets"), "TATA"),
        "lvgi": ratio(leverage[0], leverage[1], "LVGI"),
    }


def _per_sale(reader: Reader, name: str, lag: int) -> float:
    return ratio(reader.need(name, lag), reader.need("Revenues", lag), f"{name} over Revenues")


def _soft_assets(reader: Reader, lag: int) -> float:
    """The share of assets that is neither current nor plant: where costs may be hidden."""
    hard = reader.need("AssetsCurrent", lag) + reader.need("PropertyPlantAndEquipmentNet", lag)
    return 1 - ratio(hard, reader.need("Assets", lag), "AQI")


def _depreciation_rate(reader: Reader, lag: int) -> float:
    wear = reader.need("DepreciationAndAmortization", lag)
    return ratio(wear, wear + reader.need("PropertyPlantAndEquipmentNet", lag), "DEPI")


def _leverage(reader: Reader, lag: int) -> float:
    debt = reader.or_zero("LongTermDebt", lag) + reader.need("LiabilitiesCurrent", lag)
    return ratio(debt, reader.need("Assets", lag), "LVGI")
