"""Sources and runs: how the service is, where it pulls from, what ran, what was set aside, and handing in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.views import (
    sources_aside,
    sources_health,
    sources_list,
    sources_runs,
    sources_upload,
)

_TABS: Mapping[str, tuple[str, Callable[[Page], None]]] = {
    "health": ("Health", sources_health.show),
    "sources": ("Sources", sources_list.show),
    "runs": ("Runs", sources_runs.show),
    "aside": ("Set aside", sources_aside.show),
    "upload": ("Upload", sources_upload.show),
}
_NAMED = {"source": "sources", "run": "runs", "quarantine": "aside"}
"""What in the address names one thing, and in which tab that is."""
_KEY = "sources-tab"


def show(page: Page) -> None:
    """Show the page: `?source=NAME`, `?run=ID`, `?quarantine=ID`, or `?tab=`."""
    st.title("Sources and runs")
    labels = dict(_TABS.values())
    st.session_state[_KEY] = _TABS[_tab()][0]
    for label, tab in zip(labels, st.tabs(list(labels), key=_KEY, on_change=_turned), strict=True):
        if tab.open:
            with tab, states.told():
                labels[label](page)


def _tab() -> str:
    named = next((tab for name, tab in _NAMED.items() if place.get(name)), None)
    asked = place.get("tab") or ""
    return named or (asked if asked in _TABS else "health")


def _turned() -> None:
    chosen = next(tab for tab, (label, _) in _TABS.items() if label == st.session_state[_KEY])
    only = dict.fromkeys((*_NAMED, "task", "scored", "of", "at"))
    place.put(tab=None if chosen == "health" else chosen, **only)
