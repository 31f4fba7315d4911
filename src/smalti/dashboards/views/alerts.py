"""The alerts page: what was raised, the rules that raise it, and where it is sent."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts.tabs import Tab, tabs
from smalti.dashboards.views import alerts_alert, alerts_channels, alerts_inbox, alerts_rule, alerts_rules


def show(page: Page) -> None:
    """Show the page: `?alert=ID`, `?rule=ID` (`new` for one to be made), or `?tab=`."""
    st.title("Alerts")
    tabs(page, "alerts-tab", _TABS, _chosen(), leaves=("alert", "rule"))


def _chosen() -> str:
    if place.get("rule"):
        return "rules"
    asked = place.get("tab") or ""
    return asked if asked in _TABS and not place.get("alert") else "inbox"


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


_TABS: Mapping[str, Tab] = {
    "inbox": ("Inbox", _inbox),
    "rules": ("Rules", _rules),
    "channels": ("Channels", alerts_channels.show),
}
