"""Numbers, scales, currencies and periods as filings write them.

Each reader gives a typed value or an `Unread` that says why not: a wrong number costs more than a missing
one, so whatever could be read two ways is not read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

__all__ = [
    "Number",
    "Period",
    "PeriodPhrase",
    "Scale",
    "Unread",
    "read_currency",
    "read_dates",
    "read_number",
    "read_period",
    "read_scale",
]


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a text was not read as a quantity."""

    reason: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written.

    Attributes:
        value: with sign and any scale word of its own applied; `12.5%` is 12.5.
        currency: ISO 4217 code when a currency sign stood beside it.
        percent: a percent sign stood beside it.
        scaled: a scale word (`million`) stood beside it, so a table's scale must not be applied again.
    """

    value: float
    currency: str | None = None
    percent: bool = False
    scaled: bool = False

    def times(self, factor: float) -> float:
        """`value` by a table's scale; percentages and self-scaled numbers stay as they are."""
        if self.percent or self.scaled:
            return self.value
        return float(Decimal(repr(self.value)) * Decimal(repr(factor)))


@dataclass(frozen=True, slots=True)
class Scale:
    """What a caption such as `(in millions, except per share amounts)` says to multiply by.

    Attributes:
        money: factor of money amounts.
        shares: factor of share counts.
        currency: ISO 4217 code, where the caption names one.
    """

    money: float
    shares: float
    currency: str | None = None

    def factor(self, unit: str) -> float:
        """The factor of a unit kind: `money`, `shares`, or 1 for `per_share` and `ratio`."""
        return {"money": self.money, "shares": self.shares}.get(unit, 1.0)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; `start` is None for a moment (`as of`)."""

    start: date | None
    end: date

    @property
    def days(self) -> int:
        """Length in days; 0 for a moment."""
        return (self.end - self.start).days + 1 if self.start else 0


@dataclass(frozen=True, slots=True)
class PeriodPhrase:
    """The parts of a period that one header cell states; a table's header and its columns add up.

    Attributes:
        months: length in months (3, 6, 9, 12), None when unstated or a moment.
        weeks: length in weeks (13, 26, 39, 52, 53) where the phrase counts in weeks.
        moment: an `as of` or `at` phrase.
        month, day, year: of the period's end.
    """

    months: int | None = None
    weeks: int | None = None
    moment: bool = False
    month: int | None = None
    day: int | None = None
    year: int | None = None

    def under(self, header: PeriodPhrase) -> PeriodPhrase:
        """This column's phrase with what it leaves unsaid taken from the `header` over it."""
        spans = self.months or self.weeks or self.moment
        source = self if spans else header
        day_source = self if self.month else header
        return PeriodPhrase(
            months=source.months,
            weeks=source.weeks,
            moment=source.moment,
            month=day_source.month,
            day=day_source.day,
            year=self.year or header.year,
        )

    def resolve(self) -> Period | Unread:
        """The days meant.

        `Year ended` a date that is no month's end is a 52- or 53-week year; its start is then given as the
        day after the same date a year before, up to six days off.
        """
        if self.year is None or self.month is None or self.day is None:
            return Unread("no year stated" if self.year is None else "no day of the year stated")
        try:
            end = date(self.year, self.month, self.day)
        except ValueError:
            return Unread("no such day")
        if self.weeks:
            return Period(end - timedelta(days=7 * self.weeks - 1), end)
        if self.months:
            return Period(_months_before(end, self.months), end)
        return Period(None, end) if self.moment else Unread("neither a length nor 'as of' stated")


# --- numbers -----------------------------------------------------------------------------------------

_SIGNS = {
    "US$": "USD", "U.S.$": "USD", "C$": "CAD", "CA$": "CAD", "CAD$": "CAD", "A$": "AUD", "AU$": "AUD",
    "HK$": "HKD", "NZ$": "NZD", "S$": "SGD", "R$": "BRL", "NT$": "TWD", "$": "USD", "€": "EUR", "£": "GBP",
    "₹": "INR", "CHF": "CHF", "USD": "USD", "EUR": "EUR", "GBP": "GBP", "CAD": "CAD", "AUD": "AUD",
}  # fmt: skip
_WORDS = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "mn": 1e6, "bn": 1e9}
_SIGN = "|".join(re.escape(s) for s in sorted(_SIGNS, key=len, reverse=True))
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<minus>[-−–])?\s*(?P<sign1>{_SIGN})?\s*(?P<open>\()?\s*(?P<minus2>[-−–])?\s*(?P<sign2>{_SIGN})?\s*"
    rf"(?P<digits>{_DIGITS})\s*(?P<pct1>%)?\s*(?P<close>\))?\s*(?P<pct2>%)?"
    rf"(?:\s*(?P<word>{'|'.join(_WORDS)})s?)?\s*(?P<close2>\))?",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"(?<=[\d)%])\s*(?:[*†‡§]+|\([a-z]{1,2}\)|\[\d{1,2}\])+$")
_DASHES = re.compile(r"[$€£\s]*[-–—−‒―]+\s*%?")
_NOT_MEANINGFUL = re.compile(r"\(?(?:n\.?/?m\.?|n\.?/?a\.?|nmf|not meaningful|not applicable|\*+)\)?", re.I)
_MAX_DIGITS = 20


def read_number(text: str) -> Number | Unread:
    """Read one number, alone in its cell or phrase.

    Brackets mean minus, also when the closing one fell into the next cell. `$` alone is taken as the US
    dollar, as filings with the SEC use it; `¥` (yen or yuan) is not guessed.

    Args:
        text: `(1,234)`, `$ 1.2 million`, `12.5%`, `$(3)`, `1,234 (a)`.

    Returns:
        The number, or why it is none: empty, a dash (nil or not applicable), `nm`, digits grouped in a way
        that could be a decimal comma, several numbers.
    """
    body = _FOOTNOTE.sub("", " ".join(text.split()))
    if not body:
        return Unread("empty")
    if _DASHES.fullmatch(body):
        return Unread("a dash: nil or not applicable")
    if _NOT_MEANINGFUL.fullmatch(body):
        return Unread("stated as not meaningful or not applicable")
    if len(body) > 60 or sum(c.isdigit() for c in body) > _MAX_DIGITS:
        return Unread("too long for one number")
    found = _NUMBER.fullmatch(body)
    if found is None:
        return Unread("not one plainly written number")
    return _number(found)


def _number(found: re.Match[str]) -> Number | Unread:
    closings = bool(found["close"]) + bool(found["close2"])
    if closings > bool(found["open"]):
        return Unread("a closing bracket without its opening one")
    minuses = bool(found["open"]) + bool(found["minus"]) + bool(found["minus2"])
    if minuses > 1:
        return Unread("two minus signs")
    if found["sign1"] and found["sign2"]:
        return Unread("two currency signs")
    if not found["digits"].isascii():
        return Unread("digits of another script")
    word = (found["word"] or "").lower()
    amount = Decimal(found["digits"].replace(",", "")) * Decimal(repr(_WORDS.get(word, 1.0)))
    sign = found["sign1"] or found["sign2"]
    return Number(
        value=-float(amount) if minuses else float(amount),
        currency=_SIGNS[sign.upper()] if sign else None,
        percent=bool(found["pct1"] or found["pct2"]),
        scaled=bool(word),
    )


# --- scales and currencies ---------------------------------------------------------------------------

_SCALE = re.compile(
    r"(?:\b(?:in|of|dollars|amounts)\s+(?:u\.?s\.?\s+)?(?:[$€£]\s*)?(?P<a>thousand|million|billion)s?\b)"
    r"|(?:[(,]\s*(?:[$€£]\s*)?(?P<b>thousand|million|billion)s\b)"
    r"|(?:\(\s*(?:US)?[$€£]\s*(?P<e>thousand|million|billion)\s*\))"
    r"|(?:^\s*(?P<d>thousand|million|billion)s\b)"
    r"|(?P<c>[$€£]\s*(?:000|mm?)\W?s?\b|\b000['’]?s\b)",
    re.IGNORECASE,
)
_SHARES_IN = re.compile(
    r"(?<!\$ and )(?<!dollars and )(?<!amounts and )\bshares?\b[^.;]{0,60}?"
    r"\b(?:in|reflected in|stated in|presented in)\s+(thousand|million)s?",
    re.I,
)
_EXCEPT = re.compile(r"\b(?:except|excluding|other than)\b(.*)", re.I | re.S)
_CURRENCY_NAMES = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"\bcanadian dollars?\b|\bca?\$|\bCAD\b", "CAD"),
        (r"\baustralian dollars?\b|\bau?\$|\bAUD\b", "AUD"),
        (r"\beuros?\b|€|\bEUR\b", "EUR"),
        (r"\bpounds? sterling\b|£|\bGBP\b", "GBP"),
        (r"\bswiss francs?\b|\bCHF\b", "CHF"),
        (r"\byen\b|\bJPY\b", "JPY"),
        (r"\brenminbi\b|\bRMB\b|\bCNY\b", "CNY"),
        (r"\b(?:u\.?s\.?|united states) dollars?\b|\bUS\$|\bUSD\b|(?<!\w)\$|\bdollars\b", "USD"),
    )
)


def read_scale(text: str) -> Scale | Unread:
    """Read what a statement's caption multiplies by.

    Args:
        text: `(In millions, except per share amounts)`; several lines are fine.

    Returns:
        The scale. `except share and per share data` leaves share counts unscaled; `except number of shares,
        which are reflected in thousands` scales them by a thousand. Two money scales are not read.
    """
    share_scale = _SHARES_IN.search(text)
    rest = text[: share_scale.start()] + text[share_scale.end() :] if share_scale else text
    factors = {_scale_factor(m) for m in _SCALE.finditer(rest)}
    if not factors:
        return Unread("no scale stated")
    if len(factors) > 1:
        return Unread("two scales stated")
    (money,) = factors
    currency = read_currency(rest)
    shares = _WORDS[share_scale[1].lower()] if share_scale else _unscaled_shares(rest, money)
    return Scale(money, shares, currency if isinstance(currency, str) else None)


def _scale_factor(found: re.Match[str]) -> float:
    word = found["a"] or found["b"] or found["d"] or found["e"]
    if word:
        return _WORDS[word.lower()]
    return 1e6 if "m" in found["c"].lower() else 1e3


def _unscaled_shares(text: str, money: float) -> float:
    exception = _EXCEPT.search(text)
    if exception is None:
        return money
    without_per_share = re.sub(r"\bper[- ](?:common )?share\b|\bper ADS\b", "", exception[1], flags=re.I)
    return 1.0 if re.search(r"\bshares?\b", without_per_share, re.I) else money


def read_currency(text: str) -> str | Unread:
    """The one currency (ISO 4217) a text names; `$` alone is the US dollar."""
    rest, found = text, set()
    for pattern, code in _CURRENCY_NAMES:
        rest, hits = pattern.subn(" ", rest)
        if hits:
            found.add(code)
    if len(found) == 1:
        return found.pop()
    return Unread("two currencies named" if found else "no currency named")


# --- periods -----------------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\b{_MONTH}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:\s*,?\s*(?P<year>(?:19|20)\d\d)\b)?", re.I
)
_DATE_DMY = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}\s*,?\s*(?P<year>(?:19|20)\d\d)\b", re.I
)
_YEAR = re.compile(r"(?<![\d,.$])(?:19|20)\d\d(?![\d,]|\.\d)")
_COUNTS = {
    "three": 3, "six": 6, "nine": 9, "twelve": 12, "thirteen": 13, "twenty-six": 26, "thirty-nine": 39,
    "fifty-two": 52, "fifty-three": 53,
}  # fmt: skip
_COUNT = "|".join(sorted(_COUNTS, key=len, reverse=True)) + r"|\d{1,2}"
_SPAN = re.compile(rf"\b(?P<n>{_COUNT})[\s-]+(?P<unit>months?|weeks?)(?:\s+(?:period\s+)?ended)?\b", re.I)
_YEAR_SPAN = re.compile(
    r"\b(?:fiscal\s+)?years?[\s-]+(?:ended|ending)\b|\bfor the (?:fiscal )?years?\b", re.I
)
_QUARTER_SPAN = re.compile(r"\b(?:fiscal\s+)?quarters?\s+(?:ended|ending)\b", re.I)
_MOMENT = re.compile(r"\b(?:as\s+of|as\s+at|at)\b", re.I)


def read_period(text: str) -> PeriodPhrase | Unread:
    """Read the period a header names, as far as it does.

    Args:
        text: `Years ended December 31`, `2016`, `Three months ended March 29, 2025`, `At December 31, 2016`.

    Returns:
        The parts stated. Two different lengths, days or years in one text are not read.
    """
    body = " ".join(text.split())
    dates = {(m, d) for m, d, _ in _dated(body)}
    years = {y for _, _, y in _dated(body) if y} | {int(y) for y in _YEAR.findall(body)}
    if len(dates) > 1 or len(years) > 1:
        return Unread("several days or years in one header")
    lengths = _lengths(body)
    if len(lengths) > 1:
        return Unread("several lengths in one header")
    month, day = dates.pop() if dates else (None, None)
    months, weeks = lengths.pop() if lengths else (None, None)
    phrase = PeriodPhrase(
        months=months,
        weeks=weeks,
        moment=not (months or weeks) and month is not None and _MOMENT.search(body) is not None,
        month=month,
        day=day,
        year=years.pop() if years else None,
    )
    return Unread("no period named") if phrase == PeriodPhrase() else phrase


def _lengths(body: str) -> set[tuple[int | None, int | None]]:
    """(months, weeks) of every length named; `years ended` counts only where no number of weeks is said."""
    found: set[tuple[int | None, int | None]] = set()
    for m in _SPAN.finditer(body):
        count = _COUNTS.get(m["n"].lower()) or int(m["n"])
        found.add((None, count) if m["unit"].lower().startswith("week") else (count, None))
    if not found and _YEAR_SPAN.search(body):
        found.add((12, None))
    if not found and _QUARTER_SPAN.search(body):
        found.add((3, None))
    return found


def read_dates(text: str) -> list[date]:
    """Every full date (`December 31, 2016`, `31 December 2016`) in a text, in order; no such day, no date."""
    found = []
    for month, day, year in _dated(" ".join(text.split())):
        if year is not None and day <= monthrange(year, month)[1] and day > 0:
            found.append(date(year, month, day))
    return found


def _dated(body: str) -> list[tuple[int, int, int | None]]:
    """(month, day, year or None) of every day named, in order."""
    day_first = list(_DATE_DMY.finditer(body))
    taken = [range(m.start(), m.end()) for m in day_first]
    month_first = [m for m in _DATE.finditer(body) if not any(m.start() in span for span in taken)]
    return [
        (_MONTHS.index(m["month"][:3].lower()) + 1, int(m["day"]), int(m["year"]) if m["year"] else None)
        for m in sorted(day_first + month_first, key=lambda m: m.start())
    ]


def _months_before(end: date, months: int) -> date:
    """The first day of a period of whole months that ends on `end`."""
    following = end + timedelta(days=1)
    year, month = divmod(following.year * 12 + following.month - 1 - months, 12)
    return date(year, month + 1, min(following.day, monthrange(year, month + 1)[1]))
