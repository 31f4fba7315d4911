"""Sources and runs: how the service is, where it pulls from, what ran, what was set aside, and handing in."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts.tabs import Tab, tabs
from smalti.dashboards.views import (
    sources_aside,
    sources_health,
    sources_list,
    sources_runs,
    sources_upload,
)

_TABS: Mapping[str, Tab] = {
    "health": ("Health", sources_health.show),
    "sources": ("Sources", sources_list.show),
    "runs": ("Runs", sources_runs.show),
    "aside": ("Set aside", sources_aside.show),
    "upload": ("Upload", sources_upload.show),
}
_NAMED = {"source": "sources", "run": "runs", "quarantine": "aside"}
"""What in the address names one thing, and in which tab that is."""


def show(page: Page) -> None:
    """Show the page: `?source=NAME`, `?run=ID`, `?quarantine=ID`, or `?tab=`."""
    st.title("Sources and runs")
    tabs(page, "sources-tab", _TABS, _chosen(), leaves=(*_NAMED, "task", "scored", "of", "at"))


def _chosen() -> str:
    named = next((tab for name, tab in _NAMED.items() if place.get(name)), None)
    asked = place.get("tab") or ""
    return named or (asked if asked in _TABS else "health")
