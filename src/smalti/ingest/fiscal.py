"""An issuer's fiscal calendar as its filing tells it: on which day the year it calls `fiscal 2022` ends.

Tables head their columns with bare years. Such a year has days only where the text says on which day years
end and, for years that end in winter or spring, after which calendar year they are named.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from smalti.platform.quantities import Period, read_dates

__all__ = ["UNKNOWN", "Calendar", "read_calendar"]

_DAY = r"[A-Z][a-z]{2,8}\.?\s+\d{1,2}\s*,\s*(?:19|20)\d\d"
_ENDED = re.compile(
    rf"\b(?:years?|(?:52|53|fifty-two|fifty-three)[\s-]+weeks?|twelve\s+months)\s*(?:\(|\b)[^.;()]{{0,30}}?"
    rf"\bend(?:ed|ing|s)?:?\s*(?:on\s+)?({_DAY}(?:\s*(?:,|and|,\s*and)\s*{_DAY}){{0,4}})",
    re.I,
)
_NAME = r"fiscal\s+(?:year\s+)?(?P<name>(?:19|20)\d\d)\b"
_NAMED = (
    re.compile(rf"\b{_NAME}[^.;]{{0,60}}?\bend(?:ed|s|ing)\s+(?:on\s+)?(?P<day>{_DAY})", re.I),
    re.compile(rf"(?P<day>{_DAY})\s*\(\s*(?:the\s+)?[\"“‘']*\s*{_NAME}", re.I),
)
_MENTION = re.compile(r"\bfiscal\s+(?:year\s+)?((?:19|20)\d\d)\b", re.I)
_SLACK = 8  # days a 52- or 53-week year's end moves about
_MAX_TEXT = 4_000_000  # characters searched


@dataclass(frozen=True, slots=True)
class Calendar:
    """When fiscal years end.

    Attributes:
        month, day: of the usual last day; None where the text does not say.
        offset: the year's name less the calendar year it ends in: 0, or -1 for a `fiscal 2022` that ends in
            January 2023; None where it could be either.
        ends: last days that the text states, by the calendar year they fall in.
    """

    month: int | None = None
    day: int | None = None
    offset: int | None = None
    ends: Mapping[int, date] | None = None

    @property
    def fixed(self) -> bool:
        """Years end on the last day of a month, not on a weekday."""
        ends = list((self.ends or {}).values())
        return bool(ends) and all(_is_month_end(d) and d.month == self.month for d in ends)

    def last_day(self, name: int) -> date | None:
        """The last day of the fiscal year called `name`; None where the text leaves it open."""
        if self.month is None or self.offset is None:
            return None
        year = name - self.offset
        if self.ends and year in self.ends:
            return self.ends[year]
        return date(year, self.month, monthrange(year, self.month)[1]) if self.fixed else None

    def year(self, name: int) -> Period | None:
        """The fiscal year called `name`."""
        end = self.last_day(name)
        if end is None:
            return None
        before = self.last_day(name - 1)
        return Period(before + timedelta(days=1) if before else _months_before(end, 12), end)

    def quarter(self, name: int, quarter: int) -> Period | None:
        """Quarter 1 to 4 of a fiscal year of whole months, or the last one of a year of weeks."""
        end = self.last_day(name)
        if end is not None and not self.fixed and quarter == 4 and (before := self.last_day(name - 1)):
            weeks = 13 if (end - before).days < 368 else 14
            return Period(end - timedelta(days=7 * weeks - 1), end)
        if end is None or not self.fixed:
            return None
        months = end.year * 12 + end.month - 1 - 3 * (4 - quarter)
        year, month = months // 12, months % 12 + 1
        last = date(year, month, monthrange(year, month)[1])
        return Period(_months_before(last, 3), last)


UNKNOWN = Calendar()
"""Nothing is said of years."""


def read_calendar(texts: Iterable[str]) -> Calendar:
    """The calendar a filing's paragraphs and table heads tell of."""
    days: Counter[date] = Counter()
    named: Counter[tuple[int, date]] = Counter()
    mentions: Counter[int] = Counter()
    size = 0
    for text in texts:
        size += len(text)
        if size > _MAX_TEXT:
            break
        for found in _ENDED.finditer(text):
            days.update(read_dates(found[1]))
        for pattern in _NAMED:
            for found in pattern.finditer(text):
                named.update((int(found["name"]), day) for day in read_dates(found["day"]))
        mentions.update(int(year) for year in _MENTION.findall(text))
    return _calendar(days, named, mentions)


def _calendar(days: Counter[date], named: Counter[tuple[int, date]], mentions: Counter[int]) -> Calendar:
    if not days:
        return UNKNOWN
    # The usual last day: of the dates said most often, the latest.
    usual = max(days, key=lambda d: (days[d], d))
    near: dict[int, date] = {}
    for day, _ in sorted(days.items(), key=lambda item: item[1]):
        if _gap(day, usual) <= _SLACK:
            near[_year_of(day, usual)] = day  # the one said most often stands
    offset = _offset(usual, named, mentions)
    return Calendar(usual.month, usual.day, offset, near)


def _gap(day: date, usual: date) -> int:
    """Days between two dates of the year, the year left aside."""
    apart = abs(day.timetuple().tm_yday - usual.timetuple().tm_yday)
    return min(apart, 365 - apart)


def _year_of(day: date, usual: date) -> int:
    """The calendar year of a fiscal year's end that may slip over New Year."""
    slip = {(1, 12): -1, (12, 1): 1}.get((day.month, usual.month), 0)
    return day.year + slip


def _offset(usual: date, named: Counter[tuple[int, date]], mentions: Counter[int]) -> int | None:
    votes: Counter[int] = Counter()
    for (name, day), count in named.items():
        if _gap(day, usual) <= _SLACK and name - day.year in (0, -1):
            votes[name - day.year] += count
    if votes:
        return votes.most_common(1)[0][0]
    if usual.month >= 6 and not (usual.month == 12 and usual.day < 20):
        return 0
    named_so, one_less = (mentions[y] + mentions[y - 1] for y in (usual.year, usual.year - 1))
    if max(named_so, one_less) > 1.3 * min(named_so, one_less):
        return 0 if named_so > one_less else -1
    return None


def _is_month_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _months_before(end: date, months: int) -> date:
    following = end + timedelta(days=1)
    year, month = divmod(following.year * 12 + following.month - 1 - months, 12)
    return date(year, month + 1, min(following.day, monthrange(year, month + 1)[1]))
