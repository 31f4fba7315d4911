"""Every numeral of a sentence: digits of any script, words, fractions, dates, with sign, scale and unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

__all__ = ["DATE", "Numeral", "numerals", "plain_digits"]

DATE = "date"
MOST = 200
"""Numerals of one sentence that are read; a sentence with more is no answer."""

_SIGNS = {
    "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "hk$": "HKD", "$": "USD", "€": "EUR",
    "£": "GBP", "¥": "JPY", "₹": "INR",
}  # fmt: skip
_CODES = {
    "usd": "USD", "eur": "EUR", "gbp": "GBP", "cad": "CAD", "aud": "AUD", "jpy": "JPY", "chf": "CHF",
    "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP",
    "yen": "JPY",
}  # fmt: skip
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mm": 1e6, "mn": 1e6, "mln": 1e6, "m": 1e6,
    "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_COUNTS = {word: float(i) for i, word in enumerate(_ONES)} | {
    word: 10.0 * i for i, word in enumerate(_TENS, 2)
}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()  # noqa: SIM905 - a list of words reads best as one text
)
_MULTIPLES = {
    "double": 2.0, "doubles": 2.0, "doubled": 2.0, "doubling": 2.0, "twofold": 2.0, "twice": 2.0,
    "triple": 3.0,
    "triples": 3.0, "tripled": 3.0, "tripling": 3.0, "threefold": 3.0, "thrice": 3.0, "quadrupled": 4.0,
    "fourfold": 4.0, "fivefold": 5.0, "tenfold": 10.0,
}  # fmt: skip
_PARTS = {
    "half": 0.5, "halves": 0.5, "halved": 0.5, "halving": 0.5, "thirds": 1 / 3, "quarters": 0.25,
    "fifths": 0.2, "tenths": 0.1, "dozen": 12.0, "dozens": 12.0,
}  # fmt: skip
_VAGUE = {"hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9, "trillions": 1e12}
_WORD = "|".join(
    sorted(
        (*_COUNTS, *_ORDINALS, *_MULTIPLES, *_PARTS, *_VAGUE, *(s for s in _SCALES if len(s) > 3)), key=len
    )[::-1]
)
_SIGN = r"(?:(?:us|ca?|au?|hk)?\$|[€£¥₹]|\b(?:usd|eur|gbp|cad|aud|jpy|chf)\b)"
_SCALED = r"(?:\s?-?(?:hundred|thousand|million|billion|trillion)s?|\s?(?:mln|mm|mn|bn|tn|k|m|b))(?!\w)"
_TAIL = (
    rf"(?:(?P<scale>{_SCALED}))?(?P<closes>\s?\))?(?:(?P<scale2>{_SCALED}))?"
    r"(?:\s?-?(?P<unit>%|percentage[ -]points?|per\s?cent(?:age)?(?:[ -]points?)?|basis[ -]points?|bps|pp"
    r"|points?|times|x|cents?|dollars?|euros?|pounds?|yen|usd|eur|gbp|cad|aud|jpy|chf"
    r"|st|nd|rd|th)(?![\w]))?"
    r"(?P<share>,?\s(?:per|a)\s(?:diluted |basic |common |ordinary )?share)?"
)
_FOUND = re.compile(
    rf"(?P<iso>(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d))"
    rf"|(?P<day>\b{_MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\s*,?\s*(?:19|20)\d\d\b)"
    rf"|(?P<minus>(?<![\w)\]%])[-−–]\s?)?(?:(?P<sign>{_SIGN})\s?)?(?P<opens>\(\s?)?(?P<minus2>[-−])?"
    rf"(?:(?P<sign2>{_SIGN})\s?)?(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    rf"(?P<percent>\s?%)?{_TAIL}"
    rf"|(?P<words>\b(?:{_WORD})(?:(?:[\s-]|\sand\s)(?:{_WORD}))*\b)(?P<wordunit>\s(?:of\s)?(?:per\s?cent(?:age)?"
    rf"(?:\spoints?)?|basis\spoints?|dollars?|euros?|times))?",
    re.IGNORECASE,
)
_NOT_ONES = re.compile(
    r"(?:\b(?:no|any|every|some|each|this|that|the|which|another|only)\s+one\b|\bone\s+(?:of|another)\b"
    r"|\bat\s+first\b|\bfirst\s+and\s+foremost\b|\bsecond\s+half\b|\bfirst\s+half\b|\bone-time\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as a sentence prints it.

    Attributes:
        text: as it stands, with sign, scale and unit.
        value: with scale and sign applied; a date's is its year.
        off: half of the last digit's worth: how far what it stands for may be from it.
        unit: a currency (also with `/share`), `%`, `points`, `bps`, `x`, `ordinal`, `date`, `year`, or
            empty.
        negative: a minus or brackets stand beside it.
        scaled: a word such as `million` stands beside it.
        day: of a date.
    """

    text: str
    start: int
    end: int
    value: float
    off: float
    unit: str = ""
    negative: bool = False
    scaled: bool = False
    day: date | None = None


def plain_digits(text: str) -> str:
    """A text of the same length whose digits and number signs are those of ASCII."""
    if text.isascii():
        return text
    return "".join(_plain(c) for c in text)


def _plain(char: str) -> str:
    if char in "٬，":
        return ","
    if char == "٫":
        return "."
    if char in "％٪":
        return "%"
    return str(unicodedata.decimal(char)) if char.isdecimal() and not char.isascii() else char


def numerals(text: str) -> list[Numeral]:
    """The numerals of a text, in order; a range gives two, a date one."""
    plain = plain_digits(text)
    spared = [found.span() for found in _NOT_ONES.finditer(plain)]
    found = [
        one
        for one in (*_matched(text, plain), *_signs(text, plain))
        if not any(a <= one.start and one.end <= b for a, b in spared)
    ]
    return sorted(found, key=lambda one: one.start)[:MOST]


def _matched(text: str, plain: str) -> Iterator[Numeral]:
    for found in _FOUND.finditer(plain):
        made = _dated(found) if found["iso"] or found["day"] else _worded(found) if found["words"] else None
        if made is None:
            made = _digited(found, plain)
        yield Numeral(text[made.start : made.end], *_but_text(made))


def _but_text(one: Numeral) -> tuple[int, int, float, float, str, bool, bool, date | None]:
    return one.start, one.end, one.value, one.off, one.unit, one.negative, one.scaled, one.day


def _signs(text: str, plain: str) -> Iterator[Numeral]:
    """Signs that are numbers without being digits: `½`, `²`, `Ⅳ`, `五`."""
    if not text.isascii():
        for at, char in enumerate(plain):
            if not char.isdecimal() and (value := unicodedata.numeric(char, None)) is not None:
                yield Numeral(text[at], at, at + 1, float(value), 0.0)


def _dated(found: re.Match[str]) -> Numeral:
    words = found[0]
    year = int(re.findall(r"(?:19|20)\d\d", words)[-1 if found["day"] else 0])
    if found["iso"]:
        month, number = int(words[5:7]), int(words[8:10])
    else:
        named = re.search(_MONTH, words, re.I)
        month = _MONTHS.index(named[0][:3].lower()) + 1 if named else 0
        number = int(re.findall(r"\d+", words)[0])
    try:
        day = date(year, month, number)
    except ValueError:
        day = None
    return Numeral(words, found.start(), found.end(), float(year), 0.0, DATE, day=day)


def _digited(found: re.Match[str], plain: str) -> Numeral:
    start, end = found.span()
    digits, scale = found["digits"], re.sub(r"[\s-]+", "", found["scale"] or found["scale2"] or "").lower()
    scale = scale if scale in _SCALES else scale.removesuffix("s")
    bracketed = bool(found["opens"] and found["closes"])
    if found["opens"] and not bracketed:
        start = found.start("digits") if not found["sign2"] else found.start("sign2")
    if found["closes"] and not bracketed:
        end = found.start("closes")
        scale = "" if found["scale2"] else scale
        unit_word = "%" if found["percent"] else ""
    else:
        unit_word = "%" if found["percent"] else re.sub(r"[\s-]+", " ", (found["unit"] or "").lower())
    unit, factor = _unit(unit_word, found["sign"] or found["sign2"] or "", bool(found["share"]))
    worth = _SCALES.get(scale, 1.0) * factor
    decimals = len(digits.partition(".")[2])
    year = not unit and not scale and "," not in digits and re.fullmatch(r"(?:19|20)\d\d", digits) is not None
    negative = bool(found["minus"] or found["minus2"]) or (
        bracketed and not year and not _aside(plain[: found.start("opens")])
    )
    value = float(digits.replace(",", "")) * worth
    start += len(plain[start:end]) - len(plain[start:end].lstrip())
    return Numeral(
        "", start, end, -value if negative else value, 0.5 * worth / 10.0**decimals,
        "year" if year else unit, negative, bool(scale),
    )  # fmt: skip


def _aside(before: str) -> bool:
    """Whether brackets after this only add something to a number: `$1,577 million (4.8%)`."""
    return (
        re.search(r"(?:\d|%|million|billion|thousand|trillion|share|[a-z]{4,})\s*$", before, re.I) is not None
    )


def _unit(word: str, sign: str, share: bool) -> tuple[str, float]:  # noqa: PLR0911 - a unit each
    """The unit, and what the number is to be multiplied by."""
    if word in ("st", "nd", "rd", "th"):
        return "ordinal", 1.0
    if word.startswith(("percentage point", "pp")) or (word.startswith("per") and "point" in word):
        return "points", 1.0
    if word.startswith(("%", "per")):
        return "%", 1.0
    if word.startswith(("basis", "bps")):
        return "bps", 1.0
    if word.startswith("point"):
        return "points", 1.0
    if word in ("times", "x"):
        return "x", 1.0
    money = _SIGNS.get(sign.lower()) or _CODES.get(sign.lower()) or _CODES.get(word, "")
    if word.startswith("cent"):
        return ("USD/share" if share else "USD"), 0.01
    return (f"{money}/share" if money and share else money), 1.0


def _worded(found: re.Match[str]) -> Numeral | None:
    words = [w for w in re.split(r"[\s-]+", found["words"].lower()) if w != "and"]
    unit_word = re.sub(r"\s+", " ", (found["wordunit"] or "").strip().lower()).removeprefix("of ")
    unit, factor = _unit(unit_word, "", share=False) if unit_word else ("", 1.0)
    value, off = _of_words(words)
    if any(w in _ORDINALS for w in words) and not unit:
        unit = "ordinal"
    if any(w in _MULTIPLES for w in words) and not unit:
        unit = "x"
    scaled = any(w in _SCALES for w in words)
    return Numeral("", found.start(), found.end(), value * factor, off * factor, unit, scaled=scaled)


def _of_words(words: list[str]) -> tuple[float, float]:
    total, part, last = 0.0, 0.0, 1.0
    for word in words:
        if word in _COUNTS:
            part, last = part + _COUNTS[word], 1.0
        elif word in _SCALES:
            scale = last = _SCALES[word]
            if scale == 100.0:
                part = (part or 1.0) * scale
            else:
                total, part = total + (part or 1.0) * scale, 0.0
        elif word in _ORDINALS:
            place = _ORDINALS.index(word) + 1.0
            part, last = (part / place if part and place > 2 else part + place), 0.0
        else:
            worth = (_PARTS | _MULTIPLES | _VAGUE)[word]
            part, last = (part or 1.0) * worth, 0.02
    return total + part, 0.5 * last if last >= 1 else last
