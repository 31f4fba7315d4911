"""Going to another state of the same page: one thing of a list, or back to the list."""

from __future__ import annotations

import streamlit as st

from smalti.dashboards import place


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
