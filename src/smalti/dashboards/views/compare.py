"""The compare page: issuers beside each other, or one issuer at two moments."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states, whom
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.views import compare_dates, compare_issuers

MOST = 4
"""Issuers beside each other: more cannot be told apart in one chart."""

_WAYS = {"issuers": "Issuers", "dates": "Two moments of one issuer"}


def show(page: Page) -> None:
    """Show the choice, and what was chosen."""
    st.title("Compare")
    asked = "dates" if place.get("before") or place.get("after") else "issuers"
    way = choose("Compare", "by", list(_WAYS), asked, _WAYS.__getitem__)
    names = whom.issuers(page)
    if way == "dates":
        issuer = _one(names)
        if issuer is None:
            states.empty(
                "No issuer is chosen.", "Choose one above to compare it with itself at another moment."
            )
            return
        compare_dates.show(page, issuer)
        return
    chosen = _several(names)
    if not chosen:
        states.empty("No issuer is chosen.", f"Choose two to {MOST} above to see them side by side.")
        return
    compare_issuers.show(page, chosen)


def _one(names: Mapping[str, str]) -> str | None:
    def changed() -> None:
        place.put(issuer=st.session_state["compare-one"], without=None, split=None)

    current = place.get("issuer")
    st.session_state["compare-one"] = current
    st.selectbox(
        "Issuer", _with(names, [current] if current else []), key="compare-one", index=None,
        format_func=lambda one: names.get(one, one), placeholder="Choose one", on_change=changed,
    )  # fmt: skip
    return current


def _several(names: Mapping[str, str]) -> list[str]:
    """The issuers of the address: `issuer`, then those of `with`, which has commas between."""

    def changed() -> None:
        picked = st.session_state["compare-several"]
        place.put(issuer=picked[0] if picked else None, **{"with": ",".join(picked[1:]) or None})

    given = [place.get("issuer") or "", *(place.get("with") or "").split(",")]
    current = list(dict.fromkeys(one for one in given if one))[:MOST]
    st.session_state["compare-several"] = current
    st.multiselect(
        "Issuers", _with(names, current), key="compare-several", max_selections=MOST,
        format_func=lambda one: names.get(one, one), placeholder=f"Choose two to {MOST}", on_change=changed,
    )  # fmt: skip
    return current


def _with(names: Mapping[str, str], chosen: list[str]) -> list[str]:
    """The ids to choose from, with what the address names otherwise: a ticker, or one of a long list."""
    return [*names, *(one for one in chosen if one not in names)]
