"""Tabs whose choice stands in the address; only the open one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states

Tab = tuple[str, Callable[[Page], None]]
"""What a tab is called, and what shows it."""


def tabs(page: Page, key: str, all_tabs: Mapping[str, Tab], chosen: str, leaves: Iterable[str]) -> None:
    """Show a page in tabs.

    Args:
        page: what is shown.
        key: names them on the page.
        all_tabs: by their names in the address (`?tab=`); the first is open where it says nothing.
        chosen: the name of the open one.
        leaves: what else of the address goes with the tab that is left.
    """
    labels = dict(all_tabs.values())
    st.session_state[key] = all_tabs[chosen][0]

    def turned() -> None:
        now = next(name for name, (label, _) in all_tabs.items() if label == st.session_state[key])
        place.put(tab=None if now == next(iter(all_tabs)) else now, **dict.fromkeys(leaves))

    for label, tab in zip(labels, st.tabs(list(labels), key=key, on_change=turned), strict=True):
        if tab.open:
            with tab, states.told():
                labels[label](page)
