"""The share count and the public float that the cover page of an annual report gives in words.

Tagged covers come as facts; in a PDF they are sentences: "The aggregate market value ... held by
non-affiliates ... as of June 30, 2022 ... was $8.2 billion", "As of February 22, 2023, 373,913,450 shares ...
were outstanding". Each amount is taken to be of the date nearest to it. Where two amounts are given for one
day, as of two classes of stock, there is none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.years import COVER_DAYS, Known
from smalti.platform.quantities import Number, read_dates, read_number
from smalti.platform.records import Evidence, EvidenceKind, SourceKind

_FILED_WITHIN = timedelta(days=150)
"""An annual report follows its year's end by at most so long."""

_PARAGRAPHS = 60
_CHARACTERS = 4000
_AROUND = 600
"""Characters behind the words that name an item in which its amount and date stand."""

_PLACES = 5
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(rf"\b(?:{_MONTHS}) \d{{1,2}}, \d{{4}}\b")
_SCALE = r"(?: (?:million|billion|trillion)\b)?"
_MONEY = re.compile(rf"\$ ?\d[\d,]*(?:\.\d+)?{_SCALE}")
_COUNT = re.compile(
    r"(?<![$\d.,])(?<!\$ )(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:\.\d+)? (?:million|billion)\b)"
)
_OUTSTANDING = re.compile(r"(?i)\bshares?\b[^;]{0,160}?\boutstanding\b|\boutstanding\b[^;]{0,40}\bshares\b")
_ITEMS = {
    "PublicFloat": (re.compile(r"(?i)aggregate market value"), _MONEY, 1e6),
    "SharesOutstanding": (_OUTSTANDING, _COUNT, 1e5),
}


def read_cover(dossier: Dossier, end: date) -> dict[str, tuple[date, Known]]:
    """`SharesOutstanding` and `PublicFloat` as the annual report of the year that ends on `end` words them.

    Returns:
        Of each that was found the day it is of, and its value in shares or dollars with the paragraph it is
        from; of several days the one nearest to the year's end.
    """
    told: defaultdict[str, defaultdict[date, dict[float, str]]] = defaultdict(lambda: defaultdict(dict))
    for piece in _paragraphs(dossier, end):
        text = " ".join(piece.text[:_CHARACTERS].split())
        for name in _ITEMS:
            for day, value in _amounts(name, text):
                if COVER_DAYS[name][0] <= (day - end).days <= COVER_DAYS[name][1]:
                    told[name][day].setdefault(value, piece.evidence_id)
    return {name: found for name, days in told.items() if (found := _nearest(days, end))}


def _paragraphs(dossier: Dossier, end: date) -> Iterator[Evidence]:
    """The first paragraphs of filings that may be the year's annual report."""
    seen: defaultdict[str, int] = defaultdict(int)
    for piece in dossier.pieces(EvidenceKind.PARAGRAPH, SourceKind.FILING):
        filed = dossier.document(piece).available_at.date()
        seen[piece.document_id] += 1
        if end < filed <= end + _FILED_WITHIN and seen[piece.document_id] <= _PARAGRAPHS:
            yield piece


def _amounts(name: str, text: str) -> Iterator[tuple[date, float]]:
    """Amounts that stand by the words for an item, each with the date nearest to it."""
    words, form, least = _ITEMS[name]
    for found in islice(words.finditer(text), _PLACES):
        span = text[max(0, found.start() - _AROUND // 2) : found.start() + _AROUND]
        days = [(match.start(), match.end(), match[0]) for match in _DATE.finditer(span)]
        for match in form.finditer(span):
            number = read_number(match[0])
            if not days or not isinstance(number, Number) or number.value < least:
                continue
            gaps = [(max(at - match.end(), match.start() - behind), day) for at, behind, day in days]
            for day in read_dates(min(gaps)[1])[:1]:
                yield day, number.value


def _nearest(days: Mapping[date, Mapping[float, str]], end: date) -> tuple[date, Known] | None:
    day = min(days, key=lambda each: abs((each - end).days))
    if len(days[day]) != 1:
        return None
    ((value, evidence),) = days[day].items()
    return day, Known(value, (evidence,))
