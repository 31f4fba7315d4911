"""What the score that is looked at was made without, how much that would matter, and what would bring it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views.issuer_asked import Subject, details
from smalti.platform import words

_SCHEMA: dict[str, Any] = dict.fromkeys(
    ("input", "state", "worth", "brings", "pair"), pl.String
) | dict.fromkeys(
    ("age_days", "error_shrinks_by", "error_low", "error_high", "interval_shrinks_by"), pl.Float64
)
_USED, _STALE, _MISSING, _UNTRAINED = "used", "too old", "missing", "never learned from"
_BRINGS: Mapping[str, str] = {
    "price": "a source of daily prices",
    "call": "a source of earnings calls, or a recording uploaded",
    "filing": "a source of filings, or a filing uploaded",
    "news": "a source of news",
    "social": "a source of posts",
}


def show(page: Page, about: Subject) -> None:
    """What is missing of the signal that is looked at."""
    st.header("What is missing", anchor="missing")
    if about.chosen is None or "." in about.kind:
        main = next((kind for kind in words.MAIN if about.of(kind, 30 if kind == words.RISK else 0)), None)
        states.empty(
            "Ratios and checks are computed by rule, from what they cite.",
            "Choose one of the three scores above to see what it does without." if main else "",
        )
        return
    every = pl.DataFrame(list(_rows(about.chosen)), schema=_SCHEMA)
    frame = every.filter(pl.col("state") != _UNTRAINED)
    lacking = frame.filter(pl.col("state").is_in([_STALE, _MISSING]))
    st.markdown(_told(about, frame, lacking))
    columns: dict[str, Any] = {
        "input": "Input",
        "state": "State",
        "age_days": st.column_config.NumberColumn("Age of newest", format="%.0f days"),
    }
    if lacking.height:
        columns["worth"] = st.column_config.TextColumn("What it would bring", width="large")
        columns["brings"] = "What would bring it"
    table(
        frame,
        "missing",
        columns=columns,
        alt=f"What the score was made from and without: {frame.height} inputs.",
    )
    untrained = every.filter(pl.col("state") == _UNTRAINED)["input"].to_list()
    if untrained:
        told = "There too, but never learned from for want of labels, so they cannot move it"
        st.caption(f"{told}: {words.listed(untrained)}.")
    for told, count in details(about.chosen).get("not_read", {}).items():
        st.caption(f"Not read: {words.counted(count, 'piece')}, {plain(str(told))}.")
    if lacking.height:
        if page.who.may("analyst"):
            place.link("Add a source, or upload a document", "sources", icon=":material/sync_alt:")
        else:
            states.needs("analyst", "Adding a source")


def _told(about: Subject, frame: pl.DataFrame, lacking: pl.DataFrame) -> str:
    name = words.signal_name(about.kind, about.horizon)
    used = frame.filter(pl.col("state") == _USED).height
    asked = used + lacking.height
    if not lacking.height:
        every = "the one input" if asked == 1 else f"all {asked} inputs"
        return f"{name} was made from {every} it is learned from."
    helps = [f"{row['input']} ({row['worth']})" for row in lacking.iter_rows(named=True) if row["worth"]]
    told = f"{name} was made from {used} of the {asked} inputs it is learned from."
    return f"{told} Missing: {words.listed(helps)}."


def _rows(chosen: Json) -> Iterator[dict[str, Any]]:
    told = details(chosen)
    gains = {gain["pair"]: gain for gain in told.get("doubt", {}).get("gains", ())}
    ages = told.get("ages_days", {})
    states_of = ((_STALE, "stale"), (_MISSING, "missing"), (_USED, "used"), (_UNTRAINED, "not_trained"))
    for state, key in states_of:
        for pair in chosen[key]:
            gain = gains.get(pair, {})
            lacking = state in (_STALE, _MISSING)
            yield {
                "input": words.INPUTS.get(pair, pair),
                "state": state,
                "age_days": ages.get(pair),
                "worth": worth(gain) if lacking else "",
                "brings": _BRINGS.get(pair.partition("@")[2], "") if lacking else "",
                "pair": pair,
                **{name: gain.get(name) for name in _SCHEMA if name.endswith(("_by", "_low", "_high"))},
            }


def worth(gain: Mapping[str, Any]) -> str:
    """What a missing input would be expected to bring, as measured on held-out cases."""
    verdict = gain.get("verdict")
    if verdict == "would give a score":
        return "it would give a score"
    error, low, high = (gain.get(name) for name in ("error_shrinks_by", "error_low", "error_high"))
    if verdict in (None, "not measured") or error is None or low is None or high is None:
        return "not measured"
    told = f"{abs(error):.0%} {'less' if error >= 0 else 'more'} error (95% interval {low:.0%} to {high:.0%})"
    shrinks = gain.get("interval_shrinks_by")
    if shrinks is not None:
        told += f", an interval {abs(shrinks):.0%} {'narrower' if shrinks >= 0 else 'wider'}"
    return f"{verdict}: {told}".replace("-", "−")
