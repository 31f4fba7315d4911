"""Periods as people say them: `FY2018`, `Q2'2023`, `nine months ended September 30, 2022`, `last quarter`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from smalti.assistant.understood import Period
from smalti.platform.quantities import read_dates

_YEAR = r"(?:19|20)\d\d"
_FY = r"(?:FY|F\.Y\.|fiscal(?:\s+years?)?|financial\s+years?)"
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_ORDINAL = "|".join(_ORDINALS)
_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
_COUNT = "|".join(_COUNTS) + r"|\d{1,2}"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY = rf"(?:{_MONTH}\.?\s+{_NTH}\s*,?\s*{_YEAR}|{_NTH}\s+{_MONTH}\.?\s*,?\s*{_YEAR})"
_ISO = rf"{_YEAR}-[01]\d-[0-3]\d"
_OF = r"\s*(?:of|in|for|,|/|-)?\s*(?:the\s+)?(?:year\s+)?"
_QUARTER = (
    rf"(?:Q(?P<{{0}}q>[1-4])|(?P<{{0}}r>[1-4])Q|(?P<{{0}}o>{_ORDINAL})\s+(?:fiscal\s+|financial\s+)?quarter)"
)
_OWN_YEAR = rf"{_OF}{_FY}?\s*['’]?\d\d"
_HALF = r"(?:H(?P<{0}h>[12])|(?P<{0}g>[12])H|(?P<{0}p>first|second|1st|2nd)\s+(?:fiscal\s+)?half)"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.I)


# What is tried at each place, in this order.
_PATTERNS = {
    "year_quarter": _pattern(
        rf"\b(?P<fy>{_FY})?\s*['’]?(?P<year>{_YEAR})(?:['’]s)?\s*[-,/]?\s*{_QUARTER.format('')}(?!\w|{_OWN_YEAR})"
    ),
    "quarter": _pattern(
        rf"\b{_QUARTER.format('')}(?:{_OF}(?P<fy>{_FY})?\s*['’]?\s*(?P<year>{_YEAR})\b"
        rf"|{_OF}(?P<fy2>{_FY}\s*['’]?|['’])(?P<short>\d\d)\b|(?<=\dQ)(?P<tight>\d\d)\b)?(?!\w)"
    ),
    "year_half": _pattern(
        rf"\b(?P<fy>{_FY})?\s*['’]?(?P<year>{_YEAR})\s*[-,/]?\s*{_HALF.format('')}(?!\w|{_OWN_YEAR})"
    ),
    "half": _pattern(
        rf"\b{_HALF.format('')}(?:{_OF}(?P<fy>{_FY})?\s*['’]?\s*(?P<year>{_YEAR})\b"
        rf"|{_OF}(?P<fy2>{_FY}\s*['’]?|['’])(?P<short>\d\d)\b|(?<=\dH)(?P<tight>\d\d)\b)?(?!\w)"
    ),
    "ended": _pattern(
        rf"\b(?:(?P<months>{_COUNT})[\s-]+months?|(?P<weeks>\d{{1,2}})[\s-]+weeks?|(?:fiscal\s+)?(?P<unit>year|quarter))"
        rf"(?:\s+period)?[\s-]+(?:ended|ending|end)\s+(?:on\s+)?(?P<day>{_DAY}|{_ISO}|{_MONTH}\.?\s+{_YEAR})"
    ),
    "months": _pattern(
        rf"\bfirst\s+(?P<months>three|six|nine|3|6|9)\s+months(?:{_OF}(?P<fy>{_FY})?\s*['’]?\s*(?P<year>{_YEAR})\b)?"
    ),
    "day": _pattern(
        rf"\b(?P<dated>(?:dated|filed|published|released|issued)\s+(?:on\s+)?)?(?P<day>{_DAY}|{_ISO})\b"
    ),
    "month": _pattern(
        rf"\b(?P<as_of>as\s+of\s+|as\s+at\s+|at\s+|end\s+of\s+)?(?P<month>{_MONTH})\.?\s+(?P<year>{_YEAR})\b"
    ),
    "before": _pattern(
        r"\b(?:the\s+)?same\s+(?:period|quarter|time)\s+(?:in|of|during)?\s*(?:the\s+)?(?:prior|previous|last|preceding)\s+"
        r"(?:fiscal\s+)?year\b|\b(?:a|one)\s+year\s+(?:ago|earlier|before)\b"
        r"|\b(?:the\s+)?(?:prior|previous|preceding)[\s-]+(?:fiscal\s+)?(?:year|period)\b"
    ),
    "last": _pattern(
        rf"\b(?:last|latest|past|most\s+recent|recent|current|this|newest|previous|prior)\s+(?:(?P<count>{_COUNT})\s+)?"
        r"(?:most\s+recent\s+)?(?:reported\s+|completed\s+|full\s+|fiscal\s+|financial\s+)*(?P<unit>years?|quarters?|fy)\b"
    ),
    "fiscal": _pattern(rf"\b(?P<fy>{_FY})\s*[-'’]?\s*(?P<year>{_YEAR}|\d\d)(?!\w|[.,]\d|\s*%)"),
    "year": _pattern(
        rf"(?:(?<![\w$€£.,/#-])|(?<=(?:19|20)\d\d[-/]))['’]?(?P<year>{_YEAR})(?![\w%]|,\d|\.\d|-\d\d-)"
        r"(?P<fy>\s+(?:fiscal|financial)\s+(?:year|period))?"
    ),
}
_MORE = _pattern(
    rf"\s*(?P<gap>,\s*and|,|and|&|to|through|-|–|—|/)\s*['’]?(?P<year>{_YEAR}|\d\d)(?![\w%]|[.,]\d|-\d)"
)
_RANGE = re.compile(r"\s*(?:period\s*)?(?:-|–|—|to|through|thru|until|till|up\s+to)\s*(?:the\s+)?$", re.I)
_BETWEEN = re.compile(r"\s*(?:and|&)\s*(?:the\s+)?", re.I)
_SPAN_OF = re.compile(
    rf"\b(?P<count>{_COUNT})[\s-]+years?\s+(?:\w+\s+)?(?:average|avg|mean|trend|cagr|growth|history)", re.I
)
_NEWEST_CENTURY = 70  # a year of two digits below it is of this century


class Relative(StrEnum):
    """How a period is told by another one."""

    NONE = ""
    YEARS = "years"
    """The newest years."""
    QUARTERS = "quarters"
    """The newest quarters."""
    BEFORE = "before"
    """The same one a year before."""


@dataclass(frozen=True, slots=True)
class Said:
    """A period as it stands in a text.

    Attributes:
        period: without a year where the text gives it none.
        start, end: place in the text.
        relative, count: what it is relative to, and how many are meant.
        through: it and the next one are the ends of a span.
    """

    period: Period
    start: int
    end: int
    relative: Relative = Relative.NONE
    count: int = 1
    through: bool = False


def periods_in(text: str) -> Sequence[Said]:
    """The periods a text names, in its order; a quarter without a year takes that of its neighbour."""
    found = list(_scan(text))
    found = [
        replace(one, through=_is_range(text, found, at)) if at + 1 < len(found) else one
        for at, one in enumerate(found)
    ]
    return _with_years(found)


def years_meant(text: str) -> int:
    """Over how many years something is asked (`three year average`); 0 where it is not said."""
    found = _SPAN_OF.search(text)
    return _count(found["count"]) if found else 0


def year_before(period: Period) -> Period:
    """The same period one year earlier."""
    year = None if period.fiscal_year is None else period.fiscal_year - 1
    start, end = (None if day is None else _year_earlier(day) for day in (period.start, period.end))
    moved = replace(period, fiscal_year=year, start=start, end=end)
    return replace(
        moved, text=_told(moved, "FY" in period.text) if year else f"the year before {period.text}"
    )


def fiscal_period(year: int, quarter: int | None = None, months: int | None = None) -> Period:
    """A fiscal year, or a part of it that ends with `quarter`."""
    made = Period("", year, quarter, months=months)
    return replace(made, text=_told(made, fiscal=True))


# --- reading ------------------------------------------------------------------------------------------


def _scan(text: str) -> Iterator[Said]:
    taken: list[tuple[int, int]] = []
    found: list[Said] = []
    for name, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            if any(match.start() < b and a < match.end() for a, b in taken):
                continue
            taken.append(match.span())
            found.append(_read(name, match))
            if name == "fiscal":
                more = list(_continued(text, match.end()))
                taken += [(one.start, one.end) for one in more]
                found += more
    yield from sorted(found, key=lambda one: one.start)


def _continued(text: str, at: int) -> Iterator[Said]:
    """Further years of one list: `FY20 and 21`."""
    while match := _MORE.match(text, at):
        year = _full_year(match["year"])
        yield Said(Period(f"FY{year}", year), match.start("year"), match.end("year"))
        at = match.end()


def _read(name: str, match: re.Match[str]) -> Said:
    parts = match.groupdict()
    place = match.span()
    if name == "before":
        return Said(Period(match[0]), *place, relative=Relative.BEFORE)
    if name == "last":
        unit = Relative.QUARTERS if parts["unit"].lower().startswith("q") else Relative.YEARS
        return Said(Period(match[0]), *place, relative=unit, count=_count(parts["count"] or "1"))
    if name in ("ended", "day", "month"):
        return Said(_dated(name, match), *place)
    year = next((parts[k] for k in ("year", "short", "tight") if parts.get(k)), None)
    fiscal = bool(parts.get("fy") or re.match(_FY, parts.get("fy2") or "", re.I))
    quarter, months = _part_of_year(parts)
    made = Period("", _full_year(year) if year else None, quarter, months=months)
    return Said(replace(made, text=_told(made, fiscal)), *place)


def _part_of_year(parts: dict[str, str | None]) -> tuple[int | None, int | None]:
    """(quarter it ends with, months where it is more than that quarter)."""
    if quarter := parts.get("q") or parts.get("r"):
        return int(quarter), None
    if ordinal := parts.get("o"):
        return _ORDINALS[ordinal.lower()], None
    if half := parts.get("h") or parts.get("g"):
        return 2 * int(half), 6
    if ordinal := parts.get("p"):
        return 2 * _ORDINALS[ordinal.lower()], 6
    if months := parts.get("months"):
        count = _count(months)
        return count // 3, count if count > 3 else None
    return None, None


def _dated(name: str, match: re.Match[str]) -> Period:
    told = " ".join(match[0].split())
    if name == "month":
        first, last = _month(int(match["year"]), match["month"])
        return Period(told, start=None if match["as_of"] else first, end=last)
    day = _day(match["day"])
    if day is None:
        return Period(told)
    if name == "day":
        # A document's own day is that day; any other day alone is a moment.
        return Period(told, start=day if match["dated"] else None, end=day)
    if weeks := match["weeks"]:
        return Period(
            told, start=day - timedelta(days=7 * int(weeks) - 1), end=day, months=round(int(weeks) / 4.345)
        )
    months = _count(match["months"]) if match["months"] else 12 if match["unit"].lower() == "year" else 3
    return Period(told, start=_months_before(day, months), end=day, months=months)


def _day(text: str) -> date | None:
    if re.fullmatch(_ISO, text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    if days := read_dates(text):
        return days[0]
    month = re.match(rf"({_MONTH})\.?\s+({_YEAR})$", text, re.I)
    return _month(int(month[2]), month[1])[1] if month else None


def _month(year: int, name: str) -> tuple[date, date]:
    month = _MONTHS.index(name[:3].lower()) + 1
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


# --- put together -------------------------------------------------------------------------------------


def _is_range(text: str, found: Sequence[Said], at: int) -> bool:
    """Whether this period and the next one are the ends of a span."""
    one, other = found[at], found[at + 1]
    gap = text[one.end : other.start]
    if _RANGE.fullmatch(gap):
        return True
    return (
        bool(_BETWEEN.fullmatch(gap)) and re.search(r"\bbetween\b", text[: one.start][-30:], re.I) is not None
    )


def _with_years(found: Sequence[Said]) -> Sequence[Said]:
    years = [(at, one) for at, one in enumerate(found) if one.period.fiscal_year]
    made = [_with_year(one, at, years) for at, one in enumerate(found)]
    for at in range(1, len(made)):
        before, one = made[at - 1], made[at]
        bare = one.period.fiscal_year and not one.period.text.count("FY")
        if before.through and bare and "FY" in before.period.text:
            made[at] = replace(one, period=replace(one.period, text=_told(one.period, fiscal=True)))
    return made


def _with_year(one: Said, at: int, years: Sequence[tuple[int, Said]]) -> Said:
    if one.period.fiscal_year is not None or one.period.quarter is None or not years:
        return one
    # The year usually follows: `Q1 and Q2 of 2023`.
    _, other = min(years, key=lambda known: (abs(known[0] - at), known[0] < at))
    period = replace(one.period, fiscal_year=other.period.fiscal_year)
    return replace(one, period=replace(period, text=_told(period, "FY" in other.period.text)))


def _told(period: Period, fiscal: bool) -> str:
    year = "" if period.fiscal_year is None else f"{'FY' if fiscal else ''}{period.fiscal_year}"
    if period.quarter is None:
        return year
    if period.months == 6:
        return f"H{period.quarter // 2} {year}".strip()
    if period.months == 9:
        return f"first nine months of {year}".removesuffix(" of ")
    return f"Q{period.quarter} {year}".strip()


def _count(text: str) -> int:
    return _COUNTS.get(text.lower()) or int(text)


def _full_year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    return int(text) + (2000 if int(text) < _NEWEST_CENTURY else 1900)


def _year_earlier(day: date) -> date:
    return date(day.year - 1, day.month, min(day.day, monthrange(day.year - 1, day.month)[1]))


def _months_before(end: date, months: int) -> date:
    following = end + timedelta(days=1)
    year, month = divmod(following.year * 12 + following.month - 1 - months, 12)
    return date(year, month + 1, min(following.day, monthrange(year, month + 1)[1]))
