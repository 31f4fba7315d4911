"""The form that adds a source, or changes one."""

from __future__ import annotations

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import sources_words as words
from smalti.platform.errors import NotSignedIn, SettingsError, SmaltiError

_HIDDEN = "***"
"""What the service shows in the place of keys."""


def show(page: Page, one: Json | None) -> None:
    """Show the form; `one` is the source to be changed."""
    kinds = list(words.KINDS)
    address = one["address"] if one else ""
    options = dict(one["options"]) if one else {}
    if _HIDDEN in address or any(_HIDDEN in value for value in options.values()):
        st.caption("Keys are not filled in again: who changes this source gives them anew.")
        address = "" if _HIDDEN in address else address
        options = {name: "" if _HIDDEN in value else value for name, value in options.items()}
    with st.form(f"source-{one['name'] if one else 'new'}", border=False):
        name = one["name"] if one else st.text_input("Name", max_chars=120, help="What to call it")
        kind = st.selectbox(
            "Kind", kinds, index=kinds.index(one["kind"]) if one and one["kind"] in kinds else 0,
            format_func=words.KINDS.__getitem__,
        )  # fmt: skip
        given = st.text_input(
            "Address",
            address,
            max_chars=2_000,
            help="Address, CIK, ticker, account, or folder on the service's machine",
        )
        schedule = st.text_input(
            "Schedule", one["schedule"] if one else "every 1h", max_chars=100,
            help="`every 15m` (s, m, h, d), or five crontab fields in UTC: `0 6 * * 1-5`",
        )  # fmt: skip
        more = st.text_area(
            "Options, one a line: name = value",
            "\n".join(f"{key} = {value}" for key, value in sorted(options.items())),
            help="`issuer` says whose the documents are, `synthetic = true` marks made-up ones",
        )  # fmt: skip
        if not st.form_submit_button("Save it" if one else "Add it", type="primary"):
            return
    try:
        stored = page.smalti.put_source(
            name, kind, given, schedule, _options(more), paused=bool(one and one["paused"])
        )
    except NotSignedIn:
        raise
    except SmaltiError as error:
        states.show(error)
        return
    place.put(source=stored["name"], tab=None)
    st.toast(f"{plain(stored['name'])}: pulled {plain(words.schedule(stored['schedule']))}")
    st.rerun()


def _options(text: str) -> dict[str, str]:
    """Lines `name = value`.

    Raises:
        SettingsError: a line is none.
    """
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise SettingsError("no option", subject=line[:60], mend="one a line: name = value")
        found[name.strip()] = value.strip()
    return found
