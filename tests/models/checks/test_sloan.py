import pytest
from tests.models.checks.fiscal import year

from smalti.models.checks.sloan import sloan_accruals

THIS = {
    "NetIncomeLoss": 90.0, "NetCashFromOperatingActivities": 40.0, "Assets": 1100.0, "AssetsCurrent": 520.0,
    "CashAndCashEquivalents": 100.0, "LiabilitiesCurrent": 250.0, "DebtCurrent": 30.0,
    "TaxesPayableCurrent": 12.0, "DepreciationAndAmortization": 55.0,
}  # fmt: skip
BEFORE = {
    "Assets": 900.0, "AssetsCurrent": 400.0, "CashAndCashEquivalents": 90.0, "LiabilitiesCurrent": 220.0,
    "DebtCurrent": 20.0, "TaxesPayableCurrent": 10.0,
}  # fmt: skip
CASH_FLOW, SHEET = "cash flow (Hribar and Collins 2002)", "balance sheet (Sloan 1996)"


def test_both_variants_by_hand_and_the_cash_flow_one_counts() -> None:
    check = sloan_accruals(year(THIS, BEFORE))
    assert check.value == pytest.approx(50 / 1000)
    # (120 - 10) - (30 - 10 - 2) - 55
    assert check.details[SHEET] == pytest.approx(37 / 1000)
    assert (check.details["variant"], check.details["zone"]) == (CASH_FLOW, "usual")
    assert "0.NetCashFromOperatingActivities" in check.inputs
    assert "0.AssetsCurrent" not in check.inputs


def test_without_the_cash_flow_statement_the_balance_sheet_tells() -> None:
    this = {name: value for name, value in THIS.items() if name != "NetCashFromOperatingActivities"}
    check = sloan_accruals(year(this, BEFORE))
    assert check.value == pytest.approx(0.037)
    assert check.details["variant"] == SHEET
    assert "1.LiabilitiesCurrent" in check.inputs


def test_profit_without_cash_is_high() -> None:
    check = sloan_accruals(year(THIS | {"NetCashFromOperatingActivities": -60.0}, BEFORE))
    assert check.value == pytest.approx(0.15)
    assert (check.details["zone"], check.details["suspect"]) == ("high", True)


def test_what_is_missing_is_named_for_both() -> None:
    check = sloan_accruals(year({"Assets": 1100.0, "NetIncomeLoss": 5.0}, {"Assets": 900.0}))
    assert check.value is None
    assert check.reason == ("not computable: NetCashFromOperatingActivities missing; AssetsCurrent missing")
    assert sloan_accruals(year(THIS)).reason == "not computable: Assets of the year before missing"


def test_a_cash_flow_in_another_scale_makes_no_score() -> None:
    this = THIS | {"NetCashFromOperatingActivities": 40e6, "DepreciationAndAmortization": 55e6}
    check = sloan_accruals(year(this, BEFORE))
    assert check.reason == (
        "not computable: NetCashFromOperatingActivities and Assets are not in one scale; "
        "DepreciationAndAmortization and Assets are not in one scale"
    )
