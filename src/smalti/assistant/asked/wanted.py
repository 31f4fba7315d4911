"""Which numbers a question asks for: line items and metrics of the catalogue, or a phrase with no name there.

A line item that stands in a longer phrase (`domestic revenue`, `sales of phones`) is not the line item: the
phrase is kept as it is said, without a name, so that nobody answers with the whole for a part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from smalti.assistant.asked.asides import Parted
from smalti.assistant.asked.vocabulary import AFTER_FINE, BOUNDARY, MASK, MASKED_PERIOD, NEUTRAL, PASSED_OVER
from smalti.assistant.metrics import metric, named
from smalti.assistant.metrics.formulas import names, parse
from smalti.assistant.understood import Change, Wanted

_TOKEN = re.compile(r"[\w&%][\w&%'’./-]*|[^\w\s]")
_MOST_MODIFIERS = 4
_AFTER = re.compile(
    r"\s*(?:\([^()]{0,60}\)\s*)?(?P<link>generated\s+by|generated\s+from|attributable\s+to|related\s+to|relating\s+to"
    r"|coming\s+from|excluding|from|of|in|for|by|per|on|to|at)\s+(?:the\s+|its\s+|their\s+|all\s+)?"
    r"(?P<word>[\w&%][\w&'’-]*)(?:\s+(?P<next>[\w&][\w&'’-]*))?",
    re.I,
)
_NEXT_WORD = re.compile(r"\s+([a-z][\w-]+)", re.I)
_SHARE = re.compile(
    r"\s*(?:\([^()]{0,40}\)\s*)?(?:(?:expressed\s+)?as\s+(?:a\s+|an?\s+)?(?:%|percent(?:age)?|share|fraction|proportion|portion)\s+of"
    r"|/|[-–+*×]|less|minus|plus|times|net\s+of|divided\s+by|to|relative\s+to|per|over)\s+(?:its\s+|the\s+|total\s+|net\s+)*",
    re.I,
)
_SHARE_BEFORE = re.compile(
    r"(?P<top>(?:[\w&%'’-]+\s+){1,4})(?:expressed\s+)?as\s+(?:a\s+|an?\s+)?(?:%|percent(?:age)?|share|fraction|proportion)"
    r"\s+of\s+(?:its\s+|the\s+|total\s+|net\s+)*$",
    re.I,
)
# Words that make every number of a question another one than the statements print.
_QUALIFIED = re.compile(
    r"\b(?:if\s+(?:we|you|one)\s+(?:exclude|ignore|strip|leave\s+out|adjust)|exclud(?:e|es|ed|ing)|ex-\w+|organic(?:ally)?"
    r"|like[\s-]for[\s-]like|constant[\s-]currenc(?:y|ies)|same[\s-]store|pro\s+forma|real\s+(?:change|growth)|underlying"
    r"|if\b[^?.]{1,80}\b(?:had|were|would|went|was)\b|would\s+(?:be|have|it)|normali[sz]ed|hypothetical\w*)\b",
    re.I,
)
# Line items whose words stand apart, or that only some sentences mean.
_LOOSE = (
    ("SharesOutstanding", "shares outstanding", re.compile(r"\bshares\b[^?.]{0,40}\boutstanding\b", re.I)),
    (
        "CashAndCashEquivalents",
        "cash and cash equivalents",
        re.compile(r"\bhow\s+much\s+cash\b(?!\s+(?:flow|did))|\bcash\s+(?:on\s+hand|position|pile)\b", re.I),
    ),
)
_SPENDING = re.compile(r"\s*(?:spend(?:ing)?|expenses?|expenditures?|costs?|amounts?)?\s*", re.I)
_PLURAL = re.compile(r"\b(ratio|margin|turnover|rate)s\b", re.I)
_IN_OTHER_WORDS = re.compile(
    r"\s*[,(]\s*(?:i\.?\s?e\.?|that\s+is|meaning|defined\s+as|calculated\s+as|computed\s+as"
    r"|using|based\s+on),?\s+(?P<formula>[^?()]{5,200})\)?",
    re.I,
)
_CASHFLOW = re.compile(r"\bcash-?flow(?=s?\b)", re.I)
_NUMERATOR = re.compile(
    r"\busing\s+(?P<top>[^,;?]{2,60}?)\s+as\s+(?:the\s+)?numerator\s+and\s+(?P<bottom>[^,;?]{2,60}?)\s+as\s+(?:the\s+)?denominator",
    re.I,
)
_DEFINED = re.compile(
    r"\b(?:(?:is|are)\s+)?defined\s+(?:as|by)\s*:?\s*(?P<a>.{3,400})|\bdefine\s+.{2,80}?\s+as\s*:?\s*(?P<b>.{3,400})"
    r"|\bcalculate[d]?\s+(?:\S.{1,80}?\s+)?(?:using|as|by)\s*:?\s*(?P<c>.{3,400})|(?<![<>=])=\s*(?P<d>.{3,400})",
    re.I | re.S,
)

_AVERAGE = re.compile(r"\b(?:average|avg|mean)\b", re.I)
_YEARS = re.compile(
    r"\b(?:\d|two|three|four|five|six|ten)[\s-]+years?\b|\bover\s+the\s+(?:years|period)\b", re.I
)
_GROWTH = re.compile(
    r"\bgrowth\b|\bcagr\b|\bgrow(?:n|s|ing)?\b|\bgrew\b|\b(?:percentage|percent|%)\s+(?:change|increase|decrease|decline)\b"
    r"|\bby\s+(?:what|how\s+many)\s+percent",
    re.I,
)
_DIFFERENCE = re.compile(
    r"\bchanges?\b|\bchanged\b|\bdifference\b|\b(?:increase|decrease|decline|rise|drop|fall)[sd]?\s+(?:in|of|by)\b"
    r"|\b(?:increase|decrease|decline|drop|rise|fall)d?\b(?=[^.?]*\b(?:between|from|compared|versus|vs)\b)"
    r"|\bhow\s+much\s+(?:did|has|have)\b.{0,60}\b(?:increase|decrease|decline|rise|drop|fall|change)|\byear[\s-]over[\s-]year\b|\byoy\b",
    re.I,
)
_TREND = re.compile(
    r"\btrends?\b|\btrending\b|\bover\s+time\b|\bhistor(?:y|ical(?:ly)?)\b|\bevol(?:ve|ved|ution)\b|\beach\s+(?:year|quarter)\b"
    r"|\bevery\s+year\b|\bimprov\w+|\bdeteriorat\w+|\bcompare[ds]?\s+(?:to|with|against)\b|\bconsistent\w*",
    re.I,
)
_COMPUTED_CHANGE = re.compile(r"\bchange\s+in\b", re.I)


@dataclass(frozen=True, slots=True)
class _Phrase:
    metric: str
    label: str
    start: int
    end: int


def wanted_in(masked: str, parts: Parted, part: str = "") -> Sequence[Wanted]:
    """The numbers a question asks for, in its order, each once.

    Args:
        masked: the question with `MASK` for each issuer and `MASKED_PERIOD` for each period.
        parts: the question apart from what is said beside it.
        part: of the issuer, that the question names with it: `China` of a `MGM China`.
    """
    statement = parts.statements[0] if len(parts.statements) == 1 else None
    change = change_in(masked, parts.unit)
    definition = _definition(masked, parts.definitions)
    plain = _CASHFLOW.sub("cash flow", _IN_OTHER_WORDS.sub(" ", _NUMERATOR.sub(" ", masked)))
    plain = _PLURAL.sub(r"\1 ", plain)
    found = _without_parts(_phrases(plain), plain)
    found = found or [
        _Phrase(name, label, *loose.span())
        for name, label, pattern in _LOOSE
        if (loose := pattern.search(plain))
    ]
    qualified = _QUALIFIED.search(plain)
    if condition := (_label(qualified[0].lower()) if qualified else part):
        found = [replace(one, metric="", label=_conditioned(one.label, condition)) for one in found]
    made = [
        Wanted(one.metric, one.label, definition, change, parts.unit, parts.decimals, statement)
        for one in found
    ]
    return tuple({(one.metric, one.label.lower()): one for one in made}.values())


def change_in(text: str, unit: str = "") -> Change:
    """What is done with the value over periods."""
    if _AVERAGE.search(text) and (_YEARS.search(text) or text.count(MASKED_PERIOD) > 1):
        return Change.AVERAGE
    if _GROWTH.search(text):
        return Change.GROWTH
    if _DIFFERENCE.search(text):
        return Change.GROWTH if unit == "percent" else Change.DIFFERENCE
    return Change.TREND if _TREND.search(text) else Change.NONE


# --- phrases ------------------------------------------------------------------------------------------


def _phrases(masked: str) -> Sequence[_Phrase]:
    hits = list(named(masked))
    found: list[_Phrase] = []
    at = 0
    while at < len(hits):
        hit = hits[at]
        end, joined = hit.end, False
        # `capex as a % of revenue`: one number made of two.
        while at + 1 < len(hits) and _SHARE.fullmatch(masked, end, hits[at + 1].start):
            at += 1
            end, joined = hits[at].end, True
        start, until = _modified_from(masked, hit.start), _modified_to(masked, end)
        plain = start == hit.start and until == end and not joined
        one = _Phrase(hit.name if plain else "", _label(masked[start:until]), start, until)
        found = _share_of(found, one, masked) or [*found, one]
        at += 1
    return _without_repeats(found, masked)


def _share_of(found: list[_Phrase], whole: _Phrase, masked: str) -> list[_Phrase]:
    """The phrases with one for a share of `whole` that stands before it: `wages as a % of net sales`."""
    shift = max(0, whole.start - 120)
    share = _SHARE_BEFORE.search(masked[shift : whole.start])
    if share is None:
        return []
    top = shift + _first_told(share)
    before = found[-1] if found and found[-1].end > top else None
    if before and before.metric and _SPENDING.fullmatch(masked, before.end, shift + share.end("top")):
        label = f"{before.label} as a percent of {whole.label}"
    else:
        label = _label(masked[min(top, before.start if before else top) : whole.end])
    return [*(one for one in found if one is not before), _Phrase("", label, top, whole.end)]


def _conditioned(label: str, condition: str) -> str:
    return label if condition in label else f"{label} {condition}"


def _label(text: str) -> str:
    return " ".join(text.replace(MASK, " ").replace(MASKED_PERIOD, " ").split())


def _first_told(share: re.Match[str]) -> int:
    """Where the part of a share begins, behind words that belong to the sentence only."""
    words = list(re.finditer(r"\S+", share["top"]))
    told = next((at + 1 for at in reversed(range(len(words))) if words[at][0].lower() in BOUNDARY), 0)
    return share.start("top") + (words[told].start() if told < len(words) else 0)


def _without_repeats(found: Sequence[_Phrase], masked: str) -> Sequence[_Phrase]:
    """Phrases less abbreviations in brackets of the one before: `return on assets (ROA)`."""
    kept: list[_Phrase] = []
    for one in found:
        before = kept[-1] if kept else None
        bracketed = masked[: one.start].rstrip().endswith("(") and masked[one.end :].lstrip().startswith(")")
        if not (before and bracketed):
            kept.append(one)
    return kept


def _without_parts(found: Sequence[_Phrase], text: str) -> Sequence[_Phrase]:
    """Phrases less those that only say what a metric, named in another sentence, is made of."""
    ratios = [one for one in found if metric(one.metric)]
    kept = []
    for one in found:
        apart = [
            other
            for other in ratios
            if re.search(r"[.?!;]\s", text[min(one.end, other.end) : max(one.start, other.start)])
        ]
        if not any(
            one.metric in names(parse(known.formula)) for other in apart if (known := metric(other.metric))
        ):
            kept.append(one)
    return kept


def _modified_from(text: str, start: int) -> int:
    """Where a noun phrase begins that ends in what stands at `start`: its modifiers belong to it."""
    left = list(_TOKEN.finditer(text[max(0, start - 120) : start]))
    shift = max(0, start - 120)
    begins = start
    for count, token in enumerate(reversed(left)):
        word = token[0].lower().rstrip("'’").removesuffix("'s").removesuffix("’s")
        if count >= _MOST_MODIFIERS or word in BOUNDARY or not (word[:1].isalpha() or word[:1] == "&"):
            break
        if word not in NEUTRAL:
            begins = shift + token.start()
    return begins


def _modified_to(text: str, end: int) -> int:
    """Where it ends: words that say of which part it is belong to it."""
    after = _AFTER.match(text, end)
    if not after:
        plain = _NEXT_WORD.match(text, end)
        word = plain[1].lower() if plain else ""
        tells = bool(plain) and word not in PASSED_OVER and not word.endswith(("ed", "ing", "ly"))
        return plain.end() if plain and tells else end
    word = after["word"].lower().rstrip("'’").removesuffix("'s")
    if word in AFTER_FINE or word in BOUNDARY or word.isdigit():
        return end
    return after.end("next") if after["next"] and after["next"].lower() not in BOUNDARY else after.end("word")


# --- definitions --------------------------------------------------------------------------------------


def _definition(masked: str, definitions: str) -> str:
    if found := _IN_OTHER_WORDS.search(masked):
        return " ".join(found["formula"].split())
    if found := _NUMERATOR.search(masked):
        top, bottom = (found[part].replace(MASKED_PERIOD, "").strip() for part in ("top", "bottom"))
        return f"{' '.join(top.split())} / {' '.join(bottom.split())}"
    found = _DEFINED.search(definitions)
    if not found:
        return ""
    return next(part for part in found.groups() if part).strip().rstrip(".")
