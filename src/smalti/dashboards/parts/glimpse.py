"""What a cited piece looks or sounds like, beside its words: a small picture, or the way to hear it."""

from __future__ import annotations

import streamlit as st

from smalti.dashboards import place, session
from smalti.dashboards.parts.text import flat

PICTURED = ("chart", "image")
_WIDE = 260  # pixels
_SAID = 160  # letters of an alt text


def glimpse(evidence_id: str, kind: str, said: str, *, pictured: tuple[str, ...] = PICTURED) -> None:
    """A small picture of a chart or photograph, or a link that plays what was said; of other kinds nothing.

    Args:
        evidence_id: of the piece; the browser has its picture from the service itself.
        kind: of the piece.
        said: its words, for who cannot see it.
        pictured: kinds that are shown as a picture.
    """
    if kind in pictured:
        told = flat(said)[:_SAID]
        address = f"{session.public_address()}/v1/evidence/{evidence_id}/media"
        st.image(
            address, width=_WIDE, alt=f"{kind} from the source: {told}" if told else f"{kind} from the source"
        )
    elif kind == "audio":
        place.link("Listen", "evidence", icon=":material/play_circle:", id=evidence_id)
