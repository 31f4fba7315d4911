"""What stands around every page: the moment looked at, who looks, and the way in for who is not."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

import streamlit as st

from smalti.client import Client
from smalti.dashboards import place, session, theme
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers
from smalti.dashboards.parts.text import plain
from smalti.dashboards.session import Who


def sides(page: Page, *, present: bool) -> None:
    """The sidebar below the menu, and above the page what moment it shows if nobody chose it.

    Args:
        page: what is shown.
        present: whether the view shows what is, whatever moment others look at.
    """
    if not present:
        with st.sidebar:
            _moment(page)
    person(page.smalti, page.who)
    # Always there: what comes and goes above a page makes its fields anew, and a keyboard loses its place.
    with st.container(horizontal=True, vertical_alignment="center"):
        if page.as_of is not None and not page.chosen and not present:
            _stands_still(page)


def _stands_still(page: Page) -> None:
    old = numbers.age(page.moment, datetime.fromisoformat(page.edition["now"]))
    st.caption(
        f":material/history: Shown as of **{numbers.when(page.moment)}**, {old} ago: the scores since"
        " then are withheld, since what they rest on is too old."
    )
    if st.button("Show as of now", type="tertiary"):
        place.put(as_of="now")
        st.rerun()


def person(smalti: Client, who: Who) -> None:
    """Who looks, and their way out, in the sidebar."""
    _dress()
    with st.sidebar:
        st.caption(f"{plain(who.name)} · {who.role}")
        if st.button("Sign out", type="tertiary", icon=":material/logout:"):
            smalti.sign_out()
            st.rerun()


def signed_out() -> None:
    """Nobody is signed in, or not any more: nothing is shown but the way in."""
    _dress()
    st.title("smalti")
    st.info("You are not signed in, or your session has ended.", icon=":material/lock:")
    way_in = f"{session.public_address()}/sign-in?{urlencode({'next': _here()})}"
    # In this tab: Streamlit's own links to elsewhere open another.
    st.html(f'<a href="{escape(way_in)}" target="_self" class="smalti-way-in">Sign in</a>')


def _dress() -> None:
    st.html(f"<style>{theme.css()}</style>")
    _dusk(key="dusk", on_switched_change=lambda: None)


_dusk = st.components.v2.component(
    "smalti-dusk",
    js="""export default ({ setTriggerValue }) => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const switched = () => setTriggerValue("switched", dark.matches ? "dark" : "light");
  dark.addEventListener("change", switched);
  return () => dark.removeEventListener("change", switched);
}""",
)
"""Runs the page again when the system changes between light and dark: charts are drawn for one of them."""


def _here() -> str:
    """The page asked for, as path and query, to come back to."""
    url = st.context.url or ""
    path = "/" + url.partition("://")[2].partition("/")[2].partition("?")[0]
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path


def _moment(page: Page) -> None:
    def chosen() -> None:
        picked = st.session_state["as-of-chosen"]
        if picked is not None:
            # A minute, as a day, means its end.
            place.put(as_of=place.iso(picked.replace(second=59, microsecond=999_999, tzinfo=UTC)))

    shown = page.moment.replace(tzinfo=None, microsecond=0)
    if st.session_state.get("as-of-shown") != shown:  # it came from the address, not from this field
        st.session_state["as-of-shown"] = st.session_state["as-of-chosen"] = shown.replace(second=0)
    st.datetime_input(
        "As of (UTC)", key="as-of-chosen", on_change=chosen, help="Everything is shown as it was known then.",
        min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - the field has no zone
    )  # fmt: skip
    if page.chosen and st.button("Back to now", type="tertiary", icon=":material/update:"):
        place.put(as_of=None)
        st.rerun()
