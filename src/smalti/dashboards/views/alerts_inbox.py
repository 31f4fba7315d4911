"""The inbox: alerts, those still open first, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, whom
from smalti.dashboards.parts.here import here, until
from smalti.dashboards.parts.tables import exports
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import alerts_words as words

_A_PAGE = 25
_STATES = {"new": "Open", "acknowledged": "Acknowledged", "all": "All"}
_AT = "alerts-at"
"""The cursors of the pages before this one, and what they are pages of."""


def show(page: Page) -> None:
    """Show the inbox."""
    wanted = _wanted(page)
    now = datetime.fromisoformat(page.edition["now"])
    at = st.session_state.get(_AT, ((), wanted))
    before = at[0] if at[1] == wanted else ()
    found, after = page.smalti.alert_page(_A_PAGE, before[-1] if before else None, **wanted)
    if not found.height:
        _nothing(wanted)
        return
    if found["synthetic"].any():
        states.synthetic()
    for alert in found.iter_rows(named=True):
        _row(alert, now)
    _turning(before, after, wanted)
    exports(found, "alerts")


def _wanted(page: Page) -> dict[str, Any]:
    """What the filters say, as the service is asked for it."""
    rules = {one["rule_id"]: one["rule"]["name"] for one in page.smalti.rules()}
    first, second, third, fourth, last = st.columns(5, vertical_alignment="bottom")
    with first:
        state = st.selectbox("State", list(_STATES), format_func=_STATES.__getitem__, key="alerts-state")
    with second:
        severity = st.selectbox(
            "Severity",
            words.SEVERITIES,
            index=None,
            format_func=str.capitalize,
            key="alerts-severity",
            placeholder="All",
        )
    with third:
        rule = st.selectbox(
            "Rule",
            list(rules),
            index=None,
            format_func=lambda one: rules.get(one, one),
            key="alerts-rule",
            placeholder="All rules",
        )
    with fourth:
        issuer = whom.one_issuer(page, "Issuer", "alerts-issuer")
    with last:
        mine = st.checkbox("Given to me", key="alerts-mine")
    return {
        "state": None if state == "all" else state,
        "severity": severity,
        "rule": rule,
        "issuer": issuer,
        "assignee": page.who.name if mine else None,
        "until": until(page, "alerts about signals"),
    }


def _row(alert: Mapping[str, Any], now: datetime) -> None:
    with st.container(gap=None):
        here(
            f"**{plain(alert['subject'], 80)}** · {plain(alert['reason'], 200)}",
            f"alert-{alert['alert_id']}",
            icon=":material/priority_high:" if alert["severity"] == "high" else ":material/notifications:",
            alert=alert["alert_id"],
        )
        told = [
            f"**{alert['severity'].capitalize()} severity**",
            plain(words.moved(alert, short=True)),
            f"as of {numbers.when(alert['as_of'])}",
            f"raised {numbers.age(alert['raised_at'], now)} ago",
            words.times(alert["count"]),
            f"rule {plain(alert['rule'], 60)}" if alert["rule"] else "",
            plain(words.where(alert)),
        ]
        st.caption(" · ".join(one for one in told if one))


def _turning(before: tuple[str, ...], after: str | None, wanted: dict[str, Any]) -> None:
    if not before and after is None:
        return

    def turn(cursors: tuple[str, ...]) -> None:
        st.session_state[_AT] = (cursors, wanted)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Newer", disabled=not before, on_click=turn, args=(before[:-1],), key="alerts-newer")
        st.caption(f"Page {len(before) + 1}")
        older = (*before, after) if after else before
        st.button("Older", disabled=after is None, on_click=turn, args=(older,), key="alerts-older")


def _nothing(wanted: Mapping[str, Any]) -> None:
    narrow = any(value for name, value in wanted.items() if name not in ("state", "until"))
    if narrow or wanted["state"] == "acknowledged":
        states.empty("No alert is like that.", "Take a filter away to see more.")
        return
    states.empty(
        "No open alerts." if wanted["state"] else "No alert has been raised yet.",
        "Alerts come from rules that are switched on: see the tab Rules.",
    )
