"""The assistant: ask in plain words. There is no engine yet: questions go to Search, and the page says so.

What answers is one function, `_answer`: an engine that streams an answer with its citations takes its place
there, and only there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from smalti.client import Client
from smalti.dashboards import place
from smalti.dashboards.memory import remembered
from smalti.dashboards.page import Page
from smalti.dashboards.parts import cite, numbers, states
from smalti.dashboards.parts.text import plain
from smalti.platform import words

_MOST = 5
"""Pieces shown of one question."""
_TURNS = 20
"""Questions of one session that stay on the page."""
_LETTERS = 500
_ASKED = "assistant-asked"


@dataclass(frozen=True, slots=True)
class _Found:
    """What a question led to.

    Attributes:
        hits: pieces of evidence, best first.
        notes: what one must know of them.
    """

    hits: Sequence[Mapping[str, Any]]
    notes: Sequence[str]


@remembered("documents")
def _search(smalti: Client, text: str, as_of: datetime | None, issuer: str | None) -> _Found:
    found = smalti.search(text, issuer=issuer, as_of=as_of, limit=_MOST)
    return _Found(found.hits.to_dicts(), found.notes)


def show(page: Page) -> None:
    """Show the page: `?q=` asks a question."""
    st.title("Assistant")
    st.info(
        "The assistant that answers in sentences is **not part of this version**. Your question goes to the"
        " search instead: you see the pieces of evidence that fit it, word for word.",
        icon=":material/info:",
    )
    asked: list[str] = st.session_state.setdefault(_ASKED, [])
    if (linked := place.get("q")) and linked not in asked:
        asked.append(linked)
    if typed := st.chat_input("Ask about an issuer, a filing, a call", max_chars=_LETTERS):
        asked[:] = [*(one for one in asked if one != typed), typed][-_TURNS:]
        place.put(q=typed)
    if not asked:
        _nothing(page)
        return
    for question in asked:
        with st.chat_message("user", avatar=":material/person:"):
            st.markdown(plain(question, _LETTERS))
        with st.chat_message("assistant", avatar=":material/search:"), states.told():
            _answer(page, question)
    if st.button("Begin anew", icon=":material/restart_alt:", type="tertiary"):
        asked.clear()
        place.put(q=None)
        st.rerun()


def _answer(page: Page, question: str) -> None:
    """What the assistant has to say to a question: today, what the search finds, with its citations."""
    found = _search(page, question, page.as_of, place.get("issuer"))
    about = " about the issuer chosen" if place.get("issuer") else ""
    if not found.hits:
        states.empty(f"The search finds nothing{about} that fits.", "Other words, or another moment, may.")
        return
    if any(hit["synthetic"] for hit in found.hits):
        states.synthetic()
    pieces = words.counted(len(found.hits), "piece")
    st.caption(f"The search finds{about}, best first, {pieces} of evidence. No answer was made of this.")
    for hit in found.hits:
        with st.container(gap=None):
            named = hit["title"] and not hit["quote"].startswith(hit["title"])
            where = f"{hit['title']}, {hit['where']}" if named else hit["where"]
            cite.cite(hit["quote"] or where, hit["evidence_id"], where)
            about_whom = ", ".join(hit["issuers"][:3])
            told = (about_whom, hit["kind"], where, f"public since {numbers.when(hit['available_at'])}")
            st.caption(" · ".join(plain(one) for one in told if one))
    for note in found.notes:
        st.caption(plain(note))
    place.link("All that the search finds", "search", icon=":material/search:", q=question)


def _nothing(page: Page) -> None:
    st.markdown("**What works today**")
    place.link("Search in all evidence, with filters", "search", icon=":material/search:")
    place.link("Why a score is what it is", "issuer", icon=":material/domain:")
    place.link("What contradicts what", "contradictions", icon=":material/compare_arrows:")
    st.caption(
        f"A question is asked as of {numbers.when(page.moment)}; nothing that became public later is read."
    )
