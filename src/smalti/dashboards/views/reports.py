"""The reports page: what was made, one report to look at, and what is made by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.views import reports_history, reports_report, reports_schedules

_TABS = {"history": "History", "schedules": "Schedules"}
_KEY = "reports-tab"


def show(page: Page) -> None:
    """Show the page: `?report=ID` for one, `?tab=schedules` for what is made by itself."""
    st.title("Reports")
    st.session_state[_KEY] = _TABS["schedules" if place.get("tab") == "schedules" else "history"]
    parts: Mapping[str, Callable[[Page], None]] = {
        "History": _history,
        "Schedules": reports_schedules.show,
    }
    for name, tab in zip(parts, st.tabs(list(parts), key=_KEY, on_change=_turned), strict=True):
        if tab.open:
            with tab, states.told():
                parts[name](page)


def _turned() -> None:
    place.put(tab="schedules" if st.session_state[_KEY] == _TABS["schedules"] else None, report=None)


def _history(page: Page) -> None:
    if report := place.get("report"):
        reports_report.show(page, report)
    else:
        reports_history.show(page)
