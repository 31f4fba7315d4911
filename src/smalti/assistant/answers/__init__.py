"""Answers without a language model: one module a type of question, made of quotes and computed values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from smalti.assistant.answers import (
    compare,
    contradictions,
    fits,
    help,
    largest,
    lists,
    missing,
    passages,
    pictures,
    said,
    signals,
    values,
    verdicts,
    why,
)
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.understood import Kind, Understood

Answerer = Callable[[Understood, Grounds], Draft | None]
"""Answers a question, or finds that it cannot: None, or an empty draft whose notes tell why."""

ANSWERERS: Mapping[Kind, Sequence[Answerer]] = {
    Kind.VALUE: (values.answer,),
    Kind.VERDICT: (largest.shares, verdicts.answer),
    Kind.LARGEST: (largest.answer,),
    Kind.COMPARE: (compare.answer, signals.answer),
    Kind.SIGNAL: (signals.answer,),
    Kind.WHY: (why.answer,),
    Kind.SAID: (said.answer,),
    Kind.PICTURE: (pictures.answer,),
    Kind.FITS: (fits.answer,),
    Kind.CONTRADICTION: (contradictions.answer,),
    Kind.LIST: (lists.answer,),
    Kind.MISSING: (missing.answer,),
    Kind.PASSAGE: (largest.shares, passages.answer),
    Kind.HELP: (help.answer,),
}
"""Who is asked for each type of question, in order; the first that answers counts."""

LAST: Sequence[Answerer] = (passages.answer,)
"""Who is asked when none of those could."""
