"""Lists a page at a time: the cursor of the page shown, and buttons to turn it."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st


def cursor(key: str, wanted: Hashable) -> str | None:
    """Where the page shown begins; the first page again as soon as something else is wanted."""
    before = _before(key, wanted)
    return before[-1] if before else None


def buttons(key: str, wanted: Hashable, after: str | None) -> None:
    """Buttons for the pages before and after, if there are any.

    Args:
        key: names the list on its page.
        wanted: what the list is narrowed to.
        after: cursor of the next page, None on the last one.
    """
    before = _before(key, wanted)
    if not before and after is None:
        return

    def turn(cursors: tuple[str, ...]) -> None:
        st.session_state[key] = (cursors, wanted)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Newer", disabled=not before, on_click=turn, args=(before[:-1],), key=f"{key}-newer")
        st.caption(f"Page {len(before) + 1}")
        older = (*before, after) if after else before
        st.button("Older", disabled=after is None, on_click=turn, args=(older,), key=f"{key}-older")


def _before(key: str, wanted: Hashable) -> tuple[str, ...]:
    """The cursors of the pages turned so far."""
    cursors: tuple[str, ...]
    cursors, of = st.session_state.get(key, ((), wanted))
    return cursors if of == wanted else ()
