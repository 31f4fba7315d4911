"""An answer's sentences, each with the marks of its sources, which lead to the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.parts.text import flat

_HERE = Path(__file__)
_answer = st.components.v2.component(
    "smalti-answer",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def answer(
    sentences: Sequence[Json], citations: Sequence[Json], key: str, follow: Callable[[str], None] | None
) -> None:
    """The sentences of an answer.

    Args:
        sentences: as the service tells them: `text`, `cites`, `quoted`.
        citations: what the marks stand for: `mark`, `evidence_id`, `where`, `title`.
        key: names it on its page.
        follow: is given the id of the evidence that somebody picks, before the page runs again; None where
            whoever looks may not open it.
    """
    known = {one["mark"]: one for one in citations}

    def picked() -> None:
        wanted = st.session_state[key].picked
        if follow is not None and wanted in {one["evidence_id"] for one in known.values()}:
            follow(wanted)

    told = [
        {
            "text": flat(one["text"]),
            "quoted": one["quoted"],
            "marks": [_mark(known[mark], leads=follow is not None) for mark in one["cites"] if mark in known],
        }
        for one in sentences
    ]
    _answer(data={"sentences": told}, key=key, on_picked_change=picked)


def _mark(citation: Json, *, leads: bool) -> Json:
    where = ", ".join(part for part in (citation["title"], citation["where"]) if part)
    made = {"mark": citation["mark"], "label": flat(f"Source {citation['mark']}: {where}")[:200]}
    if leads:
        made["id"] = citation["evidence_id"]
        made["address"] = f"/evidence?{urlencode({**place.carried(), 'id': citation['evidence_id']})}"
    return made
