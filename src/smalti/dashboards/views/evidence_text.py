"""A paragraph in its context: what stands before and after it."""

from __future__ import annotations

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts.cite import cite
from smalti.dashboards.parts.text import bold, plain

_LONGEST = 6_000


def show(page: Page, piece: Json, around: Json) -> None:
    """The piece among its neighbours."""
    st.subheader("Where it stands")
    with st.container(border=True):
        for one in around["before"]:
            _near(one, "before")
        st.markdown(bold(piece["text"], _LONGEST) if piece["text"].strip() else "*No text.*")
        for one in around["after"]:
            _near(one, "after")


def _near(one: Json, side: str) -> None:
    st.markdown(plain(one["text"], 1_200) or "*No text.*")
    cite(f"Open the {one['kind']} {side}", one["evidence_id"], one["where"])
