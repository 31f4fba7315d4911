"""Amounts in running text: `$412 million`, `12%`, `200 basis points`, `$2.16 per share`, `about 4%`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Amount", "read_amounts"]

MAX_AMOUNTS = 40  # of one sentence that are read
_SIGNS = {"$": "$", "us$": "USD", "c$": "CAD", "a$": "AUD", "hk$": "HKD", "€": "EUR", "£": "GBP", "¥": "¥"}
_NAMES = {
    "dollar": "$", "dollars": "$", "bucks": "$", "usd": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR",
    "pounds": "GBP", "gbp": "GBP", "yen": "JPY",
}  # fmt: skip
_SCALES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "mm": 1e6, "mn": 1e6, "mln": 1e6, "m": 1e6, "billion": 1e9,
    "bn": 1e9, "b": 1e9, "trillion": 1e12,
}  # fmt: skip
_AMOUNT = re.compile(
    r"(?P<minus>(?<![\w)])[-−–])?(?P<sign>(?:us|hk|c|a)?\$|[€£¥])?\s?"
    r"(?<![\w.,])(?P<digits>(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,15})(?:\.\d{1,6})?|\.\d{1,6})"
    r"(?:\s?-?(?P<scale>thousand|million|billion|trillion|mln|mm|mn|bn|k|m|b)\b)?"
    r"(?:\s?(?P<unit>%|(?:percent(?:age)?|per\s?cent)(?:[ -]points?)?|basis[ -]points?|bps|pts|points?"
    r"|cents?|dollars?|bucks|euros?|pounds|yen|usd|eur|gbp)(?![\w]))?"
    r"(?P<share>,?\s(?:per|a)\s(?:diluted |basic |common )?share)?(?![\w])",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:about|approximately|roughly|around|some|approx\.?|circa|~)\s*$", re.I)
_NEARLY = re.compile(r"(?:nearly|almost|close to|just under|just shy of|up to)\s*$", re.I)
_OVER = re.compile(
    r"(?:more than|over|above|at least|exceed(?:ed|s|ing)?|in excess of|north of|greater than|upwards of"
    r"|well over|surpass(?:ed|es|ing)?|topp(?:ed|ing)|just over|better than)\s*(?:the\s)?$",
    re.I,
)
_UNDER = re.compile(r"(?:less than|under|below|no more than|at most)\s*$", re.I)
_TWO = re.compile(r"\b(?<!mid[- ])(?<!high[- ])(?<!low[- ])(double|triple)[- ]digits?\b", re.I)
_DIGITS = {"double": 10.0, "triple": 100.0}
_RANGE = re.compile(r"\s*(?:to|-|–|and)\s*\$?$", re.I)
_ODD = re.compile(
    r"[$€£]\s?\d[\d,.]*\s+and\s+[$€£]\s?\d|\d\s+\.\d|\d{1,3} (?:hundred|thousand) \d+ (?:hundred)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a sentence.

    Attributes:
        value: in base units: `412 million` is 412e6, `22 cents` 0.22, `4.6 percent` 4.6.
        unit: `$` (a dollar, of which country is not said), an ISO currency, either with `/share`; `%`,
            `points` (percentage points), `bps`; empty for a plain count.
        off: half of the last digit said, wider for round numbers and for `about`.
        bound: `low` for `more than`, `high` for `less than`; else empty.
        scaled: a word such as `million` stood beside it.
        odd: the words around it look misheard, or it is one end of a range.
    """

    value: float
    unit: str
    off: float
    start: int
    end: int
    raw: str
    bound: str = ""
    scaled: bool = False
    odd: str = ""

    @property
    def money(self) -> bool:
        """A sum of money, not a share's."""
        return bool(self.unit) and self.unit not in ("%", "points", "bps") and "/" not in self.unit


def read_amounts(text: str, heard: Sequence[Mapping[str, Any]] = ()) -> list[Amount]:
    """The amounts of a sentence, in order.

    Args:
        text: one sentence.
        heard: a call's own numbers (`[{"value", "unit", "raw"}]`): those said in words are taken from there.
    """
    found = [
        _amount(text, match) for match, _ in zip(_AMOUNT.finditer(text), range(MAX_AMOUNTS), strict=False)
    ]
    found += list(_in_words(text, heard, found))
    found += [
        Amount(_DIGITS[m[1].lower()], "%", 0.5, m.start(), m.end(), m[0], "low") for m in _TWO.finditer(text)
    ]
    found.sort(key=lambda amount: amount.start)
    odd = "the numbers look misheard" if _ODD.search(text) else ""
    return [
        _with(amount, odd=odd or ("it is one end of a range" if _ranged(text, found, i) else ""))
        for i, amount in enumerate(found)
    ]


def _amount(text: str, match: re.Match[str]) -> Amount:
    scale = (match["scale"] or "").lower()
    unit, factor = _unit(match)
    value = float(match["digits"].replace(",", "")) * _SCALES.get(scale, 1.0) * factor
    before = text[max(0, match.start() - 24) : match.start()]
    off, bound = _closeness(
        before, abs(value), _last_digit(match["digits"]) * _SCALES.get(scale, 1.0) * factor, unit
    )
    return Amount(
        value=-value if match["minus"] else value, unit=unit, off=off, start=match.start(), end=match.end(),
        raw=match[0].strip(), bound=bound, scaled=bool(scale),
    )  # fmt: skip


def _unit(match: re.Match[str]) -> tuple[str, float]:
    """The unit, and what the number is to be multiplied by."""
    word = re.sub(r"[\s-]+", " ", (match["unit"] or "").lower())
    share = "/share" if match["share"] else ""
    if word.startswith(("percent", "per cent", "%")):
        return ("points" if "point" in word else "%"), 1.0
    if word.startswith("basis") or word == "bps":
        return "bps", 1.0
    if word.startswith(("point", "pts")):
        return ("" if match["sign"] else "points"), 1.0
    if word.startswith("cent"):
        return "$/share" if share else "$", 0.01
    money = _SIGNS.get((match["sign"] or "").lower()) or _NAMES.get(word, "")
    return (money + share if money else ""), 1.0


def _last_digit(digits: str) -> float:
    """Half of the last digit's worth; of a round number half of its last digit that is not 0."""
    whole, _, decimals = digits.replace(",", "").partition(".")
    if decimals:
        return 0.5 / 10.0 ** len(decimals)
    zeros = len(whole) - len(whole.rstrip("0")) if whole.strip("0") else 0
    return min(0.5 * 10.0**zeros, 0.5 + 0.02 * float(whole))


def _closeness(before: str, size: float, off: float, unit: str) -> tuple[float, str]:
    """How far off the number may be, and whether it is a bound."""
    before = re.sub(r"[$€£]?\s*$", "", before) + " "
    if _OVER.search(before):
        return off, "low"
    if _UNDER.search(before):
        return off, "high"
    if _NEARLY.search(before) or _ABOUT.search(before):
        return off + (1.0 if unit == "%" else 0.05 * size), ""
    return off, ""


def _in_words(text: str, heard: Sequence[Mapping[str, Any]], read: Sequence[Amount]) -> list[Amount]:
    """Numbers that the recogniser wrote in words: `two hundred basis points`."""
    units = {
        "percentage points": "points",
        "basis points": "bps",
        "USD": "$",
        "USD/share": "$/share",
        None: "",
    }
    found: list[Amount] = []
    lowered = text.lower()
    for number in heard[:MAX_AMOUNTS]:
        raw = str(number.get("raw") or "").rstrip(".,;:?! ")
        at = lowered.find(raw.lower()) if raw and not re.search(r"\d", raw) else -1
        if at < 0 or any(a.start < at + len(raw) and at < a.end for a in (*read, *found)):
            continue
        value, unit = float(number["value"]), number.get("unit")
        digits = f"{abs(value):.12g}"
        off, bound = _closeness(text[max(0, at - 24) : at], abs(value), _last_digit(digits), str(unit))
        scaled = abs(value) >= 1e3
        found.append(Amount(value, units.get(unit, str(unit)), off, at, at + len(raw), raw, bound, scaled))
    return found


def _ranged(text: str, found: Sequence[Amount], i: int) -> bool:
    """`26 to 27.5%`, `$1.3 to $1.5 billion`: neither end is the amount. `from 30 to 41%` is a change."""
    for a, b in ((i - 1, i), (i, i + 1)):
        if a < 0 or b >= len(found):
            continue
        link = text[found[a].end : found[b].start]
        before = text[max(0, found[a].start - 10) : found[a].start].lower()
        between = "between" in before or not re.search(r"\bfrom\s*$", before)
        if _RANGE.fullmatch(link) and between and ("and" not in link or "between" in before):
            same = not found[a].unit or found[a].unit == found[b].unit
            if same and "to" not in link.split():
                return True
            if same and not re.search(
                r"(?:by|up|down|grew|rose|fell|increased|declined|decreased)\s*$", before
            ):
                return True
    return False


def _with(amount: Amount, odd: str) -> Amount:
    if not odd:
        return amount
    return Amount(
        amount.value, amount.unit, amount.off, amount.start, amount.end, amount.raw, amount.bound,
        amount.scaled, odd,
    )  # fmt: skip
