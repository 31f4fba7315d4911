"""What a sentence says its numbers are of: issuers, items and times, and which goes with which number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from smalti.assistant.checks.numerals import plain_digits
from smalti.assistant.grounds import Grounds
from smalti.assistant.metrics import named
from smalti.ingest import names as name_words

__all__ = ["Mention", "concepts_in", "going_with", "issuer_names", "issuers_in", "times_in"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?)"
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_TIME = re.compile(
    rf"(?P<iso>(?<!\d)(?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d))"
    rf"|(?P<mdy>\b(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d)\b)"
    rf"|(?P<dmy>\b(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m3>{_MONTH}),?\s+(?P<y3>(?:19|20)\d\d)\b)"
    rf"|(?P<my>\b(?P<m4>{_MONTH})\s+(?P<y4>(?:19|20)\d\d)\b)"
    r"|(?P<quarter>\b(?:Q(?P<q1>[1-4])|(?P<q2>first|second|third|fourth|[1-4](?:st|nd|rd|th))\s+(?:fiscal\s+)?quarter)"
    r"(?:\s*(?:of|,|/)?\s*(?:the\s+)?(?:fiscal\s*)?(?:year\s*)?(?:FY\s*)?(?P<y5>(?:19|20)\d\d|['’]?\d\d(?!\d))?\b)?)"
    r"|(?P<fiscal>\b(?:FY|fiscal(?:\s+year)?s?|financial\s+year)\s*['’]?(?P<y6>(?:19|20)\d\d|\d\d)\b)"
    r"|(?P<year>(?<![\w$€£.,-])(?P<y7>(?:19|20)\d\d)(?![\w%]|,\d|\.\d))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Something a sentence names.

    Attributes:
        key: an issuer's id, a line item's or metric's name, or the text of a time.
        year, quarter, day: of a time; `month` of one that names a month and no day.
    """

    key: str
    start: int
    end: int
    year: int | None = None
    quarter: int | None = None
    month: int | None = None
    day: date | None = None

    def fits(self, start: date | None, end: date | None) -> bool:
        """Whether a time could be that of a period, by its end.

        A year that ends in its first five months is called by either calendar year: which of them the
        issuer means has to be known from its own words.
        """
        if end is None:
            return False
        if self.day is not None:
            return self.day in (end, start)
        if self.quarter is not None and start is not None and not 60 <= (end - start).days <= 125:
            return False
        if self.month is not None:
            return (self.year, self.month) == (end.year, end.month) or (
                start is not None and (self.year, self.month) == (start.year, start.month)
            )
        if self.year is None:
            return True
        shifted = self.quarter is not None or end.month <= 5
        return self.year == end.year or (shifted and abs(self.year - end.year) == 1)


def times_in(text: str) -> list[Mention]:
    """Years, quarters, months and days that a text names, in order."""
    return [_time(found) for found in _TIME.finditer(plain_digits(text))]


def _time(found: re.Match[str]) -> Mention:
    parts = found.groupdict()
    written = next((parts[f"y{i}"] for i in range(1, 8) if parts[f"y{i}"]), None)
    year = _year(written) if written else None
    month = next((parts[f"m{i}"] for i in range(1, 5) if parts[f"m{i}"]), None)
    number = next((int(parts[f"d{i}"]) for i in range(1, 4) if parts[f"d{i}"]), None)
    month_number = (
        None if month is None else int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    )
    quarter = int(parts["q1"]) if parts["q1"] else _QUARTERS.get((parts["q2"] or "").lower())
    day = None
    if year and month_number and number:
        try:
            day = date(year, month_number, number)
        except ValueError:
            day = date.min
    return Mention(found[0], found.start(), found.end(), year, quarter, month_number, day)


def _year(written: str) -> int:
    digits = int(re.sub(r"\D", "", written))
    return digits if digits > 99 else 2000 + digits if digits < 70 else 1900 + digits


def concepts_in(text: str) -> list[Mention]:
    """Line items and metrics that a text names, in order."""
    return [Mention(one.name, one.start, one.end) for one in named(text)]


_NAMES = (
    "SELECT issuer_id, text, kind FROM issuer_names UNION ALL SELECT issuer_id, name, 'name' FROM issuers"
)
_SHORTEST = 2


def issuer_names(grounds: Grounds) -> Mapping[str, frozenset[str]]:
    """Ids of issuers by each way they are called; tickers in capitals, names in small letters."""
    return _issuer_names(tuple(grounds.rows(_NAMES).iter_rows()))


@lru_cache(maxsize=8)
def _issuer_names(rows: tuple[tuple[str, str, str], ...]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for issuer, text, kind in rows:
        if not text or len(text) < _SHORTEST:
            continue
        if kind == "ticker":
            found.setdefault(text.upper(), set()).add(issuer)
            continue
        found.setdefault(_plain(text), set()).add(issuer)
        short = " ".join(name_words.core(text))
        if len(short) >= _SHORTEST:
            found.setdefault(short.lower(), set()).add(issuer)
    return {name: frozenset(ids) for name, ids in found.items()}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


_MOST_WORDS = 8


def issuers_in(text: str, names: Mapping[str, frozenset[str]]) -> list[tuple[Mention, frozenset[str]]]:
    """Issuers that a text names, longest name first come, with the ids each name may mean."""
    words = [(m[0], m.start(), m.end()) for m in re.finditer(r"[^\W_]+", text)]
    found: list[tuple[Mention, frozenset[str]]] = []
    at = 0
    while at < len(words):
        for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            span = words[at : at + length]
            if (ids := _ids(span, names, text)) is not None:
                found.append((Mention(" ".join(w for w, _, _ in span), span[0][1], span[-1][2]), ids))
                at += length
                break
        else:
            at += 1
    return found


def _ids(
    span: Sequence[tuple[str, int, int]], names: Mapping[str, frozenset[str]], text: str
) -> frozenset[str] | None:
    first = span[0][0]
    if len(span) == 1 and first.isupper() and len(first) > 1 and first in names:
        return names[first]
    if not (first[0].isupper() or first[0].isdigit()):
        return None
    if (ids := names.get(" ".join(w.lower() for w, _, _ in span))) is None:
        return None
    return ids if len(span) > 1 or not first.isdigit() else None


def going_with(at: int, mentions: Sequence[Mention], others: Iterable[int]) -> list[Mention]:
    """The mentions that a number belongs to: of several different ones the nearest of its own stretch.

    Args:
        at: where the number stands.
        mentions: of one sort, in order.
        others: where all numbers of the sentence stand, in order, this one too.

    Returns:
        All where they are the same thing; by their order where there are as many as numbers; else what
        follows the number before the next one, or what stands last before it.
    """
    if len({_same(one) for one in mentions}) <= 1:
        return list(mentions)
    places = list(others)
    if len(mentions) == len(places):
        return [mentions[places.index(at)]]
    following = next((place for place in places if place > at), None)
    after = [m for m in mentions if m.start > at and (following is None or m.start < following)]
    before = [m for m in mentions if m.start < at]
    return after[:1] or before[-1:] or list(mentions[:1])


def _same(one: Mention) -> tuple[object, ...]:
    return (one.year, one.quarter, one.month, one.day) if one.year or one.quarter else (one.key,)
