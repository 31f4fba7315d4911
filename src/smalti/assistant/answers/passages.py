"""The sentences that answer a question as they stand, or else the passages that speak of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from smalti.assistant.answers import lists
from smalti.assistant.answers.passages_choice import Choice, Sought, different, going_on, ranked
from smalti.assistant.answers.passages_events import events
from smalti.assistant.answers.passages_sentences import candidates, pairs
from smalti.assistant.answers.passages_terms import Form, denies, form_of, stems_of, terms_of
from smalti.assistant.answers.passages_topics import topic_of
from smalti.assistant.answers.telling import quote
from smalti.assistant.citing import shortened
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Status
from smalti.assistant.retrieval import Found
from smalti.assistant.retrieval.page_records import Page
from smalti.assistant.retrieval.pages import best_pages
from smalti.assistant.retrieval.words import words
from smalti.assistant.understood import Kind, Period, Understood
from smalti.platform.records import SourceKind

_PAGES, _HITS, _DOCUMENTS = 12, 30, 2
"""Pages and pieces looked at, and documents read whole: those of the best pages."""
_ATTACHED = """
SELECT e.evidence_id, e.text FROM evidence e JOIN documents d USING (document_id)
WHERE list_contains($documents::TEXT[], e.document_id) AND d.available_at <= $as_of AND e.kind <> 'fact'
  AND coalesce(trim(e.text), '') <> ''
ORDER BY e.document_id, e.ordinal LIMIT 2000
"""
_BEGINNING = 3
"""Pieces of a handed in document that are shown where it does not speak of what is asked."""
_SHOWN = 5
"""Passages shown where none answers."""
_TOLD, _TOLD_OF_SEVERAL = 2, 5
"""Sentences that are quoted as the answer; more where several things are asked for."""
_ENOUGH = 0.7
"""Coverage from which a sentence counts as an answer."""
_OWN = 0.55
"""What of it the sentence has to say in its own words."""
_NEVER = 2.0
_OF_NUMBERS = (Kind.VALUE, Kind.VERDICT, Kind.LARGEST, Kind.COMPARE)
"""Kinds of questions that numbers answer: where none was found, a sentence does not stand in for it."""
_NEAR = 0.15
"""Sentences behind the best by no more than this are quoted with it."""
_NEAR_OF_SEVERAL = 0.3
_NEAR_DAYS, _LAST_QUARTER = 20, 4
_NUMBER = re.compile(
    r"\bhow (?:much|many)\b|\bnumber of\b|\b(?:what|which) (?:percent|percentage|share|amount)\b"
    r"|\bpercent(?:age)? of\b",
    re.IGNORECASE,
)
_OF_QUARTERS = re.compile(r"\bquarters?\b|\bthree months\b", re.IGNORECASE)
_OF_YEARS = re.compile(r"\b(?:full|fiscal) year\b|\byear ended\b|\btwelve months\b", re.IGNORECASE)


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """Quotes: of the sentences that answer, else of what is nearest, which is then said not to answer."""
    if grounds.attached:
        return _of_attached(understood, grounds)
    draft = Draft()
    pages = _fitting(best_pages(grounds, understood, _PAGES), understood.periods)
    if (current := events(understood, grounds, pages)) is not None:
        return current
    asked = understood.topic or understood.text
    found = grounds.search(asked, understood.issuer_ids, _HITS)
    draft.did("search", f"{len(pages)} pages and {len(found.hits)} pieces for “{asked}”")
    sought = _sought(understood, pages)
    stems = [*stems_of(sought.terms), *(sought.topic.stems if sought.topic else ())]
    if not stems:
        return lists.answer(understood, grounds) if understood.periods else _nearest(draft, found, [])
    pieces = [hit.evidence_id for hit in found.hits if hit.source != SourceKind.FILING or not pages]
    sentences = candidates(grounds, list(sought.documents), pieces, stems)
    best = ranked(sentences, sought)
    draft.did("read", f"{len(sentences)} sentences that speak of it")
    if _answers(best, understood, sought):
        return _answered(draft, best, sought)
    return _nearest(draft, found, best[:_SHOWN])


def _answers(best: Sequence[Choice], understood: Understood, sought: Sought) -> bool:
    """Whether the best sentence covers what is asked, in the words that such answers have."""
    number = understood.kind in _OF_NUMBERS or (_NUMBER.search(understood.text) and sought.topic is None)
    number = number or len(understood.issuers) > 1  # one's own report does not compare it with another
    enough = _NEVER if number and sought.form is not Form.WHY else _ENOUGH
    sure = bool(best) and best[0].coverage >= enough and best[0].cued
    return sure and (sought.topic is not None or best[0].own >= _OWN)


def _of_attached(understood: Understood, grounds: Grounds) -> Draft | None:
    """Of what was handed in with the question, and of nothing else; None where nothing of it can be read."""
    pieces = list(grounds.rows(_ATTACHED, documents=list(grounds.attached)).iter_rows(named=True))
    if not pieces:
        return None
    draft = Draft()
    sought = _sought(understood, [])
    stems = [*stems_of(sought.terms), *(sought.topic.stems if sought.topic else ())]
    ids = [one["evidence_id"] for one in pieces]
    best = ranked(candidates(grounds, [], ids, stems), sought) if stems else []
    draft.did("read", f"{len(pieces)} pieces of what was handed in")
    if _answers(best, understood, sought):
        return _answered(draft, best, sought)
    draft.status = Status.PARTLY
    if best:
        draft.say("This is what it says that comes nearest to the question:")
        _quoted(draft, best[:_SHOWN])
        return draft
    draft.say("It does not speak of this; it begins:" if stems else "It begins:", ids[:1])
    for one in pieces[:_BEGINNING]:
        quote(draft, one["evidence_id"], shortened(one["text"]))
    return draft


def _sought(understood: Understood, pages: Sequence[Page]) -> Sought:
    topic = topic_of(understood.text)
    names = [name for one in understood.issuers for name in (one.words, one.name)]
    terms = terms_of(understood.topic or understood.text, names)
    if topic is not None:
        terms = [term for term in terms if not topic.covers.match(term.word)]
    telling = {term.word for term in terms}
    together = {pair for pair in pairs(words(understood.text)) if telling.issuperset(pair)}
    documents = list(dict.fromkeys(page.document_id for page in pages))[:_DOCUMENTS]
    return Sought(
        asked=understood.text,
        terms=terms,
        form=form_of(understood.text),
        topic=topic,
        pairs=frozenset(together),
        years=frozenset(str(one.fiscal_year) for one in understood.periods if one.fiscal_year),
        pages={(page.document_id, page.page): turn for turn, page in reversed(list(enumerate(pages)))},
        documents={one: turn if understood.periods else 0 for turn, one in enumerate(documents)},
        other_span=_other_span(understood.periods),
    )


def _other_span(periods: Sequence[Period]) -> re.Pattern[str] | None:
    """How sentences speak of quarters where a year is asked for, and the reverse."""
    if not periods or any(one.fiscal_year is None for one in periods):
        return None
    return _OF_YEARS if any(one.quarter for one in periods) else _OF_QUARTERS


def _fitting(pages: Sequence[Page], periods: Sequence[Period]) -> list[Page]:
    """Those of documents on the time asked for; all where none is, or the question names no time."""
    return [page for page in pages if any(_fits(page, one) for one in periods)] or list(pages)


def _fits(page: Page, period: Period) -> bool:
    """Whether a document is on a period. A fiscal year may end in the next calendar year."""
    if page.period_end is None:
        return True
    if period.end is not None:
        return abs((page.period_end - period.end).days) <= _NEAR_DAYS
    if period.fiscal_year is None:
        return True
    if period.quarter and (page.form == "10-K") != (period.quarter == _LAST_QUARTER):
        return False
    return 0 <= page.period_end.year - period.fiscal_year <= 1


def _answered(draft: Draft, best: Sequence[Choice], sought: Sought) -> Draft:
    several = sought.form in (Form.WHICH, Form.WHY) if sought.topic is None else sought.topic.several
    most = _TOLD_OF_SEVERAL if several else _TOLD
    first = best[0]
    near = _NEAR_OF_SEVERAL if several and sought.topic is not None else _NEAR
    alike = [one for one in best if one.score >= first.score - near and one.coverage >= _ENOUGH and one.cued]
    chosen = different(alike, most)
    if several and sought.topic is None:
        chosen = going_on(chosen, best, most)
    if sought.form is Form.WHETHER:
        said = "No" if denies(first.candidate.text, sought.asked) else "Yes"
        draft.say(f"{said}, it says:", [one.candidate.evidence_id for one in chosen[:1]])
    _quoted(draft, chosen)
    return draft


def _nearest(draft: Draft, found: Found, best: Sequence[Choice]) -> Draft:
    draft.status = Status.UNKNOWN
    if not found.hits and not best:
        draft.say("Nothing stored speaks of this.")
        return draft
    draft.say("I do not know; these passages are nearest to the question:")
    _quoted(draft, best)
    if not best:
        for hit in found.hits[:_SHOWN]:
            quote(draft, hit.evidence_id, hit.quote)
    draft.notes.extend(found.notes)
    return draft


def _quoted(draft: Draft, chosen: Sequence[Choice]) -> None:
    for one in chosen:
        quote(draft, one.candidate.evidence_id, one.candidate.text)
