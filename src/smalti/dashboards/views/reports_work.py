"""Waiting for a report that the service is making, with what it is at."""

from __future__ import annotations

from typing import Any

import streamlit as st

from smalti.client.tasks import Task

_PATIENCE = 300.0
"""Seconds; what takes longer goes on without somebody watching."""


def finished(task: Task, doing: str) -> Any:
    """The result of a task, its progress shown meanwhile; None if it takes too long to wait for.

    Raises:
        SmaltiError: what the work ended with.
    """
    with st.status(doing) as shown:

        def progress(stage: str, done: int, total: int) -> None:
            shown.update(label=f"{doing} {stage}: {done} of {total}")

        try:
            result = task.wait(progress, _PATIENCE)
        except TimeoutError:
            shown.update(
                label=f"{doing} It takes longer; it goes on and will stand in the list.", state="complete"
            )
            return None
        shown.update(label="Done.", state="complete")
    return result
