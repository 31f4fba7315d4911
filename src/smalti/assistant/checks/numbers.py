"""The number check: every numeral of an answer bound to the one thing that states it, with all it claims.

A numeral passes if the piece or score its figure names, read again from the store, states that value of that
item, unit, time and issuer, and the sentence says no other; or if its computation, worked again from inputs
bound likewise, comes to it; or if it names nothing but what is cited or asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from smalti.assistant.checks.agreement import prints, same_item, same_unit
from smalti.assistant.checks.arithmetic import COUNTED, Unworkable, recomputed
from smalti.assistant.checks.claims import Names, claims
from smalti.assistant.checks.evidenced import Held, Holding, held
from smalti.assistant.checks.failures import Failure
from smalti.assistant.checks.labels import Labels, labels_of
from smalti.assistant.checks.mentions import going_with, issuer_names, times_in
from smalti.assistant.checks.numerals import Numeral, numerals
from smalti.assistant.checks.quoting import stands_in
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Answer, Computation, Figure, Sentence

__all__ = ["Bindings", "bindings_of", "check_numbers", "check_sentence"]


_BACK = 8
"""Sentences before one in which the item may have been named that it goes on about."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """What the numerals of one answer may rest on.

    Attributes:
        pieces: what is stored, by id.
        computations: of the answer, by name; `wrong` says of those that do not hold why not.
        labels: numerals that only name what is cited or asked.
        names: how issuers are called.
    """

    pieces: Mapping[str, Held]
    computations: Mapping[str, Computation]
    wrong: Mapping[str, str]
    labels: Labels
    names: Names


def check_numbers(answer: Answer, grounds: Grounds, question: str) -> Sequence[Failure]:
    """Every numeral of every sentence that is not bound to exactly one thing that holds it.

    Args:
        answer: with its figures, computations and citations.
        grounds: read again for what each of them rests on.
        question: as asked; numerals that repeat it say nothing new.
    """
    bindings = bindings_of(answer, grounds, question)
    found: list[Failure] = []
    for place, sentence in enumerate(answer.sentences):
        before = " ".join(
            [answer.subject, *(one.text for one in answer.sentences[max(place - _BACK, 0) : place])]
        )
        found += [
            Failure(place, what, why) for what, why in check_sentence(sentence, answer, bindings, before)
        ]
    return found


def bindings_of(answer: Answer, grounds: Grounds, question: str) -> Bindings:
    """What the store holds of all that an answer names."""
    figures = [one for sentence in answer.sentences for one in sentence.figures]
    figures += [one for made in answer.computations for one in made.inputs]
    ids = {one.evidence_id for one in figures} | {one.evidence_id for one in answer.citations}
    pieces = held(grounds, ids)
    computations = {one.name: one for one in answer.computations}
    wrong: dict[str, str] = {}
    for one in answer.computations:  # in the order they were made: later ones may rest on earlier ones
        if why := _computed_wrong(one, pieces, computations, wrong):
            wrong[one.name] = why
    known = issuer_names(grounds)
    names = Names(known, frozenset(answer.issuer_ids))
    return Bindings(pieces, computations, wrong, labels_of(answer, grounds, question), names)


def check_sentence(
    sentence: Sentence, answer: Answer, bindings: Bindings, before: str = ""
) -> Sequence[tuple[str, str]]:
    """Each numeral of a sentence that fails, with the reason.

    Args:
        sentence: of `answer`.
        answer: whose citations it marks.
        bindings: what it may rest on.
        before: the sentence before it, which may name what this one goes on about.
    """
    if sentence.quoted:
        return _quoted(sentence, answer, bindings)
    pairs, failures = _paired(sentence, bindings.labels)
    told: list[tuple[Numeral, Figure]] = []
    for numeral, figure in pairs:
        if figure.said:
            if why := bindings.labels.why_not(numeral, figure, sentence):
                failures.append((numeral.text, why))
        elif why := _figure_wrong(figure, bindings) or prints(numeral, figure, sentence.text):
            failures.append((numeral.text, why))
        else:
            told.append((numeral, figure))
    failures += claims(sentence.text, told, bindings.computations, bindings.names, before)
    return failures


def _quoted(sentence: Sentence, answer: Answer, bindings: Bindings) -> list[tuple[str, str]]:
    marks = {one.mark: one.evidence_id for one in answer.citations}
    texts = [bindings.pieces[marks[m]].text for m in sentence.cites if marks.get(m) in bindings.pieces]
    if any(stands_in(sentence.text, text) for text in texts):
        return []
    return [(one.text, "the quote does not stand so in what it cites") for one in numerals(sentence.text)]


def _paired(sentence: Sentence, labels: Labels) -> tuple[list[tuple[Numeral, Figure]], list[tuple[str, str]]]:
    """Each numeral with its figure, in order; those that have none and name nothing known fail."""
    spans: list[tuple[int, int, Figure]] = []
    failures: list[tuple[str, str]] = []
    at = 0
    for figure in sentence.figures:
        start = sentence.text.find(figure.text, at) if figure.text else -1
        if start < 0:
            failures.append((figure.text, "its figure does not stand in the sentence in this order"))
            continue
        at = start + len(figure.text)
        spans.append((start, at, figure))
    pairs: list[tuple[Numeral, Figure]] = []
    for numeral in numerals(sentence.text):
        own = [f for a, b, f in spans if a < numeral.end and numeral.start < b]
        bound = [f for f in own if not f.said]
        if len(bound) > 1:
            failures.append((numeral.text, "it is bound to two figures"))
        elif own:
            pairs.append((numeral, (bound or own)[0]))
        elif why := labels.why_unknown(numeral, sentence):
            failures.append((numeral.text, why))
    return pairs, failures


def _figure_wrong(figure: Figure, bindings: Bindings) -> str:  # noqa: PLR0911 - a reason each
    """Why a figure is not borne out by what it names; empty if it is."""
    if bool(figure.evidence_id) == bool(figure.computation):
        return "it is bound to nothing" if not figure.evidence_id else "it is bound to two things"
    if figure.evidence_id:
        return _evidence_wrong(figure, bindings.pieces)
    made = bindings.computations.get(figure.computation)
    if made is None:
        return f"there is no computation {figure.computation!r}"
    if why := bindings.wrong.get(figure.computation):
        return why
    result = made.result
    same = isclose(result.value, figure.value, rel_tol=1e-9, abs_tol=1e-12) and result.unit == figure.unit
    if not same or result.concept != figure.concept:
        return "it is not what its computation came to"
    if (result.start, result.end, result.issuer_id) != (figure.start, figure.end, figure.issuer_id):
        return "its computation is of another time or issuer"
    return ""


def _computed_wrong(  # noqa: PLR0911 - a reason each
    made: Computation,
    pieces: Mapping[str, Held],
    computations: Mapping[str, Computation],
    wrong: Mapping[str, str],
) -> str:
    if made.source == COUNTED and not made.inputs:
        return "" if _digits(made.worked) == _digits(f"{made.result.value:.0f}") else "the count is another"
    for figure in made.inputs:
        if why := _input_wrong(figure, pieces, computations, wrong):
            return f"an input ({figure.text or figure.concept}): {why}"
    if made.formula.startswith("count of"):
        return (
            ""
            if len({one.evidence_id for one in made.inputs}) == made.result.value
            else "the count is another"
        )
    issuers = {one.issuer_id for one in made.inputs if one.issuer_id}
    if made.result.issuer_id and issuers and made.result.issuer_id not in issuers:
        return "its inputs are another issuer's"
    ends = {one.end for one in made.inputs if one.end}
    if made.result.end and ends and made.result.end not in ends:
        return "its inputs are of another time"
    try:
        result = recomputed(made)
    except Unworkable as error:
        return str(error)
    if not isclose(result, made.result.value, rel_tol=1e-6, abs_tol=1e-9):
        return f"worked again it comes to {result:g}, not {made.result.value:g}"
    return ""


def _input_wrong(
    figure: Figure,
    pieces: Mapping[str, Held],
    computations: Mapping[str, Computation],
    wrong: Mapping[str, str],
) -> str:
    if figure.evidence_id:
        return _evidence_wrong(figure, pieces)
    made = computations.get(figure.computation)
    if made is None:
        return "it is bound to nothing"
    if figure.computation in wrong:
        return wrong[figure.computation]
    same = isclose(made.result.value, figure.value, rel_tol=1e-9) and made.result.unit == figure.unit
    return "" if same else "it is not what its computation came to"


def _evidence_wrong(figure: Figure, pieces: Mapping[str, Held]) -> str:
    piece = pieces.get(figure.evidence_id)
    if piece is None:
        return "what it names is not stored, or was not public by then"
    if figure.issuer_id and piece.issuers and figure.issuer_id not in piece.issuers:
        return "what it names is another issuer's"
    reasons = [_holding_wrong(figure, one, piece) for one in piece.holdings]
    if not reasons:
        return "what it names states no number"
    return min(reasons, key=lambda one: _ORDER.index(one) if one in _ORDER else len(_ORDER))


_ORDER = (
    "",
    "the time is another",
    "the item is another",
    "the unit is another",
    "what it names does not state this value",
)


def _holding_wrong(figure: Figure, holding: Holding, piece: Held) -> str:
    factor = same_unit(figure.unit, holding.unit)
    values = {holding.value * (factor if factor is not None else 1.0)}
    slack = holding.off * abs(factor or 1.0) + 1e-9 * abs(figure.value) + 1e-12
    if not any(abs(value - figure.value) <= slack for value in values):
        return _ORDER[4]
    if factor is None:
        return _ORDER[3]
    near = _near(holding.names[0], holding.at) if holding.words else ""
    names: Iterable[str] = (near,) if holding.words else holding.names
    if not same_item(figure.concept, names, running_text=holding.words):
        return _ORDER[2]
    return "" if _same_time(figure, holding, piece) else _ORDER[1]


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])|\n")


def _near(text: str, at: int) -> str:
    """The sentence, or table row, that a number stands in."""
    start = max((m.end() for m in _SENTENCE_END.finditer(text[:at])), default=0)
    following = _SENTENCE_END.search(text, at)
    return text[start : following.start() if following else len(text)]


def _same_time(figure: Figure, holding: Holding, piece: Held) -> bool:
    if holding.end is not None and not holding.words:
        return figure.end in (None, holding.end) and (
            figure.start == holding.start or figure.start is None or piece.kind == "signal"
        )
    if not holding.words or figure.end is None:
        return True
    sentence = _near(holding.names[0], holding.at)
    offset = holding.names[0].find(sentence)
    times = times_in(sentence)
    places = [one.start for one in numerals(sentence) if one.unit not in ("year", "date")]
    own = holding.at - offset
    belonging = going_with(own, times, places) if own in places else times
    return not belonging or any(one.fits(figure.start, figure.end) for one in belonging)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
