"""The form of a rule: it offers what the service takes, in the units people read."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, whom
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import alerts_words as words
from smalti.platform import words as names

_SCOPES = {"all": "All issuers", "issuer": "One issuer", "watchlist": "A watchlist"}
_HORIZONS = (3, 7, 15, 30)
_MODALITIES = (*names.INPUTS, "voice", "text", "image")
_KINDS = (*names.MAIN, *names.CHECKS)
"""Scores, and the checks and ratios behind them."""
_STATES = {"stale": "is out of date", "missing": "is missing", "either": "is missing or out of date"}
_DIRECTIONS = {"up": "rises", "down": "falls", "either": "rises or falls"}
_LEVELS = {"risk": 40.0, "fraud": 5.0, "sentiment": -0.3}
"""What stands in the field of a level at first, in its unit."""
_MOST_RECIPIENTS = 200


def fields(page: Page, key: str, rule: Json | None) -> dict[str, Any]:
    """The fields of a rule, and the rule they say, as the service takes it.

    Args:
        page: asks.
        key: names the fields; what was typed stays under it.
        rule: what stands in them at first; a rule of high risk if None.
    """
    told = rule or {"name": "", "condition": {"when": "level"}, "severity": "medium"}
    first, second = st.columns([3, 1])
    name = first.text_input("Name", value=told["name"], max_chars=200, key=f"{key}-name")
    severity = second.selectbox(
        "Severity",
        words.SEVERITIES,
        index=words.SEVERITIES.index(told["severity"]),
        key=f"{key}-severity",
        format_func=str.capitalize,
        help="What is told first when not all can be.",
    )
    kinds = list(words.KINDS)
    when = st.selectbox(
        "Raise an alert when",
        kinds,
        index=kinds.index(told["condition"]["when"]),
        key=f"{key}-when",
        format_func=words.KINDS.__getitem__,
    )
    was = told["condition"] if told["condition"]["when"] == when else {}
    made: dict[str, Any] = {
        "name": name,
        "severity": severity,
        "condition": {"when": when} | _PARTS[when](page, key, was),
    }
    if when != "stale source":
        made |= _scope(page, key, told)
    return made | _telling(page, key, told)


def _scope(page: Page, key: str, told: Json) -> dict[str, Any]:
    before = "issuer" if told.get("issuer") else "watchlist" if told.get("watchlist") else "all"
    first, second = st.columns([1, 2], vertical_alignment="bottom")
    with first:
        scope = st.selectbox(
            "Of",
            list(_SCOPES),
            index=list(_SCOPES).index(before),
            key=f"{key}-scope",
            format_func=_SCOPES.__getitem__,
        )
    with second:
        if scope == "all":
            return {}
        listed = whom.issuers(page) if scope == "issuer" else whom.watchlists(page)
        known = list(listed)
        chosen = st.selectbox(
            _SCOPES[scope],
            known,
            index=known.index(told[scope]) if told.get(scope) in known else None,
            key=f"{key}-{scope}",
            format_func=lambda one: listed.get(one, one),
            accept_new_options=True,
            placeholder="Choose one, or type its name",
        )
    return {scope: chosen} if chosen else {}


def _telling(page: Page, key: str, told: Json) -> dict[str, Any]:
    people = {
        one["recipient"]["name"]: one["recipient"]
        for one in islice(page.smalti.each("recipients"), _MOST_RECIPIENTS)
    }
    already = list(told.get("notify", ()))
    first, second = st.columns([2, 1])
    notify = first.multiselect(
        "Tell",
        [*people, *(one for one in already if one not in people)],
        default=already,
        key=f"{key}-notify",
        placeholder="Nobody: it stands in the inbox",
        help="Their channels and quiet hours: see the tab Channels.",
    )
    window = second.number_input(
        "Same alert within (hours)",
        min_value=0.0,
        max_value=87_600.0,
        value=float(told.get("window_hours", 72.0)),
        step=12.0,
        key=f"{key}-window",
        help="What begins again within so many hours is counted, not told again.",
    )
    for one in notify:
        if one in people:
            st.caption(plain(words.recipient(people[one]), 300))
    return {"notify": notify, "window_hours": window}


def _signal(page: Page, key: str, was: Json) -> dict[str, Any]:
    before = was.get("signal", "risk")
    kinds = [*_KINDS, *([before] if before not in _KINDS else [])]
    first, second = st.columns(2)
    signal = first.selectbox(
        "Score",
        kinds,
        index=kinds.index(before),
        key=f"{key}-signal",
        format_func=lambda one: words.series(one, 0),
        help="A score, or one of the checks behind it.",
    )
    made: dict[str, Any] = {"signal": signal}
    if signal == "risk":
        choices = [None, *_HORIZONS]
        at = was.get("horizon", 30)
        choices = choices if at in choices else [*choices, at]
        made["horizon"] = second.selectbox(
            "Horizon",
            choices,
            index=choices.index(at),
            key=f"{key}-horizon",
            format_func=lambda days: f"{days} trading days" if days else "Each by itself",
        )
    return made


def _value(label: str, key: str, signal: str, value: float | None, first: float) -> float:
    """A field for a value of a signal: shares in percent."""
    share = signal in numbers.POINTS
    shown = first if value is None else value * 100 if share else value
    unit = words.UNITS.get(signal, "in its own unit")
    told = st.number_input(
        f"{label} ({unit})", value=float(shown), step=1.0 if share else 0.1, key=f"{key}-{signal}"
    )
    return round(told / 100, 10) if share else told


def _sided(key: str, was: Json) -> str:
    return (
        st.segmented_control(
            "Which side",
            ["above", "below"],
            default="below" if was.get("below") is not None else "above",
            key=f"{key}-side",
            format_func=str.capitalize,
            required=True,
        )
        or "above"
    )


def _level(page: Page, key: str, was: Json) -> dict[str, Any]:
    made = _signal(page, key, was)
    signal = made["signal"]
    first, second = st.columns([1, 2], vertical_alignment="bottom")
    with first:
        side = _sided(key, was)
    with second:
        before = was.get(side) if was.get("signal") == signal else None
        made[side] = _value("Level", f"{key}-level", signal, before, _LEVELS.get(signal, 0.5))
    made["sure"] = st.checkbox(
        "Only when the near end of its interval passes the level too",
        value=was.get("sure", False),
        key=f"{key}-sure",
    )
    return made


def _change(page: Page, key: str, was: Json) -> dict[str, Any]:
    made = _signal(page, key, was)
    signal = made["signal"]
    first, second, third = st.columns(3, vertical_alignment="bottom")
    ways = list(_DIRECTIONS)
    made["direction"] = first.selectbox(
        "It",
        ways,
        index=ways.index(was.get("direction", "up")),
        key=f"{key}-way",
        format_func=_DIRECTIONS.__getitem__,
    )
    points = signal in numbers.POINTS
    before = was.get("by") if was.get("signal") == signal else None
    shown = (before * 100 if points else before) if before is not None else 10.0 if points else 0.3
    by = second.number_input(
        "By (percentage points)" if points else "By (in its unit)",
        min_value=0.001,
        value=float(shown),
        step=1.0 if points else 0.1,
        key=f"{key}-by-{signal}",
    )
    made["by"] = round(by / 100, 10) if points else by
    made["days"] = int(
        third.number_input("Within (days)", 1, 3650, int(was.get("days", 7)), key=f"{key}-days")
    )
    return made


def _percentile(page: Page, key: str, was: Json) -> dict[str, Any]:
    made = _signal(page, key, was)
    first, second, third = st.columns(3, vertical_alignment="bottom")
    with first:
        side = _sided(key, was)
    made[side] = second.number_input(
        "Percentile", 0.0, 100.0, float(was.get(side) or 95.0), key=f"{key}-place"
    )
    among = {"reference": "The model's reference", "own": "The issuer's own history"}
    made["of"] = third.selectbox(
        "Among",
        list(among),
        index=list(among).index(was.get("of", "reference")),
        key=f"{key}-of",
        format_func=among.__getitem__,
        help="Its own history takes 20 earlier values at least.",
    )
    return made


def _contradiction(page: Page, key: str, was: Json) -> dict[str, Any]:
    checks = [None, *(kind for kind in names.CHECKS if kind != names.CONTRADICTION)]
    before = was.get("check")
    checks = checks if before in checks else [*checks, before]
    first, second = st.columns(2)
    check = first.selectbox(
        "Check",
        checks,
        index=checks.index(before),
        key=f"{key}-check",
        format_func=lambda one: words.series(one, 0) if one else "Any check",
    )
    strength = second.number_input(
        "Least strength (0 to 1)", 0.01, 1.0, float(was.get("strength", 0.5)), 0.05, key=f"{key}-strength"
    )
    return {"check": check, "strength": strength}


def _stale_source(page: Page, key: str, was: Json) -> dict[str, Any]:
    named = [None, *(one["name"] for one in islice(page.smalti.each("sources"), 500))]
    before = was.get("source")
    named = named if before in named else [*named, before]
    first, second = st.columns(2)
    source = first.selectbox(
        "Source",
        named,
        index=named.index(before),
        key=f"{key}-source",
        format_func=lambda one: one or "Any that is not paused",
    )
    hours = second.number_input(
        "Hours without a good pull", 1.0, 100_000.0, float(was.get("hours", 24.0)), 1.0, key=f"{key}-hours"
    )
    return {"source": source, "hours": hours}


def _stale_evidence(page: Page, key: str, was: Json) -> dict[str, Any]:
    before = was.get("modality", _MODALITIES[0])
    known = list(_MODALITIES if before in _MODALITIES else (*_MODALITIES, before))
    first, second = st.columns(2)
    modality = first.selectbox(
        "Evidence",
        known,
        index=known.index(before),
        key=f"{key}-modality",
        format_func=words.modality,
        help="Its kind, or kind and source.",
    )
    states = list(_STATES)
    state = second.selectbox(
        "That",
        states,
        index=states.index(was.get("state", "stale")),
        key=f"{key}-state",
        format_func=_STATES.__getitem__,
    )
    return {"modality": modality, "state": state} | _signal(page, key, was)


_PARTS: Mapping[str, Any] = {
    "level": _level,
    "change": _change,
    "percentile": _percentile,
    "contradiction": _contradiction,
    "stale source": _stale_source,
    "stale evidence": _stale_evidence,
}
"""The fields of each kind of condition, as the service takes them."""
