"""What scores, inputs and checks are called where people read of them: reports, pages, commands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from smalti.platform.records import SignalKind

RISK, FRAUD, SENTIMENT = (kind.value for kind in SignalKind)
CONTRADICTION = "fraud.contradiction"
MAIN = (RISK, FRAUD, SENTIMENT)

INPUTS: Mapping[str, str] = {
    "price@price": "prices",
    "text@call": "call words",
    "voice@call": "call voice",
    "fact@filing": "filed facts",
    "text@filing": "filing text",
    "image@filing": "filing pictures",
    "text@news": "news",
    "image@news": "news pictures",
    "text@social": "posts",
    "image@social": "post pictures",
}
"""Inputs (modality at source) as people call them."""

CHECKS: Mapping[str, str] = {
    "fraud.claim_against_fact": "claims against filed facts",
    "fraud.words_against_voice": "calm words in a tense voice",
    "fraud.evasive_answers": "questions left unanswered",
    "fraud.chart_against_table": "charts against tables",
    "fraud.filing_drift": "changes between filings",
    "fraud.crowd": "crowds of posts",
    "fraud.picture": "pictures",
    "fraud.contradiction": "contradiction index",
    "fraud.beneish_m": "Beneish M (earnings manipulation)",
    "fraud.dechow_f": "Dechow F (misstatement)",
    "fraud.sloan_accruals": "Sloan accruals",
    "fraud.benford": "Benford, first digits",
    "fraud.benford_two_digits": "Benford, two digits",
    "risk.altman_z": "Altman Z (distress)",
    "risk.piotroski_f": "Piotroski F (financial strength)",
}
"""Checks and ratios as people call them."""

MODALITIES: Mapping[str, str] = {
    "price": "prices",
    "text": "words",
    "voice": "voice",
    "fact": "filed facts",
    "image": "pictures",
}
SOURCES: Mapping[str, str] = {
    "filing": "filings",
    "news": "news",
    "social": "posts",
    "call": "calls",
    "price": "prices",
}

_INPUT = re.compile(r"\b(?:price|text|voice|fact|image)@[a-z]+\b")
_CAMEL = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")
_BEGINS = ("cannot compare: ", "not computable: ", "out of range: ", "too little known: ")


def signal_name(kind: str, horizon_days: int) -> str:
    """The name of a signal: `Risk, 30 days`, `Fraud probability`, `Sentiment`, or its check's."""
    if "." in kind:
        return capital(check(kind))
    names = {RISK: f"Risk, {horizon_days} days", FRAUD: "Fraud probability", SENTIMENT: "Sentiment"}
    return names.get(kind, kind)


def check(kind: str) -> str:
    """A check or ratio as people call it."""
    return CHECKS.get(kind, kind.partition(".")[2].replace("_", " ") or kind)


def modality(name: str) -> str:
    """A modality as people call it."""
    return MODALITIES.get(name, name)


def inputs(pairs: Sequence[str]) -> str:
    """`call words and prices`."""
    return listed([INPUTS.get(pair, pair) for pair in pairs])


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 document`, `3 documents`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def ordinal(value: float) -> str:
    """`84th`."""
    whole = round(value)
    ending = "th" if 10 <= whole % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"


def capital(text: str) -> str:
    """With its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]


def reason(text: str) -> str:
    """A stored reason in plain words: inputs by their names, without its kind in front.

    It may hold names of documents, so it still has to go through `plain`.
    """
    told = _INPUT.sub(lambda found: INPUTS.get(found[0], found[0]), text)
    told = _CAMEL.sub(lambda found: f" {found[0].lower()}", told)
    for begin in _BEGINS:
        told = told.removeprefix(begin)
    return capital(told)
