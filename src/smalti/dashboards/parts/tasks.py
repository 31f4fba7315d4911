"""Long work on a page: how far it is while it goes on, and calling it off.

Its id stands in the address, so that a page that is loaded anew finds it again.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.text import plain
from smalti.platform.errors import NotFound, NotSignedIn, SmaltiError, error_of

EVERY = 1.5
"""Seconds between two looks at work that goes on."""

STAGES: Mapping[str, str] = {
    "push": "Reading files",
    "parse": "Reading files",
    "ingest": "Reading files",
    "pull": "Fetching and reading",
    "link": "Telling whom it is about",
    "dedupe": "Finding copies",
    "likeness": "Comparing pictures",
    "compare": "Comparing numbers",
    "issuers compared": "Comparing numbers told twice",
    "embed": "Preparing for the model",
    "texts": "Preparing texts for the model",
    "images": "Preparing pictures for the model",
    "score": "Scoring",
    "objects": "Objects",
    "rules": "Rules",
}
"""Stages as people call them."""

_OVER = {"cancelled": "was called off", "failed": "failed"}


def stage(name: str) -> str:
    """What a stage does, in words."""
    return STAGES.get(name, name.capitalize())


def outcome(page: Page, task_id: str, what: str) -> Json | None:
    """A piece of long work: how far it is, with a button to call it off; or, once it is over, how it ended.

    Args:
        page: asks.
        task_id: of the work.
        what: it is, begun with a capital: `Upload`.

    Returns its state once it is done; None while it goes on, and where it failed, was called off or is gone,
    which is shown here.
    """
    try:
        told = page.smalti.task_state(task_id)
    except NotFound:
        states.empty(
            f"{what}: the service knows nothing of this task any more.",
            "It was started anew since, or many tasks ended since. What was done stands in the runs.",
        )
        return None
    if told["state"] in ("queued", "running"):
        _watch(page, task_id, what)
        return None
    if told["state"] == "done":
        return told
    error = told["error"]
    st.markdown(f"**{plain(what)} {_OVER[told['state']]}.** What was stored by then stays.")
    states.show(error_of(error["code"], error["what"], subject=error["subject"], mend=error["mend"]))
    return None


@st.fragment(run_every=EVERY)
def _watch(page: Page, task_id: str, what: str) -> None:
    """Looks again by itself until the work is over; then the whole page is shown anew."""
    try:
        told = page.smalti.task_state(task_id)
        if told["state"] not in ("queued", "running"):
            st.rerun()
        _progress(told, what)
        if st.button("Call it off", key=f"off-{task_id}", icon=":material/cancel:"):
            page.smalti.task(task_id).cancel()
            st.rerun()
    except NotSignedIn:
        st.rerun()  # the whole page asks for it
    except SmaltiError as error:
        states.show(error)


def _progress(told: Json, what: str) -> None:
    if told["state"] == "queued":
        st.progress(0.0, f"{plain(what)} waits for its turn")
    elif not told["stages"]:
        st.progress(0.0, f"{plain(what)} has begun")
    for one in told["stages"]:
        done, total = one["done"], one["total"]
        share = min(1.0, done / total) if total else 1.0
        st.progress(share, f"{plain(stage(one['stage']))}: {done:,} of {total:,}")
