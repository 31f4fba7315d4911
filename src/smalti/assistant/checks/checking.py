"""What both checks leave of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from smalti.assistant.checks.citations import check_citations
from smalti.assistant.checks.failures import Failure
from smalti.assistant.checks.numbers import check_numbers
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Answer, Sentence, Status

__all__ = ["Checked", "checked"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer without what failed.

    Attributes:
        answer: what is left; None where its core failed, or nothing of it stood.
        failures: what was dropped, and why.
    """

    answer: Answer | None
    failures: Sequence[Failure]


def checked(answer: Answer, grounds: Grounds, question: str) -> Checked:
    """Drop each sentence whose numbers or citations do not bear out.

    The core of an answer is its first sentence that binds a number or quotes; where there is none, its first.
    """
    failures = [*check_numbers(answer, grounds, question), *check_citations(answer, grounds)]
    if not failures:
        return Checked(answer, ())
    bad = {one.sentence for one in failures}
    told = [answer.sentences[place].text for place in sorted(bad)]
    _log.info("sentences of an answer were dropped", why=[one.why for one in failures], kind=answer.kind)
    _log.debug("dropped sentences", sentences=told)
    core = next((n for n, one in enumerate(answer.sentences) if _says(one)), 0)
    kept = [one for place, one in enumerate(answer.sentences) if place not in bad]
    if core in bad or not kept:
        return Checked(None, failures)
    return Checked(_without(answer, kept, len(bad)), failures)


def _says(sentence: Sentence) -> bool:
    return sentence.quoted or any(not one.said for one in sentence.figures)


def _without(answer: Answer, kept: Sequence[Sentence], dropped: int) -> Answer:
    used = {one.computation for sentence in kept for one in sentence.figures}
    for one in reversed(answer.computations):
        if one.name in used:
            used |= {figure.computation for figure in one.inputs}
    number = "one sentence was" if dropped == 1 else f"{dropped} sentences were"
    note = f"{number} left out: what it says could not be borne out"
    return replace(
        answer,
        status=Status.PARTLY if answer.status is Status.ANSWERED else answer.status,
        sentences=tuple(kept),
        computations=tuple(one for one in answer.computations if one.name in used),
        notes=(*answer.notes, note),
    )
