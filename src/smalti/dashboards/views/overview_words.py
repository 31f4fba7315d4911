"""How the overview says what moved, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from smalti.client.base import Json
from smalti.dashboards.parts import numbers
from smalti.platform import words as names

SCORES: Mapping[str, str] = {
    "risk": "Risk, 30 trading days",
    "fraud": "Fraud",
    "sentiment": "Sentiment",
    "fraud.contradiction": "Contradictions",
}
"""What the overview shows, and what it is called there."""

UNITS: Mapping[str, str] = {
    "risk": "volatility, % a year",
    "fraud": "probability of misstatement",
    "sentiment": "−1 (bad) to +1 (good)",
    "fraud.contradiction": "0 (none) to 1",
}
"""In what each is measured, in as few words as stand above a column."""

SHORT: Mapping[str, str] = {**SCORES, "risk": "Risk"}
GOOD_UP = ("sentiment",)
"""Of the others, more is worse."""

_LONG = timedelta(days=4)
"""So far apart are two days of trading around a holiday, and no further."""
_FORMS = {"news": "News", "social": "Post", "call": "Call", "filing": "Filing", "price": "Prices"}
_NOTHING = {
    "not scored since": "not scored since",
    "not scored before": "first score",
    "withheld": "",
    "withheld before": "withheld before",
    "withheld since": "withheld since",
    "another model": "another model before",
}


def moment(told: str | None) -> datetime | None:
    """A moment of the API."""
    return datetime.fromisoformat(told) if told else None


def arrows(cell: Json) -> str:
    """Direction and size of a change without a number: `▲`, `▼▼`; a small one is `△` or `▽`."""
    if cell["change"] is None:
        return ""
    up = cell["change"] > 0
    size = weight(cell)
    return ("▲" if up else "▼") * size if size else "△" if up else "▽"


def weight(cell: Json) -> int:
    """0 to 3: how large a change is among those of its kind."""
    steps: float = cell["steps"] if cell["change"] is not None else 0.0
    return sum(steps >= least for least in (0.1, 0.5, 1.5))


def worse(cell: Json) -> bool | None:
    """Whether a change is for the worse; None where nothing changed that can be seen."""
    if not weight(cell):
        return None
    return bool((cell["change"] > 0) != (cell["kind"] in GOOD_UP))


def change(cell: Json) -> str:
    """`▲▲ +2.1 pp`, or why there is nothing to compare."""
    if cell["change"] is None:
        return _NOTHING[cell["compared"]]
    told = numbers.moved(cell["kind"], cell["change"])
    shows = any(digit in "123456789" for digit in told)
    return f"{arrows(cell)} {told}" if shows else "unchanged"


def course(cell: Json) -> str:
    """`34.0% → 32.2% (−1.8 pp)`, or `43.9% → withheld`."""
    kind = cell["kind"]
    both = f"{numbers.score(kind, cell['before_value'])} → {numbers.score(kind, cell['value'])}"
    return f"{both} ({numbers.moved(kind, cell['change'])})" if cell["change"] is not None else both


def since(cell: Json, asked: datetime) -> str:
    """` since 15 May 2026` where the earlier scoring lies long before the moment asked for; else nothing."""
    before = moment(cell["before_as_of"])
    return f" since {numbers.day(before)}" if before is not None and asked - before > _LONG else ""


def because(move: Json) -> str:
    """Why a score moved, in one line; what is new says so."""
    cell, reason = move["cell"], move["because"]
    if cell["compared"] == "withheld since":
        return f"Withheld since: {names.reason(cell['reason'] or 'no reason is stored')}"
    if reason is None:
        return "No single document bears a fifth of it."
    amount = numbers.moved(cell["kind"], reason["amount"])
    if reason["finding"]:
        said = {"new": "New", "gone": "No longer found"}.get(reason["cause"], "Found")
        return f"{said}, {amount}: {reason['finding']}"
    if reason["source"] == "price":
        return f"Its prices since {numbers.day(moment(cell['before_as_of']))}: {amount}"
    does = {"new": "is new", "gone": "no longer counts", "weighs otherwise": "weighs otherwise than before"}
    return f"{_document(reason)} {does[reason['cause']]}: {amount}"


def _document(reason: Mapping[str, Any]) -> str:
    """`10-K of 14 May 2026, p. 37`, `News of 12 May 2026, “Lenders agree …”`."""
    what = reason["form"] or _FORMS.get(reason["source"], reason["source"])
    told = f"{what} of {numbers.day(moment(reason['available_at']))}"
    if reason["source"] == "filing":
        # Of a filing people look up the page; of a text that was cut into letters there is none.
        return f"{told}, {reason['where']}" if reason["where"].startswith(("p. ", "table")) else told
    title = reason["title"] if len(reason["title"]) <= 70 else f"{reason['title'][:69]}…"
    return f"{told}, “{title}”"
