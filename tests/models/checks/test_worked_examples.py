"""Worked examples of textbooks and other published pages: their numbers in, their results out."""

from datetime import date
from statistics import NormalDist

import pytest
from tests.models.checks.fiscal import closes, year

from smalti.models.checks.altman import altman_z
from smalti.models.checks.beneish import beneish_m
from smalti.models.checks.benford import Amount, benford
from smalti.models.checks.piotroski import piotroski_f
from smalti.models.checks.sloan import sloan_accruals


def test_beneish_of_jean_philippe_fragrances() -> None:
    # The spreadsheet MScore.XLS (docstoc.com/docs/100752066), fiscal 1996 and 1995 in thousands of dollars,
    # with the eight variables it derives.
    names = (
        "Revenues", "CostOfRevenue", "ReceivablesNetCurrent", "AssetsCurrent", "PropertyPlantAndEquipmentNet",
        "DepreciationAndAmortization", "Assets", "SellingGeneralAndAdministrativeExpense", "NetIncomeLoss",
        "NetCashFromOperatingActivities", "LiabilitiesCurrent", "LongTermDebt",
    )  # fmt: skip
    this = (93281, 51355, 1124, 72726, 1734, 1597, 85585, 32416, 5658, 7975, 26158, 485)
    before = (93669, 48703, 970, 67539, 1970, 1322, 84001, 32990, 9038, 2836, 26176, 596)
    check = beneish_m(year(*(dict(zip(names, map(float, row), strict=True)) for row in (this, before))))
    published = {
        "dsri": 1.164, "gmi": 1.068, "aqi": 0.753, "sgi": 0.996, "depi": 0.838, "sgai": 0.987,
        "tata": -0.027, "lvgi": 0.977,
    }  # fmt: skip
    assert {name: check.details[name] for name in published} == pytest.approx(published, abs=5.1e-4)


def test_beneish_of_xyz_corporation() -> None:
    # CFA Institute, "International Financial Statement Analysis", chapter 17, exhibit 5: eight variables of a
    # hypothetical company, M-score -1.231, probability 10.91%. The lines of the statements here are ours,
    # made to have those variables. The exhibit weighs accruals by 4.670, the paper of 1999 by 4.679.
    before = {
        "Revenues": 1000.0, "ReceivablesNetCurrent": 100.0, "CostOfRevenue": 450.0, "Assets": 1000.0,
        "AssetsCurrent": 400.0, "PropertyPlantAndEquipmentNet": 350.0, "DepreciationAndAmortization": 150.0,
        "SellingGeneralAndAdministrativeExpense": 100.0, "LiabilitiesCurrent": 300.0, "LongTermDebt": 200.0,
    }  # fmt: skip
    this = {
        "Revenues": 1100.0, "ReceivablesNetCurrent": 143.0, "CostOfRevenue": 550.0, "Assets": 1000.0,
        "AssetsCurrent": 450.0, "PropertyPlantAndEquipmentNet": 350.0,
        "DepreciationAndAmortization": 350 * (0.3 / 1.1) / (1 - 0.3 / 1.1),
        "SellingGeneralAndAdministrativeExpense": 66.0, "LiabilitiesCurrent": 180.0, "LongTermDebt": 120.0,
        "NetIncomeLoss": 250.0, "NetCashFromOperatingActivities": 100.0,
    }  # fmt: skip
    check = beneish_m(year(this, before))
    variables = {
        "dsri": 1.3, "gmi": 1.1, "aqi": 0.8, "sgi": 1.1, "depi": 1.1, "sgai": 0.6, "tata": 0.15, "lvgi": 0.6,
    }  # fmt: skip
    assert {name: check.details[name] for name in variables} == pytest.approx(variables)
    score = (check.value or 0) + (4.670 - 4.679) * 0.15
    assert score == pytest.approx(-1.231, abs=5e-4)
    assert NormalDist().cdf(score) == pytest.approx(0.1091, abs=5e-5)


def test_altman_of_fair_to_midland_manufacturing() -> None:
    # S. Ross, R. Westerfield and J. Jaffe, "Corporate Finance", chapter 30, problem on Z-scores, with the
    # figures and the solution (3.317) of drjackthetutor.com/questions/2801733. Working capital is given as
    # 4,300; the current assets are ours. So are the stock's prices of other days and who holds it.
    given = {
        "Assets": 93_000.0, "AssetsCurrent": 20_000.0, "LiabilitiesCurrent": 15_700.0,
        "InventoryNet": 9_000.0,
        "Liabilities": 65_000.0, "RetainedEarnings": 17_700.0, "OperatingIncomeLoss": 7_800.0,
        "Revenues": 101_000.0,
    }  # fmt: skip
    on, half = date(2016, 12, 31), date(2016, 6, 30)
    cover = {"SharesOutstanding": (on, 5_900.0), "PublicFloat": (half, 0.9 * 5_900 * 28)}
    check = altman_z(year(given, cover=cover), closes((half, 28.0), (on, 30.0)))
    assert check.value == pytest.approx(3.317, abs=5e-4)
    assert check.details["variant"] == "Z 1968"
    rounded = [check.details[name] for name in ("x1", "x2", "x3", "x4", "x5")]
    assert rounded == pytest.approx([0.046, 0.190, 0.084, 2.723, 1.086], abs=5e-4)


def test_piotroski_of_apple() -> None:
    # GuruFocus, "Apple Inc (NAS:AAPL) Piotroski F-Score", twelve months to June 2015 in millions of dollars:
    # score 7. The cost of sales is revenue less the gross profit it gives. That the share count fell stands
    # there without numbers; those here are ours. Its average of assets is of five quarters, ours of two ends.
    this = {
        "NetIncomeLoss": 50737.0, "NetCashFromOperatingActivities": 81041.0, "Revenues": 224337.0,
        "CostOfRevenue": 224337.0 - 89087, "Assets": 273151.0, "LongTermDebt": 47419.0,
        "AssetsCurrent": 70953.0, "LiabilitiesCurrent": 65285.0, "WeightedAverageSharesBasic": 5750.0,
    }  # fmt: skip
    before = {
        "NetIncomeLoss": 38555.0, "Revenues": 178144.0, "CostOfRevenue": 178144.0 - 68399,
        "Assets": 222520.0, "LongTermDebt": 29030.0, "AssetsCurrent": 67949.0, "LiabilitiesCurrent": 46205.0,
        "WeightedAverageSharesBasic": 6090.0,
    }  # fmt: skip
    check = piotroski_f(year(this, before, {"Assets": 199856.0}))
    assert check.value == 7
    lost = [name for name, counts in check.details["signs"].items() if not counts]
    assert lost == ["debt_fell", "liquidity_rose"]
    assert check.details["return_on_assets"] == pytest.approx([0.228, 0.193], abs=5e-4)
    assert check.details["current_ratio"] == pytest.approx([1.087, 1.471], abs=5e-4)
    assert check.details["gross_margin"] == pytest.approx([0.397, 0.384], abs=5e-4)
    assert check.details["asset_turnover"] == pytest.approx([1.008, 0.891], abs=5e-4)


def test_sloan_of_alpha_corp() -> None:
    # Investing.com academy, "What is Sloan Ratio?": 10 million earned, 8 million of it in cash, assets of 50
    # and 60 million: 2,000,000 / 55,000,000.
    this = {"NetIncomeLoss": 10e6, "NetCashFromOperatingActivities": 8e6, "Assets": 60e6}
    check = sloan_accruals(year(this, {"Assets": 50e6}))
    assert check.value == pytest.approx(0.036, abs=5e-4)


@pytest.mark.parametrize(
    ("counts", "fraud"),
    [((0, 15, 0, 76, 479, 183, 8, 23, 0), True), ((152, 89, 63, 48, 39, 40, 28, 25, 27), False)],
)
def test_benford_of_checks_and_tax_files(counts: tuple[int, ...], fraud: bool) -> None:
    # M. Triola, "Elementary Statistics", section 11-2, exercises 21 (checks of seven suspect companies: the
    # law is rejected at .01) and 23 (tax files of M. Nigrini: not rejected at .05).
    digits = [digit for digit, count in enumerate(counts, 1) for _ in range(count)]
    check = benford([Amount(str(at), str(at), float(digit)) for at, digit in enumerate(digits)])
    assert (check.details["p_value"] < 0.01) is fraud
    assert (check.details["p_value"] > 0.05) is not fraud
    assert check.details["suspect"] is fraud
