"""Numbers as they are said, and as recognisers write them, turned into values.

Takes words ("four hundred and twelve million dollars"), digits ("$412 million", "4.6%") and the mixtures a
recogniser makes of them ("$400 and $12 million", "2 thousand 846 million"). Years, dates, quarters, and
numbers of slides or forms are no amounts and are left out. Each value is what was heard, not what is true: it
stays unverified until a document confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from smalti.ingest.calls.cardinals import BIG, Amount, Token, amount_at, small, text_at, token

__all__ = ["SpokenNumber", "read_numbers"]

_MONEY = {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "euro": "EUR", "euros": "EUR",
    "pounds": "GBP", "yen": "JPY", "francs": "CHF",
}  # fmt: skip
_LABELS = {
    "slide", "slides", "page", "pages", "form", "forms", "item", "items", "note", "notes", "chapter",
    "section", "figure", "table", "exhibit", "step", "phase", "number", "no.", "question", "part", "level",
    "tier", "top", "fiscal", "year", "fy", "q", "quarter", "version", "channel", "room",
}  # fmt: skip
_MONTHS = {
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov",
    "dec",
}  # fmt: skip
_MAX_WORDS = 100_000


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    """A number heard.

    Attributes:
        value: in base units: `412 million` is 412e6, `22 cents` 0.22 USD, `4.6 percent` 4.6.
        unit: `USD` and other ISO 4217 codes, `USD/share`, `%`, `percentage points`, `basis points`,
            `times`, `shares`; None for a plain count.
        raw: the words as heard.
        first, last: positions of its first and last word.
        bound: `low` or `high` where it is an end of a range.
    """

    value: float
    unit: str | None
    raw: str
    first: int
    last: int
    bound: str | None = None


def read_numbers(words: Sequence[str]) -> list[SpokenNumber]:
    """Every amount in a sentence, in order.

    Args:
        words: as heard, with their punctuation; blanks around them do not matter.
    """
    tokens = [token(word) for word in words[:_MAX_WORDS]]
    found: list[SpokenNumber] = []
    at = 0
    while at < len(tokens):
        amount = amount_at(tokens, at)
        if amount is None:
            at += 1
            continue
        number, at = _finished(tokens, amount)
        if number is not None:
            found.append(number)
    return _ranges(tokens, found)


def _finished(tokens: Sequence[Token], amount: Amount) -> tuple[SpokenNumber | None, int]:
    """The number with its unit, None where it is no amount; and where reading goes on."""
    unit, end, factor = _unit(tokens, amount)
    if unit is None and _is_noread_amount(tokens, amount):
        return None, amount.end
    raw = " ".join(t.raw for t in tokens[amount.at : end])
    value = float(amount.value * factor)
    return SpokenNumber(value, unit, raw, amount.at, end - 1), end


_UNIT_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("percentage", "points"), "percentage points"),
    (("percentage", "point"), "percentage points"),
    (("percent",), "%"),
    (("%",), "%"),
    (("per", "cent"), "%"),
    (("basis", "points"), "basis points"),
    (("basis", "point"), "basis points"),
    (("bps",), "basis points"),
    (("times",), "times"),
    (("x",), "times"),
    (("shares",), "shares"),
)


def _unit(tokens: Sequence[Token], amount: Amount) -> tuple[str | None, int, Decimal]:
    """The unit, the position after it, and what the number is to be multiplied by."""
    end, one, cent = amount.end, Decimal(1), Decimal("0.01")
    if amount.percent or amount.times:
        return ("%" if amount.percent else "times"), end, one
    if amount.sign or amount.cents:
        return _money(tokens, amount.sign or "USD", end, cent if amount.cents else one)
    if tokens[end - 1].ends:
        return None, end, one
    after = tuple(text_at(tokens, end + i) for i in range(2))
    for words, unit in _UNIT_WORDS:
        if after[: len(words)] == words:
            return unit, end + len(words), one
    if after[0] in ("cent", "cents"):
        return _money(tokens, "USD", end + 1, cent)
    named = next((i for i in range(2) if after[i] in _MONEY and after[:i] in ((), ("us",))), None)
    return (None, end, one) if named is None else _money(tokens, _MONEY[after[named]], end + 1 + named, one)


def _money(tokens: Sequence[Token], currency: str, end: int, factor: Decimal) -> tuple[str, int, Decimal]:
    """Money, a share of it where `per share` or `a share` follows."""
    if not tokens[end - 1].ends:
        if text_at(tokens, end) in _MONEY and _MONEY[text_at(tokens, end)] == currency:
            end += 1  # `$5 dollars`
        if text_at(tokens, end) in ("per", "a") and text_at(tokens, end + 1) == "share":
            return f"{currency}/share", end + 2, factor
    return currency, end, factor


def _is_noread_amount(tokens: Sequence[Token], amount: Amount) -> bool:
    """A year, a day, a label, or a small word like `one` that seldom counts."""
    before = text_at(tokens, amount.at - 1) if amount.at else ""
    after = text_at(tokens, amount.end)
    value, alone = amount.value, amount.end - amount.at == 1
    if before in _LABELS or re.fullmatch(r"[qh]\d?|fy", before):
        return True
    if before in _MONTHS and 1 <= value <= 31:
        return True
    if after in _MONTHS and 1 <= value <= 31 and amount.digits:
        return True
    year = value == int(value) and 1900 <= value <= 2099 and (amount.digits or amount.scaled)
    if year and not (amount.scaled and amount.end - amount.at == 2):
        return True
    if _is_year_in_pairs(tokens, amount):
        return True
    return (alone and tokens[amount.at].text in ("one", "zero")) or before == "half"


def _is_year_in_pairs(tokens: Sequence[Token], amount: Amount) -> bool:
    """`twenty seventeen`, `nineteen ninety-five`: either half is no amount."""
    here, after = small(tokens[amount.at].text), small(text_at(tokens, amount.at + 1))
    before = small(text_at(tokens, amount.at - 1)) if amount.at else None
    starts = here in (19, 20) and after is not None and after >= 10
    ends = before in (19, 20) and here is not None and here >= 10
    return amount.end - amount.at <= 2 and (starts or ends)


def _ranges(tokens: Sequence[Token], numbers: Sequence[SpokenNumber]) -> list[SpokenNumber]:
    """Both ends of a range marked, the first with the unit and scale that only the second was said with.

    `between 3 and 5 percent`, `$125 to $175 million`, `from 4.5 to 4.8 billion dollars`. The first of
    `between $400 and $12 million` may be meant in either way: it is left out.
    """
    found, unsure = list(numbers), set()
    for i in range(len(found) - 1):
        low, high = found[i], found[i + 1]
        if high.first - low.last != 2 or tokens[low.last].ends:
            continue
        link = tokens[low.last + 1].text
        before = tokens[low.first - 1].text if low.first else ""
        if not (link in ("to", "through") or (link == "and" and before == "between")):
            continue
        low = _like(tokens, low, high)
        if low.unit == high.unit and low.value <= high.value:
            found[i], found[i + 1] = replace(low, bound="low"), replace(high, bound="high")
        elif before == "between":
            unsure.add(i)
    return [number for i, number in enumerate(found) if i not in unsure]


def _like(tokens: Sequence[Token], low: SpokenNumber, high: SpokenNumber) -> SpokenNumber:
    bare = not any(BIG.get(t.text, 0) >= 1000 for t in tokens[low.first : low.last + 1])
    if not bare or low.unit not in (None, high.unit, high.unit.split("/")[0] if high.unit else None):
        return low
    if low.value == 0:
        return replace(low, unit=high.unit)
    steps = [BIG[t.text] for t in tokens[high.first : high.last + 1] if t.text in BIG]
    factor = steps[-1] if steps and low.value < 1000 else 1
    cents = any(t.text in ("cent", "cents") for t in tokens[high.first : high.last + 1])
    if cents and low.unit is None:
        return replace(low, value=round(low.value / 100, 6), unit=high.unit)
    return replace(low, value=low.value * factor, unit=high.unit)
