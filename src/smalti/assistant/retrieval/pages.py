"""The pages that a question, as it was understood, is most likely answered on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import MINYEAR, date

from smalti.assistant.asked.spans import spans
from smalti.assistant.grounds import Grounds
from smalti.assistant.retrieval.page_records import Page, PageQuestion, Spell
from smalti.assistant.retrieval.page_terms import pointed
from smalti.assistant.understood import Kind, Period, Understood
from smalti.platform.concepts import concepts


def best_pages(grounds: Grounds, understood: Understood, limit: int = 5) -> Sequence[Page]:
    """The best pages for a question, best first; of documents that have pages."""
    return grounds.find_pages(page_question(grounds, understood, limit))


def page_question(grounds: Grounds, understood: Understood, limit: int) -> PageQuestion:
    """What to look for."""
    place = pointed(understood.text)
    statements = dict(place.statements)
    for one in understood.wanted:
        if one.statement is not None:
            statements[one.statement.value] = 1.0
    labels = " ".join(one.label for one in understood.wanted if one.label)
    return PageQuestion(
        text=f"{understood.topic or understood.text} {labels}".strip(),
        as_of=grounds.as_of,
        issuer_ids=understood.issuer_ids,
        spells=sorted(_spells(grounds, understood), key=_when),
        forms=understood.forms,
        statements=statements,
        items=place.items,
        concepts=[one.metric for one in understood.wanted if one.metric in concepts()],
        broken_down=understood.kind is Kind.LARGEST,
        also=place.also,
        day=next((one.end for one in understood.periods if _is_day(one)), None),
        limit=limit,
    )


def _spells(grounds: Grounds, understood: Understood) -> Iterator[Spell]:
    """The days that the periods mean for the first issuer; their names alone where those are not known."""
    for period in understood.periods:
        if _is_day(period):
            continue
        months = period.months or (3 if period.quarter else 12)
        named = Spell(period.end, months, period.fiscal_year, period.quarter)
        meant = spans(grounds, understood.issuer_ids[0], period) if understood.issuer_ids else ()
        yield replace(named, end=meant[0].end) if meant else named


def _when(spell: Spell) -> date:
    """The newest is the main one: its report tells of those before too."""
    return spell.end or date(spell.year or MINYEAR, 3 * (spell.quarter or 4), 28)


def _is_day(period: Period) -> bool:
    return period.end is not None and period.start == period.end
