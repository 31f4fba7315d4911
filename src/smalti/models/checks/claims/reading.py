"""Sentences read into claims: of which measure and period, on which basis, and whether they can be held."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.claim import Claim, Kind
from smalti.models.checks.claims.forms import Match, matches
from smalti.models.checks.claims.measures import Measure
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

_AHEAD = re.compile(
    r"\b(?:we|i|company|they|it|management|analysts?|now|still|continues? to|also|currently) (?:\w+ )?(?:expects?|anticipates?|forecasts?"
    r"|projects?|targets?|plans? to|estimates?|believes?|intends?|see)\b(?! (?:the )?results)"
    r"|\b(?:is|are|be|been|was|were) (?:now )?(?:expected|anticipated|projected|forecast|estimated|targeted|likely)\b"
    r"|\bexpect(?:ing)?\b|\banticipat(?:e|ing)\b|\bguid(?:ance|ed|ing)\b(?! (?:range )?(?:for the quarter )?(?:was )?exceeded)|\boutlook\b"
    r"|\btarget(?:s|ing)?\b|\bgoals?\b|\bforecast(?:s|ing)?\b|\bprojections?\b|\bwill\b|\bwon't\b|\bgoing forward\b|\bshould\b|\b(?:next|coming) (?:fiscal )?(?:year|quarter)s?\b"
    r"|\baim(?:s|ing)? to\b|\bin the range of\b|\bby 20\d\d\b|\bprice target\b|\bpt\b",
    re.I,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if|would|could|might|may|assum(?:e|es|ed|ing)|unless|whether|suppose|hypothetical|imagine|as though"
    r"|rumou?r(?:s|ed)?|allege[ds]?|allegedly|denied|denies|false(?:ly)?|incorrect|misstated|wrong|contradicts?|claim(?:s|ed)?|statements? (?:about|of|that)|questions?|repeat)\b",
    re.I,
)
_BASIS = re.compile(
    r"\b(?:adjusted|non[- ]?gaap|organic(?:ally)?|constant[- ]currenc(?:y|ies)|currency[- ]neutral|fx[- ]neutral|local currency|excluding|exclude[sd]?"
    r"|ex[- ](?:items?|fx|fuel|cash|currency)|pro[- ]?forma|core|underlying|adjusting for|normali[sz]ed|comparable(?! (?:quarter|period|year))|same[- ]store|comps?|like[- ]for[- ]like"
    r"|run[- ]rate|annuali[sz]ed|before (?:special|one-time|unusual|restructuring)|recurring|bookings?|billings?|backlog"
    r"|conversion|respectively|reclassified|discontinued|acquisitions?|acquired|attributable to|statutory|net of (?:hedg|currency|cash)|on an? (?!reported|gaap|consolidated)\w+ basis|as a (?:percent(?:age)?|share|portion|function)|incremental|per (?:store|unit|user|customer|employee|barrel)|average|monthly|daily|weekly|remaining performance)\b",
    re.I,
)
_EXPECTED = re.compile(
    r"[,;(]?\s*(?:compared (?:with|to)|versus|vs\.?|against|above|below|beating|topping|ahead of|missing|short of"
    r"|higher than|lower than|more than|better than|than|surpassing|exceeding|in line with|while)\s(?:[^.;]|\.\d){0,90}?"
    r"(?:analysts?|consensus|expect|estimate|forecast|street\b).*$",
    re.I | re.S,
)
_OTHERS = re.compile(
    r"\b(?:analysts?|consensus|street|estimates?|expectations?|competitors?|peers?|industry|rivals?|the market|customers?['’]|suppliers?['’])\b",
    re.I,
)
_PART = re.compile(
    r"\b(?:segments?|divisions?|business (?:unit|group|line)s?|units?\b(?! (?:growth|volume))|subsidiar(?:y|ies)|product lines?|brands?|regions?|regional|geograph\w*"
    r"|categor(?:y|ies)|joint venture|franchise[es]?|stores?|countr(?:y|ies)|domestic(?:ally)?|international(?:ly)?|overseas)\b",
    re.I,
)
_OPENING = re.compile(
    r"^(?:and |but |so |now |finally,? |also,? )?(?:in|within|at|across|on|turning to|moving (?:on )?to|looking at|let me start with|for|starting with)\s+([^,]{2,50})(?:,|$)",
    re.I,
)
_TURNING = re.compile(
    r"\b(?:segments?|divisions?|business (?:units?|groups?)|by (?:geography|region|business|product)|geographies)\b"
    r"|^(?:please |now |next,? )?(?:turning|moving|shifting) (?:on )?to|\b(?:let me|let's|i'll) (?:start|begin) with\b",
    re.I,
)
_BUSINESS = re.compile(r"(?<!\bthe )(?<!\bour )\bbusiness(?:es)?\b", re.I)
_TURN = re.compile(
    r"\b(?:turn(?:ing)?|moving|shifting|look(?:ing)?|walk|review|let me|let's|slide|start|now)\b", re.I
)
_WHOLE = re.compile(
    r"\b(?:company-?wide|total company|consolidated|for the company as a whole|total (?:\w+ ){0,3}(?:sales|revenues?))\b",
    re.I,
)
_NEUTRAL = re.compile(
    r"\bp ?& ?l\b|\b(?:income statement|balance sheet|cash flows?|earnings per share|company|consolidated|overall"
    r"|(?:financial )?results|liquidity|capital (?:allocation|structure)|(?:the|our) numbers|expenses)\b",
    re.I,
)
_TIMES = re.compile(
    r"quarter|year|20\d\d|q[1-4]|month|half|total|addition|summary|fact|short|short|terms|line|contrast|aggregate|december|september|june|march|the period|a record|the (?:income|balance|cash)|cash flow|profitab|our (?:results|financ)|first|now|example|instance|that|this",
    re.I,
)
_BETTER = re.compile(r"improv|strengthen|weaken|deteriorat|gain", re.I)
_HISTORY = re.compile(r"\b(?:ever|history|on record|all[- ]time|since (?:we|our|the company))\b", re.I)
_SEQUENTIAL = re.compile(
    r"\bsequential|quarter[- ](?:over|on)[- ]quarter|\bqoq\b|\bq/q\b|from the (?:previous|prior|preceding|last|first|second|third) quarter",
    re.I,
)
_SUPERLATIVE = {"highest", "best", "strongest", "largest", "biggest"}
_AFTER_PART = re.compile(r"(?:,?[naFr]|o)[fw]*x")
_ATTRIBUTED = re.compile(r"[yh][fPCnFoaRAESBtr]*$")  # said (that) first quarter ..., reported record ...
_AMOUNTS_OF = frozenset("level levels amount balance rate quarter year month".split())
_SAFE_AFTER = frozenset("line excess total addition part spite due u.s us dollars cash".split())


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
    plain = _EXPECTED.sub("", plain)
    found = _superlatives(tokens(plain, names, heard), plain)
    named = {t.named for t in found if t.named and t.letter == "P" and t.named.kind != "unknown"}
    about = next((t.measure for t in reversed(found) if t.measure), None)
    line = letters(found)
    everywhere = _whole(plain)
    made = [match for match in matches(found, before) if not _of_share(match, found)]
    parts = [_part(match, plain, found, line, members) for match in made]
    part = "" if everywhere else next(filter(None, parts), "")
    claims = [_claim(match, plain, found, line, part) for match in made]
    one = next(iter(named)) if len(named) == 1 else None
    unread = "" if claims or not re.search(r"M.*[AEBS]|[AEBS].*M", line) else _why_not(plain, None)
    return Sentence(
        plain, tuple(claims), one, about, mention(plain, members), everywhere or _returns(plain), unread
    )  # fmt: skip


def mention(text: str, members: frozenset[str]) -> str:
    """Whether a sentence turns to a part of the company, only names one, or neither."""
    if _TURNING.search(text) and not _returns(text):
        return "turns"
    return "names" if _PART.search(text) or _BUSINESS.search(text) or _member(text, members) else ""


def _returns(text: str) -> bool:
    """Whether a sentence turns to figures of the whole: `Turning to the balance sheet`."""
    return _TURN.search(text) is not None and _NEUTRAL.search(text) is not None


def _member(text: str, members: frozenset[str]) -> str:
    folded = re.sub(r"[^a-z0-9]+", "", text.lower())
    return next((m for m in members if m in folded), "")


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
        _why_not(text, match) or part or unclear,
    )  # fmt: skip


def _unclear_way(match: Match, found: Sequence[Token]) -> bool:
    """A cost, a debt or a loss that `improved` may have risen or fallen."""
    if match.measure.earned and not (match.measure.loss and "loss" in found[match.at].text.lower()):
        return False
    better = any(_BETTER.search(t.text) for t in found[match.first : match.last + 1] if t.letter in "UDud")
    return better and "margin" not in match.measure.name


def _negative(amount: Amount) -> Amount:
    return replace(amount, value=-amount.value, bound={"low": "high", "high": "low"}.get(amount.bound, ""))


def _why_not(text: str, match: Match | None) -> str:
    """Why a sentence cannot be held against filed facts, whatever its measure."""
    if match is not None and match.amount is not None and match.amount.odd:
        return match.amount.odd
    if found := _AHEAD.search(text):
        return f"it looks ahead or gives a target ({found[0].strip()!r})"
    if found := _BASIS.search(text):
        return f"not on the basis of the filed figures ({found[0].strip()!r})"
    if found := _HYPOTHETICAL.search(text):
        return f"not stated as a fact ({found[0].strip()!r})"
    if found := _OTHERS.search(text):
        return f"it may be somebody else's number ({found[0].strip()!r})"
    return "" if match is not None else "it is not plain what its number tells of"


def _whole(text: str) -> bool:
    """Whether a sentence says that it tells of the whole company."""
    return _WHOLE.search(text) is not None


def _turns(text: str) -> str:
    """The part that a sentence opens with: `In North America, ...`."""
    opening = _OPENING.search(text)
    return "" if opening is None or _TIMES.search(opening[1]) else opening[1].strip()


def _part(match: Match, text: str, found: Sequence[Token], line: str, members: frozenset[str]) -> str:
    """Why a claim may be of a part of the company, or of another item; empty where it is of the whole."""
    before = match.at - 1
    if before >= 0 and (line[before] == "x" or found[before].text == ")"):
        return f"it may tell of a part or another item ({found[before].text!r})"
    if (
        (verb := _ATTRIBUTED.search(line[: match.at]))
        and "x" in (who := line[: verb.start()].rpartition(";")[2])
        and "w" not in who
    ):
        return f"it may be somebody else's number ({found[verb.start()].text!r})"
    owner = re.search(r"xf*of*$", line[: match.at])
    if owner is not None and found[owner.start()].text.lower() not in _AMOUNTS_OF:
        return f"it may tell of another item ({found[owner.start()].text!r})"
    if match.last == match.at and line[match.at + 1 : match.at + 2] == "x":
        return f"it may tell of another item ({found[match.at + 1].text!r})"
    after = _AFTER_PART.match(line, match.last + 1)
    if after is not None and found[after.end() - 1].text.lower().strip(".,") not in _SAFE_AFTER:
        return f"it may tell of a part ({found[after.end() - 1].text!r})"
    if opened := _turns(text):
        return f"it may tell of a part ({opened!r})"
    if named := _PART.search(text):
        return f"it may tell of a part ({named[0]!r})"
    if member := _member(text, members):
        return f"it may tell of a part ({member!r})"
    return ""


def _period(match: Match, found: Sequence[Token], line: str) -> tuple[Named | None, str]:
    """The period of a claim, and why it cannot be told where several are named."""
    inside = [t.named for t in found[match.first : match.last + 1] if t.letter == "P" and t.named]
    if len(set(inside)) == 1:
        return _usable(inside[0])
    after = re.compile(r"[f,]*[nFoa]?(?P<P>P)").match(line, match.last + 1)
    if after is not None:
        return _usable(found[after.start("P")].named)
    every = {t.named for t in found if t.letter == "P" and t.named}
    if len(every) > 1:
        return None, "several periods are named"
    return _usable(next(iter(every), None))


def _usable(named: Named | None) -> tuple[Named | None, str]:
    if named is not None and named.kind == "unknown":
        return None, f"the period is not plain ({named.text!r})"
    return named, ""
