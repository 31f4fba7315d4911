"""The evidence page where no piece was chosen: how one comes here, and the newest of an issuer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import evidence_asked
from smalti.dashboards.views.evidence_about import SOURCES
from smalti.platform.words import capital

_ID = 32
"""Letters of an id, which tells people nothing."""
_COLUMNS = {"title": "Document", "what": "What", "known": "Public since", "pieces": "Pieces"}


def show(page: Page) -> None:
    """Show it."""
    st.markdown(
        "Every number and quote on the other pages leads here, to the place in the source that it comes from:"
        " a page with its box, a table with its cell, a chart, a second of a call, a post."
    )
    issuer = place.get("issuer")
    if issuer is None:
        states.empty(
            "No piece of evidence is chosen.", "Follow a number on another page, or search for words."
        )
        place.link("Search in all evidence", "search", icon=":material/search:")
        return
    with states.told():
        found = evidence_asked.newest(page, issuer, page.as_of)
        if any(one["synthetic"] for one in found):
            states.synthetic()
        st.header(f"Newest documents about {plain(_name(issuer, found))}")
        if not found:
            states.empty("No document about this issuer was known then.", "Upload one, or add a source.")
            return
        rows = [
            {
                "document_id": one["document_id"],
                "title": one["title"] or one["file"] or "Untitled",
                "what": capital(SOURCES.get(one["kind"], one["kind"])),
                "known": numbers.when(datetime.fromisoformat(one["available_at"])),
                "pieces": one["pieces"],
            }
            for one in found
        ]
        lead = ("evidence", {"document": "document_id"})
        table(
            pl.DataFrame(rows), "newest", columns=_COLUMNS, leads=dict.fromkeys(_COLUMNS, lead),
            alt="The newest documents about the issuer",
        )  # fmt: skip


def _name(issuer: str, found: Sequence[Json]) -> str:
    """The issuer's name, as its documents tell it: the address may hold its id."""
    linked: dict[str, str] = {
        one["issuer_id"]: one["name"] for document in found for one in document["issuers"]
    }
    return linked.get(issuer, "this issuer" if len(issuer) == _ID else issuer)
