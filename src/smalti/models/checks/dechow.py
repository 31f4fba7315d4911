"""The F-score: how many times likelier than an average firm-year a year is to be misstated.

Formula: P. M. Dechow, W. Ge, C. R. Larson and R. G. Sloan, "Predicting Material Accounting Misstatements",
Contemporary Accounting Research 28(1), 2011, table 7, model 1 (financial statement variables only). The
logit's probability is divided by the unconditional one, 0.0037; above 1 is above normal risk, above 1.85
substantial, above 2.45 high. A little above normal is common: suspect is what is substantial.
"""

from __future__ import annotations

from math import exp

from smalti.models.checks.record import Check, NotComputable
from smalti.models.checks.years import FiscalYear, Reader, ratio

UNCONDITIONAL = 0.0037
"""Share of misstated firm-years in the sample the weights were fitted on."""
THRESHOLD = 1.85
"""Above it the risk is substantial."""
_BOUNDS = (1.0, THRESHOLD, 2.45)
_ZONES = ("normal", "above normal", "substantial", "high")

_INTERCEPT = -7.893
_WEIGHTS = {
    "rsst_accruals": 0.790,
    "change_receivables": 2.518,
    "change_inventory": 1.191,
    "soft_assets": 1.979,
    "change_cash_sales": 0.171,
    "change_roa": -0.932,
    "issuance": 1.029,
}


def dechow_f(year: FiscalYear) -> Check:
    """The F-score of a fiscal year; its seven variables in `details`. Needs assets of two years before."""
    reader = Reader(year)
    try:
        parts = _variables(reader)
    except NotComputable as why:
        return Check("dechow_f", None, f"not computable: {why}", reader.inputs)
    logit = _INTERCEPT + sum(weight * parts[name] for name, weight in _WEIGHTS.items())
    odds = exp(min(logit, 50.0))
    value = odds / (1 + odds) / UNCONDITIONAL
    details = {
        **parts,
        "threshold": THRESHOLD,
        "suspect": value > THRESHOLD,
        "zone": _ZONES[sum(value > bound for bound in _BOUNDS)],
        "taken_as_zero": reader.zeros,
    }
    return Check("dechow_f", value, None, reader.inputs, details)


def _variables(reader: Reader) -> dict[str, float]:
    average = _average_assets(reader, 0)
    accruals = sum(part(reader, 0) - part(reader, 1) for part in (_working_capital, _noncurrent, _financial))
    cash_sales = [_cash_sales(reader, t) for t in (0, 1)]
    roa = [reader.need("Income", t) / _average_assets(reader, t) for t in (0, 1)]
    hard = reader.need("PropertyPlantAndEquipmentNet") + reader.need("CashAndCashEquivalents")
    return {
        "rsst_accruals": accruals / average,
        "change_receivables": _change(reader, "ReceivablesNetCurrent", 0) / average,
        "change_inventory": (reader.or_zero("InventoryNet") - reader.or_zero("InventoryNet", 1)) / average,
        "soft_assets": 1 - ratio(hard, reader.need("Assets"), "soft assets"),
        "change_cash_sales": ratio(cash_sales[0], cash_sales[1], "change in cash sales") - 1,
        "change_roa": roa[0] - roa[1],
        "issuance": _issuance(reader),
    }


def _average_assets(reader: Reader, lag: int) -> float:
    average = (reader.need("Assets", lag) + reader.need("Assets", lag + 1)) / 2
    if average <= 0:
        raise NotComputable("average assets are not positive")
    return average


def _change(reader: Reader, name: str, lag: int) -> float:
    return reader.need(name, lag) - reader.need(name, lag + 1)


def _cash_sales(reader: Reader, lag: int) -> float:
    return reader.need("Revenues", lag) - _change(reader, "ReceivablesNetCurrent", lag)


def _working_capital(reader: Reader, lag: int) -> float:
    liquid = reader.need("CashAndCashEquivalents", lag) + reader.or_zero("ShortTermInvestments", lag)
    owed = reader.need("LiabilitiesCurrent", lag) - reader.or_zero("DebtCurrent", lag)
    return reader.need("AssetsCurrent", lag) - liquid - owed


def _noncurrent(reader: Reader, lag: int) -> float:
    assets = reader.need("Assets", lag) - reader.need("AssetsCurrent", lag)
    owed = reader.need("Liabilities", lag) - reader.need("LiabilitiesCurrent", lag)
    return assets - reader.or_zero("LongTermInvestments", lag) - (owed - reader.or_zero("LongTermDebt", lag))


def _financial(reader: Reader, lag: int) -> float:
    held = reader.or_zero("ShortTermInvestments", lag) + reader.or_zero("LongTermInvestments", lag)
    owed = reader.or_zero("LongTermDebt", lag) + reader.or_zero("DebtCurrent", lag)
    return held - owed - reader.or_zero("PreferredStockValue", lag)


def _issuance(reader: Reader) -> float:
    """1 where the cash flow statement shows stock or long-term debt issued in the year."""
    lines = [name for name in ("StockIssued", "DebtIssued") if reader.year.find(name) is not None]
    if not lines:
        raise NotComputable("StockIssued and DebtIssued missing")
    return float(any(reader.need(name) > 0 for name in lines))
