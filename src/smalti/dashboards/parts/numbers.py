"""Numbers as people read them: with unit, interval, time zone and age."""

from __future__ import annotations

from datetime import datetime

POINTS = ("risk", "fraud")
"""Kinds told in percent; their differences are percentage points."""

UNITS = {
    "risk": "annualised volatility, % a year",
    "fraud": "probability that the latest annual figures are misstated, %",
    "sentiment": "from −1 (bad) to +1 (good)",
}
WITHHELD = "withheld"


def score(kind: str, value: float | None) -> str:
    """A signal's value: `24.1%`, `1.20%`, `+0.31`; sub-signals in their own unit."""
    if value is None:
        return WITHHELD
    if kind == "risk":
        return f"{value:.1%}"
    if kind == "fraud":
        return f"{value:.2%}"
    return f"{value:+.2f}" if kind == "sentiment" else f"{value:.3g}"


def moved(kind: str, difference: float | None) -> str:
    """A difference of two values: `+2.1 pp` (percentage points), `−0.10`."""
    if difference is None:
        return "–"
    text = f"{difference * 100:+.1f} pp" if kind in POINTS else f"{difference:+.2f}"
    return text.replace("-", "−")


def interval(kind: str, low: float | None, high: float | None) -> str:
    """`19.0% to 31.2%`, or nothing where there is none."""
    return f"{score(kind, low)} to {score(kind, high)}" if low is not None and high is not None else ""


def when(moment: datetime | None) -> str:
    """`15 May 2026, 14:03 UTC`."""
    return f"{moment:%-d %b %Y, %H:%M} UTC" if moment else "never"


def day(moment: datetime | None) -> str:
    """`15 May 2026` (UTC)."""
    return f"{moment:%-d %b %Y}" if moment else "never"


def age(moment: datetime, now: datetime) -> str:
    """How long ago: `3 min`, `5 h`, `192 days`."""
    seconds = max(0.0, (now - moment).total_seconds())
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 2 * 86400 else f"{seconds / 86400:.0f} days"
