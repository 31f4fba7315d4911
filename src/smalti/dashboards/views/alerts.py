"""The alerts page: what was raised, the rules that raise it, and where it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.views import alerts_alert, alerts_channels, alerts_inbox, alerts_rule, alerts_rules

_TABS = {"inbox": "Inbox", "rules": "Rules", "channels": "Channels"}
_KEY = "alerts-tab"


def show(page: Page) -> None:
    """Show the page: `?alert=ID`, `?rule=ID` (`new` for one to be made), or `?tab=`."""
    st.title("Alerts")
    st.session_state[_KEY] = _TABS[_tab()]
    parts: Mapping[str, Callable[[Page], None]] = {
        "Inbox": _inbox,
        "Rules": _rules,
        "Channels": alerts_channels.show,
    }
    for name, tab in zip(parts, st.tabs(list(parts), key=_KEY, on_change=_turned), strict=True):
        if tab.open:
            with tab, states.told():
                parts[name](page)


def _tab() -> str:
    if place.get("rule"):
        return "rules"
    asked = place.get("tab") or ""
    return asked if asked in _TABS and not place.get("alert") else "inbox"


def _turned() -> None:
    chosen = next(name for name, label in _TABS.items() if label == st.session_state[_KEY])
    place.put(tab=None if chosen == "inbox" else chosen, alert=None, rule=None)


def _inbox(page: Page) -> None:
    if alert := place.get("alert"):
        alerts_alert.show(page, alert)
    else:
        alerts_inbox.show(page)


def _rules(page: Page) -> None:
    alerts_rule.said()
    if rule := place.get("rule"):
        alerts_rule.show(page, rule)
    else:
        alerts_rules.show(page)
