"""Why a sentence says nothing that can be held against filed figures: guidance, another basis, hearsay."""

from __future__ import annotations

import re

__all__ = ["doubt", "without_expectations"]

_AHEAD = re.compile(
    r"\b(?:we|i|company|they|it|management|analysts?|now|still|continues? to|also|currently) (?:\w+ )?"
    r"(?:expects?|anticipates?|forecasts?|projects?|targets?|plans? to|estimates?|believes?|intends?|see)\b"
    r"(?! (?:the )?results)"
    r"|\b(?:is|are|be|been|was|were) (?:now )?"
    r"(?:expected|anticipated|projected|forecast|estimated|targeted|likely)\b"
    r"|\bexpect(?:ing)?\b|\banticipat(?:e|ing)\b|\bguid(?:ance|ed|ing)\b|\boutlook\b|\btarget(?:s|ing)?\b"
    r"|\bgoals?\b|\bforecast(?:s|ing)?\b|\bprojections?\b|\bwill\b|\bwon't\b|\bgoing forward\b|\bshould\b"
    r"|\b(?:next|coming) (?:fiscal )?(?:year|quarter)s?\b|\baim(?:s|ing)? to\b|\bin the range of\b"
    r"|\bby 20\d\d\b|\bprice target\b|\bpt\b",
    re.I,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if|would|could|might|may|assum(?:e|es|ed|ing)|unless|whether|suppose|hypothetical|imagine"
    r"|as though|rumou?r(?:s|ed)?|allege[ds]?|allegedly|denied|denies|false(?:ly)?|incorrect|misstated|wrong"
    r"|contradicts?|claim(?:s|ed)?|statements? (?:about|of|that)|questions?|repeat)\b",
    re.I,
)
_BASIS = re.compile(
    r"\b(?:adjusted|adjusting for|non[- ]?gaap|organic(?:ally)?|constant[- ]currenc(?:y|ies)"
    r"|currency[- ]neutral|fx[- ]neutral|local currency|excluding|exclude[sd]?"
    r"|ex[- ](?:items?|fx|fuel|cash|currency)|pro[- ]?forma|core|underlying|normali[sz]ed"
    r"|comparable(?! (?:quarter|period|year))|same[- ]store|comps?|like[- ]for[- ]like|run[- ]rate"
    r"|annuali[sz]ed|before (?:special|one-time|unusual|restructuring)|recurring|bookings?|billings?|backlog"
    r"|conversion|respectively|reclassified|discontinued|acquisitions?|acquired|attributable to|statutory"
    r"|net of (?:hedg|currency|cash)|on an? (?!reported|gaap|consolidated)\w+ basis"
    r"|as a (?:percent(?:age)?|share|portion|function)|incremental|average|monthly|daily|weekly"
    r"|per (?:store|unit|user|customer|employee|barrel)|remaining performance)\b",
    re.I,
)
_OTHERS = re.compile(
    r"\b(?:analysts?|consensus|street|estimates?|expectations?|competitors?|peers?|industry|rivals?"
    r"|the market|customers?['’]|suppliers?['’])(?!\w)",
    re.I,
)
_EXPECTED = re.compile(
    r"[,;(]?\s*(?:compared (?:with|to)|versus|vs\.?|against|above|below|beating|topping|ahead of|missing"
    r"|short of|higher than|lower than|more than|better than|than|surpassing|exceeding|in line with|while)\s"
    r"(?:[^.;]|\.\d){0,90}?(?:analysts?|consensus|expect|estimate|forecast|guidance|outlook|street\b).*$",
    re.I | re.S,
)
_WHY = (
    (_AHEAD, "it looks ahead or gives a target"),
    (_BASIS, "not on the basis of the filed figures"),
    (_HYPOTHETICAL, "not stated as a fact"),
    (_OTHERS, "it may be somebody else's number"),
)


def without_expectations(text: str) -> str:
    """A sentence without what was expected: `above the $1.1 billion analysts forecast`."""
    return _EXPECTED.sub("", text)


def doubt(text: str) -> str:
    """Why a sentence cannot be held against filed facts, whatever its measure; empty where it may."""
    for pattern, why in _WHY:
        if found := pattern.search(text):
            return f"{why} ({found[0].strip()!r})"
    return ""
