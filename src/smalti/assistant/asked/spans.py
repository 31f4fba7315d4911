"""From a period as it is called to its days: an issuer's fiscal years and quarters, as its filings tell them.

A fiscal year is named by the calendar year it ends in, unless the issuer itself names it otherwise (a
`fiscal 2022` that ends in January 2023). People do not always follow an issuer's own naming; where both
readings differ both are given.
"""

from __future__ import annotations

import threading
import weakref
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from smalti.assistant.asked.periods import fiscal_period, year_before
from smalti.assistant.grounds import Grounds
from smalti.assistant.understood import Period
from smalti.ingest.fiscal import Calendar, read_calendar
from smalti.platform.records import LEAST_LINK
from smalti.platform.store import Store

__all__ = ["Span", "newest_quarters", "newest_years", "spans", "year_before"]

_YEAR_DAYS, _QUARTER_DAYS = range(350, 379), range(80, 102)
_NAMED_BY_START = 5  # of a year that ends in a month up to this one, the name may be of the year before
_LEAST_FACTS = 3  # with the same two days, before they are taken for a period of the issuer
_SLACK = 12  # days that the end of a quarter may lie off a quarter of its year
_MOST_PARAGRAPHS = 1_500
_MOST_REMEMBERED = 2_000

_PERIODS = f"""
SELECT f.period_start, f.period_end, count(*) AS facts
FROM facts f JOIN documents d USING (document_id) JOIN links l USING (document_id)
WHERE l.issuer_id = $issuer AND l.score >= {LEAST_LINK} AND d.available_at <= $as_of
  AND f.period_end <= CAST(d.available_at AS DATE)
GROUP BY 1, 2
"""
_FISCAL_TALK = f"""
SELECT e.text FROM evidence e JOIN documents d USING (document_id) JOIN links l USING (document_id)
WHERE l.issuer_id = $issuer AND l.score >= {LEAST_LINK} AND d.available_at <= $as_of
  AND d.kind = 'filing' AND e.kind = 'paragraph'
  AND (contains(lower(e.text), 'fiscal') OR contains(lower(e.text), 'ended'))
ORDER BY d.available_at DESC, e.ordinal LIMIT {_MOST_PARAGRAPHS}
"""
_STATE = f"""
SELECT count(*) AS documents, max(d.available_at) AS newest, max(l.recorded_at) AS linked
FROM documents d JOIN links l USING (document_id)
WHERE l.issuer_id = $issuer AND l.score >= {LEAST_LINK} AND d.available_at <= $as_of
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Days that a period may mean.

    Attributes:
        start: first day; None where only a moment was asked for.
        end: last day; balance sheet items are of this day.
        own: the issuer itself calls it so.
        known: facts of this very period are stored; else its days are worked out from the calendar.
    """

    start: date | None
    end: date
    own: bool = True
    known: bool = False


@dataclass(frozen=True, slots=True)
class _Times:
    """What is known of an issuer's periods: ends by length, the days of moments, and its naming."""

    years: Sequence[tuple[date, date]]
    quarters: Sequence[tuple[date, date]]
    moments: Sequence[date]
    pairs: frozenset[tuple[date | None, date]]
    month: int
    day: int
    offset: int | None


_State = tuple[str, int, datetime | None, datetime | None]
_held: weakref.WeakKeyDictionary[Store, dict[_State, _Times | None]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def spans(grounds: Grounds, issuer_id: str, period: Period) -> Sequence[Span]:
    """The days a period may mean, best first; empty where the issuer's calendar is not known.

    Args:
        grounds: what may be read.
        issuer_id: whose fiscal years count.
        period: as understood; one that gives its own dates needs no calendar.
    """
    times = _times(grounds, issuer_id)
    if period.end is not None:
        return [_stated(period.start, period.end, times)]
    if times is None or period.fiscal_year is None:
        return []
    readings = [(period.fiscal_year - (times.offset or 0), True)]
    if times.offset:
        readings.append((period.fiscal_year, False))
    elif times.offset is None and times.month <= _NAMED_BY_START:
        readings.append((period.fiscal_year + 1, False))
    found = [_span(times, year, period, own) for year, own in readings]
    # Of a year that has not been reported nobody can ask the numbers.
    return sorted(found, key=lambda one: not one.known)


def newest_years(grounds: Grounds, issuer_id: str, count: int = 1) -> Sequence[Period]:
    """The newest fiscal years that are reported, oldest first, as the issuer calls them."""
    times = _times(grounds, issuer_id)
    if times is None or not times.years:
        return []
    last = _year_of(times.years[-1][1], times)
    return [fiscal_period(last + (times.offset or 0) - back) for back in reversed(range(count))]


def newest_quarters(grounds: Grounds, issuer_id: str, count: int = 1) -> Sequence[Period]:
    """The newest fiscal quarters that are reported, oldest first, as the issuer calls them."""
    times = _times(grounds, issuer_id)
    if times is None or not (times.quarters or times.years):
        return []
    end = max(period[-1][1] for period in (times.quarters, times.years) if period)
    year, quarter = _quarter_of(end, times)
    first = 4 * year + quarter - count
    return [fiscal_period(at // 4 + (times.offset or 0), at % 4 + 1) for at in range(first, first + count)]


def _stated(start: date | None, end: date, times: _Times | None) -> Span:
    known = times is not None and any(
        last == end and (start is None or first is None or abs((first - start).days) <= _SLACK)
        for first, last in times.pairs
    )
    return Span(start, end, own=True, known=known)


# --- an issuer's calendar ---------------------------------------------------------------------------------


def _times(grounds: Grounds, issuer_id: str) -> _Times | None:
    documents, newest, linked = grounds.rows(_STATE, issuer=issuer_id).row(0)
    state = (issuer_id, documents, newest, linked)
    with _lock:
        held = _held.setdefault(grounds.store, {})
        if state in held:
            return held[state]
    made = _read_times(grounds, issuer_id) if documents else None
    with _lock:
        if len(held) >= _MOST_REMEMBERED:
            held.clear()
        held[state] = made
    return made


def _read_times(grounds: Grounds, issuer_id: str) -> _Times | None:
    rows = list(grounds.rows(_PERIODS, issuer=issuer_id).iter_rows())
    spoken = Counter({(start, end): count for start, end, count in rows if start is not None})
    years = _of_length(spoken, _YEAR_DAYS)
    talk = grounds.rows(_FISCAL_TALK, issuer=issuer_id)["text"]
    calendar = read_calendar(talk)
    if not years and calendar.month is None:
        return None
    usual = _usual([end for _, end in years], spoken, years) or (calendar.month or 12, calendar.day or 31)
    years = [one for one in years if _gap(one[1], usual) <= _SLACK]
    return _Times(
        years=years,
        quarters=_of_length(spoken, _QUARTER_DAYS),
        moments=sorted(end for start, end, _ in rows if start is None),
        pairs=frozenset((start, end) for start, end, _ in rows),
        month=usual[0],
        day=usual[1],
        offset=_offset(calendar, usual),
    )


def _of_length(spoken: Counter[tuple[date, date]], days: range) -> list[tuple[date, date]]:
    """Periods of a length, one for each last day, in order."""
    by_end: dict[date, tuple[int, tuple[date, date]]] = {}
    total: Counter[date] = Counter()
    for (start, end), count in spoken.items():
        if (end - start).days + 1 in days:
            total[end] += count
            by_end[end] = max(by_end.get(end, (0, (start, end))), (count, (start, end)))
    return [by_end[end][1] for end in sorted(by_end) if total[end] >= _LEAST_FACTS]


def _usual(
    ends: Sequence[date], spoken: Counter[tuple[date, date]], years: Sequence[tuple[date, date]]
) -> tuple[int, int] | None:
    """Month and day about which years end: those that most facts are of."""
    votes: Counter[tuple[int, int]] = Counter()
    for start, end in years:
        votes[end.month, end.day] += spoken[start, end]
    if not votes:
        return None
    near = {day: sum(n for other, n in votes.items() if _gap(_some(other), day) <= _SLACK) for day in votes}
    return max(votes, key=lambda day: (near[day], votes[day], day))


def _offset(calendar: Calendar, usual: tuple[int, int]) -> int | None:
    """The name of a year less the year in which it usually ends: 0 or -1; None where it is not told."""
    if calendar.month is None or _gap(_some(usual), (calendar.month, calendar.day or 1)) > 2 * _SLACK:
        return None
    return calendar.offset


def _some(day: tuple[int, int]) -> date:
    return date(2023, day[0], min(day[1], monthrange(2023, day[0])[1]))


def _gap(day: date, usual: tuple[int, int]) -> int:
    """Days between two days of the year, the year left aside."""
    apart = abs(day.timetuple().tm_yday - _some(usual).timetuple().tm_yday)
    return min(apart, 365 - apart)


# --- years and their parts --------------------------------------------------------------------------------


def _year_of(end: date, times: _Times) -> int:
    """The calendar year that a fiscal year's last day counts for; years of weeks slip over New Year."""
    if times.month == 12 and end.month == 1:
        return end.year - 1
    if times.month == 1 and end.month == 12:
        return end.year + 1
    return end.year


def _quarter_of(end: date, times: _Times) -> tuple[int, int]:
    """(year as `_year_of`, quarter) that ends about a day."""
    for year in (end.year - 1, end.year, end.year + 1):
        for quarter in (1, 2, 3, 4):
            if abs((_quarter_end(times, year, quarter) - end).days) <= 20:
                return year, quarter
    return end.year, (end.month + 2) // 3


def _year_end(times: _Times, year: int) -> date:
    for _, end in times.years:
        if _year_of(end, times) == year:
            return end
    fixed = times.years and all(end.day == monthrange(end.year, end.month)[1] for _, end in times.years)
    last = monthrange(year, times.month)[1]
    return date(year, times.month, last if fixed else min(times.day, last))


def _quarter_end(times: _Times, year: int, quarter: int) -> date:
    end = _year_end(times, year)
    if quarter == 4:
        return end
    if end.day == monthrange(end.year, end.month)[1]:
        months = end.year * 12 + end.month - 1 - 3 * (4 - quarter)
        about = date(months // 12, months % 12 + 1, monthrange(months // 12, months % 12 + 1)[1])
    else:
        about = end - timedelta(days=91 * (4 - quarter))
    near = [day for _, day in times.quarters if abs((day - about).days) <= _SLACK]
    near = near or [day for day in times.moments if abs((day - about).days) <= _SLACK]
    return min(near, key=lambda day: abs((day - about).days), default=about)


def _span(times: _Times, year: int, period: Period, own: bool) -> Span:
    if period.quarter is None:
        end = _year_end(times, year)
        start = next((first for first, last in times.years if last == end), None)
        known = start is not None or end in times.moments
        return Span(start or _after(_year_end(times, year - 1)), end, own, known)
    end = _quarter_end(times, year, period.quarter)
    first = period.quarter - (period.months or 3) // 3
    begin = _year_end(times, year - 1) if first <= 0 else _quarter_end(times, year, first)
    start = _after(begin)
    known = any(
        last == end and (before is None or abs((before - start).days) <= _SLACK)
        for before, last in times.pairs
    )
    return Span(start, end, own, known)


def _after(day: date) -> date:
    return day + timedelta(days=1)
