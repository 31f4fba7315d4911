"""Whom to hold an issuer against, and by which rule they were chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views.issuer_asked import Subject
from smalti.platform import words

_COLUMNS: Mapping[str, tuple[str, str]] = {
    words.RISK: ("risk", "Risk, 30 days"),
    words.FRAUD: ("fraud", "Fraud probability"),
    words.SENTIMENT: ("sentiment", "Sentiment"),
    words.CONTRADICTION: ("index", "Contradiction index"),
}


def show(page: Page, about: Subject) -> None:
    """Scores of peers side by side, each leading to what drives it."""
    st.header("Peers", anchor="peers")
    told = page.smalti.peers(about.issuer_id, page.as_of, place.get("watchlist"))
    others = told["items"][1:]
    if not others:
        states.empty("No other issuer is scored by this moment.", "Peers appear as soon as there is one.")
        return
    st.markdown(_rule(told, len(others)))
    rows = [_row(one, own=one["issuer_id"] == about.issuer_id) for one in told["items"]]
    schema = dict.fromkeys(rows[0], pl.String)
    columns: dict[str, Any] = {"issuer": "Issuer"}
    leads: dict[str, Any] = {
        "issuer": ("issuer", {"issuer": "issuer_id"}),
        "compare": ("compare", {"with": "with"}),
    }
    for name, label in _COLUMNS.values():
        columns[name] = label
        leads[name] = ("issuer", {"signal": f"{name}_id"})
    table(
        pl.DataFrame(rows, schema=schema),
        "peers",
        columns=columns | {"compare": ""},
        leads=leads,
        alt=f"Scores of {plain(about.issuer['name'])} beside those of {words.counted(len(others), 'other')}.",
    )


def _rule(told: Json, shown: int) -> str:
    most = f" The first {shown} of {told['of']:,} by name are shown." if told["of"] > shown else ""
    if told["rule"] == "watchlist":
        return f"The others on the watchlist **{plain(told['name'], 120)}**.{most}"
    return (
        "All other issuers that are scored: no watchlist has this one, and no industry is stored by which"
        f" peers could be chosen. Put it on a watchlist to choose them.{most}"
    )


def _row(one: Json, *, own: bool) -> dict[str, str | None]:
    scores = {score["kind"]: score for score in one["scores"]}
    row: dict[str, str | None] = {
        "issuer": one["issuer"] + (" (this one)" if own else ""),
        "issuer_id": one["issuer_id"],
        "with": None if own else one["issuer_id"],
        "compare": "" if own else "Compare",
    }
    for kind, (name, _) in _COLUMNS.items():
        score = scores.get(kind)
        row[name] = _told(kind, score) if score else "not scored"
        row[f"{name}_id"] = score["signal_id"] if score else None
    return row


def _told(kind: str, score: Mapping[str, Any]) -> str:
    said = numbers.score(kind, score["value"])
    if ranked := numbers.percentile(score["percentile"]):
        said += f" ({ranked})"
    return said + (", in-sample" if score["in_sample"] else "")
