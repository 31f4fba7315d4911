"""Expected values below were worked out by hand from the 1999 formula."""

import dataclasses
from datetime import date

import pytest

from smalti.models.checks import FiscalYear, Known
from smalti.models.checks.beneish import beneish_m

THIS = {
    "Revenues": 1200.0,
    "CostOfRevenue": 780.0,
    "ReceivablesNetCurrent": 240.0,
    "AssetsCurrent": 500.0,
    "PropertyPlantAndEquipmentNet": 300.0,
    "Assets": 1000.0,
    "DepreciationAndAmortization": 50.0,
    "SellingGeneralAndAdministrativeExpense": 180.0,
    "LongTermDebt": 250.0,
    "LiabilitiesCurrent": 200.0,
    "NetIncomeLoss": 90.0,
    "NetCashFromOperatingActivities": 40.0,
}
BEFORE = {
    "Revenues": 1000.0,
    "CostOfRevenue": 600.0,
    "ReceivablesNetCurrent": 150.0,
    "AssetsCurrent": 450.0,
    "PropertyPlantAndEquipmentNet": 300.0,
    "Assets": 900.0,
    "DepreciationAndAmortization": 60.0,
    "SellingGeneralAndAdministrativeExpense": 160.0,
    "LongTermDebt": 200.0,
    "LiabilitiesCurrent": 160.0,
}


def year(this: dict[str, float], before: dict[str, float]) -> FiscalYear:
    def known(items: dict[str, float], tag: str) -> dict[str, Known]:
        return {name: Known(value, (f"{tag}.{name}",)) for name, value in items.items()}

    return FiscalYear(date(2016, 12, 31), "USD", (known(this, "t"), known(before, "b"), {}))


def test_each_variable_and_the_score_match_hand_computation() -> None:
    check = beneish_m(year(THIS, BEFORE))
    expected = {
        "dsri": (240 / 1200) / (150 / 1000),  # 1.3333
        "gmi": 0.40 / 0.35,  # 1.1429
        "aqi": 0.2 / (1 - 750 / 900),  # 1.2
        "sgi": 1.2,
        "depi": (60 / 360) / (50 / 350),  # 1.1667
        "sgai": 0.15 / 0.16,  # 0.9375
        "tata": 50 / 1000,  # 0.05
        "lvgi": 0.45 / 0.40,  # 1.125
    }
    assert {name: check.details[name] for name in expected} == pytest.approx(expected)
    # -4.84 + 1.226667 + .603429 + .4848 + 1.0704 + .134167 - .16125 + .23395 - .367875
    assert check.value == pytest.approx(-1.615713, abs=1e-6)
    assert check.details["suspect"] is True
    assert "t.NetCashFromOperatingActivities" in check.inputs
    assert "b.ReceivablesNetCurrent" in check.inputs


def test_a_missing_input_is_named_and_nothing_is_guessed() -> None:
    before = {name: value for name, value in BEFORE.items() if name != "ReceivablesNetCurrent"}
    check = beneish_m(year(THIS, before))
    assert check.value is None
    assert check.reason == "not computable: ReceivablesNetCurrent of the year before missing"


def test_selling_and_administration_printed_apart_are_added_with_both_as_evidence() -> None:
    this = {name: value for name, value in THIS.items() if not name.startswith("SellingGeneral")}
    this |= {"SellingAndMarketingExpense": 100.0, "GeneralAndAdministrativeExpense": 80.0}
    check = beneish_m(year(this, BEFORE))
    assert check.value == pytest.approx(-1.615713, abs=1e-6)
    assert {"t.SellingAndMarketingExpense", "t.GeneralAndAdministrativeExpense"} <= set(check.inputs)


def test_debt_stated_in_neither_year_is_zero_and_said_so() -> None:
    no_debt = [{n: v for n, v in items.items() if n != "LongTermDebt"} for items in (THIS, BEFORE)]
    check = beneish_m(year(*no_debt))
    assert check.details["taken_as_zero"] == ["LongTermDebt"]
    assert check.details["lvgi"] == pytest.approx(0.2 / (160 / 900))


def test_debt_stated_in_one_year_only_is_missing_in_the_other() -> None:
    before = {name: value for name, value in BEFORE.items() if name != "LongTermDebt"}
    assert beneish_m(year(THIS, before)).reason == "not computable: LongTermDebt of the year before missing"


def test_a_conflict_is_not_computed_from() -> None:
    conflicted = dataclasses.replace(
        year({n: v for n, v in THIS.items() if n != "Assets"}, BEFORE),
        conflicts=(frozenset({"Assets"}), frozenset(), frozenset()),
    )
    check = beneish_m(conflicted)
    assert check.reason == "not computable: Assets stated in two ways"


def test_a_year_without_sales_has_no_score() -> None:
    check = beneish_m(year({**THIS, "Revenues": 0.0}, BEFORE))
    assert check.value is None
    assert "denominator of 0" in str(check.reason)
