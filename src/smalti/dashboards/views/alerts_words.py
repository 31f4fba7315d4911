"""Alerts and rules in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.parts import numbers
from smalti.platform import words as names

SEVERITIES = ("high", "medium", "low")
UNITS = {
    "risk": "annualised volatility, % a year",
    "fraud": "probability of misstated annual figures, %",
    "sentiment": "from −1 (bad) to +1 (good)",
}
_SHORT = {"risk": "% a year", "fraud": "% probability", "sentiment": "−1 to +1"}
VERDICTS = {"right": "Right", "wrong": "Wrong", "unclear": "Unsure"}
KINDS = {
    "level": "A score passes a level",
    "change": "A score moves",
    "percentile": "A score stands high or low among others",
    "contradiction": "A new contradiction is found",
    "stale source": "A source stays silent",
    "stale evidence": "A score lacks evidence of one kind",
}
"""The conditions the service knows, as people call them."""


def moment(told: str | None) -> datetime | None:
    """A moment of an answer."""
    return datetime.fromisoformat(told) if told else None


def moments(label: str) -> Any:
    """A column of moments in a table."""
    return st.column_config.DatetimeColumn(label, timezone="UTC", format="D MMM YYYY, HH:mm")


def series(kind: str, horizon_days: int) -> str:
    """`Risk over 30 trading days`, `Fraud probability`; what it is of a source."""
    if not kind:
        return "Pulls of a source"
    name = "Risk" if kind == names.RISK else names.signal_name(kind, horizon_days)
    return f"{name} over {horizon_days} trading days" if horizon_days else name


def moved(alert: Mapping[str, Any], *, short: bool = False) -> str:
    """An alert's values before and after, with their unit: `31.0% → 41.2% (annualised volatility, …)`."""
    kind, before, after = alert["kind"], alert["before"], alert["after"]
    if after is None:
        return ""
    if not kind:
        return f"{after:,.0f} hours without a pull"
    if "." in kind and before is None:
        return f"strength {after:.2f} of 1"
    unit = (_SHORT if short else UNITS).get(kind, "")
    now = numbers.score(kind, after)
    text = now if before is None else f"{numbers.score(kind, before)} → {now}"
    return f"{text} ({unit})" if unit else text


def times(count: int) -> str:
    """How often a condition was met."""
    return {1: "met once", 2: "met twice"}.get(count, f"met {count:,} times")


def condition(told: Json) -> str:
    """A rule's condition as a sentence."""
    kind = told["when"]
    if kind == "stale source":
        whose = f"source “{told['source']}”" if told["source"] else "any source that is not paused"
        return f"{whose} was not pulled well for {told['hours']:g} hours"
    if kind == "contradiction":
        check = series(told["check"], 0).lower() if told["check"] else "any check"
        return f"{check} finds a new contradiction of strength {told['strength']:g} or more"
    name = series(told["signal"], told["horizon"] or 0)
    if kind == "level":
        sure = ", and so is the near end of its interval" if told["sure"] else ""
        return f"{name} is {_side(told, lambda value: numbers.score(told['signal'], value))}{sure}"
    if kind == "change":
        verb = {"up": "rises", "down": "falls", "either": "moves"}[told["direction"]]
        size = f"{told['by']:.0%} of where it was" if told["relative"] else _size(told["signal"], told["by"])
        return f"{name} {verb} by {size} within {told['days']} days"
    if kind == "percentile":
        among = "the model's reference" if told["of"] == "reference" else "its own history"
        return f"{name} stands {_side(told, lambda value: f'percentile {value:g}')} of {among}"
    lack = {"stale": "out of date", "missing": "missing", "either": "missing or out of date"}
    return f"{modality(told['modality'])} is {lack[told['state']]} behind {name[:1].lower()}{name[1:]}"


def modality(told: str) -> str:
    """An input, or a kind of inputs: `Call words`."""
    return names.capital(names.INPUTS.get(told) or names.modality(told))


def _side(told: Json, shown: Any) -> str:
    return f"above {shown(told['above'])}" if told["above"] is not None else f"below {shown(told['below'])}"


def _size(signal: str, by: float) -> str:
    return f"{by * 100:g} percentage points" if signal in numbers.POINTS else f"{by:g}"


def precision(told: Json | None) -> str:
    """How right people found a rule's alerts: `2 of 3 right, 67% (95% interval 21% to 94%)`."""
    if told is None or told["right"] + told["wrong"] + told["unclear"] == 0:
        return "no verdicts yet"
    unsure = f"; {told['unclear']} unsure" if told["unclear"] else ""
    judged = told["right"] + told["wrong"]
    if not judged:
        return f"nobody said right or wrong{unsure}"
    share = f"{told['precision']:.0%} (95% interval {told['low']:.0%} to {told['high']:.0%})"
    return f"{told['right']} of {judged} right, {share}{unsure}"


def state(rule: Json) -> str:
    """Whether a rule is on; a draft was never back-tested as it stands."""
    if rule["enabled"]:
        return "On"
    return "Off" if rule["backtested"] else "Draft"


def where(alert: Mapping[str, Any]) -> str:
    """Who sees to an alert, and what was said of it."""
    parts = ["open" if alert["state"] == "new" else "acknowledged"]
    if alert["assignee"]:
        parts.append(f"with {alert['assignee']}")
    if alert["verdict"]:
        parts.append(f"judged {VERDICTS[alert['verdict']].lower()}")
    return ", ".join(parts)


def recipient(told: Json) -> str:
    """How somebody wants to be told."""
    quiet = f"quiet {told['quiet']} ({told['zone']})" if told["quiet"] else f"no quiet hours ({told['zone']})"
    count = len(told["channels"])
    channels = f"{count} channel{'' if count == 1 else 's'}" if count else "no channel yet"
    limits = f"{told['budget']} alerts a day at most, {told['least']} severity or more"
    return f"{told['name']}: {channels}, {quiet}, {limits}"
