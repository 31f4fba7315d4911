import pytest
from tests.models.checks.fiscal import year

from smalti.models.checks.piotroski import piotroski_f
from smalti.platform.records import SignalKind

THIS = {
    "NetIncomeLoss": 90.0, "NetCashFromOperatingActivities": 120.0, "Revenues": 1200.0,
    "CostOfRevenue": 700.0, "Assets": 1100.0, "LongTermDebt": 200.0, "AssetsCurrent": 500.0,
    "LiabilitiesCurrent": 240.0, "StockIssued": 0.0,
}  # fmt: skip
BEFORE = {
    "NetIncomeLoss": 60.0, "Revenues": 1000.0, "CostOfRevenue": 600.0, "Assets": 1000.0,
    "LongTermDebt": 220.0, "AssetsCurrent": 430.0, "LiabilitiesCurrent": 220.0,
}  # fmt: skip
EARLIER = {"Assets": 900.0}


def test_a_year_better_in_every_way_scores_nine() -> None:
    check = piotroski_f(year(THIS, BEFORE, EARLIER))
    assert check.value == 9
    assert (check.head, check.details["zone"]) == (SignalKind.RISK, "strong")
    assert check.details["return_on_assets"] == pytest.approx([0.09, 60 / 900])
    assert check.details["debt_over_assets"] == pytest.approx([200 / 1050, 220 / 950])
    assert {"0.NetIncomeLoss", "1.LongTermDebt", "2.Assets", "0.StockIssued"} <= set(check.inputs)


@pytest.mark.parametrize(
    ("sign", "change"),
    [
        ("cash_over_profit", {"NetCashFromOperatingActivities": 80.0}),
        ("profit_grew", {"NetIncomeLoss": 65.0}),
        ("debt_fell", {"LongTermDebt": 260.0}),
        ("liquidity_rose", {"LiabilitiesCurrent": 300.0}),
        ("margin_rose", {"CostOfRevenue": 720.0}),
        ("turnover_rose", {"Revenues": 1110.0, "CostOfRevenue": 600.0}),
        ("no_equity_issued", {"StockIssued": 1.0}),
    ],
)
def test_each_sign_is_lost_alone(sign: str, change: dict[str, float]) -> None:
    check = piotroski_f(year(THIS | change, BEFORE, EARLIER))
    assert [name for name, counts in check.details["signs"].items() if not counts] == [sign]


def test_a_loss_making_year_is_weak() -> None:
    bad = THIS | {
        "NetIncomeLoss": -90.0, "NetCashFromOperatingActivities": -120.0, "Revenues": 900.0,
        "CostOfRevenue": 600.0, "LongTermDebt": 400.0, "LiabilitiesCurrent": 480.0, "StockIssued": 50.0,
    }  # fmt: skip
    check = piotroski_f(year(bad, BEFORE, EARLIER))
    assert check.value == 0
    assert (check.details["zone"], check.details["suspect"]) == ("weak", True)


def test_without_a_line_of_stock_issued_share_counts_tell() -> None:
    this = {name: value for name, value in THIS.items() if name != "StockIssued"}
    counted = [{"WeightedAverageSharesDiluted": 50.0}, {"WeightedAverageSharesDiluted": 52.0}]
    check = piotroski_f(year(this | counted[0], BEFORE | counted[1], EARLIER))
    assert check.details["signs"]["no_equity_issued"] is True
    assert check.details["equity_issued_from"] == "WeightedAverageSharesDiluted"
    grown = piotroski_f(year(this | counted[1], BEFORE | counted[0], EARLIER))
    assert grown.details["signs"]["no_equity_issued"] is False
    silent = piotroski_f(year(this, BEFORE, EARLIER))
    assert silent.reason == "not computable: StockIssued and average share counts missing"


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ((THIS, BEFORE), "Assets of two years before missing"),
        ((THIS | {"Revenues": -1200.0}, BEFORE, EARLIER), "Revenues is negative"),
        ((THIS | {"Revenues": 0.0}, BEFORE, EARLIER), "CostOfRevenue over Revenues has a denominator of 0"),
        ((THIS, BEFORE | {"Revenues": 1e9}, EARLIER), "Revenues of the year before and Assets are not in"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named(items: tuple[dict[str, float], ...], why: str) -> None:
    check = piotroski_f(year(*items))
    assert check.value is None
    assert str(check.reason).startswith(f"not computable: {why}")
    assert check.head is SignalKind.RISK
