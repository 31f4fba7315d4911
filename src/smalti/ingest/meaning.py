"""What the amounts of a table are: their unit, the factor they are printed in, and the days they are of.

Everything is read off the table's own words (label, header, corner, caption, the line before it) and the
filing's calendar. A cell whose unit or days could be read two ways has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from smalti.ingest.fiscal import UNKNOWN, Calendar
from smalti.ingest.grids import Amount, Grid, Line, is_year
from smalti.platform.quantities import Period, PeriodPhrase, Scale, read_currency, read_period, read_scale

__all__ = ["Context", "Meaning", "Unit", "first_scale", "general_phrase"]

_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
_QUARTER = re.compile(
    r"\b(?:Q(?P<a>[1-4])|(?P<b>[1-4])Q|(?P<c>first|second|third|fourth)\s+(?:fiscal\s+)?quarter)\b"
    r"[\s,']*(?:of\s+)?(?:fiscal\s+)?(?P<year>(?:19|20)?\d\d)?",
    re.I,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_PERCENT = re.compile(r"%|\bpercent(?:age)?s?\b", re.I)
_EXCEPTION = re.compile(r"\b(?:except|excluding|other than)\b.*", re.I | re.S)
_PER_SHARE = re.compile(r"\bper\b[^|]{0,30}\b(?:shares?|ADS)\b|\bEPS\b", re.I)
_SHARES = re.compile(
    r"\bweighted[ -]average\b.{0,40}\bshares\b"
    r"|\b(?:number of|common|diluted|basic|total|treasury|average) shares\b"
    r"|\bshares (?:outstanding|issued|repurchased|used|granted|authorized|purchased)\b|^shares\b",
    re.I,
)
_COUNT = re.compile(
    r"\bnumber of (?!shares)|\bstores?\b|\bemployees\b|\bheadcount\b|\bwarehouses\b|\bsquare f(?:ee|oo)t",
    re.I,
)
_RATE = re.compile(
    r"\brates?\b|\bratios?\b|\bmargins?\b|\bmultiple\b|\bdays\b|\b(?:in|of) years\b|\blife\b", re.I
)
_CHANGE = re.compile(r"\b(?:change|variance|growth|increase|decrease|inc|dec)\b|[Δ∆]", re.I)
_TWO = re.compile(r"\b(?:vs\.?|versus|compared)\b", re.I)
_LENGTH = re.compile(r"\b(?:months?|weeks?|quarters?|years?)[\s-]+(?:end(?:ed|ing)|to date)\b", re.I)
_VOTES = re.compile(r"\bvotes\b|\b(?:broker )?non-votes\b|^abstentions?$", re.I)
_CENTS = re.compile(r"\bcents\b", re.I)
_PRICE = re.compile(r"\bprices?\b|\bper\b", re.I)
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
class Unit:
    """A unit (`USD`, `USD/share`, `shares`, `%`, `count`) and the factor amounts are printed in."""

    name: str
    factor: float


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a table.

    Attributes:
        titles: its caption and the lines over it, nearest first.
        calendar: of the filing.
        currency: of the filing's statements, where a table shows none.
    """

    titles: Sequence[str]
    calendar: Calendar = UNKNOWN
    currency: str | None = None


class _Words:
    """The words beside and over a cell, less what they except (`in millions, except per share data`)."""

    def __init__(self, line: Line, path: Sequence[str]) -> None:
        self.over = _EXCEPTION.sub("", " | ".join(path))
        self.own = _EXCEPTION.sub("", line.label) + " | " + self.over
        self.all = " | ".join(line.parents[-2:]) + " | " + self.own
        money = any(a.number.currency for a in line.amounts.values())
        self.shares = bool(_SHARES.search(self.own) or (not money and _SHARES.search(self.all)))
        self.votes = bool(_VOTES.search(self.over))
        self.things = bool(_COUNT.search(self.own))

    @property
    def counted(self) -> bool:
        """Whether they speak of something that is not money."""
        return self.shares or self.things or self.votes or bool(_RATE.search(self.own))


@dataclass(slots=True)
class Meaning:
    """Reads units and periods of one table's cells."""

    grid: Grid
    context: Context
    _phrases: dict[tuple[int, int], PeriodPhrase | None] = field(default_factory=dict)
    _general: dict[int, PeriodPhrase] = field(default_factory=dict)
    _scales: dict[tuple[str, ...], Scale | None] = field(default_factory=dict)
    _percents: dict[tuple[int, int], bool] = field(default_factory=dict)
    _currency: str | None = ""  # empty until looked for
    _styles: set[int] | None = None

    # --- periods ---

    def period(self, line: Line, column: int, instant: bool | None = None) -> Period | None:
        """The days of a cell.

        Args:
            line: its row.
            column: its column.
            instant: whether the row's item is known to be stated at a moment, or over a time.
        """
        over = " ".join(self.grid.column_path(column, line.head))
        if found := self._quarter(over):
            return found
        phrase = self._column_phrase(column, line.head)
        if phrase is None and _YEARS.search(over):
            return None  # two years in one header: a change from one to the other
        beside = self._row_phrase(line)
        general = self._general_phrase(line.head)
        whole = (phrase or PeriodPhrase()).under(beside or PeriodPhrase()).under(general)
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
            period = self.period(line, other, instant) if _YEARS.search(words) else None
            if period is not None:
                found.append(period)
        return max(found, key=lambda period: period.end, default=None)

    def _days(self, phrase: PeriodPhrase, line: Line, instant: bool | None) -> Period | None:
        year = phrase.year or 0
        if phrase.month is None:
            if phrase.months not in (None, 12) or phrase.weeks:
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
        number = int(found["a"] or found["b"] or _ORDINALS[found["c"].lower()])
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
            if not _YEARS.search(text) or len(text) > 120:
                continue
            found = read_period(text)
            if isinstance(found, PeriodPhrase) and found.year is not None:
                return found
        return None

    def _general_phrase(self, head: int) -> PeriodPhrase:
        if head not in self._general:
            texts = [h["text"] for h in self.grid.heads[head]] + list(self.context.titles[:3])
            self._general[head] = general_phrase(texts)
        return self._general[head]

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
        return Period(before + timedelta(days=1), after)

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

    # --- units ---

    def unit(self, line: Line, amount: Amount) -> Unit | None:
        """The unit of a cell and the factor it is printed in."""
        path = self.grid.column_path(amount.column, line.head)
        near = _Words(line, path)
        shown = amount.number.currency is not None
        if amount.number.percent or (not shown and self._is_percent(near, line, amount)):
            return Unit("%", 1.0)
        if _CENTS.search(near.own):
            return None
        currency = self.currency(amount)
        if _PER_SHARE.search(near.all):
            return Unit(f"{currency}/share", 1.0) if currency and _has_cents(amount) else None
        if not shown and near.counted:
            return self._counted(line, path, near)
        return self._money(line, path, amount, currency)

    def _counted(self, line: Line, path: Sequence[str], near: _Words) -> Unit | None:
        """Of a cell whose words speak of shares, things or rates."""
        if near.votes:
            return Unit("votes", 1.0)
        scale = self._scale(line, path)
        if near.shares:
            return Unit("shares", scale.shares) if scale else None
        return Unit("count", 1.0) if near.things and scale is None else None

    def _money(self, line: Line, path: Sequence[str], amount: Amount, currency: str | None) -> Unit | None:
        shown = amount.number.currency is not None
        if currency is None or (_PRICE.search(line.label) and not shown):
            return None
        if amount.number.scaled:
            return Unit(currency, 1.0)
        scale = self._scale(line, path)
        if scale is None or not (shown or self._fits_style(amount)):
            return None
        return Unit(currency, scale.money)

    def _among_percents(self, line: Line, amount: Amount) -> bool:
        """Whether a bare number stands in a column of percentages, only some of which carry the sign."""
        key = (amount.column, line.head)
        if key not in self._percents:
            column = [
                other.amounts[amount.column]
                for other in self.grid.lines
                if other.head == line.head and amount.column in other.amounts
            ]
            signed = any(a.number.percent for a in column)
            self._percents[key] = signed and not any(a.number.currency or "," in a.text for a in column)
        return self._percents[key]

    def currency(self, amount: Amount) -> str | None:
        """The currency a cell shows, its table names, or the filing uses."""
        if amount.number.currency:
            shown = amount.number.currency
            named = self._named()
            return named if shown == "USD" and named else shown
        return self._named() or self.context.currency

    def _named(self) -> str | None:
        """The first currency that the header or a title names."""
        if self._currency == "":
            texts = (*(h["text"] for h in self.grid.heads[0]), *self.context.titles[:3])
            self._currency = next((c for c in map(read_currency, texts) if isinstance(c, str)), None)
        return self._currency

    def _is_percent(self, near: _Words, line: Line, amount: Amount) -> bool:
        if _PERCENT.search(near.own) or self._among_percents(line, amount):
            return True
        return any(re.match(r"\(?\s*(?:%|percent)", text, re.I) for text in self.grid.corner(line.head))

    def _scale(self, line: Line, path: Sequence[str]) -> Scale | None:
        texts = (
            line.label, *reversed(line.parents[-2:]), *reversed(path), *self.grid.corner(line.head),
            *self.grid.corner(0), *(h["text"] for h in self.grid.heads[0]), *self.context.titles,
        )  # fmt: skip
        if texts not in self._scales:
            self._scales[texts] = first_scale(texts)
        return self._scales[texts]

    def _fits_style(self, amount: Amount) -> bool:
        """Whether an amount is printed with as many decimals as the table's plain money is."""
        if self._styles is None:
            every = [a for line in self.grid.lines for a in line.amounts.values()]
            plain = [a for a in every if a.number.currency and not _PER_SHARE.search(a.text)]
            plain += [a for a in every if "," in a.text]
            self._styles = {_decimals(a.text) for a in plain}
        return not self._styles or _decimals(amount.text) in self._styles


def first_scale(texts: Iterable[str]) -> Scale | None:
    """The scale of the first text that states one; none at all if that text states two."""
    for text in texts:
        found = read_scale(text)
        if isinstance(found, Scale):
            return found
        if found.reason != "no scale stated":
            return None
    return None


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


def _decimals(text: str) -> int:
    found = re.search(r"\.(\d+)", text)
    return len(found[1]) if found else 0


def _has_cents(amount: Amount) -> bool:
    return _decimals(amount.text) >= 2 and abs(amount.number.value) < 100_000
