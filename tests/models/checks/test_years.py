from datetime import UTC, date, datetime

import polars as pl

from smalti.models.checks import fiscal_years

FEB_2017, FEB_2018 = datetime(2017, 2, 9, tzinfo=UTC), datetime(2018, 2, 8, tzinfo=UTC)
SCHEMA = {
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
