"""The evidence page: a cited piece in its source, when it could be known, and what it moved."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.views import (
    evidence_about,
    evidence_asked,
    evidence_call,
    evidence_document,
    evidence_links,
    evidence_none,
    evidence_page,
    evidence_picture,
    evidence_table,
    evidence_text,
)
from smalti.platform.errors import SmaltiError


def show(page: Page) -> None:
    """Show the page."""
    st.title("Evidence")
    wanted = place.get("id")
    if wanted is None:
        if (document := place.get("document")) is not None:
            evidence_document.alone(page, document)
        else:
            evidence_none.show(page)
        return
    try:
        piece = evidence_asked.piece(page, wanted)
    except SmaltiError as error:
        states.show(error)
        evidence_none.show(page)
        return
    if piece["synthetic"]:
        states.synthetic()
    _when_known(page, datetime.fromisoformat(piece["available_at"]))
    around = evidence_asked.around(page, wanted, page.as_of, place.get("signal"))
    evidence_about.head(page, piece, around)
    with states.told():
        _source(page, piece, around)
    evidence_links.show(page, piece, around)
    evidence_document.show(page, piece, around)


def _when_known(page: Page, known: datetime) -> None:
    if known > page.moment:
        st.warning(
            f"**Not known then**: this became public on {numbers.when(known)}, after the moment looked at"
            f" ({numbers.when(page.moment)}). No score of that moment rests on it.",
            icon=":material/update_disabled:",
        )


def _source(page: Page, piece: Json, around: Json) -> None:
    """The piece where it stands, by what it is."""
    paged = around["document"]["parser"] == "pdf" and "page" in piece["locator"]
    if piece["kind"] == "audio":
        evidence_call.show(page, piece)
    elif piece["kind"] == "chart":
        evidence_picture.chart(page, piece, around)
    elif piece["kind"] in ("table", "fact"):
        evidence_table.show(page, piece, around)
    elif piece["source"] == "social":
        evidence_picture.post(page, piece, around)
    elif piece["kind"] == "image":
        evidence_picture.image(page, piece)
    elif not paged:
        evidence_text.show(page, piece, around)
    if paged:
        evidence_page.show(page, piece)
