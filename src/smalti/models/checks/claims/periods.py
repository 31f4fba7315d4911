"""Which period a sentence speaks of: named, or implied by when and where it was said."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from smalti.platform.facts import Fact
from smalti.platform.quantities import Period

__all__ = ["Calendar", "Named", "find_periods", "period_text"]

_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_YEAR = r"(?:19|20)\d\d"
_MONTH_NAME = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_Q = r"first|second|third|fourth|1st|2nd|3rd|4th"
_DAY = rf"[a-z]{{3,9}}\.? \d{{1,2}},? (?P<%s>{_YEAR})"
_LABEL = r"(?:fiscal |calendar |financial )?"
_PERIOD = re.compile(
    "|".join(
        (
            rf"(?:three|3|six|6|nine|9|twelve|12)[ -]months? (?:ended|ending|to) {_DAY % 'months'}",
            rf"\b(?:full[- ]|fiscal[- ]|calendar )*years? (?:ended|ending) {_DAY % 'ended'}",
            rf"\bquarter (?:ended|ending) {_DAY % 'q_ended'}",
            rf"\b(?:as of|as at|at) {_DAY % 'moment'}",
            rf"\b(?:on )?(?:{_MONTH_NAME})\.? \d{{1,2}}(?:,? (?P<day>{_YEAR})\b|(?P<undated>\b))",
            r"(?P<half>\b(?:first|second) half\b|\b(?:nine|six)[ -]months?\b|\byear[- ]to[- ]date\b)",
            rf"\b(?:fiscal |our |the )*(?P<q>{_Q})[ -](?:fiscal[ -])?quarter(?:['’]s)?"
            rf"(?:,? (?:of )?(?:the )?{_LABEL}(?:year )?(?P<qy>{_YEAR}))?",
            rf"\bq(?P<q2>[1-4])(?:[ ,-]*(?:of )?(?:fiscal |fy ?)?['’]?(?P<qy2>{_YEAR}"
            rf"|\d\d(?![\d%,.])))?(?!\d)",
            rf"\b(?P<q3>[1-4])q(?:[ ']?(?P<qy3>{_YEAR}|\d\d))?\b",
            rf"(?<![\w$€£.,])(?:(?:for "
            rf"|in )?(?:the )?(?:full[- ])?{_LABEL}(?:year )?)?(?:fy ?)?(?P<y>{_YEAR})"
            r"(?![\d%]|[,.]\d| (?:million|billion|percent|dollars|basis))",
            r"\bfy ?['’]?(?P<fy>\d\d)\b",
            r"(?P<last>\b(?:last|prior|previous) (?:fiscal )?(?:year|quarter)(?:['’]s)?\b|\bprior[- ]year\b"
            r"|\ba year (?:ago|earlier|before)\b|\bthe (?:year|quarter) before\b)",
            r"(?P<next>\b(?:next|coming|current) (?:fiscal )?(?:year|quarter)\b|\bthis (?:fiscal )?year\b)",
            r"(?P<year>\b(?:for|in|during|over|at|of) (?:the|our) (?:full[- ])?(?:fiscal )?year(?:[- ]end)?\b"
            r"|\b(?:the )?full[- ](?:fiscal )?year\b|\bannual\b|\byear[- ]end\b"
            r"|\bend of the (?:fiscal )?year\b"
            r"|\bthe year\b)",
            r"(?P<quarter>\b(?:for|in|during|over|of) (?:the|our) quarter\b|\bthis quarter\b|\bquarterly\b"
            r"|\bquarter[- ]end\b|\bend of the quarter\b|\bthe quarter\b)",
        )
    ),
    re.IGNORECASE,
)
_MONTHS = {"three": 3, "3": 3, "six": 6, "6": 6, "nine": 9, "9": 9, "twelve": 12, "12": 12}
_UNTOLD = 25  # days after a quarter within which few have told of it
_NEAR = timedelta(days=8)
_ANNUAL = range(350, 381)


@dataclass(frozen=True, slots=True)
class Named:
    """A period as a sentence names it.

    Attributes:
        kind: `quarter`, `year`, `months` (so many up to the end of a quarter), `moment`, `comparison` (the
            one before), `day` (of an event, no period) or `unknown` (cannot be told, or is to come).
        number: of the quarter, or the months; 0 where none is named.
        year: as labelled by the speaker; 0 where none is named.
        end: where the sentence gives the day it ends.
    """

    kind: str
    number: int = 0
    year: int = 0
    end: date | None = None
    text: str = field(default="", compare=False)


def find_periods(text: str) -> list[tuple[int, int, Named]]:
    """Start, end and meaning of every period phrase in a sentence."""
    return [(m.start(), m.end(), _named(m)) for m in _PERIOD.finditer(text)]


def _named(m: re.Match[str]) -> Named:
    text = m[0].strip()
    if m["ended"] or m["q_ended"] or m["months"] or m["moment"]:
        return _ended(m, text)
    if m["day"] or m["undated"] is not None:
        return Named("day", text=text)
    quarter = m["q"] or m["q2"] or m["q3"]
    if quarter:
        number = _ORDINALS.get(quarter.lower()) or int(quarter)
        return Named("quarter", number, _full(m["qy"] or m["qy2"] or m["qy3"]), text=text)
    if m["y"] or m["fy"]:
        return Named("year", 0, _full(m["y"] or m["fy"]), text=text)
    kinds = {"half": "unknown", "last": "comparison", "next": "unknown", "year": "year", "quarter": "quarter"}
    return Named(next(kind for group, kind in kinds.items() if m[group]), text=text)


def _ended(m: re.Match[str], text: str) -> Named:
    end = _day(text)
    if end is None:
        return Named("unknown", text=text)
    if m["moment"]:
        return Named("moment", end=end, text=text)
    months = 12 if m["ended"] else 3 if m["q_ended"] else _MONTHS[re.split(r"[ -]", text.lower())[0]]
    kind = {12: "year", 3: "quarter"}.get(months, "months")
    return Named(kind, months if kind == "months" else 0, 0, end, text)


def _full(year: str | None) -> int:
    if not year:
        return 0
    return int(year) if len(year) == 4 else 2000 + int(year)


_NAMED_DAY = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})")
_MONTH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(text: str) -> date | None:
    found = _NAMED_DAY.search(text)
    if found is None or found[1].capitalize() not in _MONTH:
        return None
    try:
        return date(int(found[3]), _MONTH.index(found[1].capitalize()) + 1, int(found[2]))
    except ValueError:
        return None


def period_text(period: Period) -> str:
    """`the year to 2025-12-31`, `the quarter to 2026-03-31`, `2025-12-31` for a moment."""
    if period.start is None:
        return f"{period.end}"
    name = "year" if period.days > 300 else "quarter" if period.days < 110 else f"{period.days} days"
    return f"the {name} to {period.end}"


class Calendar:
    """Fiscal years and quarters of one issuer, learned from the periods of its facts."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        """Learn where years end from the facts that span one."""
        ends: dict[date, int] = {}
        for fact in facts:
            if fact.days in _ANNUAL and fact.concept:
                ends[fact.end] = ends.get(fact.end, 0) + 1
        most = max(ends.values(), default=0)
        self.ends: Sequence[date] = sorted(e for e, n in ends.items() if n * 5 >= most)

    def year_end(self, near: date) -> date | None:
        """The fiscal year end nearest to a day, known or reckoned from the nearest known one."""
        if not self.ends:
            return None
        at = bisect_left(self.ends, near)
        base = min(self.ends[max(0, at - 1) : at + 1], key=lambda e: abs(e - near))
        years = round((near - base).days / 365.25)
        return _shift(base, 12 * years)

    def year(self, end: date) -> Period:
        """The fiscal year that ends on a day."""
        return Period(_shift(end, -12) + timedelta(days=1), end)

    def quarter_ends(self, before: date) -> list[date]:
        """Ends of the eight fiscal quarters that ended last before a day, newest first."""
        end = self.year_end(before)
        if end is None:
            return []
        every = [_shift(end, 3 * k) for k in range(5, -9, -1)]
        return [day for day in every if day < before][:8]

    def is_year_end(self, day: date) -> bool:
        """Whether a fiscal year ends about then."""
        end = self.year_end(day)
        return end is not None and abs(end - day) <= _NEAR

    def resolve(self, named: Named, said: date) -> list[Period]:
        """The periods a phrase may mean, said on a day; none where it cannot be told.

        A year's label may be that of the calendar year in which it begins, where it ends before July.
        """
        if named.end is not None and named.kind == "moment":
            return [self.year(named.end) if self.is_year_end(named.end) else _quarter(named.end)]
        if named.end is not None:
            months = {"year": 12, "quarter": 3}.get(named.kind, named.number)
            return [Period(_shift(named.end, -months) + timedelta(days=1), named.end)]
        if named.kind == "year":
            return [self.year(end) for end in self._year_ends(named, said)]
        if named.kind == "quarter":
            return self._quarters(named, said)
        return []

    def _year_ends(self, named: Named, said: date) -> list[date]:
        if not named.year:
            last = next((d for d in self.quarter_ends(said) if self.is_year_end(d)), None)
            return [last] if last and (said - last).days <= 135 else []
        found = {self.year_end(date(named.year, 12, 31)), self.year_end(date(named.year, 6, 30))}
        ends = {_shift(e, 12 * k) for e in found if e for k in (-1, 0, 1)}
        late = {e for e in ends if e.year == named.year and e.month > 6}
        early = {e for e in ends if e.month <= 6 and e.year in (named.year, named.year + 1)}
        return sorted(e for e in (late | early) if e < said)

    def _quarters(self, named: Named, said: date) -> list[Period]:
        ends = self.quarter_ends(said)
        if not named.number:
            return [_quarter(ends[0])] if ends else []
        if not named.year:
            ends = [e for e in ends[:4] if self._number(e) == named.number]
        else:
            years = self._year_ends(Named("year", 0, named.year), said + timedelta(days=366))
            ends = [e for y in years if (e := _shift(y, 3 * (named.number - 4))) < said]
        return [_quarter(e) for e in ends]

    def _number(self, end: date) -> int:
        """Which quarter of its fiscal year ends then."""
        for number in range(1, 5):
            if self.is_year_end(_shift(end, 3 * (4 - number))):
                return number
        return 0

    def implied(self, said: date, loosely: bool) -> list[Period]:
        """What is meant where no period is named.

        Args:
            said: the day.
            loosely: of a page or a post, which may also look back at the last fiscal year as a whole.
        """
        ends = self.quarter_ends(said)
        if not ends:
            return []
        found = [_quarter(ends[0])]
        year = next((e for e in ends if self.is_year_end(e)), None)
        if year and (loosely or year == ends[0]):
            found.append(self.year(year))
        if loosely and (said - ends[0]).days < _UNTOLD:
            found.append(_quarter(ends[1]))
        return found


def _quarter(end: date) -> Period:
    return Period(_shift(end, -3) + timedelta(days=1), end)


def _shift(day: date, months: int) -> date:
    """The same day so many months on; a month's last day stays one."""
    last = (day + timedelta(days=1)).day == 1
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    end = following - timedelta(days=1)
    return end if last or day.day > end.day else date(year, month + 1, day.day)
