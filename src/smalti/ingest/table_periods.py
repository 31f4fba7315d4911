"""Which days the amounts of a table are of, read off its own words and the filing's calendar.

A cell whose days could be read two ways has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from smalti.ingest.fiscal import UNKNOWN, Calendar
from smalti.ingest.grids import Grid, Line, is_year
from smalti.platform.quantities import Period, PeriodPhrase, read_dates, read_period

__all__ = ["VOTES", "Context", "Periods", "edge_of", "general_phrase", "is_interim", "meeting_day"]

_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
_QUARTER = re.compile(
    r"\b(?:Q(?P<a>[1-4])|(?P<b>[1-4])Q(?=\d\d\b)|(?P<d>[1-4])Q|(?P<c>first|second|third|fourth|1st|2nd|3rd|4th)\s+(?:fiscal\s+)?quarter)\b"
    r"[\s,']*(?:of\s+)?(?:fiscal\s+)?(?P<year>(?:19|20)?\d\d)?",
    re.I,
)
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
}  # fmt: skip
_CHANGE = re.compile(r"\b(?:change|variance|growth|increase|decrease|inc|dec)\b|[Δ∆]", re.I)
VOTES = re.compile(r"\bvotes\b|\b(?:broker )?non-votes\b|^abstentions?$", re.I)
"""Heads of columns that count votes."""
_MEETING = re.compile(
    r"\b(?:annual|special|general) meeting\b[^.;]{0,80}?\bheld on ([A-Z][a-z]+ \d{1,2}, (?:19|20)\d\d)", re.I
)
_EDGE = re.compile(
    r"\b(beginning|start|end) of (?:the |each )?(?:fiscal )?(?:year|period|quarter)s?\b"
    r"|\b(beginning|opening|ending|closing) balances?\b",
    re.I,
)
_OWN_DAYS = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}|\bthru\b|[A-Z][a-z]{2,8}\.? \d{1,2}\s*[-–—]\s*(?:[A-Z]|\d)")
_OF_TIME = re.compile(r"\b(?:fiscal|years?|balances?|ended|as of|at)\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}, ", re.I)
_MID_MONTH = re.compile(r"\b[A-Z][a-z]{2,8}\.? (?:[6-9]|1\d|2[0-3]),? (?:19|20)\d\d")
"""Days on which things happen; fiscal periods end near the end of a month."""
_DUE = re.compile(r"\bdue\b|\bmatur|\bnotes\b|\bact\b|\bplan\b", re.I)
_TWO = re.compile(r"\b(?:vs\.?|versus|compared)\b", re.I)
_LENGTH = re.compile(r"\b(?:months?|weeks?|quarters?|years?)[\s-]+(?:end(?:ed|ing)|to date)\b|^ended\b", re.I)
_INSTANT = re.compile(
    r"\bas (?:of|at)\b|^at\b|\bbalances?\b|\boutstanding\b|\bassets\b|\bliabilit|\bpayable\b|\breceivable\b",
    re.I,
)
_FLOW = re.compile(
    r"\byears?\b|\bended\b|\bsales\b|\brevenues?\b|\bincome\b|\bexpenses?\b|\bcharges?\b|\bcosts?\b|\bearnings\b"
    r"|\bcash flows?\b|\bresults\b|\bprovision\b|\bpayments?\b|\bmaturit|\bexpenditures\b|\bamortization\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a table.

    Attributes:
        titles: its caption and the lines over it, nearest first.
        calendar: of the filing.
        currency: of the filing's statements, where a table shows none.
        meeting: the day shareholders voted, where the filing says it.
        interim: the filing reports a quarter, so that a bare year need not mean the whole of it.
    """

    titles: Sequence[str]
    calendar: Calendar = UNKNOWN
    currency: str | None = None
    meeting: date | None = None
    interim: bool = False


@dataclass(slots=True)
class Periods:
    """Reads the days of one table's cells."""

    grid: Grid
    context: Context
    _phrases: dict[tuple[int, int], PeriodPhrase | None] = field(default_factory=dict)
    _rolling: bool | None = None
    _general: dict[tuple[int, bool], PeriodPhrase] = field(default_factory=dict)

    def of(self, line: Line, column: int, instant: bool | None = None) -> Period | None:
        """The days of a cell.

        Args:
            line: its row.
            column: its column.
            instant: whether the row's item is known to be stated at a moment, or over a time.
        """
        edge = _EDGE.search(line.label)
        period = self._period(line, column, False if edge else instant)
        if edge is None and period is not None and period.start is None and self._rolls_forward(line):
            return None  # a movement between balances, under the day of the later one
        return edge_of(line.label, period)

    def _rolls_forward(self, line: Line) -> bool:
        """Whether the table leads from one balance to the next and the row names no day itself."""
        if self._rolling is None:
            self._rolling = any(_EDGE.search(other.label) for other in self.grid.lines if other.amounts)
        return self._rolling and not _YEARS.search(line.label)

    def _period(self, line: Line, column: int, instant: bool | None) -> Period | None:
        over = " ".join(self.grid.column_path(column, line.head))
        phrase = self._column_phrase(column, line.head)
        several = phrase is None and _YEARS.search(over)  # a change from one year to the other
        if several or _OWN_DAYS.search(line.label):  # or a row's own days, which are not read
            return None
        if _QUARTER.search(over):
            return self._quarter(over)
        if is_year(line.label) and (phrase is None or phrase.year is None or phrase.month):
            return self.context.calendar.year(int(_YEARS.findall(line.label)[0]))
        return self._composed(line, column, instant, over)

    def _composed(self, line: Line, column: int, instant: bool | None, over: str) -> Period | None:
        """What column, row and header say together."""
        phrase = self._column_phrase(column, line.head)
        beside = self._row_phrase(line)
        dated = any(p is not None and p.month and p.year for p in (phrase, beside))
        general = self._general_phrase(line.head, whole=not dated)
        whole = (phrase or PeriodPhrase()).under(beside or PeriodPhrase()).under(general)
        if whole.year is None and self.context.meeting and VOTES.search(over):
            return Period(None, self.context.meeting)
        if whole.year is None:
            return self._latest(line, column, instant) if _CHANGE.search(over) else self._stated(line)
        if _TWO.search(over):
            return None
        return self._days(whole, line, instant)

    def _latest(self, line: Line, column: int, instant: bool | None) -> Period | None:
        """The latest period of the columns that a column of changes goes with.

        These are the columns under one header with it, else those to its left as far as the change before.
        """
        heads = [h for h in self.grid.heads[line.head] if h["column"] > 0 and h.get("span", 1) > 1]
        over = [range(h["column"], h["column"] + h["span"]) for h in heads]
        group = min((r for r in over if column in r), key=len, default=range(1, column))
        found: list[Period] = []
        for other in reversed(group):
            words = " ".join(self.grid.column_path(other, line.head))
            if other == column:
                continue
            if _CHANGE.search(words):
                break
            period = self.of(line, other, instant) if _YEARS.search(words) else None
            if period is not None:
                found.append(period)
        return max(found, key=lambda period: period.end, default=None)

    def _days(self, phrase: PeriodPhrase, line: Line, instant: bool | None) -> Period | None:
        year = phrase.year or 0
        if phrase.month is None:
            if (
                phrase.months not in (None, 12)
                or phrase.weeks
                or (self.context.interim and not phrase.months)
            ):
                return None
            moment = instant if instant is not None else self._is_instant(line, phrase.months == 12)
            if moment is None:
                return None
            end = self.context.calendar.last_day(year)
            return (Period(None, end) if end else None) if moment else self.context.calendar.year(year)
        if phrase.months or phrase.weeks:
            if instant:  # a balance under `Year ended December 31`: as of its last day
                phrase = replace(phrase, months=None, weeks=None, moment=True)
        elif instant is False or self._timed(line.head):
            return None  # over a time that its own header does not tell
        else:
            phrase = replace(phrase, moment=True)
        found = phrase.resolve()
        return found if isinstance(found, Period) else None

    def _timed(self, head: int) -> bool:
        """Whether any header of the table speaks of a length of time."""
        return any(_LENGTH.search(h["text"]) for h in self.grid.heads[head])

    def _is_instant(self, line: Line, says_year: bool) -> bool | None:
        """Whether bare years head balances or flows, by the words around; None where they do not tell."""
        if says_year or is_year(line.label):
            return False
        if _INSTANT.search(line.label):
            return None
        texts = [*line.parents, *self.grid.corner(line.head), *self.context.titles[:2]]
        words = " ".join(texts)
        instant, flow = bool(_INSTANT.search(words)), bool(_FLOW.search(words))
        return None if instant else (False if flow or not words else None)

    def _quarter(self, text: str) -> Period | None:
        found = _QUARTER.search(text)
        if not found:
            return None
        years = {int(y) for y in _YEARS.findall(text)}
        raw = found["year"]
        if raw:
            years.add(int(raw) if len(raw) == 4 else 2000 + int(raw))
        if len(years) != 1:
            return None
        number = int(found["a"] or found["b"] or found["d"] or _ORDINALS[found["c"].lower()])
        return self.context.calendar.quarter(years.pop(), number)

    def _column_phrase(self, column: int, head: int) -> PeriodPhrase | None:
        key = (column, head)
        if key not in self._phrases:
            path = self.grid.column_path(column, head)
            found = read_period(" ".join(path)) if path else None
            self._phrases[key] = found if isinstance(found, PeriodPhrase) else None
        return self._phrases[key]

    def _row_phrase(self, line: Line) -> PeriodPhrase | None:
        """The period a row's own label or a section over it states, the nearest."""
        for text in (line.label, *reversed(line.parents)):
            if not _YEARS.search(text) or len(text) > 120 or _is_undated(text):
                continue
            found = read_period(text)
            if isinstance(found, PeriodPhrase) and found.year is not None:
                return found
        return None

    def _general_phrase(self, head: int, *, whole: bool) -> PeriodPhrase:
        """What the header, and if `whole` the lines over the table, say of all columns."""
        key = (head, whole)
        if key not in self._general:
            texts = [h["text"] for h in self.grid.heads[head]]
            over = [t for t in self.context.titles[:3] if not _MID_MONTH.search(t)] if whole else []
            self._general[key] = general_phrase([*texts, *over])
        return self._general[key]

    def _stated(self, line: Line) -> Period | None:
        """The one full period that the corner or the lines over the table state, where no column has any."""
        if any(_YEARS.search(h["text"]) for h in self.grid.heads[line.head] if h["column"] > 0):
            return None
        if any(_YEARS.search(other.label) for other in self.grid.lines if other.amounts):
            return self._between(line)
        for text in (*self.grid.corner(line.head), *self.context.titles[:2]):
            if not _YEARS.search(text) or len(text) > 160:
                continue
            found = read_period(text)
            period = found.resolve() if isinstance(found, PeriodPhrase) else None
            return period if isinstance(period, Period) else None
        return None

    def _between(self, line: Line) -> Period | None:
        """The time from one balance to the next, for the movements between them."""
        before = self._balance(reversed([o for o in self.grid.lines if o.row < line.row]))
        after = self._balance(o for o in self.grid.lines if o.row > line.row)
        if before is None or after is None or not timedelta(80) < after - before < timedelta(380):
            return None
        return Period(before if before.day == 1 else before + timedelta(days=1), after)

    def _balance(self, lines: Iterable[Line]) -> date | None:
        """The day of the nearest row that is a balance with its day."""
        for line in lines:
            if not _YEARS.search(line.label):
                continue
            found = read_period(line.label)
            period = (
                replace(found, moment=True).resolve()
                if isinstance(found, PeriodPhrase) and not (found.months or found.weeks)
                else None
            )
            return period.end if isinstance(period, Period) and line.amounts else None
        return None


def is_interim(texts: Iterable[str]) -> bool:
    """Whether a filing's cover calls it the report of a quarter."""
    return any(re.search(r"\bform\s+10-?Q\b|\bquarterly\s+(?:report|period)\b", t[:400], re.I) for t in texts)


def meeting_day(texts: Iterable[str]) -> date | None:
    """The day of the one meeting of shareholders that a filing reports."""
    days = {day for text in texts for found in _MEETING.finditer(text[:4000]) for day in read_dates(found[1])}
    return days.pop() if len(days) == 1 else None


def _is_undated(text: str) -> bool:
    """Whether a label's year is part of a name: `4.75% notes due 2034`."""
    return not is_year(text) and (_DUE.search(text) is not None or _OF_TIME.search(text) is None)


def edge_of(label: str, period: Period | None) -> Period | None:
    """The day meant where a label speaks of a period's edge: `Cash at beginning of year`."""
    found = _EDGE.search(label)
    if found is None or period is None or period.start is None:
        return period
    at_end = (found[1] or found[2]).lower() in ("end", "ending", "closing")
    end = period.end if at_end else period.start - timedelta(days=1)
    return Period(None, end)


def general_phrase(texts: Iterable[str]) -> PeriodPhrase:
    """What header and titles say for all columns: the one length and the one day that they name."""
    phrases = [p for p in map(_timeless, texts) if p is not None]
    spans = {(p.months, p.weeks, p.moment) for p in phrases if p.months or p.weeks or p.moment}
    days = {(p.month, p.day) for p in phrases if p.month}
    months, weeks, moment = spans.pop() if len(spans) == 1 else (None, None, False)
    month, day = days.pop() if len(days) == 1 else (None, None)
    return PeriodPhrase(months=months, weeks=weeks, moment=moment, month=month, day=day)


def _timeless(text: str) -> PeriodPhrase | None:
    """A phrase without its years, so that `December 31, 2016 and 2015` still gives its day."""
    found = read_period(_YEARS.sub(" ", text))
    return found if isinstance(found, PeriodPhrase) else None
