"""The document of a piece: how it came, its copies and versions, its pieces, and the file as received."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place, session
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import bold, plain
from smalti.dashboards.views import evidence_asked, evidence_page
from smalti.dashboards.views.evidence_about import KINDS, SOURCES, public
from smalti.platform.errors import SmaltiError
from smalti.platform.words import capital, counted

_COLUMNS = {"what": "What", "where": "Where", "text": "What it says"}


def show(page: Page, piece: Json, around: Json) -> None:
    """What stands below the piece."""
    document = around["document"]
    st.header("The document")
    _neighbours(around)
    _about(document, around["kinds"])
    with states.told():
        pieces(page, document["document_id"], around["kinds"])


def alone(page: Page, document_id: str) -> None:
    """A document without any of its pieces chosen."""
    try:
        told = evidence_asked.document(page, document_id)
    except SmaltiError as error:
        states.show(error)
        return
    document = told["document"]
    if document["synthetic"]:
        states.synthetic()
    st.header("A document")
    st.markdown(bold(document["title"] or document["file"] or "Untitled"))
    known = datetime.fromisoformat(document["available_at"])
    if known > page.moment:
        st.warning(
            f"**Not known then**: public since {numbers.when(known)}, after the moment looked at.",
            icon=":material/update_disabled:",
        )
    else:
        st.caption(public(page, known, document))
    _about(document, {})
    if document["parser"] == "pdf":
        with states.told():
            count = evidence_asked.pages(page, document_id)
            evidence_page.alone(page, document_id, document["title"], count)
    with states.told():
        pieces(page, document_id, {})


def _neighbours(around: Json) -> None:
    with st.container(horizontal=True):
        for one, label, icon in (
            (around["before"][-1:], "Piece before", ":material/chevron_left:"),
            (around["after"][:1], "Next piece", ":material/chevron_right:"),
        ):
            if one:
                place.link(
                    label, "evidence", id=one[0]["evidence_id"], icon=icon, help=plain(one[0]["where"])
                )


def _about(document: Json, kinds: Json) -> None:
    parts = [f"{capital(SOURCES.get(document['kind']) or 'a document')}"]
    if document["author"]:
        parts.append(f"by {plain(document['author'])}")
    if document["file"]:
        parts.append(f"file {plain(document['file'])}")
    parts.append(
        f"read by parser {plain(document['parser'])} {plain(document['parser_version'])}"
        f" into {counted(document['pieces'], 'piece')}"
    )
    st.markdown(", ".join(parts) + ".")
    if kinds:
        told = ", ".join(f"{counted(n, KINDS.get(kind, kind).lower())}" for kind, n in kinds.items())
        st.caption(f"Pieces: {told}.")
    if document["url"]:
        st.caption(f"Its address as it was received: {plain(document['url'])}")
    if document["superseded"]:
        st.caption("A newer parser has read the same file into another document since.")
    if document["duplicate_of"]:
        place.link("It tells an earlier document again", "evidence", document=document["duplicate_of"])


def raw(page: Page, document_id: str) -> None:
    """The file as it was received, for who may have it."""
    if not page.who.may("analyst"):
        states.needs("analyst", "Saving the file as it was received")
        return
    st.link_button(
        "Save the file as received",
        f"{session.public_address()}/v1/documents/{document_id}/raw",
        icon=":material/download:",
        help="It is whatever somebody sent: open it only where that can do no harm.",
    )
    st.caption("The file is whatever somebody sent: open it only where that can do no harm.")


def pieces(page: Page, document_id: str, kinds: Json) -> None:
    """The list of its pieces, some at a time."""
    raw(page, document_id)
    folded = st.expander("All pieces of this document", key=f"pieces-{document_id}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        kind = st.selectbox(
            "Kind", list(kinds or KINDS), index=None, key=f"kind-{document_id}", placeholder="All kinds",
            format_func=lambda one: KINDS.get(one, one),
        )  # fmt: skip
        trail = f"trail-{document_id}-{kind}"
        cursors: list[str | None] = st.session_state.setdefault(trail, [None])
        told = evidence_asked.pieces(page, document_id, kind, None, cursors[-1], evidence_asked.PIECES)
        _listed(told["items"], f"pieces-of-{document_id}")
        with st.container(horizontal=True):
            if st.button("Pieces before", disabled=len(cursors) == 1):
                cursors.pop()
                st.rerun()
            if st.button("More pieces", disabled=told["next"] is None):
                cursors.append(told["next"])
                st.rerun()


def _listed(items: list[Json], key: str) -> None:
    if not items:
        states.empty("No such pieces.")
        return
    rows = [
        {
            "evidence_id": one["evidence_id"],
            "what": KINDS.get(one["kind"], one["kind"]),
            "where": one["where"],
            "text": " ".join(one["text"].split())[:240],
        }
        for one in items
    ]
    lead = ("evidence", {"id": "evidence_id"})
    table(
        pl.DataFrame(rows), key, columns=_COLUMNS, leads=dict.fromkeys(_COLUMNS, lead),
        alt="Pieces of the document in their order",
    )  # fmt: skip
