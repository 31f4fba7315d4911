"""Handing in files by drag and drop, with what is known of them; then how far they are, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states, tasks, whom
from smalti.dashboards.views import sources_uploaded
from smalti.platform.errors import NotFound, NotSignedIn, SmaltiError

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_MOST_FILES = 100
_EARLIEST, _LATEST = datetime(1990, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - the field has no zone
_KINDS = {
    "filing": "Filing",
    "news": "News",
    "social": "Post",
    "call": "Call: recording or transcript",
    "price": "Prices",
}
_DATE = (
    "When the public could know it. A score as of a moment reads only what was public by then, so without a"
    " date a document counts from now on, and every earlier score stays without it. It is never taken from"
    " the file's name or its time of change; where it is left out, only what the document says counts."
)


def show(page: Page) -> None:
    """Show the tab: the form, or an upload and what came of it."""
    if not page.who.may("analyst"):
        states.needs("analyst", "Handing in files")
        st.caption("You see what others handed in as evidence, and their runs in the tab Runs (stage push).")
        return
    if task := place.get("task"):
        _given(page, task)
    else:
        _form(page)


def _given(page: Page, task: str) -> None:
    st.button("Hand in more", icon=":material/upload_file:", on_click=_more, type="tertiary")
    told = tasks.outcome(page, task, "Upload")
    if told is not None:
        sources_uploaded.show(page, told)


def _form(page: Page) -> None:
    with st.form("upload", border=False):
        files: Sequence[UploadedFile] = st.file_uploader(
            "Files to hand in", accept_multiple_files=True,
            help="PDF, HTML, text, pictures, recordings, XBRL, CSV; what they are is told from their bytes."
            " They are read in a sandbox.",
        )  # fmt: skip
        left, right = st.columns(2)
        with left:
            kind = st.selectbox(
                "Kind",
                list(_KINDS),
                index=None,
                format_func=_KINDS.__getitem__,
                placeholder="Told from the bytes",
            )
            issuer = whom.one_issuer(page, "Issuer", "upload-issuer", everybody="Recognised in the text")
            new = st.checkbox(
                "An issuer not known yet", help="Else a name that nobody is called by is refused"
            )
            synthetic = st.checkbox("Made up (synthetic)", help="Marks everything that rests on it")
        with right:
            published = st.datetime_input(
                "Published (UTC)",
                None,
                help=_DATE,
                min_value=_EARLIEST,
                max_value=_LATEST,
            )
            url = st.text_input("Where it was published", max_chars=500, placeholder="https://…")
        sent = st.form_submit_button("Hand in", type="primary", icon=":material/upload_file:")
    if not sent:
        return
    if not files:
        states.empty("No file is chosen.", "Drag files onto the field above, or browse for them.")
        return
    if len(files) > _MOST_FILES:
        states.empty(f"{len(files)} files at once are too many.", f"Hand in at most {_MOST_FILES} at a time.")
        return
    try:
        with st.spinner(f"Handing in {len(files)} {'file' if len(files) == 1 else 'files'}…"):
            task = page.smalti.upload(
                [(file.name, file) for file in files],
                kind=kind,
                published_at=published.replace(tzinfo=UTC) if published else None,
                issuer=issuer if new or issuer is None else page.smalti.issuer(issuer)["issuer_id"],
                url=url or None,
                synthetic=synthetic,
            )
    except NotSignedIn:
        raise
    except SmaltiError as error:
        states.show(error)
        if isinstance(error, NotFound):
            st.caption("If it is an issuer not known yet, tick the box that says so.")
        return
    place.put(tab="upload", task=task.task_id)
    st.rerun()


def _more() -> None:
    place.put(task=None, scored=None, of=None, at=None, tab="upload")
