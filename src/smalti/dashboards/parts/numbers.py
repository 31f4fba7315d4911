"""Numbers as people read them: with unit, interval, time zone and age.

Minus signs are U+2212, as wide as a plus. What is no number (none, not finite) is withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite

POINTS = ("risk", "fraud")
"""Kinds told in percent; their differences are percentage points."""

UNITS: Mapping[str, str] = {
    "risk": "annualised volatility, % a year",
    "fraud": "probability that the latest annual figures are misstated, %",
    "sentiment": "from −1 (bad) to +1 (good)",
    "fraud.beneish_m": "M score; above −1.78 is suspect (Beneish 1999)",
    "fraud.dechow_f": "F score, 1 is usual; above 1.85 is suspect (Dechow and others 2011)",
    "fraud.sloan_accruals": "accruals, % of assets; above 10% is suspect",
    "fraud.benford": "mean deviation of first digits from Benford's law; low is usual",
    "fraud.benford_two_digits": "mean deviation of first two digits from Benford's law; low is usual",
    "fraud.contradiction": "from 0 (nothing contradicts) to 1",
    "risk.altman_z": "Z score; low is distress: below 1.81 for manufacturers, below 1.1 for others (Altman)",
    "risk.piotroski_f": "signs of strength, of 9; 0 or 1 is weak (Piotroski 2000)",
}
"""By kind: in what a score is measured, and which way is bad."""

_STANDS = "chance that at least one finding stands, from 0 to 1; 0: looked, and found nothing"
WITHHELD = "withheld"
_MINUS = "−"
_MOST = 1e15  # beyond it digits are noise
_SHARES = ("fraud.sloan_accruals",)
_DIGITS: Mapping[str, int] = {
    "fraud.beneish_m": 2,
    "fraud.dechow_f": 2,
    "risk.altman_z": 2,
    "fraud.benford": 4,
    "fraud.benford_two_digits": 4,
}
_SIGNS = "risk.piotroski_f"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def unit(kind: str) -> str:
    """In what a kind of signal is measured."""
    return UNITS.get(kind, _STANDS if kind.startswith("fraud.") else "")


def score(kind: str, value: float | None) -> str:
    """A signal's value: `24.1%`, `1.20%`, `+0.31`; of sub-signals in their own unit: `−1.37`, `6 of 9`."""
    if value is None or not isfinite(value):
        return WITHHELD
    if kind in POINTS or kind in _SHARES:
        return _percent(value, 2 if kind == "fraud" else 1)
    if kind in _DIGITS:
        return _fixed(value, _DIGITS[kind])
    if kind in ("sentiment", _SIGNS):
        return _signed(value, 2) if kind == "sentiment" else f"{_fixed(value, 0)} of 9"
    return _chance(value) if kind.startswith("fraud.") else f"{value:.3g}".replace("-", _MINUS)


def moved(kind: str, difference: float | None) -> str:
    """A difference of two values: `+2.1 pp` (percentage points), `−0.10`; of fraud with two digits."""
    if difference is None or not isfinite(difference):
        return "–"
    if kind in POINTS or kind in _SHARES:
        return f"{_signed(difference * 100, 2 if kind == 'fraud' else 1)} pp"
    return _signed(difference, 0 if kind == _SIGNS else _DIGITS.get(kind, 2))


def interval(kind: str, low: float | None, high: float | None) -> str:
    """`19.0% to 31.2%`, or nothing where there is none."""
    if low is None or high is None or not (isfinite(low) and isfinite(high)):
        return ""
    return f"{score(kind, low)} to {score(kind, high)}"


def percentile(value: float | None) -> str:
    """`66th percentile`, or nothing where there is none; the ends are never reached by rounding."""
    if value is None or not isfinite(value):
        return ""
    whole = min(max(round(value), 0 if value <= 0 else 1), 100 if value >= 100 else 99)
    ending = "th" if 10 <= whole % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending} percentile"


def money(amount: float | None, currency: str) -> str:
    """`$371.4 million`, `CHF 1.2 billion`, `−€300`: four digits, the scale in words."""
    if amount is None or not isfinite(amount):
        return "–"
    size, sign = abs(amount), _MINUS if amount < 0 and amount != 0 else ""
    scale, word = next(((s, f" {w}") for s, w in _SCALES if size >= s), (1.0, ""))
    digits = 0 if size < 1e6 and float(size).is_integer() else 1 if word else 2
    return f"{sign}{_SYMBOLS.get(currency, f'{currency} ')}{size / scale:,.{digits}f}{word}"


def amount(value: float | None, unit: str = "") -> str:
    """A fact's value with its unit: money as `money`, else `12,345.6 shares`; `pure` is no unit."""
    if value is None or not isfinite(value):
        return "–"
    if len(unit) == 3 and unit.isupper():
        return money(value, unit)
    shown = f"{value:,.6g}" if abs(value) < 1 else f"{value:,.4f}".rstrip("0").rstrip(".")
    told = (shown if abs(value) < _MOST else f"{value:.3g}").replace("-", _MINUS)
    return f"{told} {unit}" if unit and unit != "pure" else told


def when(moment: datetime | None) -> str:
    """`15 May 2026, 14:03 UTC`."""
    return f"{_utc(moment):%-d %b %Y, %H:%M} UTC" if moment else "never"


def day(moment: datetime | None) -> str:
    """`15 May 2026` (UTC)."""
    return f"{_utc(moment):%-d %b %Y}" if moment else "never"


def age(moment: datetime, now: datetime) -> str:
    """How long ago: `3 min`, `5 h`, `192 days`; what lies ahead has no age: `0 min`."""
    return _span(max(0.0, (now - moment).total_seconds()))


def ago(moment: datetime, now: datetime) -> str:
    """`5 h ago`, `in 2 days`, `just now`."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 30:
        return "just now"
    return f"{_span(seconds)} ago" if seconds > 0 else f"in {_span(-seconds)}"


def _span(seconds: float) -> str:
    if seconds < 3570:  # which does not round to 60 min
        return f"{seconds / 60:.0f} min"
    if seconds < 2 * 86400 - 1800:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:,.0f} days"


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _percent(value: float, digits: int) -> str:
    least = 10.0 ** -(digits + 2)
    if 0 < value < least / 2:
        return f"under {least:.{digits}%}"
    return f"{_fixed(value * 100, digits)}%"


def _chance(value: float) -> str:
    """Two digits, and never 1.00 or 0.00 by rounding."""
    shown = _fixed(value, 2)
    if shown == "1.00" and value < 1:
        return "over 0.99"
    return "under 0.01" if shown == "0.00" and value > 0 else shown


def _fixed(value: float, digits: int) -> str:
    if abs(value) >= _MOST:
        return f"{value:.3g}".replace("-", _MINUS)
    text = f"{value:,.{digits}f}"
    return text.replace("-", _MINUS if float(text.replace(",", "")) else "")  # no negative zero


def _signed(value: float, digits: int) -> str:
    text = _fixed(value, digits)
    nothing = not any(digit in "123456789" for digit in text)
    return text if nothing or text.startswith(_MINUS) else f"+{text}"
