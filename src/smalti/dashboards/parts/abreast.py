"""Two parts of a page beside each other where there is room, below each other where there is not."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_SIDE = 330
"""Pixels of the part beside; Streamlit's columns would be squeezed beside each other on half a screen."""
_LEAST = "<style>[data-testid=stLayoutWrapper]:has(> .st-key-abreast-main) { flex-basis: 30rem; }</style>"


def abreast() -> tuple[DeltaGenerator, DeltaGenerator]:
    """The main part, as wide as there is room, and the one beside it. Once a page."""
    st.html(_LEAST)
    with st.container(horizontal=True, gap="large"):
        main = st.container(width="stretch", key="abreast-main")
        side = st.container(width=_SIDE)
    return main, side
