"""Whether a sentence tells of the whole company or of a part, another item, or somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from smalti.models.checks.claims.forms import Match
from smalti.models.checks.claims.tokens import Token

__all__ = ["mention", "part_of", "returns", "whole"]

_PART = re.compile(
    r"\b(?:segments?|divisions?|business (?:unit|group|line)s?|units?\b(?! (?:growth|volume))"
    r"|subsidiar(?:y|ies)|product lines?|brands?|regions?|regional|geograph\w*|categor(?:y|ies)"
    r"|joint venture|franchise[es]?|stores?|countr(?:y|ies)|domestic(?:ally)?|international(?:ly)?"
    r"|overseas)\b",
    re.I,
)
_OPENING = re.compile(
    r"^(?:and |but |so |now |finally,? |also,? )?(?:in|within|at|across|on|turning to|moving (?:on )?to"
    r"|looking at|let me start with|for|starting with)\s+([^,]{2,50})(?:,|$)",
    re.I,
)
_TIMES = re.compile(
    r"quarter|year|20\d\d|q[1-4]|month|half|total|addition|summary|fact|short|terms|line|contrast|aggregate"
    r"|december|september|june|march|the period|a record|the (?:income|balance|cash)|cash flow|profitab"
    r"|our (?:results|financ)|first|now|example|instance|that|this",
    re.I,
)
_TURNING = re.compile(
    r"\b(?:segments?|divisions?|business (?:units?|groups?)|by (?:geography|region|business|product)"
    r"|geographies)\b|^(?:please |now |next,? )?(?:turning|moving|shifting) (?:on )?to"
    r"|\b(?:let me|let's|i'll|i will) (?:now )?(?:start|begin|talk|turn|move|discuss|cover|speak)\b",
    re.I,
)
_BUSINESS = re.compile(r"(?<!\bthe )(?<!\bour )\bbusiness(?:es)?\b", re.I)
_TURN = re.compile(
    r"\b(?:turn(?:ing)?|moving|shifting|look(?:ing)?|walk|review|let me|let's|slide|start|now)\b", re.I
)
_NEUTRAL = re.compile(
    r"\bp ?& ?l\b|\b(?:income statement|balance sheet|cash flows?|earnings per share|company|consolidated"
    r"|overall|(?:financial )?results|liquidity|capital (?:allocation|structure)|(?:the|our) numbers"
    r"|financials|revenues?|sales|margins?|profit\w*|earnings|performance|highlights|debt"
    r"|expenses)\b",
    re.I,
)
_WHOLE = re.compile(
    r"\b(?:company-?wide|total company|consolidated|for the company as a whole"
    r"|total (?:\w+ ){0,3}(?:sales|revenues?))\b",
    re.I,
)
_AFTER = re.compile(r"(?:,?[naFr]|o)[fw]*x")  # revenue grew 12% in Europe
_SAID = re.compile(r"[yh][wfPCKnFoaRAESBtr]*$")  # said (that) first quarter ..., reported record ...
_OWNER = re.compile(r"xf*of*$")  # issuances of debt
_AMOUNTS_OF = frozenset(("level", "levels", "amount", "balance", "rate", "quarter", "year", "month"))
_SAFE_AFTER = frozenset(
    (
        "first",
        "second",
        "third",
        "history",
        "line",
        "excess",
        "total",
        "addition",
        "part",
        "spite",
        "due",
        "u.s",
        "us",
        "dollars",
        "cash",
    )
)


def mention(text: str, members: frozenset[str]) -> str:
    """Whether a sentence turns to a part of the company (`turns`), only `names` one, or neither."""
    if _TURNING.search(text) and not returns(text):
        return "turns"
    return "names" if _BUSINESS.search(text) or _member(text, members) else ""


def returns(text: str) -> bool:
    """Whether a sentence turns to figures of the whole: `Turning to the balance sheet`."""
    turned = _TURN.search(text) is not None and _NEUTRAL.search(text) is not None
    return turned and not (_PART.search(text) or _BUSINESS.search(text))


def whole(text: str) -> bool:
    """Whether a sentence says that it tells of the whole company."""
    return _WHOLE.search(text) is not None


def part_of(match: Match, text: str, found: Sequence[Token], line: str, members: frozenset[str]) -> str:
    """Why a claim may be of a part of the company, of another item or of others; empty where of the whole.

    Args:
        match: the claim.
        text: its sentence.
        found: the sentence's tokens.
        line: their letters.
        members: names of parts of the company, as its filings give them.
    """
    if other := next(_others(match, found, line), ""):
        return f"it may tell of another item or part ({other!r})"
    if speaker := _somebody_else(match, found, line):
        return f"it may be somebody else's number ({speaker!r})"
    if whole(text):
        return ""
    named = _PART.search(text)
    part = _opened(text) or (named[0] if named else "") or _member(text, members)
    return f"it may tell of a part ({part!r})" if part else ""


def _others(match: Match, found: Sequence[Token], line: str) -> Iterator[str]:
    """Words before or after the measure that make it another one: `subscription revenue`, `debt issued`."""
    before, after = match.at - 1, match.at + 1
    if before >= 0 and (line[before] == "x" or found[before].text == ")"):
        yield found[before].text
    owner = _OWNER.search(line[: match.at])
    if owner is not None and found[owner.start()].text.lower() not in _AMOUNTS_OF:
        yield found[owner.start()].text
    if match.last == match.at and line[after : after + 1] == "x":
        yield found[after].text
    place = _AFTER.match(line, match.last + 1)
    if place is not None and found[place.end() - 1].text.lower().strip(".,") not in _SAFE_AFTER:
        yield found[place.end() - 1].text


def _somebody_else(match: Match, found: Sequence[Token], line: str) -> str:
    """The verb by which somebody other than the company says or has it: `Rival Corp reported revenue`."""
    verb = _SAID.search(line[: match.at])
    if verb is None:
        return ""
    who = line[: verb.start()].rpartition(";")[2]
    return found[verb.start()].text if "x" in who and "w" not in who else ""


def _opened(text: str) -> str:
    """The part that a sentence opens with: `In North America, ...`."""
    opening = _OPENING.search(text)
    return "" if opening is None or _TIMES.search(opening[1]) else opening[1].strip()


def _member(text: str, members: frozenset[str]) -> str:
    """The part named: one of several words however it is spelled, one of a single word as a name."""
    folded = _folded(text)
    names = {word.strip(".,;:'’\"()") for word in text.split()[1:]}
    first = text.split(" ", 1)[0]
    for member in members:
        if member in names or member == first or (" " in member and _folded(member) in folded):
            return member
    return ""


@lru_cache(maxsize=1_024)
def _folded(text: str) -> str:
    """Letters and figures alone, in lower case: `Health Care` and `healthcare` alike."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())
