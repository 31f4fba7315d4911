"""The citation check: each sentence supported by what it cites.

What smalti words itself says nothing but its figures, which the number check holds, and names; so of such a
sentence only quotes and orders to machines are looked at. What a language model words (`strict`) has to be
covered by the cited words: content, names, negation, direction and modality.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from smalti.assistant.checks.agreement import covered, wordings, words_of
from smalti.assistant.checks.claims import DOWN, UP
from smalti.assistant.checks.evidenced import Held, held
from smalti.assistant.checks.failures import Failure
from smalti.assistant.checks.quoting import stands_in
from smalti.assistant.grounds import Grounds
from smalti.assistant.guard.orders import orders_in
from smalti.assistant.records import Answer, Citation, Sentence, Status

__all__ = ["check_citations", "supports"]

_LEAST = 0.8
"""Share of a sentence's content words that its support must have."""
_STOCK = words_of(
    "according filing filings report reported reports states stated says said company fiscal year years ended"
    " quarter period million billion thousand percent amounted amounts stood approximately about dollars"
    " change computed ratio figure figures issuer document page which while whereas also"
    " respectively both compared"
    " annual form see and"
)
_NEGATIONS = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|fails? to|failed to)\b|n['’]t\b", re.I
)
_OPEN = re.compile(
    r"\b(?:may|might|could|would|should|can|expects?|expected|expecting|plans?|planned|intends?|intended"
    r"|believes?|anticipates?|estimates?|estimated|will|potential(?:ly)?|possibl[ey]|likely|if|targets?|guidance"
    r"|forecasts?|projected|proposed|alleg\w+)\b"
)
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w&'’.-]*(?:\s+(?:of\s+|the\s+|and\s+|&\s+)?[A-ZÀ-Þ][\w&'’.-]*)*")
_FIXED = re.compile(
    r"^(?:i (?:do not|don['’]t|cannot) (?:know|tell|say)|nothing (?:that is )?stored"
    r"|no (?:such )?.{0,60} is stored"
    r"|these passages|it is not (?:known|stored)|the question)\b",
    re.I,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])|\n")


def check_citations(answer: Answer, grounds: Grounds, *, strict: bool | None = None) -> Sequence[Failure]:
    """Each sentence that what it cites does not support.

    Args:
        answer: with its citations.
        grounds: read again for the cited pieces.
        strict: hold all words to the cited ones; by default where a language model worded the answer.
    """
    strict = answer.by != "smalti" if strict is None else strict
    cited = {one.mark: one for one in answer.citations}
    ids = {one.evidence_id for one in answer.citations}
    ids |= {one.evidence_id for sentence in answer.sentences for one in sentence.figures}
    pieces = held(grounds, ids)
    found: list[Failure] = []
    for place, sentence in enumerate(answer.sentences):
        why = _why_not(sentence, answer, cited, pieces, strict=strict)
        if why:
            found.append(Failure(place, sentence.text, why, "citation"))
    return found


def _why_not(  # noqa: PLR0911 - a reason each
    sentence: Sentence,
    answer: Answer,
    cited: Mapping[int, Citation],
    pieces: Mapping[str, Held],
    *,
    strict: bool,
) -> str:
    own = [cited[mark] for mark in sentence.cites if mark in cited]
    texts = [pieces[one.evidence_id].text for one in own if one.evidence_id in pieces]
    if sentence.quoted:
        return "" if any(stands_in(sentence.text, text) for text in texts) else "the quote does not stand so"
    if why := orders_in(sentence.text):
        return f"it passes on what is no claim: {why}"
    if not strict:
        return ""
    bound = [one for one in sentence.figures if not one.said]
    if not texts and not bound:
        return "" if _needs_nothing(sentence, answer) else "it cites nothing"
    wording = {w for one in bound for w in wordings(one.concept)}
    inputs = {
        i.concept
        for c in answer.computations
        for i in c.inputs
        if any(b.computation == c.name for b in bound)
    }
    wording |= {w for one in inputs for w in wordings(one)}
    around = [*(w for one in own for w in (*one.issuers, one.title, one.where)), *wording, *answer.periods]
    if why := _strange_name(sentence.text, [*texts, *around]):
        return why
    if bound and not any(
        pieces[one.evidence_id].kind in ("paragraph", "audio") for one in own if one.evidence_id in pieces
    ):
        return _uncovered(sentence.text, [*texts, *around])
    return supports(sentence.text, texts, around)


def _needs_nothing(sentence: Sentence, answer: Answer) -> bool:
    if answer.status is Status.UNCLEAR and sentence.text.rstrip().endswith("?"):
        return True
    return _FIXED.search(sentence.text) is not None


def supports(text: str, cited: Sequence[str], around: Iterable[str] = ()) -> str:
    """Why cited texts do not support a sentence; empty if one of their sentences does.

    Args:
        text: the sentence.
        cited: texts of the pieces it cites.
        around: names, titles and periods that go with them.
    """
    extra = " ".join(around)
    candidates = [one for whole in cited for one in (*_SENTENCES.split(whole), whole) if one.strip()]
    near = [one for one in candidates if _coverage(text, f"{one} {extra}") >= _LEAST]
    if not near:
        return "its words are not those of what it cites"
    if not any(_same(_NEGATIONS, text, one) for one in near):
        return "it says yes where what it cites says no, or the other way round"
    near = [one for one in near if _same(_NEGATIONS, text, one)]
    if not any(_same_way(text, one) for one in near):
        return "what it cites goes the other way"
    near = [one for one in near if _same_way(text, one)]
    if not any(_OPEN.search(text) or not _OPEN.search(one) for one in near):
        return "it is certain of what is only possible or expected in what it cites"
    return ""


def _coverage(text: str, support: str) -> float:
    own = words_of(text) - _STOCK
    return len(own & words_of(support)) / len(own) if own else 1.0


def _uncovered(text: str, support: Iterable[str]) -> str:
    moves = UP.sub(" ", DOWN.sub(" ", text))
    return "" if _coverage(moves, " ".join(support)) >= _LEAST else "its words are not those of what it cites"


def _same(pattern: re.Pattern[str], one: str, other: str) -> bool:
    return (pattern.search(one) is None) == (pattern.search(other) is None)


def _same_way(one: str, other: str) -> bool:
    up, down = UP.search(one) is not None, DOWN.search(one) is not None
    if up == down:
        return True
    return (UP if up else DOWN).search(other) is not None and (
        (DOWN if up else UP).search(other) is None or covered(one, other) >= _LEAST
    )


def _strange_name(text: str, known: Sequence[str]) -> str:
    """A name that stands in nothing cited; the first word of a sentence may only be capitalised."""
    everything = words_of(" ".join(known)) | _STOCK
    for found in _NAME.finditer(text):
        words = [w for w in words_of(found[0]) if not w[0].isdigit()]
        if found.start() == 0 and len(found[0].split()) == 1:
            continue
        strange = [w for w in words if w not in everything]
        if words and len(strange) == len(words):
            return f"{found[0]!r} is named in nothing that is cited"
    return ""
