"""How pages are ordered: by words, by what they are, and by whether their document is the right one.

Everything is soft: a wrong guess of the period or the statement moves a page down, never out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
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
_PERIOD, _FORM, _STATEMENT, _ITEM, _CONCEPT, _RECENT = 0.8, 0.5, 1.0, 0.12, 0.25, 0.3
_BREAKDOWN = 0.3
_STATEMENT_OF_ANYBODY = 0.3  # where no issuer is known, a statement's page is anybody's
_NEAR_DAYS = 10  # by which the ends of years of 52 weeks differ
_EARLY = 2  # months: years that end so early are often named by the year before
_LOOSE_DAYS = 20  # the same where only the month is known
_YEAR = 12
_A_YEAR = 380  # days, and some
_AHEAD = 0.3
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


def fits(paper: Paper, question: PageQuestion, last_month: int = 12) -> float:
    """How well a document covers the times that are asked for, in [0, 1].

    `last_month`: of its issuer's fiscal years, for times without dates.
    """
    if question.day is not None:
        return 1.0 if abs((paper.available_at.date() - question.day).days) <= 1 else 0.0
    if not question.spells:
        return 0.0
    *others, main = question.spells
    best = _covers(paper, main, last_month)
    if others:
        best = 0.85 * best + 0.15 * max(_covers(paper, one, last_month) for one in others)
    return best


def _covers(paper: Paper, spell: Spell, last_month: int) -> float:
    """1: the document of just that time; less for one that tells of it beside its own."""
    own = paper.period_end
    if own is None:
        year = spell.end.year if spell.end else spell.year
        return 0.3 if year == paper.available_at.year else 0.0
    if spell.end is not None:
        return _of_end(paper, (own - spell.end).days, spell.months)
    if spell.year is None:
        return 0.0
    named_after, named_before = (
        _of_end(paper, (own - _end_of(year, spell.quarter, last_month)).days, spell.months, _LOOSE_DAYS)
        for year in (spell.year, spell.year + 1)
    )
    return max(named_after, 0.7 * named_before if last_month <= _EARLY else 0.0)


def _end_of(year: int, quarter: int | None, last_month: int) -> date:
    """About the last day of a fiscal year that is named by the year it ends in, or of its quarter."""
    months = year * 12 + last_month - 1 - 3 * (4 - (quarter or 4))
    return date(months // 12, months % 12 + 1, 28)


def _of_end(paper: Paper, gap: int, months: int | None, near: int = _NEAR_DAYS) -> float:
    if abs(gap) > near:
        return _beside(gap)
    return 1.0 if months is None or paper.months in (0, months) else 0.6


def _beside(gap: int) -> float:
    """A document of a later year repeats the years before; the one before looks forward to the next."""
    return _REPEATED.get(round(gap / 365), 0.0) if gap > 0 else _AHEAD * (gap > -_A_YEAR)


def ranked(
    pages: Iterable[Held], question: PageQuestion, weights: Mapping[str, float]
) -> list[tuple[Held, float, str]]:
    """Pages with their scores and what brought them there, best first."""
    held = list(pages)
    words = [by_words(one, weights) for one in held]
    most = max(words, default=0.0) or 1.0
    papers = {one.paper.document_id: one.paper for one in held}
    months = _last_months(papers.values())
    fit = {name: fits(one, question, months[name]) for name, one in papers.items()}
    age = {} if question.spells else _ages(papers.values())
    statement = _STATEMENT if question.issuer_ids else _STATEMENT_OF_ANYBODY
    found = []
    for one, own in zip(held, words, strict=True):
        parts = {
            "words": own / most,
            "period": _PERIOD * fit[one.paper.document_id],
            "form": _FORM * (one.paper.form in question.forms),
            "statement": statement * question.statements.get(one.about.statement, 0.0),
            "item": _ITEM * (_item(one) in question.items),
            "line items": _CONCEPT * _concepts(one, question),
            "breakdown": _BREAKDOWN * (question.broken_down and _broken_down(one, question)),
            "newest": _RECENT / (1 + age[one.paper.document_id]) if age else 0.0,
        }
        why = ", ".join(f"{name} {value:.2f}" for name, value in parts.items() if value)
        found.append((one, sum(parts.values()), why))
    return sorted(found, key=lambda one: (-one[1], one[0].paper.document_id, one[0].page))


def _last_months(papers: Collection[Paper]) -> dict[str, int]:
    """In which month the fiscal years of each document's issuer end, as its annual reports show it.

    A release of results of an issuer without such a report is taken to be on a whole year.
    """
    ends: dict[str, Counter[int]] = {}
    for one in papers:
        if one.months == _YEAR and one.period_end and one.issuers:
            ends.setdefault(one.issuers[0], Counter())[one.period_end.month] += 1
    found = {}
    for one in papers:
        of_issuer = ends.get(one.issuers[0]) if one.issuers else None
        own = one.period_end.month if one.period_end and one.months in (0, _YEAR) else _YEAR
        found[one.document_id] = of_issuer.most_common(1)[0][0] if of_issuer else own
    return found


def _ages(papers: Iterable[Paper]) -> dict[str, int]:
    """How many newer documents of its issuer and form each has."""
    found: dict[str, int] = {}
    groups: dict[tuple[str, str], list[Paper]] = {}
    for one in papers:
        groups.setdefault((one.issuers[0] if one.issuers else "", one.form), []).append(one)
    for group in groups.values():
        newest_first = sorted(group, key=lambda one: (one.available_at, one.document_id), reverse=True)
        found |= {one.document_id: age for age, one in enumerate(newest_first)}
    return found


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


def _broken_down(page: Held, question: PageQuestion) -> float:
    """1 where the page tells a line item asked for of several segments, regions or kinds; half for others."""
    if set(page.about.breakdowns) & set(question.concepts or page.about.breakdowns):
        return 1.0
    return 0.5 * bool(page.about.breakdowns)
