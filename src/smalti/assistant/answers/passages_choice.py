"""Which sentences answer a question: those that speak of what it asks, in the words such answers have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from smalti.assistant.answers.passages_sentences import Candidate, Pair
from smalti.assistant.answers.passages_terms import CUES, Form, Term
from smalti.assistant.answers.passages_topics import Topic

_AROUND = 0.5
"""What a term counts that stands beside the sentence only: in its heading or a neighbour."""
_PAGE, _CUE, _PLACE, _FIRST, _YEAR = 0.35, 0.35, 0.2, 0.4, 0.2
"""Shares of a full score that are added by the best page, the form's words, the topic's headings, a place at
the beginning (where that is where the topic stands) and a year asked for."""
_LONG, _OTHER, _UNFINISHED, _PART = 0.15, 0.25, 0.5, 0.2
"""What a long sentence loses, one of a document that fits less well, one that only announces a table, and one
on a segment where the question is on the whole."""
_TOGETHER, _TOGETHER_WHY = 0.4, 1.5
"""Weight, in that of the most telling word, of words that follow one another as in the question; a sentence
that says why names what changed outright."""
_ALIKE = 0.7
"""Share of words in common from which of two sentences only the better one is told."""
_FOLLOWING, _STILL = 3, 0.4
"""Sentences behind a chosen one that may go on about the same, and the coverage that shows that they do."""
_MOST_LETTERS = 450
_LEAST_WEIGHT = 0.3

_SEGMENT = re.compile(r"\bsegments?\b", re.IGNORECASE)
# A sentence that goes on about what the one before it names.
_GOES_ON = re.compile(
    r"(?:the|this|these|such|that) (?:\S+ ){0,4}?"
    r"(?:increase|decrease|decline|change|growth|improvement|reduction|rise|drop)\b",
    re.IGNORECASE,
)
# What every filing says, whoever files it.
_BOILERPLATE = re.compile(
    r"forward-looking statements?|incorporated (?:herein )?by reference|see (?:also )?(?:note|item|part|page)"
    r"\b.{0,80}$|table of contents|refer to (?:note|item|part)|should be read in conjunction|check mark"
    r"|private securities litigation|as defined in rule",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence with how well it answers.

    Attributes:
        score: what sentences are ordered by, in shares of a full score.
        coverage: the share of the question's telling words, by weight, that it speaks of itself; those
            beside it count half.
        own: the same of the sentence alone.
        cued: it is worded as answers of its form are.
    """

    candidate: Candidate
    score: float
    coverage: float
    own: float
    cued: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """What sentences are held against.

    Attributes:
        asked: the question.
        terms: what has to be spoken of.
        form: how the question is put.
        topic: what of the usual things it asks for, if any.
        pairs: telling words that follow one another in the question.
        years: that it names; a sentence that names one of them fits better.
        other_span: how a sentence names a span of another length than asked for; None where any will do.
        pages: the rank of pages by (document, page), from 0.
        documents: their rank, from 0; sentences of others fit worse.
    """

    asked: str
    terms: Sequence[Term]
    form: Form
    topic: Topic | None
    pairs: frozenset[Pair]
    years: frozenset[str]
    other_span: re.Pattern[str] | None
    pages: Mapping[tuple[str, int | None], int]
    documents: Mapping[str, int]


def ranked(found: Sequence[Candidate], sought: Sought) -> list[Choice]:
    """Sentences, best first."""
    weights = [_weight(term, found) for term in sought.terms]
    chosen = [_choice(one, sought, weights) for one in found]
    return sorted(
        chosen,
        key=lambda one: (-one.score, one.candidate.document_id, one.candidate.place, one.candidate.turn),
    )


def _choice(one: Candidate, sought: Sought, weights: Sequence[float]) -> Choice:
    beside = 1.0 if _GOES_ON.match(one.text) else _AROUND
    covered = sum(
        weight * (1.0 if term.said_in(one.words) else beside if term.said_in(one.around) else 0.0)
        for term, weight in zip(sought.terms, weights, strict=True)
    )
    alone = sum(weight for term, weight in zip(sought.terms, weights, strict=True) if term.said_in(one.words))
    whole = sum(weights)
    said = (covered if beside > _AROUND else alone) / whole if whole else 1.0
    topic, cue = sought.topic, CUES.get(sought.form)
    if topic is not None:
        worded = topic.wording.search(one.text) is not None
        own = max(weights, default=1.0)
        covered, whole = covered + (own if worded else 0.0), whole + own
    if sought.pairs:
        own = max(weights, default=1.0) * (_TOGETHER_WHY if sought.form is Form.WHY else _TOGETHER)
        covered, whole = covered + own * _pairs(one, sought.pairs, beside), whole + own
    coverage = covered / whole if whole else 0.0
    cued = (cue is None or cue.search(one.text) is not None) and (topic is None or worded)
    score = coverage + (_CUE if cue is not None and cued else 0.0)
    if topic is not None:
        score += _PLACE if topic.places.search(one.heading) or topic.places.fullmatch(one.section) else 0.0
        score += _FIRST / (1 + one.place / 100) if topic.first else 0.0
    place = sought.pages.get((one.document_id, one.page))
    page = _PAGE * (_AROUND if topic is not None and topic.first else 1.0)
    score += page / (1 + place / 3) if place is not None else 0.0
    score += _YEAR if sought.years & one.words else 0.0
    score -= _OTHER * min(sought.documents.get(one.document_id, 2), 2)
    score -= _LONG if len(one.text) > _MOST_LETTERS else 0.0
    score -= _LONG if sought.other_span is not None and sought.other_span.search(one.text) else 0.0
    if _SEGMENT.search(one.text) and not _SEGMENT.search(sought.asked):
        score -= _PART
        cued = cued and sought.form is not Form.WHY  # why a part moved is not why the whole did
    score -= _UNFINISHED if one.text.endswith(":") else 0.0
    score -= 1.0 if _BOILERPLATE.search(one.text) else 0.0
    return Choice(one, score, coverage, said, cued)


def _pairs(one: Candidate, asked: frozenset[Pair], beside: float) -> float:
    """The share of words of the question that follow one another in a sentence too, or beside it."""
    here, around = len(asked & one.pairs), len(asked & one.pairs_around)
    return (here + beside * (around - here)) / len(asked)


def _weight(term: Term, found: Sequence[Candidate]) -> float:
    """The rarer a term among the sentences, the more it tells."""
    holding = sum(term.said_in(one.words) for one in found)
    return max(log1p((len(found) - holding + 0.5) / (holding + 0.5)), _LEAST_WEIGHT)


def different(chosen: Sequence[Choice], most: int) -> list[Choice]:
    """The best sentences, less those that say what a better one says."""
    kept: list[Choice] = []
    for one in chosen:
        if len(kept) == most:
            break
        if not any(_share(one, other) >= _ALIKE for other in kept):
            kept.append(one)
    return kept


def going_on(chosen: Sequence[Choice], best: Sequence[Choice], most: int) -> list[Choice]:
    """What was chosen, and behind each what its paragraph goes on to say of the same."""
    by_place = {(one.candidate.evidence_id, one.candidate.turn): one for one in best}
    told: dict[Candidate, Choice] = {}
    for one in chosen:
        told[one.candidate] = one
        for turn in range(one.candidate.turn + 1, one.candidate.turn + _FOLLOWING + 1):
            following = by_place.get((one.candidate.evidence_id, turn))
            if following is None or following.coverage < _STILL or not following.cued:
                break
            told.setdefault(following.candidate, following)
    return list(told.values())[:most]


def _share(one: Choice, other: Choice) -> float:
    a, b = one.candidate.words, other.candidate.words
    return len(a & b) / (len(a | b) or 1)
