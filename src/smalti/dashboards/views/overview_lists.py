"""Watchlists made, changed and taken away, in a dialog."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states, whom
from smalti.dashboards.parts.text import flat
from smalti.platform.errors import SmaltiError

_NEW = _ALL = ""
_OPEN = "overview-lists-open"


def choose(page: Page, lists: pl.DataFrame) -> None:
    """The field for the watchlist that is shown, and the way to change lists."""
    names = {one["watchlist_id"]: _called(page, one) for one in lists.iter_rows(named=True)}
    asked = place.get("watchlist")
    # A list may be named in the address too; what is not known here is left to the service to say.
    chosen = next((one for one, name in _plain_names(lists).items() if asked in (one, name)), asked)
    options = [_ALL, *names, *([chosen] if chosen is not None and chosen not in names else [])]
    st.session_state["overview-list"] = chosen or _ALL
    st.selectbox(
        "Watchlist",
        options,
        key="overview-list",
        format_func=lambda one: names.get(one, one) if one else "All issuers",
        on_change=lambda: place.put(watchlist=st.session_state["overview-list"] or None, page=None),
    )


def editing(page: Page, lists: pl.DataFrame) -> None:
    """The button that opens the dialog; for analysts."""
    may = page.who.may("analyst")
    told = None if may else "This takes the role analyst: ask an admin."
    if st.button("Edit lists", icon=":material/edit:", disabled=not may, help=told):
        st.session_state[_OPEN] = True
    if may and st.session_state.get(_OPEN):
        _dialog(page, lists)


def _close() -> None:
    st.session_state[_OPEN] = False


@st.dialog("Watchlists", on_dismiss=_close)
def _dialog(page: Page, lists: pl.DataFrame) -> None:
    own = lists.filter((pl.col("owner") == page.who.name) | pl.lit(page.who.may("admin")))
    rows = {one["watchlist_id"]: one for one in own.iter_rows(named=True)}
    shown = place.get("watchlist")
    picked = st.selectbox(
        "List",
        [_NEW, *rows],
        index=[_NEW, *rows].index(shown) if shown in rows else 0,
        format_func=lambda one: _called(page, rows[one]) if one else "A new list",
    )
    known = rows.get(picked)
    names = whom.issuers(page)
    members: Sequence[str] = known["issuers"] if known else ()
    name = st.text_input("Name", known["name"] if known else "", max_chars=200, key=f"list-name-{picked}")
    issuers = st.multiselect(
        "Issuers",
        list({**names, **dict.fromkeys(members)}),
        list(members),
        key=f"list-issuers-{picked}",
        format_func=lambda one: names.get(one, one),
        accept_new_options=True,
        help="Choose, or type a name, ticker or CIK.",
    )
    shared = st.checkbox(
        "Shared: everybody who signs in sees it", bool(known and known["shared"]), key=f"list-shared-{picked}"
    )
    with st.container(horizontal=True):
        keep = st.button("Save", type="primary", disabled=not name.strip())
        drop = known is not None and st.button("Remove this list", icon=":material/delete:")
    try:
        if keep:
            _save(page, picked, flat(name), issuers, shared=shared)
        if drop:
            page.smalti.remove_watchlist(picked)
            place.put(watchlist=None, page=None)
    except SmaltiError as error:
        states.show(error)
        return
    if keep or drop:
        _close()
        st.rerun()


def _save(page: Page, picked: str, name: str, issuers: Sequence[str], *, shared: bool) -> None:
    if picked:
        saved = page.smalti.change_watchlist(picked, name, issuers, shared=shared)
    else:
        saved = page.smalti.make_watchlist(name, issuers, shared=shared)
    place.put(watchlist=saved["watchlist_id"], page=None)


def _called(page: Page, one: dict[str, object]) -> str:
    """A list's name, and whose it is where it is not one's own."""
    if one["owner"] != page.who.name:
        return f"{one['name']} (shared by {one['owner']})"
    return f"{one['name']} (shared)" if one["shared"] else str(one["name"])


def _plain_names(lists: pl.DataFrame) -> dict[str, str]:
    return dict(lists.select("watchlist_id", "name").iter_rows())
