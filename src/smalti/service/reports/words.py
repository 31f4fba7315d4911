"""Numbers and names as a report tells them: plain words by rule, no language model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from smalti.platform import words as names
from smalti.platform.words import (
    FRAUD,
    INPUTS,
    RISK,
    SENTIMENT,
    capital,
    check,
    counted,
    inputs,
    listed,
    modality,
    ordinal,
)
from smalti.service.views import SignalChange, SignalView

__all__ = [
    "FRAUD",
    "INPUTS",
    "RISK",
    "SENTIMENT",
    "capital",
    "check",
    "clean",
    "counted",
    "day",
    "inputs",
    "interval",
    "level",
    "listed",
    "modality",
    "moment",
    "mood",
    "moved",
    "number",
    "ordinal",
    "reason",
    "shown",
    "signal",
    "signal_name",
    "signals",
]

_POINTS = (RISK, FRAUD)

_LEVELS = ((90, "very high"), (75, "high"), (25, "middling"), (10, "low"), (0, "very low"))
_MOOD = 0.15
"""A sentiment nearer to zero than this is called neutral."""
_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def clean(text: str, letters: int = 400) -> str:
    """Text of a document as it may stand in a report: on one line, without what hides or reorders, cut short.

    Lone surrogates become U+FFFD, so that every text can be written as UTF-8.
    """
    sound = text[: letters * 8].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    flat = " ".join(_HIDDEN.sub("", unicodedata.normalize("NFC", sound)).split())
    return flat if len(flat) <= letters else flat[: letters - 1].rstrip() + "…"


def signal(s: SignalView | SignalChange) -> str:
    """A signal's name: `Risk, 30 days`, `Fraud probability`, or its check's."""
    return signal_name(s.kind, s.horizon_days)


def signals(found: Sequence[SignalView | SignalChange]) -> str:
    """Names of several signals, the horizons of risk together: `Risk at 7 and 15 days and Sentiment`."""
    days = [str(s.horizon_days) for s in found if s.kind == RISK]
    others = [signal(s) for s in found if s.kind != RISK]
    return listed([f"Risk at {listed(days)} days", *others] if days else others)


def signal_name(kind: str, horizon_days: int) -> str:
    """The name of a kind of signal within a sentence: `Risk, 30 days`, or its check's in small letters."""
    return check(kind) if "." in kind else names.signal_name(kind, horizon_days)


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
    return clean(names.reason(text), 300)


def day(moment: datetime) -> str:
    """`15 May 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def moment(at: datetime) -> str:
    """`15 May 2026, 23:59 UTC`."""
    return f"{day(at)}, {at:%H:%M} UTC"
