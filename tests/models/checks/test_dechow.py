"""Expected values below were worked out by hand from model 1 of the 2011 paper."""

from datetime import date
from math import exp

import pytest

from smalti.models.checks import FiscalYear, Known
from smalti.models.checks.dechow import dechow_f

THIS = {
    "Assets": 1100.0, "AssetsCurrent": 520.0, "CashAndCashEquivalents": 100.0, "ShortTermInvestments": 20.0,
    "ReceivablesNetCurrent": 200.0, "InventoryNet": 150.0, "PropertyPlantAndEquipmentNet": 300.0,
    "LongTermInvestments": 50.0, "LiabilitiesCurrent": 250.0, "DebtCurrent": 30.0, "Liabilities": 600.0,
    "LongTermDebt": 220.0, "Revenues": 1300.0, "NetIncomeLoss": 95.0, "DebtIssued": 40.0,
}  # fmt: skip
BEFORE = {
    "Assets": 900.0, "AssetsCurrent": 430.0, "CashAndCashEquivalents": 90.0, "ShortTermInvestments": 10.0,
    "ReceivablesNetCurrent": 140.0, "InventoryNet": 120.0, "PropertyPlantAndEquipmentNet": 280.0,
    "LongTermInvestments": 40.0, "LiabilitiesCurrent": 220.0, "DebtCurrent": 20.0, "Liabilities": 520.0,
    "LongTermDebt": 200.0, "Revenues": 1100.0, "NetIncomeLoss": 80.0,
}  # fmt: skip
EARLIER = {"Assets": 700.0, "ReceivablesNetCurrent": 120.0}


def year(*items: dict[str, float]) -> FiscalYear:
    known = [{n: Known(v, (f"{lag}.{n}",)) for n, v in each.items()} for lag, each in enumerate(items)]
    return FiscalYear(date(2016, 12, 31), "USD", tuple(known))


def test_each_variable_and_the_score_match_hand_computation() -> None:
    check = dechow_f(year(THIS, BEFORE, EARLIER))
    # Working capital 180 and 130; noncurrent operating 530-(350-220)=400 and 430-(300-200)=330;
    # financial 70-250=-180 and 50-220=-170. Accruals 50+70-10=110 over average assets 1000.
    expected = {
        "rsst_accruals": 0.11,
        "change_receivables": 0.06,
        "change_inventory": 0.03,
        "soft_assets": 700 / 1100,
        "change_cash_sales": 1240 / 1080 - 1,
        "change_roa": 0.095 - 0.1,
        "issuance": 1.0,
    }
    assert {name: check.details[name] for name in expected} == pytest.approx(expected)
    logit = -7.893 + 0.0869 + 0.15108 + 0.03573 + 1.979 * 7 / 11 + 0.171 * 4 / 27 + 0.00466 + 1.029
    assert check.value == pytest.approx(exp(logit) / (1 + exp(logit)) / 0.0037)
    assert check.value == pytest.approx(1.3411, abs=1e-4)  # logit -5.30093
    assert "2.Assets" in check.inputs
    assert (check.details["zone"], check.details["suspect"]) == ("above normal", False)


def test_growth_without_cash_is_a_substantial_risk() -> None:
    swollen = THIS | {"ReceivablesNetCurrent": 400.0, "AssetsCurrent": 720.0, "Assets": 1300.0}
    check = dechow_f(year(swollen, BEFORE, EARLIER))
    # Accruals 310 and receivables up 260 over average assets 1100: the logit is -4.63727.
    assert check.value == pytest.approx(2.592, abs=1e-3)
    assert (check.details["zone"], check.details["suspect"]) == ("high", True)


def test_without_the_third_year_it_is_not_computable() -> None:
    check = dechow_f(year(THIS, BEFORE, {}))
    assert check.value is None
    assert check.reason == "not computable: ReceivablesNetCurrent of two years before missing"


def test_preferred_stock_nobody_states_is_zero_and_said_so() -> None:
    assert dechow_f(year(THIS, BEFORE, EARLIER)).details["taken_as_zero"] == ["PreferredStockValue"]


def test_no_issuance_line_at_all_is_missing_not_zero() -> None:
    this = {name: value for name, value in THIS.items() if name != "DebtIssued"}
    assert dechow_f(year(this, BEFORE, EARLIER)).reason == (
        "not computable: StockIssued and DebtIssued missing"
    )
