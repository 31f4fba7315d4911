from datetime import date

import polars as pl
import pytest
from tests.models.checks.fiscal import closes, year

from smalti.models.checks.altman import altman_z
from smalti.models.checks.market import market_value
from smalti.models.checks.record import NotComputable
from smalti.platform.records import SignalKind

MAKER = {
    "Assets": 1000.0, "AssetsCurrent": 450.0, "LiabilitiesCurrent": 250.0, "InventoryNet": 120.0,
    "Liabilities": 500.0, "StockholdersEquity": 500.0, "RetainedEarnings": 300.0, "IncomeBeforeTax": 90.0,
    "InterestExpense": 10.0, "Revenues": 1100.0,
}  # fmt: skip
HALF, COUNTED = date(2016, 6, 30), date(2017, 1, 31)
COVER = {"SharesOutstanding": (COUNTED, 50.0), "PublicFloat": (HALF, 900.0)}
PRICES = closes((HALF, 20.0), (COUNTED, 25.0))


def test_a_manufacturer_with_a_confirmed_market_value_has_z() -> None:
    check = altman_z(year(MAKER, cover=COVER), PRICES)
    # 1.2 * .2 + 1.4 * .3 + 3.3 * .1 + .6 * 1250 / 500 + .999 * 1.1
    assert check.value == pytest.approx(0.24 + 0.42 + 0.33 + 1.5 + 1.0989)
    assert check.head is SignalKind.RISK
    assert (check.details["variant"], check.details["zone"]) == ("Z 1968", "safe")
    assert check.details["market_value"] == 1250
    assert check.details["float_share"] == pytest.approx(0.9)
    assert {"cover.SharesOutstanding", "cover.PublicFloat", "prices", "0.RetainedEarnings"} <= set(
        check.inputs
    )


def test_prices_of_another_split_are_noticed_and_book_equity_is_taken() -> None:
    split = closes((HALF, 10.0), (COUNTED, 12.5))  # the series was halved by a later two-for-one split
    check = altman_z(year(MAKER, cover=COVER), split)
    # 6.56 * .2 + 3.26 * .3 + 6.72 * .1 + 1.05 * 1
    assert check.value == pytest.approx(1.312 + 0.978 + 0.672 + 1.05)
    assert check.details["variant"] == "Z'' 1995"
    assert "1.80 of price times shares" in check.details["because"]
    assert "prices" not in check.inputs


@pytest.mark.parametrize(
    ("cover", "prices", "why"),
    [
        ({}, PRICES, "SharesOutstanding missing"),
        ({"SharesOutstanding": COVER["SharesOutstanding"]}, PRICES, "PublicFloat missing"),
        (COVER, closes(), "price of 2016-06-30 missing"),
        (COVER, closes((HALF, 20.0), (date(2017, 1, 20), 25.0)), "price of 2017-01-31 missing"),
        (COVER, closes((HALF, 0.0), (COUNTED, 25.0)), "price of 2016-06-30 missing"),
        ({**COVER, "SharesOutstanding": (COUNTED, 0.0)}, PRICES, "0.00 of price times shares"),
    ],
)
def test_without_every_part_there_is_no_market_value(
    cover: dict[str, tuple[date, float]], prices: pl.DataFrame, why: str
) -> None:
    with pytest.raises(NotComputable, match=why):
        market_value(year(MAKER, cover=cover), prices)


def test_an_issuer_without_inventory_is_no_manufacturer() -> None:
    given = {name: value for name, value in MAKER.items() if name != "InventoryNet"}
    check = altman_z(year(given, cover=COVER), PRICES)
    assert check.details["variant"] == "Z'' 1995"
    assert check.details["because"] == "inventory is 0.0% of assets: not taken for a manufacturer"
    assert check.details["taken_as_zero"] == ["InventoryNet"]


def test_losses_eaten_through_the_equity_are_distress() -> None:
    ruined = MAKER | {"RetainedEarnings": -700.0, "IncomeBeforeTax": -150.0, "StockholdersEquity": -100.0}
    check = altman_z(year(ruined | {"Liabilities": 1100.0}), closes())
    assert check.value == pytest.approx(6.56 * 0.2 - 3.26 * 0.7 - 6.72 * 0.14 - 1.05 / 11)
    assert (check.details["zone"], check.details["suspect"]) == ("distress", True)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"RetainedEarnings": None}, "RetainedEarnings missing"),
        ({"Assets": 0.0}, "inventory over Assets has a denominator of 0"),
        ({"AssetsCurrent": 450_000.0}, "AssetsCurrent and Assets are not in one scale"),
        ({"IncomeBeforeTax": 90e6}, "EarningsBeforeInterestAndTax and Assets are not in one scale"),
        ({"LiabilitiesCurrent": -250.0}, "LiabilitiesCurrent is negative"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named(change: dict[str, float | None], why: str) -> None:
    given = {name: value for name, value in (MAKER | change).items() if value is not None}
    check = altman_z(year(given), closes())
    assert check.value is None
    assert check.reason == f"not computable: {why}"
    assert check.head is SignalKind.RISK


def test_negative_revenue_stops_z_but_not_the_variant_that_does_without_it() -> None:
    odd = MAKER | {"Revenues": -5.0}
    assert altman_z(year(odd, cover=COVER), PRICES).reason == "not computable: Revenues is negative"
    assert altman_z(year(odd), PRICES).value == pytest.approx(1.312 + 0.978 + 0.672 + 1.05)
