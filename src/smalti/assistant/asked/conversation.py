"""Follow-ups: what a question leaves out is taken over from the turns before it, until the topic changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from smalti.assistant.asked.periods import periods_in
from smalti.assistant.asked.register import register
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Turn
from smalti.assistant.understood import Kind, Named, Period, Understood

_LEADS = re.compile(
    r"\s*(?:and|but|or|also|then|so|ok(?:ay)?|well|what\s+about|how\s+about|what\s+of|same\s+(?:for|question)|now)\b",
    re.I,
)
_WHY = re.compile(
    r"\s*(?:and\s+|but\s+|so\s+)?(?:why(?:\s+(?:is|was|so|not|that|then))*|how\s+come|what\s+(?:drove|explains|caused)"
    r"\s+(?:it|that|this))(?:\s+(?:that|so|it|this))?\s*[?.!]*\s*$",
    re.I,
)
_SOURCE = re.compile(
    r"\b(?:source|sources|evidence|reference|citation|proof)\b|where\s+(?:does|did|is|do)\s+(?:it|that|this|you)"
    r"|how\s+do\s+you\s+know",
    re.I,
)
_REFERS = re.compile(
    r"\b(?:it|its|they|their|them|that|this|those|he|she|his|her|the\s+company|the\s+same)\b", re.I
)
_SHORT = 6  # words of a question that leaves something out
_NUMBERS = (Kind.VALUE, Kind.VERDICT, Kind.COMPARE, Kind.LARGEST)


def follows_up(text: str) -> bool:
    """Whether a question is only to be understood by what was asked before."""
    words = text.split()
    return bool(_LEADS.match(text) or _WHY.match(text)) or len(words) <= _SHORT or bool(_REFERS.search(text))


def asks_source(text: str) -> bool:
    """Whether it asks where the last answer comes from."""
    return bool(_SOURCE.search(text)) and len(text.split()) <= 10


def issuers_of(turn: Turn, grounds: Grounds) -> tuple[Named, ...]:
    """Whom a turn was about."""
    names = register(grounds).names
    return tuple(Named(one, names[one]) for one in turn.issuer_ids if one in names)


def periods_of(turn: Turn) -> tuple[Period, ...]:
    """Of what time a turn was."""
    return tuple(said.period for text in turn.periods for said in periods_in(text))


def continued(
    now: Understood, before: Understood, turn: Turn, grounds: Grounds, subject: bool, over_all: bool
) -> Understood:
    """A question with what it leaves out taken over.

    Args:
        now: as it stands alone.
        before: the turn before, as it was understood.
        turn: that turn itself.
        grounds: what may be read.
        subject: whether it says itself what it is about.
        over_all: it is about all issuers.
    """
    why = bool(_WHY.match(now.text))
    carried: list[str] = []
    if not now.issuers and not over_all:
        issuers = issuers_of(turn, grounds) or tuple(before.issuers)
        if issuers:
            now, carried = replace(now, issuers=issuers), [*carried, "issuer"]
    numbers = now.kind in _NUMBERS and before.kind in _NUMBERS and "issuer" in carried
    goes_on = bool(_LEADS.match(now.text)) or not subject or numbers
    if not now.periods and goes_on and (periods := periods_of(turn) or tuple(before.periods)):
        now, carried = replace(now, periods=periods), [*carried, "period"]
    elif now.periods:
        now = replace(now, periods=_with_year(now.periods, periods_of(turn) or before.periods))
    if why or asks_source(now.text) or not subject:
        now = _with_subject(now, before, why)
        carried.append("subject")
    elif now.wanted and before.kind in _NUMBERS and now.kind is Kind.PASSAGE:
        now = replace(now, kind=Kind.VALUE)
    return replace(now, carried=tuple(carried))


def _with_subject(now: Understood, before: Understood, why: bool) -> Understood:
    kind = before.kind
    if why:
        kind = Kind.WHY if before.signal or before.kind in (Kind.SIGNAL, Kind.WHY) else Kind.PASSAGE
    elif kind is Kind.COMPARE and len(now.issuers) == 1:
        kind = Kind.VALUE
    text = f"{now.text.rstrip('?. ')}: {before.text}" if why else before.text
    return replace(
        now,
        text=text,
        kind=kind,
        wanted=before.wanted,
        topic=before.topic,
        speaker=now.speaker or before.speaker,
        forms=now.forms or before.forms,
        signal=now.signal or before.signal,
    )


def _with_year(periods: Sequence[Period], before: Sequence[Period]) -> tuple[Period, ...]:
    """Quarters without a year take that of the turn before."""
    year = next((one.fiscal_year for one in reversed(before) if one.fiscal_year), None)
    if year is None:
        return tuple(periods)
    made = []
    for one in periods:
        bare = one.fiscal_year is None and one.quarter is not None and one.end is None
        made.append(replace(one, fiscal_year=year, text=f"{one.text} {year}") if bare else one)
    return tuple(made)
