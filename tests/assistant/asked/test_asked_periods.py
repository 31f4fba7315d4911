"""Periods as people say them, and their days."""

from __future__ import annotations

from datetime import date

import pytest
from tests.assistant.asked.world import IDS, asked

from smalti.assistant.asked.periods import periods_in, year_before, years_meant
from smalti.assistant.asked.spans import newest_quarters, newest_years, spans
from smalti.assistant.grounds import Grounds
from smalti.assistant.understood import Period


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("FY18", ["FY2018"]),
        ("year end FY2018", ["FY2018"]),
        ("the 2021 fiscal year", ["FY2021"]),
        ("Q2 of FY2024", ["Q2 FY2024"]),
        ("Q22023", ["Q2 2023"]),
        ("Q2'2023", ["Q2 2023"]),
        ("2021 Q1", ["Q1 2021"]),
        ("2Q23", ["Q2 2023"]),
        ("second fiscal quarter of 2023", ["Q2 2023"]),
        ("H1 FY2023", ["H1 FY2023"]),
        ("first nine months of 2022", ["first nine months of 2022"]),
        ("FY20 and 21", ["FY2020", "FY2021"]),
        ("Q1 and Q2 of 2023", ["Q1 2023", "Q2 2023"]),
        ("between FY2016 and FY2018", ["FY2016", "FY2018"]),
        ("2020-2022", ["2020", "2022"]),
        ("as of March 2021", ["as of March 2021"]),
        ("in $2020 million, 1,2020 units, 2020.5 points", []),
        ("may I ask", []),
    ],
)
def test_periods_are_read(text: str, told: list[str]) -> None:
    assert [one.period.text for one in periods_in(text)] == told


def test_days_are_read() -> None:
    (year,) = periods_in("the year ended July 29, 2023")
    assert (year.period.start, year.period.end) == (date(2022, 7, 30), date(2023, 7, 29))
    (weeks,) = periods_in("13 weeks ended July 29, 2023")
    assert (weeks.period.start, weeks.period.end) == (date(2023, 4, 30), date(2023, 7, 29))
    (moment,) = periods_in("as of March 2021")
    assert (moment.period.start, moment.period.end) == (None, date(2021, 3, 31))
    (filed,) = periods_in("the 8-K dated 1st July 2022")
    assert (filed.period.start, filed.period.end) == (date(2022, 7, 1), date(2022, 7, 1))


def test_spans_of_years_are_told_from_pairs() -> None:
    assert [one.through for one in periods_in("FY2017 - FY2019")] == [True, False]
    assert [one.through for one in periods_in("between FY2016 and FY2017")] == [True, False]
    assert [one.through for one in periods_in("FY2016 and FY2017")] == [False, False]
    assert years_meant("three year average") == 3


def test_the_year_before_is_of_the_same_kind() -> None:
    assert year_before(Period("Q2 FY2024", 2024, 2)) == Period("Q2 FY2023", 2023, 2)
    assert year_before(Period("2018", 2018)) == Period("2017", 2017)


@pytest.mark.parametrize(
    ("issuer", "period", "days"),
    [
        ("BEST BUY CO INC", Period("FY2019", 2019), (date(2018, 2, 4), date(2019, 2, 2))),
        ("BEST BUY CO INC", Period("Q2 FY2024", 2024, 2), (date(2023, 4, 30), date(2023, 7, 29))),
        ("Walmart Inc.", Period("FY2020", 2020), (date(2019, 2, 2), date(2020, 1, 31))),
        ("NIKE, Inc.", Period("FY2019", 2019), (date(2018, 6, 2), date(2019, 5, 31))),
        ("JPMORGAN CHASE & CO", Period("Q2 2023", 2023, 2), (date(2023, 4, 1), date(2023, 6, 30))),
        ("JPMORGAN CHASE & CO", Period("H1 2023", 2023, 2, months=6), (date(2023, 1, 1), date(2023, 6, 30))),
        ("JOHNSON & JOHNSON", Period("FY2021", 2021), (date(2021, 1, 4), date(2022, 1, 2))),
    ],
)
def test_a_fiscal_period_has_the_days_of_the_issuers_calendar(
    grounds: Grounds, issuer: str, period: Period, days: tuple[date, date]
) -> None:
    best = spans(grounds, IDS[issuer], period)[0]
    assert best.start is not None
    assert abs((best.start - days[0]).days) <= 7
    assert best.end == days[1]


def test_a_year_that_ends_in_winter_may_be_named_by_its_start(grounds: Grounds) -> None:
    readings = spans(grounds, IDS["Ulta Beauty, Inc."], Period("FY2022", 2022))
    assert [one.end for one in readings] == [date(2022, 1, 29), date(2023, 1, 28)]


def test_relative_periods_count_from_the_newest_that_is_reported(grounds: Grounds) -> None:
    assert [one.text for one in newest_years(grounds, IDS["NIKE, Inc."], 2)] == ["FY2020", "FY2021"]
    assert [one.text for one in newest_quarters(grounds, IDS["BEST BUY CO INC"])] == ["Q2 FY2024"]
    found = asked(grounds, "What was Best Buy's revenue last quarter?")
    assert [one.text for one in found.periods] == ["Q2 FY2024"]


def test_an_average_counts_each_year_of_its_span(grounds: Grounds) -> None:
    found = asked(grounds, "What is the FY2017 - FY2019 3 year average of net margin for Nike?")
    assert [one.text for one in found.periods] == ["FY2017", "FY2018", "FY2019"]
    alone = asked(grounds, "What is the 3 year average net margin of Nike in FY2020?")
    assert [one.text for one in alone.periods] == ["FY2018", "FY2019", "FY2020"]


def test_an_unknown_calendar_gives_no_days(grounds: Grounds) -> None:
    assert not spans(grounds, "nobody", Period("FY2019", 2019))
