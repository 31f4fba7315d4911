"""A question put together from what is understood of its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from smalti.assistant.asked.asides import Parted, parted
from smalti.assistant.asked.conversation import asks_source, continued, follows_up
from smalti.assistant.asked.issuers import MOST_CHOICES, Naming, issuers_in
from smalti.assistant.asked.kinds import forms_in, kind_of, over_all, signal_in, speaker_in, topic_of_saying
from smalti.assistant.asked.periods import Relative, Said, periods_in, year_before, years_meant
from smalti.assistant.asked.register import followed, register
from smalti.assistant.asked.spans import newest_quarters, newest_years
from smalti.assistant.asked.vocabulary import MASK, MASKED_PERIOD, PASSED_OVER
from smalti.assistant.asked.wanted import change_in, wanted_in
from smalti.assistant.grounds import Grounds
from smalti.assistant.metrics import named
from smalti.assistant.records import Ask
from smalti.assistant.understood import Change, Kind, Named, Period, Understood
from smalti.ingest.names import LEGAL

LONGEST = 2_000
"""Characters of a question that are read."""
_MOST_TURNS = 6
"""Turns back that a follow-up may reach."""
_MOST_YEARS = 12
"""Years of a span that are told one by one."""
_NEEDS_ISSUER = (Kind.VALUE, Kind.VERDICT, Kind.LARGEST, Kind.WHY, Kind.SIGNAL, Kind.COMPARE)
_POSSESSIVE = re.compile(r"['’]s\b|(?<=s)['’](?=\s)")
_FORMERLY = re.compile(
    rf"{MASK}\s*\(\s*(?:formerly|previously|now|once|also|then)\b[^()]{{0,40}}{MASK}\s*\)", re.I
)
_JOINING = re.compile(
    rf"(?:\b(?:for|in|of|during|between|from|to|at|by|as\s+of|and|vs\.?|versus|the|end\s+of|close\s+of|with)\s+|[-–,&(]\s*)+"
    rf"(?=[{MASK}{MASKED_PERIOD}])|(?<=[{MASK}{MASKED_PERIOD}])\s*(?:period\b|[-–,)])",
    re.I,
)
_LEADING_WORDS = re.compile(
    r"^(?:\W*(?:(?:what|who|where|how)['’]?s|and|but|so|also|please|can\s+you|could\s+you|tell\s+me|show\s+me|give\s+me|what|which|who|how\s+much|how\s+many|how|when"
    r"|where|is|are|was|were|does|did|do|has|have|had|about|the|a|an|of|any|there|been)\b)+",
    re.I,
)


def understand(ask: Ask, grounds: Grounds) -> Understood:
    """What is asked, as far as it can be told; what cannot is in `unclear`.

    Of a question longer than `LONGEST` only the beginning is read.
    """
    return _understand(ask, grounds, min(len(ask.history), _MOST_TURNS))


def _understand(ask: Ask, grounds: Grounds, turns: int) -> Understood:
    parts = parted(ask.text[:LONGEST])
    naming = issuers_in(parts.question, grounds)
    found, masked, subject = _alone(parts, naming)
    if naming.doubtful:
        other, other_masked, other_subject = _alone(parts, replace(naming, places=naming.doubtful_places))
        if other.wanted and other.kind in _NEEDS_ISSUER:
            found, masked, subject = other, other_masked, other_subject
    everywhere = over_all(masked)
    if turns and not naming.unclear and not naming.unknown:
        turn = ask.history[-1]
        if follows_up(parts.question) or not (naming.named or ask.issuer_id or everywhere):
            earlier = replace(ask, text=turn.text, history=ask.history[:-1])
            before = _understand(earlier, grounds, turns - 1)
            found = continued(found, before, turn, grounds, subject, everywhere)
    if not found.issuers and not everywhere:
        found = replace(found, issuers=_looked_at(ask, grounds))
    found = replace(found, periods=_resolved(found, parts, grounds) or found.periods)
    # What was handed in with a question is what it is about, whoever is named.
    return found if ask.attached else _asked_back(found, naming, everywhere, grounds)


def _alone(parts: Parted, naming: Naming) -> tuple[Understood, str, bool]:
    """A question without what was before it, its masked text, and whether it says what it is about."""
    masked = _FORMERLY.sub(f" {MASK} ", _masked(parts.question, naming.places, MASK))
    said = periods_in(masked)
    masked = _masked(masked, [(one.start, one.end) for one in said], MASKED_PERIOD)
    wanted = wanted_in(masked, parts, _part_of(naming, parts.question))
    kind = kind_of(parts.text, masked, (*naming.named_ids, *naming.unknown), wanted)
    topic = _topic(masked)
    explicit = [one.period for one in said if one.relative is Relative.NONE]
    found = Understood(
        text=parts.text,
        kind=kind,
        issuers=tuple(naming.named),
        periods=tuple(explicit),
        wanted=wanted,
        topic=topic_of_saying(topic) if kind is Kind.SAID else topic,
        speaker=speaker_in(parts.question) if kind is Kind.SAID else "",
        forms=forms_in(parts.question),
        signal=signal_in(masked) if kind in (Kind.SIGNAL, Kind.WHY, Kind.COMPARE) else "",
    )
    says = bool(wanted or found.signal) or kind is not Kind.PASSAGE or len(_bare(topic).split()) > 1
    return found, masked, says and not asks_source(parts.question)


def _part_of(naming: Naming, text: str) -> str:
    """A part of the issuer that is named with it; a number that follows in capitals is none."""
    if not naming.part or text.istitle():
        return ""
    first = naming.part.split(maxsplit=1)[0]
    hits = named(naming.part) or named(text[text.find(naming.part) :][: len(naming.part) + 40])
    return (
        "" if first.lower() in PASSED_OVER | LEGAL or (hits and hits[0].start <= len(first)) else naming.part
    )


def _masked(text: str, places: Sequence[tuple[int, int]], sign: str) -> str:
    made, at = [], 0
    for start, end in sorted(places):
        made += [text[at:start], f" {sign} "]
        owned = _POSSESSIVE.match(text, end)
        at = owned.end() if owned else end
    return "".join((*made, text[at:]))


def _topic(masked: str) -> str:
    """What it is about, in words that a search can use."""
    plain = _JOINING.sub(" ", masked).replace(MASK, " ").replace(MASKED_PERIOD, " ")
    return " ".join(_LEADING_WORDS.sub("", " ".join(plain.split())).split()).strip(" ?.,;:!")


def _bare(topic: str) -> str:
    return re.sub(
        r"\b(?:for|in|of|on|at|from|and|to|with|it|that|this|them|same|about|year|quarter)\b",
        " ",
        topic,
        flags=re.I,
    )


def _looked_at(ask: Ask, grounds: Grounds) -> tuple[Named, ...]:
    if ask.issuer_id is None:
        return ()
    name = register(grounds).names.get(ask.issuer_id)
    return (Named(ask.issuer_id, name),) if name else ()


# --- periods ------------------------------------------------------------------------------------------


def _resolved(found: Understood, parts: Parted, grounds: Grounds) -> tuple[Period, ...]:
    """The periods meant: spans year by year where each counts, relative ones against what is known."""
    said = periods_in(parts.question)
    change = found.wanted[0].change if found.wanted else change_in(parts.question, parts.unit)
    meant: list[Period] = []
    for at, one in enumerate(said):
        meant += _meant(one, said, at, found.issuers, grounds)
    count = years_meant(parts.question)
    each = change in (Change.AVERAGE, Change.TREND)
    spanned = [one for one in said if one.through]
    if spanned and each:
        meant = _years_between(meant)
    elif count > 1 and len(meant) == 1 and meant[0].fiscal_year and meant[0].quarter is None:
        meant = _back(meant[0], count)
    elif count > 1 and not meant and found.issuers:
        meant = list(newest_years(grounds, found.issuers[0].issuer_id, min(count, _MOST_YEARS)))
    unique = {(one.fiscal_year, one.quarter, one.months, one.start, one.end, one.text): one for one in meant}
    return tuple(sorted(unique.values(), key=_order))


def _meant(
    one: Said, said: Sequence[Said], at: int, issuers: Sequence[Named], grounds: Grounds
) -> Sequence[Period]:
    if one.relative is Relative.NONE:
        return [one.period]
    if one.relative is Relative.BEFORE:
        own = [other.period for other in (*said[:at], *said[at:]) if other.relative is Relative.NONE]
        if own:
            return [year_before(own[-1])]
        if not issuers:
            return []
        newest = newest_years(grounds, issuers[0].issuer_id)
        return [year_before(newest[0])] if newest else []
    if not issuers:
        return []
    read = newest_quarters if one.relative is Relative.QUARTERS else newest_years
    return read(grounds, issuers[0].issuer_id, min(max(one.count, 1), _MOST_YEARS))


def _years_between(meant: Sequence[Period]) -> list[Period]:
    years = [one.fiscal_year for one in meant if one.fiscal_year and one.quarter is None]
    if len(years) < 2 or max(years) - min(years) >= _MOST_YEARS:
        return list(meant)
    fiscal = "FY" if any("FY" in one.text for one in meant) else ""
    between = [Period(f"{fiscal}{year}", year) for year in range(min(years), max(years) + 1)]
    return [*between, *(one for one in meant if not (one.fiscal_year and one.quarter is None))]


def _back(last: Period, count: int) -> list[Period]:
    made = [last]
    while len(made) < min(count, _MOST_YEARS):
        made.insert(0, year_before(made[0]))
    return made


def _order(period: Period) -> tuple[int, int, str]:
    if period.end is not None:
        return period.end.year, period.end.month, period.text
    return period.fiscal_year or 0, 3 * (period.quarter or 4), period.text


# --- asking back --------------------------------------------------------------------------------------


def _asked_back(found: Understood, naming: Naming, everywhere: bool, grounds: Grounds) -> Understood:
    if naming.unclear:
        return replace(found, unclear=naming.unclear, choices=tuple(naming.choices))
    unknown = naming.unknown and (not naming.named or found.kind is Kind.COMPARE)
    if unknown and found.kind is not Kind.HELP:
        told = " or ".join(f"“{one}”" for one in naming.unknown[:3])
        return replace(found, unclear=f"No company called {told} is followed here.")
    if found.issuers or everywhere or found.kind not in _NEEDS_ISSUER:
        return found
    some = naming.doubtful if naming.doubtful and found.wanted else followed(grounds, MOST_CHOICES + 1)
    if len(some) == 1 and some is not naming.doubtful:
        return replace(found, issuers=(some[0],))
    choices = tuple(one.name for one in some[:MOST_CHOICES])
    return replace(found, unclear="Which company?", choices=choices) if choices else found
