"""Numbers as an answer prints them, in the unit and with the digits that were asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smalti.assistant.understood import Wanted

__all__ = ["Form", "form_of", "plain", "printed"]

_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a number is wanted.

    Attributes:
        scale: word for the scale of money; empty: chosen by its size.
        percent: as a percentage; None: as the metric usually is.
        decimals: None: as many as it needs.
        currency: code of the one it is asked in; empty if none is named.
    """

    scale: str = ""
    percent: bool | None = None
    decimals: int | None = None
    currency: str = ""


def form_of(wanted: Wanted) -> Form:
    """What a question says of the form of its number."""
    unit = wanted.unit.lower()
    scale = next((word for word in _SCALES if word in unit), "")
    percent = (
        True if re.search(r"percent|%", unit) else False if re.search(r"ratio|times|days", unit) else None
    )
    code = wanted.unit[:3]
    return Form(scale, percent, wanted.decimals, code if code.isupper() and code.isalpha() else "")


def printed(value: float, unit: str, form: Form) -> str:
    """`$1,577 million`, `24.26`, `30.8%`, `93.86 days`, `$66.56 per share`.

    Args:
        value: in `unit`; of `%` the percentage itself.
        unit: a currency, `CUR/share`, `shares`, `pure`, `%`, `points` or `days`.
        form: as it is wanted.
    """
    sign = "-" if value < 0 else ""
    amount = abs(value)
    if unit == "%":
        return f"{sign}{amount:,.{_or(form.decimals, 1)}f}%"
    if unit == "points":
        return f"{sign}{amount:,.{_or(form.decimals, 1)}f} percentage points"
    if unit == "days":
        return f"{sign}{amount:,.{_or(form.decimals, 2)}f} days"
    if unit == "pure":
        return f"{sign}{amount:,.{_or(form.decimals, 2)}f}"
    if unit.endswith("/share"):
        return f"{sign}{_money(unit[:3])}{amount:,.{_or(form.decimals, 2)}f} per share"
    word = form.scale or _size(amount)
    number = _scaled(amount / _SCALES.get(word, 1.0), word, form.decimals)
    symbol = "" if unit == "shares" else _money(unit)
    ending = " shares" if unit == "shares" else ""
    return f"{sign}{symbol}{number}{' ' + word if word else ''}{ending}"


def plain(value: float, scale: float) -> str:
    """A number of a computation: all its digits at the scale, as many as three decimals."""
    text = f"{abs(value) / scale:,.3f}".rstrip("0").rstrip(".")
    return f"(-{text})" if value < 0 else text


def _or(decimals: int | None, usual: int) -> int:
    return usual if decimals is None else min(max(decimals, 0), 6)


def _size(amount: float) -> str:
    """Millions, as filings count; the number itself below one."""
    return "million" if amount >= 1e6 else ""


def _scaled(number: float, word: str, decimals: int | None) -> str:
    if decimals is not None:
        return f"{number:,.{_or(decimals, 0)}f}"
    if word == "billion":
        return f"{number:,.2f}"
    whole = abs(number - round(number)) < 5e-7 * max(1.0, number)
    return f"{number:,.0f}" if whole else f"{number:,.1f}" if number >= 1 else f"{number:,.3f}"


def _money(currency: str) -> str:
    return _SYMBOLS.get(currency, f"{currency} ")
