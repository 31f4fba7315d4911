"""Fiscal calendars as filings tell them."""

from __future__ import annotations

from datetime import date

from smalti.ingest.fiscal import UNKNOWN, read_calendar
from smalti.platform.quantities import Period


def test_years_of_whole_months_have_years_and_quarters() -> None:
    calendar = read_calendar(
        ["For the fiscal year ended June 30, 2023", "Years ended June 30, 2023 and 2022"]
    )
    assert calendar.year(2022) == Period(date(2021, 7, 1), date(2022, 6, 30))
    assert calendar.quarter(2023, 2) == Period(date(2022, 10, 1), date(2022, 12, 31))


def test_a_year_of_weeks_has_days_only_where_the_text_states_its_end() -> None:
    text = "fiscal years ended January 28, 2023, January 29, 2022 and January 30, 2021"
    calendar = read_calendar([text, "fiscal 2023 was good, fiscal 2023 and fiscal 2022"])
    assert calendar.year(2023) == Period(date(2022, 1, 30), date(2023, 1, 28))
    assert calendar.year(2024) is None


def test_winter_years_may_be_named_after_the_year_they_began_in() -> None:
    ended = "the fifty-two weeks ended January 28, 2023 and January 29, 2022"
    assert read_calendar([ended, "fiscal 2022 against fiscal 2021"]).last_day(2022) == date(2023, 1, 28)
    assert read_calendar([ended, "fiscal 2023 against fiscal 2022"]).last_day(2022) == date(2022, 1, 29)
    stated = 'the year ended January 28, 2023 ("fiscal 2022")'
    assert read_calendar([stated]).last_day(2022) == date(2023, 1, 28)


def test_a_winter_year_of_unknown_name_and_a_silent_text_give_no_days() -> None:
    assert read_calendar(["year ended January 28, 2023"]).last_day(2022) is None
    assert read_calendar(["nothing of years"]) == UNKNOWN
