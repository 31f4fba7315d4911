"""The model card: what one must know before trusting a score."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import model_words
from smalti.platform import words


def show(page: Page, found: Json) -> None:
    """Show the card: terms, every table measured of the weights in use, and what to know beside them."""
    st.header("Model card")
    version = found["model_version"]
    own = {part["name"] for part in found["parts"] if part["state"] == "measured"}
    if not own:
        states.empty(
            "Nothing was measured of these weights, so there is no card.", "`smalti evaluate` measures them."
        )
        return
    st.caption(
        f"Weights {plain(version)}. Brackets are 95% bootstrap intervals over firms or groups of"
        " near-identical texts."
    )
    st.download_button(
        "Markdown", page.smalti.model_card, "MODEL_CARD.md", "text/markdown", type="tertiary",
        icon=":material/download:", on_click="ignore", help="Download the card as Markdown",
    )  # fmt: skip
    for note in found["notes"]:
        st.subheader(plain(note["title"]))
        lead = f"{plain(note['lead'], 2_000)}\n\n" if note["lead"] else ""
        st.markdown(lead + "\n".join(f"- {plain(line, 2_000)}" for line in note["lines"]))
    st.subheader("Heads")
    heads = [
        (
            words.capital(head["kind"]),
            model_words.day(head["trained_through"]),
            ", ".join(terms["name"] for terms in head["terms"]),
        )
        for head in found["heads"]
    ]
    st.markdown(_grid(("Head", "Labels known through", "Learned from"), heads))
    for table in found["tables"]:
        if table["part"] in own:
            st.subheader(plain(table["title"]))
            st.markdown(_told(table))


def _told(table: Json) -> str:
    cells = [
        (
            model_words.label(row["name"]),
            *(
                row["figures"][figure]["text"] if figure in row["figures"] else ""
                for figure in table["columns"]
            ),
        )
        for row in table["rows"]
    ]
    return _grid(("", *table["columns"].values()), cells)


def _grid(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown: for 26 of them the browser takes a fraction of what as many grids take."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        f"| {' | '.join(cell if cell == '---' else plain(cell) for cell in line)} |" for line in lines
    )
