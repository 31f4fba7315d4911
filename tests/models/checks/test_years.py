from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from tests.models.checks.fiscal import year as made

from smalti.models.checks import Known, fiscal_years, ratios
from smalti.models.checks.beneish import beneish_m
from smalti.models.checks.dechow import dechow_f
from smalti.models.checks.piotroski import piotroski_f
from smalti.models.checks.record import NotComputable
from smalti.models.checks.years import Reader

FEB_2017, FEB_2018 = datetime(2017, 2, 9, tzinfo=UTC), datetime(2018, 2, 8, tzinfo=UTC)
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "concept": pl.String, "value": pl.Float64, "unit": pl.String, "period_start": pl.String,
    "period_end": pl.String, "evidence_id": pl.String, "available_at": pl.Datetime(time_zone="UTC"),
}  # fmt: skip


def frame(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


ROWS = (
    ("Revenues", 100.0, "USD", "2016-01-01", "2016-12-31", "r16", FEB_2017),
    ("Revenues", 90.0, "USD", "2015-01-01", "2015-12-31", "r15", FEB_2017),
    ("Revenues", 30.0, "USD", "2016-10-01", "2016-12-31", "quarter", FEB_2017),
    ("Assets", 500.0, "USD", None, "2016-12-31", "a16", FEB_2017),
    ("Assets", 450.0, "USD", None, "2015-12-31", "a15", FEB_2017),
    ("Assets", 470.0, "USD", None, "2016-12-31", "a16-restated", FEB_2018),
    ("Revenues", 120.0, "USD", "2017-01-01", "2017-12-31", "r17", FEB_2018),
)


def test_years_are_found_newest_first_and_quarters_left_out() -> None:
    years = fiscal_years(frame(*ROWS), FEB_2017)
    assert [year.end for year in years] == [date(2016, 12, 31), date(2015, 12, 31)]
    revenue = years[0].find("Revenues")
    assert revenue is not None
    assert (revenue.value, revenue.evidence) == (100.0, ("r16",))
    before = years[0].find("Revenues", lag=1)
    assert before is not None
    assert before.value == 90.0


def test_a_restatement_counts_from_when_it_was_filed_and_not_before() -> None:
    then, now = fiscal_years(frame(*ROWS), FEB_2017), fiscal_years(frame(*ROWS), FEB_2018)
    assert then[0].items[0]["Assets"].value == 500.0
    assert now[0].end == date(2017, 12, 31)
    restated = now[0].find("Assets", lag=1)
    assert restated is not None
    assert (restated.value, restated.evidence) == (470.0, ("a16-restated",))


def test_two_values_of_one_moment_are_a_conflict_unless_they_differ_by_rounding() -> None:
    rows = (
        *ROWS[:5],
        ("Assets", 499.9, "USD", None, "2016-12-31", "rounded", FEB_2017),
        ("Assets", 950.0, "USD", None, "2015-12-31", "other", FEB_2017),
    )
    year = fiscal_years(frame(*rows), FEB_2017)[0]
    assert year.find("Assets") is not None
    assert year.find("Assets", lag=1) is None
    assert year.conflicts[1] == {"Assets"}


def test_fifty_two_and_fifty_three_week_years_follow_each_other() -> None:
    rows = (
        ("Revenues", 10.0, "USD", "2017-01-29", "2018-02-03", "w53", FEB_2018),
        ("Revenues", 9.0, "USD", "2016-01-31", "2017-01-28", "w52", FEB_2018),
    )
    year = fiscal_years(frame(*rows), FEB_2018)[0]
    before = year.find("Revenues", lag=1)
    assert before is not None
    assert before.value == 9.0


def test_doubted_and_foreign_rows_are_left_out() -> None:
    rows = frame(*ROWS[:5], ("Goodwill", 7.0, "EUR", None, "2016-12-31", "g", FEB_2017))
    doubted = rows.with_columns(
        unverified=pl.when(pl.col("evidence_id") == "a16").then(pl.lit("assets do not balance"))
    )
    year = fiscal_years(doubted, FEB_2017)[0]
    assert year.find("Assets") is None
    assert year.find("Goodwill") is None
    assert year.currency == "USD"


def test_a_year_is_in_the_currency_most_of_it_is_stated_in() -> None:
    # Euros for years, dollars from the newest filing on: the older filings must not decide for the newest.
    euros = [
        (name, value, "EUR", start, end, f"{name}-{end}-eur", FEB_2017)
        for name, value in (("Revenues", 90.0), ("NetIncomeLoss", 9.0), ("GrossProfit", 30.0))
        for start, end in (("2015-01-01", "2015-12-31"), ("2016-01-01", "2016-12-31"))
    ]
    dollars = [
        (name, value, "USD", start, end, f"{name}-{end}-usd", FEB_2018)
        for name, value in (("Revenues", 110.0), ("NetIncomeLoss", 11.0))
        for start, end in (("2016-01-01", "2016-12-31"), ("2017-01-01", "2017-12-31"))
    ]
    years = fiscal_years(frame(*euros, *dollars), FEB_2018)
    assert [(year.end.year, year.currency) for year in years] == [(2017, "USD"), (2016, "EUR"), (2015, "EUR")]
    before = years[0].find("Revenues", lag=1)
    assert before is not None
    assert (before.value, before.evidence) == (110.0, ("Revenues-2016-12-31-usd",))
    assert years[0].find("GrossProfit", lag=1) is None  # known in euros only
    assert years[1].items[0]["Revenues"].value == 90.0


def test_a_translation_of_the_newest_year_alone_is_not_its_currency() -> None:
    rows = [
        ("Revenues", value, unit, f"{end}-01-01", f"{end}-12-31", f"{unit}{end}", FEB_2018)
        for value, unit, end in ((700.0, "CNY", 2017), (600.0, "CNY", 2016), (100.0, "AUD", 2017))
    ]
    year = fiscal_years(frame(*rows), FEB_2018)[0]
    assert year.currency == "CNY"
    assert year.items[0]["Revenues"].value == 700.0


def test_years_that_end_in_february_follow_each_other_through_leap_years() -> None:
    moment = datetime(2021, 4, 20, tzinfo=UTC)
    spans = (("2018-03-01", "2019-02-28"), ("2019-03-01", "2020-02-29"), ("2020-03-01", "2021-02-28"))
    rows = [("Revenues", 10.0 + i, "USD", *span, f"r{i}", moment) for i, span in enumerate(spans)]
    assets = [("Assets", 50.0 + i, "USD", None, end, f"a{i}", moment) for i, (_, end) in enumerate(spans)]
    years = fiscal_years(frame(*rows, *assets), moment)
    assert [year.end for year in years] == [date(2021, 2, 28), date(2020, 2, 29), date(2019, 2, 28)]
    assert [years[0].items[lag]["Assets"].value for lag in (0, 1, 2)] == [52.0, 51.0, 50.0]


def test_a_year_end_that_moved_leaves_no_year_before_rather_than_ten_months() -> None:
    moment = datetime(2018, 4, 20, tzinfo=UTC)
    rows = (
        ("Revenues", 100.0, "USD", "2016-01-01", "2016-12-31", "old", FEB_2017),
        ("Revenues", 15.0, "USD", "2017-01-01", "2017-02-28", "stub", moment),
        ("Revenues", 110.0, "USD", "2017-03-01", "2018-02-28", "new", moment),
    )
    year = fiscal_years(frame(*rows), moment)[0]
    assert year.end == date(2018, 2, 28)
    assert year.find("Revenues", lag=1) is None


def test_twelve_months_told_with_a_quarter_are_no_fiscal_year() -> None:
    moment = datetime(2017, 4, 28, tzinfo=UTC)
    trailing = ("NetCashFromOperatingActivities", 17.0, "USD", "2016-04-01", "2017-03-31", "ttm", moment)
    subsidiary = ("Revenues", 5.0, "USD", "2015-10-01", "2016-09-30", "subsidiary", moment)
    quarter = ("Assets", 80.0, "USD", None, "2017-03-31", "a1q", moment)
    years = fiscal_years(frame(*ROWS[:5], trailing, subsidiary, quarter), moment)
    assert [year.end for year in years] == [date(2016, 12, 31), date(2015, 12, 31)]


def test_a_restatement_reaches_only_the_items_it_restates() -> None:
    amended = datetime(2017, 8, 1, tzinfo=UTC)
    rows = (
        *ROWS[:5],
        ("Revenues", 80.0, "USD", "2016-01-01", "2016-12-31", "r16a", amended),
        ("Assets", 400.0, "USD", None, "2016-12-31", "a16a", amended),
        ("Assets", 410.0, "USD", None, "2016-12-31", "a16b", amended),
    )
    year = fiscal_years(frame(*rows), amended)[0]
    assert year.items[0]["Revenues"].value == 80.0
    assert year.conflicts[0] == {"Assets"}  # restated in two ways at once: the older value does not come back
    assert year.find("Assets") is None
    assert year.items[1]["Assets"].value == 450.0


def test_negative_revenue_is_kept_as_stated_and_refused_by_every_ratio() -> None:
    rows = (*ROWS[1:5], ("Revenues", -3.0, "USD", "2016-01-01", "2016-12-31", "neg", FEB_2017))
    year = fiscal_years(frame(*rows), FEB_2017)[0]
    assert year.items[0]["Revenues"].value == -3.0
    for check in (beneish_m, dechow_f, piotroski_f):
        assert check(year).value is None
    assert ratios(year)["d_sale"] is None
    with pytest.raises(NotComputable, match="Revenues is negative"):
        Reader(year).need("Revenues")


@pytest.mark.parametrize(
    ("name", "value"), [("AssetsCurrent", 450_000.0), ("CashAndCashEquivalents", 511.0), ("Revenues", 1e8)]
)
def test_numbers_of_two_scales_make_no_ratio(name: str, value: float) -> None:
    reader = Reader(made({"Assets": 500.0, name: value}))
    with pytest.raises(NotComputable, match=f"{name} and Assets are not in one scale"):
        reader.need(name)
    assert reader.inputs == ()


def test_the_cover_gives_the_count_nearest_to_the_years_end_and_not_a_later_one() -> None:
    moment = datetime(2018, 2, 8, tzinfo=UTC)
    rows = (
        *ROWS[:5],
        ("SharesOutstanding", 50.0, "shares", None, "2017-01-31", "s17", FEB_2017),
        ("SharesOutstanding", 52.0, "shares", None, "2017-04-30", "s17q", moment),
        ("SharesOutstanding", 60.0, "shares", None, "2018-01-31", "s18", moment),
        ("PublicFloat", 900.0, "USD", None, "2016-06-30", "f16", FEB_2017),
        ("PublicFloat", 800.0, "EUR", None, "2016-06-30", "f16e", FEB_2017),
    )
    year = fiscal_years(frame(*rows), moment)[0]
    assert year.cover == {
        "SharesOutstanding": (date(2017, 1, 31), Known(50.0, ("s17",))),
        "PublicFloat": (date(2016, 6, 30), Known(900.0, ("f16",))),
    }


def test_a_year_that_is_only_forecast_is_no_fiscal_year() -> None:
    forecast = ("Revenues", 150.0, "USD", "2017-01-01", "2017-12-31", "guidance", FEB_2017)
    years = fiscal_years(frame(*ROWS[:5], forecast), FEB_2017)
    assert [year.end for year in years] == [date(2016, 12, 31), date(2015, 12, 31)]


def test_a_flood_of_year_ends_is_bounded() -> None:
    first = date(2000, 1, 1)
    spans = [(str(first + timedelta(i)), str(first + timedelta(i + 364))) for i in range(5_000)]
    rows = [("Revenues", 1.0 + i, "USD", *span, f"r{i}", FEB_2018) for i, span in enumerate(spans)]
    years = fiscal_years(frame(*rows), FEB_2018)
    assert 0 < len(years) <= 60
    assert years[0].find("Revenues") is not None
