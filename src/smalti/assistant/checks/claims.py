"""Whether a sentence says of its numbers what they are: whose, of what, of when, and in which direction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from smalti.assistant.checks.agreement import covered, is_known, same_item, title, wordings
from smalti.assistant.checks.mentions import Mention, concepts_in, going_with, issuers_in, times_in
from smalti.assistant.checks.numerals import Numeral
from smalti.assistant.records import Computation, Figure

__all__ = ["DOWN", "UP", "Names", "claims"]

Told = Sequence[tuple[Numeral, Figure]]

UP = re.compile(
    r"\b(?:increas\w+|rose|risen|rises?|rising|grew|grown|grows?|growth|gain(?:ed|s)?|up|higher|more than"
    r"|improv\w+|expand\w+|climb\w*|jump\w*|above)\b",
    re.I,
)
DOWN = re.compile(
    r"\b(?:decreas\w+|declin\w+|fell|fallen|falls?|falling|dropp?\w*|down|lower|less than|shrank|shrunk"
    r"|reduc\w+|contract(?:ed|ion|s)|worsen\w+|below|deteriorat\w+)\b",
    re.I,
)
_NOT_MOVES = re.compile(
    r"\b(?:up to|made up|followed up|set up|break(?:s|ing)? down|broken down|down payments?)\b", re.I
)
_SCORES = ("risk", "fraud", "sentiment", "finding")


@dataclass(frozen=True, slots=True)
class Names:
    """How issuers are called, and those that the answer is about."""

    by_name: Mapping[str, frozenset[str]]
    about: frozenset[str]


def claims(
    text: str, told: Told, computations: Mapping[str, Computation], names: Names, before: str = ""
) -> list[tuple[str, str]]:
    """What a sentence says wrongly of numbers that are themselves right.

    Args:
        text: the sentence.
        told: its numerals with their figures, in order, without those that only name something.
        computations: of the answer, by name.
        names: of issuers.
        before: the sentence before; the item may be named there.
    """
    if not told:
        return []
    places = [numeral.start for numeral, _ in told]
    levels = [n.start for n, f in told if len({end for _, end in _spans(f, _inputs(f, computations))}) < 2]
    failures: list[tuple[str, str]] = []
    issuers = issuers_in(text, names.by_name)
    times = [one for one in times_in(text) if not any(n.start <= one.start < n.end for n, _ in told)]
    concepts = concepts_in(text)
    claimed = {figure.concept for _, figure in told}
    for numeral, figure in told:
        inputs = _inputs(figure, computations)
        at = numeral.start
        why = (
            _other_issuer(at, figure, inputs, issuers, places, names)
            or _other_time(at, figure, inputs, times, levels)
            or _other_item(at, figure, inputs, concepts, (places, claimed, text, before))
            or _other_way(numeral, figure, inputs, text)
        )
        if why:
            failures.append((numeral.text, why))
    failures += _against_order(text, told)
    return failures


def _inputs(figure: Figure, computations: Mapping[str, Computation]) -> list[Figure]:
    """What a figure was computed from, through computations of computations."""
    found: list[Figure] = []
    waiting = [figure.computation]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if not name or name in seen or name not in computations:
            continue
        seen.add(name)
        for one in computations[name].inputs:
            found.append(one)
            waiting.append(one.computation)
    return found


def _other_issuer(
    at: int,
    figure: Figure,
    inputs: Sequence[Figure],
    found: Sequence[tuple[Mention, frozenset[str]]],
    places: Sequence[int],
    names: Names,
) -> str:
    own = {one.issuer_id for one in (figure, *inputs) if one.issuer_id}
    if not own:
        return ""
    if not found:
        return "" if own & names.about or not names.about else "it is of an issuer that is not named"
    ids = dict(found)
    distinct = {frozenset(one) for one in ids.values()}
    mentions = [one for one, _ in found]
    going = mentions if len(distinct) == 1 else going_with(at, mentions, places)
    return "" if any(ids[one] & own for one in going) else "the sentence says it of another issuer"


def _other_time(
    at: int, figure: Figure, inputs: Sequence[Figure], times: Sequence[Mention], places: Sequence[int]
) -> str:
    if not times or (figure.end is None and not inputs):
        return ""
    spans = _spans(figure, inputs)
    if not spans:
        return ""
    if len({end for _, end in spans}) > 1:
        years = [one for one in times if one.year]
        return "" if all(any(one.fits(*span) for span in spans) for one in years) else _TIME
    going = going_with(at, times, places)
    return "" if any(one.fits(*span) for one in going for span in spans) else _TIME


def _spans(figure: Figure, inputs: Sequence[Figure]) -> set[tuple[date | None, date]]:
    return {(one.start, one.end) for one in (figure, *inputs) if one.end}


_TIME = "the sentence says it of another time"


def _other_item(  # noqa: PLR0911 - a way of naming each
    at: int,
    figure: Figure,
    inputs: Sequence[Figure],
    concepts: Sequence[Mention],
    context: tuple[Sequence[int], set[str], str, str],
) -> str:
    places, claimed, text, before = context
    if (
        not figure.concept
        or figure.unit == "count"
        or figure.concept.partition(".")[0].split(" ")[0] in _SCORES
    ):
        return _score_named(figure, text, before)
    keys = [one.key for one in concepts]
    if len(set(keys)) > 1 and len(claimed & set(keys)) > 1:
        own = going_with(at, concepts, places)
        if own and own[0].key in claimed - {figure.concept}:
            return _ITEM
    if figure.concept in keys or any(same_item(figure.concept, (key,)) for key in keys):
        return ""
    made_of = {one.concept for one in inputs}
    if keys and made_of & set(keys):
        return ""
    said = max((covered(one, text) for one in wordings(figure.concept)), default=0.0)
    if said >= (1.0 if keys and is_known(figure.concept) else 0.75):
        return ""
    if not keys:
        earlier = max((covered(one, before) for one in wordings(figure.concept)), default=0.0)
        return "" if earlier >= 0.6 or figure.concept in {m.key for m in concepts_in(before)} else _ITEM
    return _ITEM


_ITEM = "the sentence says it of another item"


def _score_named(figure: Figure, text: str, before: str) -> str:
    """A score, effect or strength must not be told as another kind's."""
    kind = figure.concept.partition(".")[0].split(" ")[0]
    if kind not in ("risk", "fraud", "sentiment"):
        return ""
    told = {one for one in ("risk", "fraud", "sentiment") if re.search(rf"\b{one}\b", text, re.I)}
    return _ITEM if told and kind not in told and not covered(title(figure.concept), text) >= 0.6 else ""


def _other_way(numeral: Numeral, figure: Figure, inputs: Sequence[Figure], text: str) -> str:
    """Whether a change is told in the other direction."""
    ends = {one.end for one in inputs}
    if len(ends) < 2 or not _changes(figure):
        return ""
    stretch = _NOT_MOVES.sub(" ", text[: numeral.start])
    ups, downs = list(UP.finditer(stretch)), list(DOWN.finditer(stretch))
    if not ups and not downs:
        stretch = _NOT_MOVES.sub(" ", text[numeral.end :])
        ups, downs = list(UP.finditer(stretch))[:1], list(DOWN.finditer(stretch))[:1]
    last = max((*ups, *downs), key=lambda m: m.start(), default=None)
    if last is None or figure.value == 0:
        return ""
    up = last in ups
    negated = figure.value < 0 and numeral.negative
    return "" if up == (figure.value > 0) or negated else "the change goes the other way"


def _changes(figure: Figure) -> bool:
    return re.search(r"growth|change|increase|decrease|difference", figure.concept, re.I) is not None or (
        figure.unit in ("%", "pure", "points") and figure.computation != ""
    )


def _against_order(text: str, told: Told) -> list[tuple[str, str]]:
    """`Rose from A to B` of one item over time: B has to be the later and the larger."""
    found = re.search(r"\bfrom\b(.{0,80}?)\bto\b", text, re.I | re.S)
    if found is None:
        return []
    first = [(n, f) for n, f in told if found.start(1) <= n.start < found.end(1)]
    second = [(n, f) for n, f in told if n.start >= found.end()]
    if len(first) != 1 or not second or not first[0][1].end or not second[0][1].end:
        return []
    (numeral, old), (_, new) = first[0], second[0]
    if old.concept != new.concept or old.end is None or new.end is None or old.end == new.end:
        return []
    if old.end > new.end:
        return [(numeral.text, "the times are in the wrong order")]
    stretch = _NOT_MOVES.sub(" ", text)
    up, down = UP.search(stretch) is not None, DOWN.search(stretch) is not None
    if up == down or old.value == new.value:
        return []
    rose = abs(new.value) > abs(old.value) if old.value * new.value > 0 else new.value > old.value
    return [] if rose == up else [(numeral.text, "the change goes the other way")]
