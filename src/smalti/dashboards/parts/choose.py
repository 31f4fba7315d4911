"""Choices that the address holds: what is chosen can be sent to a colleague, and a link chooses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from smalti.dashboards import place


def choose(
    label: str,
    name: str,
    options: Sequence[str],
    default: str,
    told: Callable[[str], str] = str,
    *,
    help: str | None = None,
) -> str:
    """One of a few options side by side.

    Args:
        label: what is chosen, read aloud and shown.
        name: of the choice in the address; left out there while it is the default.
        options: what may be chosen.
        default: where the address says nothing, or nothing that can be chosen.
        told: an option in words.
        help: shown on a question mark beside it.
    """
    key = f"choose-{name}"

    def changed() -> None:
        picked = st.session_state[key]
        place.put(**{name: None if picked in (None, default) else picked})

    asked = place.get(name)
    current = asked if asked is not None and asked in options else default
    st.session_state[key] = current  # the address rules, also when one comes by a link
    st.segmented_control(
        label, list(options), key=key, format_func=told, on_change=changed, required=True, help=help
    )
    return current
