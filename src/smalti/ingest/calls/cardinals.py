"""Numbers as English says them and recognisers write them, before anything is known of what they count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

__all__ = ["BIG", "Amount", "Token", "amount_at", "small", "text_at", "token"]

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
BIG = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
"""Words that multiply what stands before them."""

_SCALES = BIG | {"k": 10**3, "mm": 10**6, "mn": 10**6, "bn": 10**9, "m": 10**6, "b": 10**9}
_SIGNS = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "c$": "CAD", "a$": "AUD"}
_DIGITS = re.compile(
    r"(?P<minus>[-−–])?(?P<sign>us\$|c\$|a\$|[$€£¥])?(?P<minus2>[-−])?"
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?|\.\d{1,6})"
    r"(?P<percent>%)?(?P<cents>¢)?(?:-?(?P<scale>k|mm|mn|bn|m|b|x|million|billion|trillion))?",
    re.IGNORECASE,
)
_EDGE = "\"'“”‘’()[]…"


@dataclass(frozen=True, slots=True)
class Token:
    """A word."""

    text: str  # lower case, without punctuation at its edges
    ends: bool  # a comma, full stop or other mark follows
    raw: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number before its unit is known."""

    value: Decimal
    at: int
    end: int  # the position after it
    sign: str | None = None
    percent: bool = False
    cents: bool = False
    times: bool = False
    scaled: bool = False
    digits: bool = False  # written in digits, alone, without a mark: it may be a year


def token(word: str) -> Token:
    """A word without its punctuation, which it remembers."""
    bare = word.strip().strip(_EDGE).lower()
    text = bare.rstrip(".,;:?!").strip(_EDGE)
    return Token(text if text != "no" else bare, bare != text, word.strip())


def amount_at(tokens: Sequence[Token], at: int) -> Amount | None:
    """The number that begins at a position, None where none does."""
    minus = tokens[at].text in ("minus", "negative") and at + 1 < len(tokens)
    begin = at + 1 if minus else at
    found = _in_digits(tokens, begin) or _in_words(tokens, begin)
    if found is None:
        return None
    found = _joined(tokens, _with_point(tokens, _halved(tokens, found)))
    return replace(found, value=-found.value, at=at) if minus else found


def _in_digits(tokens: Sequence[Token], at: int) -> Amount | None:
    match = _DIGITS.fullmatch(tokens[at].text)
    if match is None or not match["number"].isascii():
        return None
    scale = (match["scale"] or "").lower()
    value = Decimal(match["number"].replace(",", "")) * _SCALES.get(scale, 1)
    plain = not (match["sign"] or match["percent"] or match["cents"] or scale or "," in match["number"])
    found = Amount(
        -value if match["minus"] or match["minus2"] else value,
        at,
        at + 1,
        sign=_SIGNS.get((match["sign"] or "").lower()),
        percent=bool(match["percent"]),
        cents=bool(match["cents"]),
        times=scale == "x",
        scaled=scale in _SCALES,
        digits=plain and "." not in match["number"],
    )
    return _scaled(tokens, found)


def _scaled(tokens: Sequence[Token], amount: Amount) -> Amount:
    """With the scale words after it: `412 million`, `2 thousand 846 million`."""
    value, end, scaled = amount.value, amount.end, amount.scaled
    while not tokens[end - 1].ends and end < len(tokens) and tokens[end].text in BIG:
        value, end, scaled = value * BIG[tokens[end].text], end + 1, True
    return replace(amount, value=value, end=end, scaled=scaled, digits=amount.digits and not scaled)


def _in_words(tokens: Sequence[Token], at: int) -> Amount | None:
    """A cardinal in words, as English composes it: `a hundred and five thousand two hundred`."""
    total, group, last, end = 0, 0, 10**18, at
    below = 1_000  # what may still be added in this group
    while end < len(tokens):
        text = tokens[end].text
        said = small(text)
        article = text in ("a", "an") and end == at and text_at(tokens, at + 1) in BIG
        if said is not None and said < below and (said or end == at):
            group, below = group + said, 10 if 20 <= said < 100 and said % 10 == 0 else 0
        elif article:
            group, below = 1, 0
        elif text == "hundred" and 0 < group < 100:
            group, below = group * 100, 100
        elif text in BIG and text != "hundred" and group > 0:
            scale = BIG[text]
            total = total + group * scale if scale < last else (total + group) * scale
            group, last, below = 0, scale, 1_000
        elif text == "and" and end > at and _and_goes_on(tokens, end, below):
            pass
        else:
            break
        end += 1
        if tokens[end - 1].ends:
            break
    if end == at or (group == 0 and total == 0 and tokens[at].text != "zero"):
        return None
    return Amount(Decimal(total + group), at, end, scaled=total > 0)


def _and_goes_on(tokens: Sequence[Token], at: int, below: int) -> bool:
    """`hundred and five`, `thousand and sixteen`: one number; `two million and five percent`: two."""
    fits = tokens[at - 1].text in ("hundred", "thousand") and below >= 100
    return fits and bool(small(text_at(tokens, at + 1)))


def small(text: str) -> int | None:
    """A number word under a hundred."""
    if text in _UNITS:
        return _UNITS[text]
    if text in _TENS:
        return _TENS[text]
    tens, _, unit = text.partition("-")
    if tens in _TENS and 0 < _UNITS.get(unit, 0) < 10:
        return _TENS[tens] + _UNITS[unit]
    return None


def text_at(tokens: Sequence[Token], at: int) -> str:
    """The word at a position, empty beyond the end."""
    return tokens[at].text if at < len(tokens) else ""


def _with_point(tokens: Sequence[Token], amount: Amount) -> Amount:
    """With decimals said after `point`, and halves: `five point two`, `one and a half billion`."""
    end = amount.end
    if text_at(tokens, end) == "point":
        decimals, after = "", end + 1
        while after < len(tokens) and (digit := _decimal(tokens[after].text, first=not decimals)):
            decimals, after = decimals + digit, after + 1
            if tokens[after - 1].ends:
                break
        if decimals and not amount.scaled:
            exact = amount.value + Decimal(f"0.{decimals}")
            return _scaled(tokens, replace(amount, value=exact, end=after, digits=False))
    if [text_at(tokens, end + i) for i in range(3)] == ["and", "a", "half"] and not tokens[end - 1].ends:
        return _scaled(
            tokens, replace(amount, value=amount.value + Decimal("0.5"), end=end + 3, digits=False)
        )
    return amount


def _halved(tokens: Sequence[Token], amount: Amount) -> Amount:
    """`half a million`: the part stands before."""
    before = [text_at(tokens, amount.at - i) if amount.at >= i else "" for i in (1, 2)]
    if tokens[amount.at].text in ("a", "an") and before[0] == "half" and before[1] != "a":
        return replace(amount, value=amount.value / 2, at=amount.at - 1)
    return amount


def _decimal(text: str, *, first: bool) -> str:
    """One digit said, or several written; `oh` is nought."""
    if text == "oh":
        return "0"
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return text
    said = small(text)
    return str(said) if said is not None and (said < 10 or first) else ""


def _joined(tokens: Sequence[Token], amount: Amount) -> Amount:
    """Parts of one number that the recogniser wrote apart, put together."""
    end = amount.end
    if end >= len(tokens) or tokens[end - 1].ends or amount.percent or amount.cents:
        return amount
    through_and = text_at(tokens, end) == "and"
    begin = end + 1 if through_and else end
    before = text_at(tokens, amount.at - 1) if amount.at else ""
    if begin >= len(tokens) or (through_and and before in ("between", "from")):
        return amount
    rest = _in_digits(tokens, begin) or _in_words(tokens, begin)
    if rest is None or rest.sign not in (None, amount.sign) or rest.percent or rest.cents or rest.value <= 0:
        return amount
    rest = _with_point(tokens, rest)
    value = _sum_over_and(amount, rest) if through_and else _sum_in_a_row(amount, rest)
    return amount if value is None else replace(amount, value=value, end=rest.end, scaled=True, digits=False)


def _sum_over_and(amount: Amount, rest: Amount) -> Decimal | None:
    """`$400 and $12 million` is 412 million: hundreds without a scale, then less than a hundred with one."""
    scale = _scale_of(rest)
    fits = not amount.scaled and 0 < amount.value < 1000 and amount.value % 100 == 0
    return amount.value * scale + rest.value if fits and scale >= 10**6 and rest.value < 100 * scale else None


def _sum_in_a_row(amount: Amount, rest: Amount) -> Decimal | None:
    """`2 thousand 846 million` is 2,846 million, `2 million 846 thousand` is 2.846 million."""
    if not amount.scaled or amount.value % 1000:
        return None
    scale = _scale_of(rest)
    if scale >= 10**6 and amount.value < 10**6 and rest.value < 1000 * scale and rest.value % scale == 0:
        return amount.value * scale + rest.value
    return amount.value + rest.value if rest.scaled and rest.value < _scale_of(amount) else None


def _scale_of(amount: Amount) -> int:
    """The greatest of a thousand, a million, ... in the number, 1 where it was said with none."""
    return (
        max([b for b in BIG.values() if b >= 1000 and abs(amount.value) >= b], default=1)
        if amount.scaled
        else 1
    )
