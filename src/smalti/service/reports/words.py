"""Numbers and names as a report tells them: plain words by rule, no language model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from smalti.platform.records import SignalKind
from smalti.service.views import SignalChange, SignalView

RISK, FRAUD, SENTIMENT = (kind.value for kind in SignalKind)
_POINTS = (RISK, FRAUD)

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
"""Inputs as people call them."""

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

_MODALITIES = {
    "price": "prices",
    "text": "words",
    "voice": "voice",
    "fact": "filed facts",
    "image": "pictures",
}
_LEVELS = ((90, "very high"), (75, "high"), (25, "middling"), (10, "low"), (0, "very low"))
_MOOD = 0.15
"""A sentiment nearer to zero than this is called neutral."""
_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_CAMEL = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")
_INPUT = re.compile(r"\b(?:price|text|voice|fact|image)@[a-z]+\b")


def clean(text: str, letters: int = 400) -> str:
    """Text of a document as it may stand in a report: on one line, without what hides or reorders, cut short.

    Lone surrogates become U+FFFD, so that every text can be written as UTF-8.
    """
    sound = text[: letters * 8].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    flat = " ".join(_HIDDEN.sub("", unicodedata.normalize("NFC", sound)).split())
    return flat if len(flat) <= letters else flat[: letters - 1].rstrip() + "…"


def inputs(pairs: Sequence[str]) -> str:
    """`call words and prices`."""
    return listed([INPUTS.get(pair, pair) for pair in pairs])


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 document`, `3 documents`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def modality(name: str) -> str:
    """A modality as people call it."""
    return _MODALITIES.get(name, name)


def check(kind: str) -> str:
    """A check as people call it."""
    return CHECKS.get(kind, kind.partition(".")[2].replace("_", " ") or kind)


def signal(s: SignalView | SignalChange) -> str:
    """A signal's name: `Risk, 30 days`, `Fraud probability`, or its check's."""
    return signal_name(s.kind, s.horizon_days)


def signals(found: Sequence[SignalView | SignalChange]) -> str:
    """Names of several signals, the horizons of risk together: `Risk at 7 and 15 days and Sentiment`."""
    days = [str(s.horizon_days) for s in found if s.kind == RISK]
    others = [signal(s) for s in found if s.kind != RISK]
    return listed([f"Risk at {listed(days)} days", *others] if days else others)


def signal_name(kind: str, horizon_days: int) -> str:
    """The name of a kind of signal: `Risk, 30 days`, `Fraud probability`, or its check's."""
    if "." in kind:
        return check(kind)
    return {RISK: f"Risk, {horizon_days} days", FRAUD: "Fraud probability", SENTIMENT: "Sentiment"}.get(
        kind, kind
    )


def number(kind: str, value: float | None) -> str:
    """A value in its unit with sensible digits: `26%`, `1.2%`, `+0.31`, `-2.70`; a dash for none."""
    if value is None:
        return "–"
    if kind == RISK:
        return f"{value:.0%}"
    if kind == FRAUD:
        return f"{value:.1%}"
    return f"{value:+.2f}" if kind == SENTIMENT else f"{value:.2f}"


def interval(s: SignalView) -> str:
    """`15% to 46%`; empty where there is none."""
    if s.low is None or s.high is None:
        return ""
    return f"{number(s.kind, s.low)} to {number(s.kind, s.high)}"


def moved(kind: str, amount: float) -> str:
    """A change in its unit: `+2.1 points`, `-0.12`."""
    if kind == RISK:
        return f"{amount * 100:+.1f} points"
    return f"{amount * 100:+.2f} points" if kind == FRAUD else f"{amount:+.2f}"


def shown(kind: str) -> float:
    """The least change of a kind of signal that does not round to nothing."""
    return {RISK: 0.0005, FRAUD: 0.00005}.get(kind, 0.005)


def level(percentile: float) -> str:
    """`high`, by where a score lies among those the model learned from."""
    return next(name for least, name in _LEVELS if percentile >= least)


def mood(value: float) -> str:
    """`positive`, `negative` or `neutral`."""
    return "neutral" if abs(value) < _MOOD else "positive" if value > 0 else "negative"


def reason(text: str) -> str:
    """A stored reason in plain words: inputs by their names, without its kind in front."""
    plain = _INPUT.sub(lambda found: INPUTS.get(found[0], found[0]), text)
    plain = _CAMEL.sub(lambda found: f" {found[0].lower()}", plain)
    for prefix in ("cannot compare: ", "not computable: ", "out of range: ", "too little known: "):
        plain = plain.removeprefix(prefix)
    return clean(plain[:1].upper() + plain[1:], 300)


def capital(text: str) -> str:
    """With its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]


def day(moment: datetime) -> str:
    """`15 May 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def moment(at: datetime) -> str:
    """`15 May 2026, 23:59 UTC`."""
    return f"{day(at)}, {at:%H:%M} UTC"


def ordinal(value: float) -> str:
    """`84th`."""
    whole = round(value)
    ending = "th" if 10 <= whole % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"
