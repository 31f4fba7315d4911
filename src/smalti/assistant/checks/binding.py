"""Binding the numerals of bare text to figures that tools gave: to the one each can only mean, or to none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product

from smalti.assistant.checks.agreement import prints
from smalti.assistant.checks.failures import Failure
from smalti.assistant.checks.numbers import bindings_of, check_sentence
from smalti.assistant.checks.numerals import Numeral, numerals
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Answer, Figure, Sentence

__all__ = ["bind"]

_MOST_WAYS = 256
"""Ways of binding a sentence that are tried; one with more is too vague to be said."""


def bind(
    text: str, allowed: Answer, grounds: Grounds, question: str, figures: Sequence[Figure] = ()
) -> Sentence | Failure:
    """A sentence with each numeral bound, or why it cannot be.

    Args:
        text: one sentence, as a language model wrote it.
        allowed: what tools gave, put together as an answer: its figures, computations and citations.
        grounds: read again for what each figure rests on.
        question: as asked.
        figures: further figures that tools gave.

    Returns:
        The sentence with the citations of what its numerals rest on; a failure where one of them prints no
        figure, its figure is of another item, time, issuer, unit, sign or direction than the sentence says,
        or where it could mean figures of different values.
    """
    given = list(dict.fromkeys(f for f in (*_figures(allowed), *figures) if not f.said))
    probe = replace(allowed, sentences=(*allowed.sentences, Sentence("", figures=tuple(given))))
    bindings = bindings_of(probe, grounds, question)
    found = numerals(text)
    options = [_options(one, given, text) for one in found]
    fitting: list[Sentence] = []
    why = ("", "")
    for chosen in islice(product(*options), _MOST_WAYS):
        bound = tuple(
            replace(f, text=one.text) for one, f in zip(found, chosen, strict=True) if f is not None
        )
        sentence = Sentence(text, _marks(bound, allowed), bound)
        failures = check_sentence(sentence, probe, bindings, allowed.subject)
        if not failures:
            fitting.append(sentence)
        else:
            why = failures[0]
    if not fitting:
        return Failure(0, *why) if why[1] else Failure(0, text, "no figure was given for it")
    meant = {tuple(_meaning(f) for f in one.figures) for one in fitting}
    if len(meant) > 1:
        return Failure(0, text, "it could mean different figures")
    return fitting[0]


def _figures(answer: Answer) -> list[Figure]:
    told = [one for sentence in answer.sentences for one in sentence.figures]
    return [*told, *(one for made in answer.computations for one in (*made.inputs, made.result))]


def _options(numeral: Numeral, given: Sequence[Figure], text: str) -> list[Figure | None]:
    """Figures that a numeral may print; None, where it may only name something, comes last."""
    return [*(f for f in given if not prints(numeral, f, text)), None]


def _marks(bound: Sequence[Figure], allowed: Answer) -> tuple[int, ...]:
    ids = {one.evidence_id for one in bound}
    for made in allowed.computations:
        if made.name in {one.computation for one in bound}:
            ids |= {one.evidence_id for one in made.inputs}
    return tuple(one.mark for one in allowed.citations if one.evidence_id in ids)


def _meaning(figure: Figure) -> tuple[object, ...]:
    return figure.concept, figure.value, figure.unit, figure.start, figure.end, figure.issuer_id
