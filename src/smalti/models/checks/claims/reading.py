"""Sentences read into claims: of which measure and period, on which basis, and whether they can be held."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.claim import Claim, Kind
from smalti.models.checks.claims.doubts import doubt, without_expectations
from smalti.models.checks.claims.forms import Match, matches
from smalti.models.checks.claims.measures import Measure
from smalti.models.checks.claims.parts import mention, part_of, returns, whole
from smalti.models.checks.claims.periods import Named
from smalti.models.checks.claims.tokens import Names, Token, letters, tokens

__all__ = ["Sentence", "read_sentence", "sentences"]

LONGEST = 600
"""Characters of a sentence that is read; longer ones are lists or attacks."""

_SPLIT = re.compile(r"(?<=[.!?])[\"”)]*\s+(?=[A-Z0-9$€£\"“(])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Inc|Corp|Co|Ltd|Mr|Mrs|Ms|Dr|vs|No|St|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|approx)|\b[A-Z])\.$"
)
_STRAY = re.compile(r"(?<=[\w%])\.(?=\s+[a-z])")

_BETTER = re.compile(r"improv|strengthen|weaken|deteriorat|gain", re.I)
_HISTORY = re.compile(r"\b(?:ever|history|on record|all[- ]time|since (?:we|our|the company))\b", re.I)
_SEQUENTIAL = re.compile(
    r"\bsequential|quarter[- ](?:over|on)[- ]quarter|\bqoq\b|\bq/q\b|from the (?:previous|prior|preceding"
    r"|last|first|second|third) quarter",
    re.I,
)
_PERIOD_AFTER = re.compile(r"[f,]*[nFoa]?(?P<P>P)")
_NUMBERED = re.compile(r"M.*[AEBS]|[AEBS].*M")
_SUPERLATIVE = {"highest", "best", "strongest", "largest", "biggest"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence read.

    Attributes:
        text: as it is read, without what analysts expected.
        claims: what it says of the whole company or of a part; those that cannot be held say why.
        named: the one period it names, for those after it; None where it names none or several.
        measure: what it tells of last.
        part: `turns` where it turns to a part of the company, of which what follows may tell; `names` where
            it only mentions one.
        whole: it says that it, or what follows, tells of the whole.
        unread: why a number beside a measure could not be read as a claim; empty where there is none.
    """

    text: str
    claims: tuple[Claim, ...]
    named: Named | None = None
    measure: Measure | None = None
    part: str = ""
    whole: bool = False
    unread: str = ""


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph."""
    found: list[str] = []
    for piece in _SPLIT.split(" ".join(text.split())):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += " " + piece
        else:
            found.append(piece)
    return [one for one in found if one]


def read_sentence(
    text: str,
    names: Names,
    members: frozenset[str] = frozenset(),
    before: Measure | None = None,
    heard: Sequence[Mapping[str, Any]] = (),
) -> Sentence:
    """What a sentence claims.

    Args:
        text: one sentence.
        names: of the company itself.
        members: names of parts of the company, as its filings give them.
        before: what the sentence before told of, for a fragment that goes on about it.
        heard: a call's own numbers of this sentence.
    """
    plain = _STRAY.sub("", " ".join(text.split()))
    if len(plain) > LONGEST or plain.endswith(("?", ":")):
        return Sentence(plain, ())
    plain = without_expectations(plain)
    found = _superlatives(tokens(plain, names, heard), plain)
    named = {t.named for t in found if t.named and t.letter == "P" and t.named.kind != "unknown"}
    about = next((t.measure for t in reversed(found) if t.measure), None)
    line = letters(found)
    made = [match for match in matches(found, before) if not _of_share(match, found)]
    parts = [part_of(match, plain, found, line, members) for match in made]
    part = next(filter(None, parts), "")
    claims = [_claim(match, plain, found, line, part) for match in made]
    one = next(iter(named)) if len(named) == 1 else None
    unread = (
        ""
        if claims or not _NUMBERED.search(line)
        else doubt(plain) or "it is not plain what its number tells of"
    )
    return Sentence(
        plain, tuple(claims), one, about, mention(plain, members), whole(plain) or returns(plain), unread
    )  # fmt: skip


def _superlatives(found: Sequence[Token], text: str) -> list[Token]:
    """`highest revenue in our history` as a record; without the history it is praise."""
    ever = _HISTORY.search(text) is not None
    return [
        Token("R" if ever else "f", t.start, t.end, t.text)
        if t.letter == "x" and t.text.lower().strip(".,") in _SUPERLATIVE
        else t
        for t in found
    ]


def _of_share(match: Match, found: Sequence[Token]) -> bool:
    """`25% of net sales`: the measure is what something else is a share of."""
    return (
        match.at > 0
        and found[match.at - 1].letter == "o"
        and any(
            t.letter == "E" or t.text.lower().startswith(("percent", "share", "portion", "%"))
            for t in found[max(0, match.at - 3) : match.at - 1]
        )
        and match.kind is not Kind.CHANGE
    )


def _claim(match: Match, text: str, found: Sequence[Token], line: str, part: str) -> Claim:
    named, unclear = _period(match, found, line)
    amount = match.amount
    sign = match.sign
    measure = match.measure
    if measure.loss and re.search(measure.loss, found[match.at].text, re.I):
        sign = -sign
        if amount is not None and match.kind is Kind.LEVEL:
            amount = _negative(amount)
    if _unclear_way(match, found):
        part = "it is not plain which way it moved"
    if "N" in line[: match.last + 1] and not (amount is not None and not amount.value):
        part = "a negation stands before it"
    return Claim(
        match.kind, measure, text, sign, amount, named,
        "quarter" if _SEQUENTIAL.search(text) else "year",
        (amount.odd if amount is not None else "") or doubt(text) or part or unclear,
    )  # fmt: skip


def _unclear_way(match: Match, found: Sequence[Token]) -> bool:
    """A cost, a debt or a loss that `improved` may have risen or fallen."""
    if match.measure.earned and not (match.measure.loss and "loss" in found[match.at].text.lower()):
        return False
    better = any(_BETTER.search(t.text) for t in found[match.first : match.last + 1] if t.letter in "UDud")
    return better and "margin" not in match.measure.name


def _negative(amount: Amount) -> Amount:
    return replace(amount, value=-amount.value, bound={"low": "high", "high": "low"}.get(amount.bound, ""))


def _period(match: Match, found: Sequence[Token], line: str) -> tuple[Named | None, str]:
    """The period of a claim, and why it cannot be told where several are named."""
    inside = [t.named for t in found[match.first : match.last + 1] if t.letter == "P" and t.named]
    if len(set(inside)) == 1:
        return _usable(inside[0])
    after = _PERIOD_AFTER.match(line, match.last + 1)
    if after is not None:
        return _usable(found[after.start("P")].named)
    last = line.find("C", 0, match.last + 2)
    if last >= 0:
        return None, f"the period is not plain ({found[last].text!r})"
    every = {t.named for t in found if t.letter == "P" and t.named}
    if len(every) > 1:
        return None, "several periods are named"
    return _usable(next(iter(every), None))


def _usable(named: Named | None) -> tuple[Named | None, str]:
    if named is not None and named.kind == "unknown":
        return None, f"the period is not plain ({named.text!r})"
    return named, ""
