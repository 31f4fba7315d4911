"""The reports page: what was made, one report to look at, and what is made by itself."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts.tabs import Tab, tabs
from smalti.dashboards.views import reports_history, reports_report, reports_schedules


def show(page: Page) -> None:
    """Show the page: `?report=ID` for one, `?tab=schedules` for what is made by itself."""
    st.title("Reports")
    chosen = "schedules" if place.get("tab") == "schedules" else "history"
    tabs(page, "reports-tab", _TABS, chosen, leaves=("report",))


def _history(page: Page) -> None:
    if report := place.get("report"):
        reports_report.show(page, report)
    else:
        reports_history.show(page)


_TABS: Mapping[str, Tab] = {
    "history": ("History", _history),
    "schedules": ("Schedules", reports_schedules.show),
}
