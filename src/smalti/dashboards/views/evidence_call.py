"""A spoken sentence: the call's player, its transcript and voice measures."""

from __future__ import annotations

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place, session
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.player import player
from smalti.dashboards.views import evidence_asked


def show(page: Page, piece: Json) -> None:
    """The player, at the second where the piece is said."""
    document = piece["document_id"]
    with st.spinner("Reading the transcript", show_time=False):
        sentences = evidence_asked.transcript(page, document)
    if not sentences:
        states.empty("Nothing was heard in this recording.", "It may hold music or noise alone.")
        return
    source = f"{session.public_address()}/v1/documents/{document}/sound"
    label = f"Recording of the call {piece['title']}"
    player(document, source, sentences, piece["evidence_id"], label, lambda cited: place.put(id=cited))
    if len(sentences) >= evidence_asked.MOST_SENTENCES:
        st.caption(f"The first {len(sentences):,} sentences; the call goes on.")
