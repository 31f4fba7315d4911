"""Going to another state of the same page: one thing of a list, or back to the list."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers


def here(label: str, key: str, *, icon: str | None = None, **values: str | None) -> None:
    """Something to press that changes this page's address; links to other views are `place.link`.

    (A link to the page one is on would be shown as the place one is at.)

    Args:
        label: Markdown: what comes from documents goes through `plain` first.
        key: names it on its page.
        icon: `:material/name:`.
        **values: of the address, as in `place.put`.
    """
    st.button(label, key=f"here-{key}", icon=icon, type="tertiary", on_click=place.put, kwargs=values)


def until(page: Page, what: str) -> datetime | None:
    """The moment somebody chose to look at, said above a list that ends there; None if nobody did.

    Args:
        page: what is shown.
        what: the things listed: `alerts about signals`.
    """
    if not page.chosen or page.as_of is None:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/history: Only {what} as of **{numbers.when(page.as_of)}** or before.")
        here("Show those of later too", "later", as_of=None)
    return page.as_of
