"""The times that a sentence lists: `as of June 30, 2023 and 2022`, `in fiscal 2022, 2021 and 2020`.

The patterns are pieces for the forms of sentence in `prose_forms`; each is atomic, so that no form can match
by leaving out the last member of a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from smalti.ingest.fiscal import Calendar
from smalti.platform.quantities import Period, PeriodPhrase, read_dates

__all__ = ["FLOW", "MOMENT", "SEPARATOR", "times_of"]

SEPARATOR = r"(?:\s?, and |\s?, ?| and )"
_YEAR = r"(?:19|20)\d\d\b"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.)"
)
_DAY = rf"{_MONTH} \d{{1,2}}\s?, ?{_YEAR}"
_DAYS = rf"{_DAY}(?:{SEPARATOR}(?:{_DAY}|{_YEAR})){{0,3}}"
_FISCAL = r"(?:fiscal (?:years? )?)?"
_COUNT = r"(?:three|six|nine|twelve)"
_ORDINAL = r"(?:first|second|third|fourth)"
MOMENT = rf"(?>the end of (?:the {_ORDINAL} quarter of )?{_FISCAL}{_YEAR}(?!{SEPARATOR}{_YEAR})|{_DAYS})"
"""Days, after `at` or `as of`."""
FLOW = (
    rf"(?>(?:the )?(?:(?:fiscal )?years?|{_COUNT} months|quarters?) ended {_DAYS}"
    rf"|(?:the )?(?:fiscal )?{_ORDINAL} quarters? of {_FISCAL}{_YEAR}(?:{SEPARATOR}{_FISCAL}{_YEAR}){{0,2}}"
    rf"|(?:the )?(?:full[ -])?(?:years? )?{_FISCAL}{_YEAR}(?:{SEPARATOR}{_FISCAL}{_YEAR}){{0,3}})"
)
"""Lengths of time, after `in`, `for` or `during`."""

_STEP = re.compile(rf"(?:(?P<month>{_MONTH}) (?P<day>\d{{1,2}})\s?, ?)?(?P<year>{_YEAR})")
_QUARTER = re.compile(rf"({_ORDINAL}) quarter")
_LENGTH = re.compile(rf"({_COUNT}) months|(quarter)s? ended|(years?) ended")
_ORDER = ("first", "second", "third", "fourth")
_MONTHS = {"three": 3, "six": 6, "nine": 9, "twelve": 12, "quarter": 3}


def times_of(text: str, calendar: Calendar) -> list[Period]:
    """The periods of a text that `MOMENT` or `FLOW` matched, in order; none where one cannot be told.

    A year without its days that is not called fiscal is read only where years end with December, and a
    quarter only as the calendar gives it.
    """
    found = list(_periods(text, calendar))
    return [] if None in found else [period for period in found if period is not None]


def _periods(text: str, calendar: Calendar) -> Iterator[Period | None]:
    quarter, length = _QUARTER.search(text), _LENGTH.search(text)
    carried: str | None = None
    for step in _STEP.finditer(text):
        year = int(step["year"])
        if step["month"]:
            carried = f"{step['month']} {step['day']}"
        if carried:
            yield _dated(f"{carried}, {year}", length)
        elif "fiscal" not in text and not (calendar.month == 12 and calendar.fixed):
            yield None
        else:
            whole = calendar.quarter(year, _ORDER.index(quarter[1]) + 1) if quarter else calendar.year(year)
            yield Period(None, whole.end) if whole and text.startswith("the end of") else whole


def _dated(text: str, length: re.Match[str] | None) -> Period | None:
    days = read_dates(text)
    if len(days) != 1:
        return None
    if length is None:
        return Period(None, days[0])
    months = _MONTHS.get(length[1] or length[2] or "twelve")
    return _span(days[0], months) if months else None


def _span(end: date, months: int) -> Period | None:
    """Months up to a day; of weeks where the day is no month's last, whose start is known to a week only."""
    if months != 12 and (end + timedelta(days=1)).day != 1:
        return None
    found = PeriodPhrase(months=months, month=end.month, day=end.day, year=end.year).resolve()
    return found if isinstance(found, Period) else None
