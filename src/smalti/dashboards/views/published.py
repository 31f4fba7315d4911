"""What customers see: the newest scores of issuers, and reports, that analysts have published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import session
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views.alerts_words import moment
from smalti.platform import words

_MOST = 500
_SCORES = ("risk", "fraud", "sentiment")
_MEANS = {
    "risk": "how much the price is expected to swing, as a yearly rate; not which way it goes",
    "fraud": "how like the latest annual figures are to misstated ones of the past; not an accusation",
    "sentiment": "the tone of what was published, from −1 (bad) to +1 (good)",
}


def show(page: Page) -> None:
    """Show what is published; `?issuer=ID` opens one."""
    st.title("Published")
    st.caption("What the analysts of this service have published: their newest scores and reports.")
    with states.told():
        _issuers(page)
    with states.told():
        _reports(page)


def _issuers(page: Page) -> None:
    st.header("Issuers", anchor=False)
    issuers = {one["issuer_id"]: one for one in islice(page.smalti.published_issuers(), _MOST)}
    if not issuers:
        states.empty("No issuer is published yet.", "It will stand here as soon as an analyst publishes one.")
        return
    asked = st.query_params.get("issuer")
    chosen = st.selectbox(
        "Issuer", list(issuers), index=list(issuers).index(asked) if asked in issuers else 0,
        format_func=lambda one: issuers[one]["name"], key="published-issuer", on_change=_chosen,
    )  # fmt: skip
    _issuer(page, issuers[chosen])


def _chosen() -> None:
    st.query_params["issuer"] = st.session_state["published-issuer"]


def _issuer(page: Page, issuer: Json) -> None:
    if issuer["synthetic"]:
        states.synthetic()
    st.subheader(plain(issuer["name"]), anchor=False)
    signals = page.smalti.published_signals(issuer["issuer_id"])["items"]
    scores = [one for kind in _SCORES for one in signals if one["kind"] == kind]
    if not scores:
        states.empty("There is no score of this issuer yet.")
    for kind in _SCORES:
        if mine := [one for one in scores if one["kind"] == kind]:
            _kind(kind, mine, page.moment)


def _kind(kind: str, signals: list[Json], now: datetime) -> None:
    with st.container(gap="xsmall"):
        st.markdown(f"**{kind.capitalize()}**: {_MEANS[kind]}.")
        told: dict[str, list[int]] = {}
        for one in sorted(signals, key=lambda signal: signal["horizon_days"]):
            told.setdefault(_told(kind, one, now), []).append(one["horizon_days"])
        for said, horizons in told.items():  # what holds of several horizons is said once
            over = words.listed([str(days) for days in horizons if days])
            text = f"Over {over} trading days: {said}" if over else words.capital(said)
            st.markdown(plain(text, 600))


def _told(kind: str, signal: Mapping[str, Any], now: datetime) -> str:
    as_of = moment(signal["as_of"])
    assert as_of is not None
    at = f"as of {numbers.when(as_of)}, {numbers.age(as_of, now)} ago"
    if signal["value"] is None:
        why = words.reason(signal["reason"] or "")
        because = f": {why[:1].lower()}{why[1:]}" if why else ""
        return f"withheld {at}{because}."
    parts = [numbers.score(kind, signal["value"]) + (" a year" if kind == "risk" else "")]
    if between := numbers.interval(kind, signal["low"], signal["high"]):
        parts.append(f"likely between {between.replace(' to ', ' and ')}")
    if signal["percentile"] is not None:
        parts.append(f"higher than {signal['percentile']:.0f} of 100 cases the model knows")
    if signal["in_sample"]:
        parts.append("no forecast: the model has seen the outcome")
    lacks = [*signal["missing"], *signal["stale"]]
    without = f" It did without {words.inputs(lacks)}." if lacks else ""
    return f"{', '.join(parts)}; {at}.{without}"


def _reports(page: Page) -> None:
    st.header("Reports", anchor=False)
    reports = list(islice(page.smalti.published_reports(), _MOST))
    if not reports:
        states.empty("No report is published yet.", "It will stand here as soon as an analyst publishes one.")
    for one in reports:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{plain(one['title'])}**")
            st.markdown(plain(one["headline"], 400))
            if one["synthetic"]:
                st.caption(":material/science: Synthetic data: a made-up company, not a real one.")
            st.caption(f"{numbers.when(moment(one['since']))} to {numbers.when(moment(one['as_of']))}")
            st.link_button(
                "PDF", f"{session.public_address()}/v1/published/reports/{one['report_id']}/pdf",
                icon=":material/download:", help="Download this report as PDF", key=f"pdf-{one['report_id']}",
            )  # fmt: skip
