"""Tables and numbers."""

from __future__ import annotations

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts.text import plain


def show(page: Page, piece: Json, around: Json) -> None:
    st.markdown(plain(piece["text"], 4000))
