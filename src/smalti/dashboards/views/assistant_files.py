"""Files that come with a question: they go through ingest like all others, then it is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from smalti.dashboards.page import Page
from smalti.dashboards.parts import states, tasks
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import sources_outcomes as outcomes

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

ENDINGS = (
    *("pdf", "html", "txt", "csv", "json", "xml"),
    *("png", "jpg", "jpeg", "webp", "mp3", "wav", "flac", "ogg", "m4a"),
)
_MOST = 5


def handed_in(page: Page, files: Sequence[UploadedFile]) -> Sequence[str]:
    """Hand files in and wait until they are read; returns the ids of the documents they were read into.

    What was set aside, or is known already, is told here.
    """
    if len(files) > _MOST:
        states.empty(f"{len(files)} files at once are too many.", f"Ask of at most {_MOST} at a time.")
        return ()
    with st.status(f"Reading {len(files)} {'file' if len(files) == 1 else 'files'}…") as status:
        task = page.smalti.upload([(file.name, file) for file in files])

        def told(stage: str, done: int, total: int) -> None:
            status.update(label=f"{tasks.stage(stage)}: {done} of {total}")

        push = next(one for one in task.wait(told) if one["stage"] == "push")
        status.update(label="The files were read", state="complete")
    items, _ = page.smalti.outcomes(push["run_id"])
    found = [one["document"]["document_id"] for one in items if one["document"]]
    for one in items:
        if aside := one["aside"]:
            name = plain(outcomes.name(one["path"]))
            st.warning(f"**{name}** was set aside: {plain(aside['reason'])}.", icon=":material/error:")
    if push["counts"].get("settled") and not found:
        states.empty("The files were known already.", "Ask without them: what they say is found.")
    elif not found:
        states.empty("Nothing was read from the files.", "Ask without them, or hand in others.")
    return list(dict.fromkeys(found))
