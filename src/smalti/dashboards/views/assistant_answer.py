"""One answer: its sentences with their sources, how numbers were computed, notes, and a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import cite, numbers, states
from smalti.dashboards.parts.answer import answer
from smalti.dashboards.parts.text import plain
from smalti.dashboards.session import CUSTOMER
from smalti.platform import words

_TOLD = {
    "partly": (":material/contrast:", "Answered in part; the notes say what is missing."),
    "unknown": (":material/help:", "Nothing stored supports an answer. Nearest to it is what stands here."),
    "unclear": (":material/alt_route:", "It asks back, so as not to guess."),
    "declined": (":material/block:", "This is not answered here."),
    "handed over": (":material/support_agent:", "A person has to take over from here."),
}
"""What became of a question that was not simply answered."""


def show(page: Page, turn: Json, number: int, *, last: bool) -> None:
    """Show an answer.

    Args:
        page: it stands on.
        turn: as the service tells it.
        number: its place on the page.
        last: whether nothing was asked after it: its offers may still be taken.
    """
    told = turn["answer"]
    key = f"{number}-{turn['turn_id']}"
    if (status := _TOLD.get(told["status"])) is not None:
        st.caption(f"{status[0]} {status[1]}")
    citations: Sequence[Json] = told["citations"]
    if made_up := [one for one in citations if one["synthetic"]]:
        states.synthetic(len({name for one in made_up for name in one["issuers"][:1]}) or 1)
    may_open = page.who.role != CUSTOMER
    answer(told["sentences"], citations, f"answer-{key}", _open if may_open else None)
    for note in told["notes"]:
        st.caption(f":material/info: {plain(words.capital(note), 600)}")
    _behind(told, may_open=may_open)
    if last and told["offers"]:
        _offers(told, key)
    by = "" if told["by"] == "smalti" else f" · worded by {plain(told['by'])}"
    as_of = datetime.fromisoformat(turn["as_of"])
    st.caption(f"As of {numbers.when(as_of)} · {turn['ms'] / 1000:.1f} s{by}")
    _verdict(page, turn, key)


def _open(evidence_id: str) -> None:
    place.send("evidence", id=evidence_id)


def _behind(told: Json, *, may_open: bool) -> None:
    """What an answer rests on, and how it was made: folded until somebody asks."""
    citations = told["citations"]
    if told["computations"]:
        with st.expander(f"How it was computed ({len(told['computations'])})", icon=":material/calculate:"):
            for one in told["computations"]:
                _computed(one, may_open=may_open)
    if citations:
        with st.expander(f"Sources ({len(citations)})", icon=":material/format_quote:"):
            for one in citations:
                _source(one, may_open=may_open)
    if told["steps"]:
        with st.expander(f"What was done ({len(told['steps'])})", icon=":material/list:"):
            for step in told["steps"]:
                st.markdown(f"- {plain(step['told'], 400)}")


def _computed(one: Json, *, may_open: bool) -> None:
    result = one["result"]
    name = words.capital((result["concept"] or one["name"]).replace("_", " "))
    st.markdown(f"**{plain(name)}**: {plain(result['text'])}")
    st.markdown(f"{plain(one['formula'], 600)}  \n{plain(one['worked'], 600)}")
    if one["source"]:
        st.caption(plain(one["source"]))
    with st.container(horizontal=True):
        for given in one["inputs"]:
            if given["evidence_id"] and may_open:
                cite.cite(given["text"], given["evidence_id"], given["concept"])


def _source(one: Json, *, may_open: bool) -> None:
    with st.container(gap=None):
        where = ", ".join(part for part in (one["title"], cite.spot(one["where"])) if part)
        quote = f"[{one['mark']}] {one['quote'] or where}"
        if may_open:
            cite.cite(quote, one["evidence_id"], where)
        else:
            st.markdown(plain(quote, 600))
        about = ", ".join(one["issuers"][:3])
        public = f"public since {numbers.when(datetime.fromisoformat(one['available_at']))}"
        st.caption(" · ".join(plain(part) for part in (about, where, one["kind"], public) if part))
        if one["synthetic"]:
            st.caption(":material/science: Synthetic data: a made-up company, not a real one.")
        if one["suspicious"]:
            st.caption(f":material/warning: **Suspicious**: {plain(one['suspicious'])}")


def _offers(told: Json, key: str) -> None:
    from smalti.dashboards.views.assistant import ask_next

    st.markdown("**Which one?**" if told["status"] == "unclear" else "You may ask")
    with st.container(horizontal=True, gap="small"):
        for number, offer in enumerate(told["offers"]):
            st.button(plain(offer, 120), key=f"offer-{key}-{number}", on_click=ask_next, args=(offer,))


def _verdict(page: Page, turn: Json, key: str) -> None:
    """A thumb, and what would have been right."""
    kept = f"said-{key}"

    def rate(thumb: Any, correction: str) -> None:
        with states.told():
            page.smalti.rate_answer(turn["turn_id"], thumb, correction)
            st.session_state[kept] = "Your correction is kept." if correction else f"Kept: {_THUMBS[thumb]}."

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for thumb, icon in (("up", "thumb_up"), ("down", "thumb_down")):
            st.button(
                words.capital(_THUMBS[thumb]), key=f"{thumb}-{key}", icon=f":material/{icon}:",
                type="tertiary", on_click=rate, args=(thumb, ""),
            )  # fmt: skip
        with st.popover("Correct it", icon=":material/edit:", type="tertiary"):
            with st.form(f"correct-{key}", border=False, clear_on_submit=True):
                text = st.text_area("What would have been right", max_chars=2_000, key=f"right-{key}")
                sent = st.form_submit_button("Send", type="primary")
            if sent and text.strip():
                rate("down", text.strip())
        if told := st.session_state.get(kept):
            st.caption(told)


_THUMBS = {"up": "right", "down": "wrong"}
