"""How pages are ordered: by words, by what they are, and by whether their document is the right one.

Everything is soft: a wrong guess of the period or the statement moves a page down, never out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from smalti.assistant.retrieval.page_index import Held
from smalti.assistant.retrieval.page_records import PageQuestion, Paper, Spell
from smalti.assistant.retrieval.ranking import K1, B

USUAL_WORDS = 500
"""The length of a page, in words, at which length neither helps nor harms."""
USUAL_OVER = 60
"""The same of the words that stand over a page."""
OVER = 1.5
"""What a word in a heading, caption or title counts beside one in the text."""
NAMED = 0.3
"""What a word in the document's title or its issuer's names counts."""
ALSO = 0.4
"""What another word for the same thing counts beside one of the question."""

# What each reason is worth beside a perfect match by words, which is worth 1. Set by hand.
_PERIOD, _FORM, _STATEMENT, _ITEM, _CONCEPT, _RECENT = 0.8, 0.5, 1.0, 0.12, 0.25, 0.15
_NEAR_DAYS = 10  # by which the ends of years of 52 weeks differ
_EARLY = 2  # months: years that end so early are often named by the year before
_YEAR, _QUARTER, _LAST = 12, 3, 4
_REPEATED = {0: 0.3, 1: 0.4, 2: 0.25}  # how well a document tells of a time so many years before its own


def by_words(page: Held, weights: Mapping[str, float]) -> float:
    """BM25F of a page: its text, what stands over it and whose it is are fields of one text.

    Robertson & Zaragoza 2009, section 3.6; lengths are held against constants, as in `ranking.bm25`.
    """
    body, over, named = Counter(page.body), Counter(page.over), Counter(page.named)
    long_body = 1 - B + B * len(page.body) / USUAL_WORDS
    long_over = 1 - B + B * len(page.over) / USUAL_OVER
    total = 0.0
    for word, weight in weights.items():
        tf = body[word] / long_body + OVER * over[word] / long_over + NAMED * min(named[word], 1)
        total += weight * tf * (K1 + 1) / (tf + K1)
    return total


def fits(paper: Paper, question: PageQuestion) -> float:
    """How well a document covers the times that are asked for, in [0, 1]."""
    if question.day is not None:
        return 1.0 if abs((paper.available_at.date() - question.day).days) <= 1 else 0.0
    if not question.spells:
        return 0.0
    *others, main = question.spells
    best = _covers(paper, main)
    if others:
        best = 0.85 * best + 0.15 * max(_covers(paper, one) for one in others)
    return best


def _covers(paper: Paper, spell: Spell) -> float:
    """1: the document of just that time; less for one that tells of it beside its own."""
    own = paper.period_end
    if own is None:
        year = spell.end.year if spell.end else spell.year
        return 0.3 if year == paper.available_at.year else 0.0
    if spell.end is not None:
        return _of_end(paper, (own - spell.end).days, spell.months)
    if spell.year is None:
        return 0.0
    return _of_quarter(paper, own, spell) if spell.quarter else _of_year(paper, own, spell.year)


def _of_end(paper: Paper, gap: int, months: int | None) -> float:
    if abs(gap) > _NEAR_DAYS:
        return _beside(gap)
    return 1.0 if months is None or paper.months in (0, months) else 0.6


def _of_year(paper: Paper, own: date, year: int) -> float:
    """Of a year without dates, which may be named by the year it ends in or by the one before."""
    before = own.year if own.month > _EARLY else own.year - 1
    whole = paper.months != _QUARTER
    if year == own.year:
        return 1.0 if whole else 0.4
    if year == before:
        return 0.7 if whole else 0.3
    return _beside((own.year - year) * 365)


def _of_quarter(paper: Paper, own: date, spell: Spell) -> float:
    """Of a quarter without dates, by the calendar."""
    if own.year != spell.year:
        return 0.1 if abs(own.year - (spell.year or 0)) == 1 else 0.0
    if paper.months == _YEAR:
        return 0.4 if spell.quarter == _LAST else 0.1
    return 1.0 if (own.month + 1) // 3 == spell.quarter else 0.3


def _beside(gap: int) -> float:
    """A document of a later year repeats the years before; none tells of what comes after it."""
    return _REPEATED.get(round(gap / 365), 0.0) if gap > 0 else 0.0


def ranked(
    pages: Iterable[Held], question: PageQuestion, weights: Mapping[str, float]
) -> list[tuple[Held, float, str]]:
    """Pages with their scores and what brought them there, best first."""
    held = list(pages)
    words = [by_words(one, weights) for one in held]
    most = max(words, default=0.0) or 1.0
    newest = max((one.paper.available_at for one in held), default=None)
    fit = {one.paper.document_id: fits(one.paper, question) for one in held}
    found = []
    for one, own in zip(held, words, strict=True):
        parts = {
            "words": own / most,
            "period": _PERIOD * fit[one.paper.document_id],
            "form": _FORM * (one.paper.form in question.forms),
            "statement": _STATEMENT * question.statements.get(one.about.statement, 0.0),
            "item": _ITEM * (_item(one) in question.items),
            "line items": _CONCEPT * _concepts(one, question),
            "newest": _RECENT * (not question.spells and one.paper.available_at == newest),
        }
        why = ", ".join(f"{name} {value:.2f}" for name, value in parts.items() if value)
        found.append((one, sum(parts.values()), why))
    return sorted(found, key=lambda one: (-one[1], one[0].paper.document_id, one[0].page))


def _item(page: Held) -> str:
    """The item of a page, by the numbers of the annual report."""
    own = page.about.item
    if page.paper.form == "10-Q":
        own = {"2": "7", "3": "7A", "1": "8"}.get(own, own)
    return own


def _concepts(page: Held, question: PageQuestion) -> float:
    """Which part of the line items asked for the page has facts of."""
    if not question.concepts:
        return 0.0
    own = {one.split(" ")[0] for one in page.about.concepts}
    return len(own & set(question.concepts)) / len(question.concepts)
