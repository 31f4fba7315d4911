"""The assistant page."""

from __future__ import annotations

import streamlit as st

from smalti.dashboards.page import Page


def show(page: Page) -> None:
    """Show the page."""
    st.title("assistant")
