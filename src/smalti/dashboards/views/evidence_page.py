"""A page of a PDF as a picture, the piece marked on it, and the text of the page beside it."""

from __future__ import annotations

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place, session
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.cite import cite
from smalti.dashboards.parts.picture import picture
from smalti.dashboards.parts.text import bold, plain
from smalti.dashboards.views import evidence_asked
from smalti.platform.errors import SmaltiError

_SIZES = {"fit": "Fit", "100": "100%", "200": "200%", "crop": "Only the piece"}
_TEXTS = 60
_LONGEST = 4_000


def show(page: Page, piece: Json) -> None:
    """The page a piece stands on, or another of its document."""
    own = piece["locator"]["page"]
    if piece["kind"] == "paragraph":
        st.markdown(f"> {plain(piece['text'], _LONGEST)}")
    st.subheader("On the page")
    try:
        count = evidence_asked.pages(page, piece["document_id"])
    except SmaltiError as error:
        states.show(error)
        return
    number = asked(own, count)
    size = _bar(number, count, list(_SIZES) if number == own else ["fit", "100", "200"])
    base = f"{session.public_address()}/v1"
    marked = f"{base}/evidence/{piece['evidence_id']}/media"
    if number != own:
        source = f"{base}/documents/{piece['document_id']}/pages/{number}"
        alt = f"Page {number + 1} of {piece['title']}"
    else:
        source = marked if size == "crop" else f"{marked}?whole=true"
        alt = f"Page {number + 1} of {piece['title']}, the piece framed: {piece['text'][:200]}"
    box = piece["locator"].get("box")
    picture(
        source, f"page-{piece['evidence_id']}-{number}-{size}", alt=alt, label=f"Page {number + 1}",
        zoom=None if size in ("fit", "crop") else int(size) / 100,
        corner=(box[0], box[1]) if box and number == own and size != "crop" else (0.0, 0.0),
    )  # fmt: skip
    texts(page, piece["document_id"], number, piece["evidence_id"])


def alone(page: Page, document_id: str, title: str, count: int) -> None:
    """A page of a document, nothing marked on it."""
    number = asked(0, count)
    size = _bar(number, count, ["fit", "100", "200"])
    picture(
        f"{session.public_address()}/v1/documents/{document_id}/pages/{number}",
        f"page-{document_id}-{number}-{size}",
        alt=f"Page {number + 1} of {title}",
        label=f"Page {number + 1}",
        zoom=None if size == "fit" else int(size) / 100,
    )
    texts(page, document_id, number, None)


def asked(own: int, count: int) -> int:
    """The page the address names, from 0; else the piece's own."""
    told = place.get("page") or ""
    number = int(told) - 1 if told.isascii() and told.isdigit() and len(told) < 7 else own
    return min(max(number, 0), max(count - 1, 0))


def _bar(number: int, count: int, sizes: list[str]) -> str:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, icon, to, is_end in (
            ("Page before", ":material/chevron_left:", number, number == 0),
            ("Next page", ":material/chevron_right:", number + 2, number >= count - 1),
        ):
            st.button(label, icon=icon, disabled=is_end, on_click=_turn, args=(to,))
        st.markdown(f"Page **{number + 1}** of {count}")
        return choose("Size", "zoom", sizes, "fit", lambda one: _SIZES[one])


def _turn(shown: int) -> None:
    place.put(page=str(shown))


def texts(page: Page, document_id: str, number: int, own: str | None) -> None:
    """The text of a page, to be selected and to go on from; read when it is opened."""
    folded = st.expander("Text of this page", key=f"texts-{document_id}", on_change="rerun")
    if not folded.open:
        return
    with folded, states.told():
        told = evidence_asked.pieces(page, document_id, None, number, None, _TEXTS)
        shown = [one for one in told["items"] if one["kind"] != "fact"]
        if not shown:
            st.caption("No text of this page was read.")
        for one in shown:
            if one["evidence_id"] == own:
                st.markdown(f"{bold(one['text'], _LONGEST)} (this piece)")
            else:
                st.markdown(plain(one["text"], _LONGEST))
                cite(f"Open this {one['kind']}", one["evidence_id"], one["where"])
        if told["next"]:
            st.caption("More of this page is in the list of pieces below.")
