"""The assistant: ask in plain words; every sentence of an answer leads to what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.text import plain
from smalti.dashboards.session import CUSTOMER
from smalti.dashboards.views import assistant_answer, assistant_files
from smalti.platform.errors import NotFound, NotSignedIn, SmaltiError

_TURNS = 30
"""Questions of one session that stay on the page."""
_LETTERS = 2_000
_KEPT = "assistant-talk"
_NEXT = "assistant-next"
_OF_ONE = (
    "Why did fraud move at {issuer}?",
    "What contradicts what at {issuer}?",
    "What does {issuer} say about its controls?",
    "What do you not know of {issuer}?",
)
_OF_ALL = (
    "Which issuers score highest on fraud?",
    "What contradicts what?",
    "What can I ask you?",
)


@dataclass(slots=True)
class Talk:
    """What was asked and answered on this page.

    Attributes:
        conversation: its id at the service; None before the first answer.
        linked: the question that the address asked last, so that it is asked once.
        turns: as the service tells them, oldest first.
    """

    conversation: str | None = None
    linked: str = ""
    turns: list[Json] = field(default_factory=list)


def show(page: Page) -> None:
    """Show the page: `?q=` asks a question, `?conversation=` goes on with one of one's own."""
    st.title("Assistant")
    talk = _talk(page)
    typed = st.chat_input(
        "Ask about an issuer, a filing, a call",
        max_chars=_LETTERS,
        accept_file="multiple" if page.who.may("analyst") else False,
        file_type=list(assistant_files.ENDINGS),
    )
    asked, files = _asked(talk, typed)
    if not talk.turns and not asked:
        _nothing(page)
        return
    for number, turn in enumerate(talk.turns):
        _question(turn["question"], len(turn["attached"]))
        with st.chat_message("assistant", avatar=":material/forum:"):
            assistant_answer.show(page, turn, number, last=number == len(talk.turns) - 1 and not asked)
    if asked:
        _ask(page, talk, asked, files)
    st.button("Begin anew", icon=":material/restart_alt:", type="tertiary", on_click=_anew)


def _talk(page: Page) -> Talk:
    """What was said so far; of the conversation that the address names, if it names another one."""
    talk: Talk = st.session_state.setdefault(_KEPT, Talk())
    wanted = place.get("conversation")
    if wanted and wanted != talk.conversation:
        try:
            found = page.smalti.conversation(wanted)
        except NotFound:  # somebody else's, or forgotten
            states.empty("There is no such conversation of yours.", "Ask anew.")
            place.put(conversation=None)
        else:
            talk = st.session_state[_KEPT] = Talk(
                wanted, place.get("q") or "", list(found["turns"])[-_TURNS:]
            )
    return talk


def _asked(talk: Talk, typed: Any) -> tuple[str, Sequence[Any]]:
    """The question to be answered now, and the files that come with it."""
    offered: str | None = st.session_state.pop(_NEXT, None)
    if typed:
        text, files = (typed, ()) if isinstance(typed, str) else (typed.text, typed.files)
        return text.strip() or ("What does this show?" if files else ""), files
    if offered:
        return offered, ()
    linked = place.get("q") or ""
    if linked and linked != talk.linked:
        talk.linked = linked
        return linked, ()
    return "", ()


def _ask(page: Page, talk: Talk, text: str, files: Sequence[Any]) -> None:
    """Have a question answered, shown while it is made; then the page shows it whole."""
    _question(text, len(files))
    with st.chat_message("assistant", avatar=":material/forum:"):
        try:
            attached = assistant_files.handed_in(page, files) if files else ()
            if files and not attached:
                return  # why stands there
            turn = _streamed(page, talk, text, attached)
        except NotSignedIn:
            raise
        except SmaltiError as error:
            states.show(error)
            return
    talk.turns[:] = [*talk.turns, turn][-_TURNS:]
    talk.conversation, talk.linked = turn["conversation_id"], text[:300]
    place.put(q=text[:300], conversation=turn["conversation_id"])
    st.rerun()


def _streamed(page: Page, talk: Talk, text: str, attached: Sequence[str]) -> Json:
    """The turn, once it is whole; its steps and sentences are shown as they come."""
    # What was just handed in is known from now on, and not at an earlier moment.
    as_of = None if attached else page.as_of
    status, shown = st.status("Looking…", expanded=False), st.empty()
    said: list[str] = []
    with status:
        for event in page.smalti.ask_stream(text, place.get("issuer"), as_of, talk.conversation, attached):
            if event.kind == "step":
                status.update(label=plain(event.data["told"], 120))
                st.caption(plain(event.data["told"], 300))
            elif event.kind == "sentence":
                said.append(plain(event.data["text"], 2_000))
                shown.markdown(" ".join(said))
            elif event.kind == "answer":
                return event.data
    raise NotFound("the answer broke off", mend="ask again")


def _question(text: str, files: int) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(plain(text, _LETTERS))
        if files:
            st.caption(f":material/attach_file: {files} {'file' if files == 1 else 'files'} handed in")


def ask_next(text: str) -> None:
    """Have a question asked as the next run begins: for callbacks."""
    st.session_state[_NEXT] = text


def _anew() -> None:
    st.session_state.pop(_KEPT, None)
    place.put(q=None, conversation=None)


def _nothing(page: Page) -> None:
    st.markdown(
        "Ask in plain words. Every sentence of an answer shows what it rests on, every number is one that is"
        " stored or computed before your eyes, and what is not known is said."
    )
    if page.who.role != CUSTOMER:
        about = place.get("issuer")
        name = page.smalti.issuer(about)["name"] if about else ""
        with st.container(horizontal=True):
            for example in _OF_ONE if name else _OF_ALL:
                text = example.format(issuer=name)
                st.button(plain(text), key=f"example-{example}", on_click=ask_next, args=(text,))
        place.link("Search in all evidence, with filters", "search", icon=":material/search:")
    st.caption(
        f"A question is asked as of {numbers.when(page.moment)}; nothing that became public later is read."
    )
