"""Who is told of alerts: through which channels, in which hours not, and how often in a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from itertools import islice
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.text import plain
from smalti.dashboards.parts.zones import own_zone
from smalti.dashboards.views import alerts_words as words

_MOST = 200
_SAID = "recipients-said"
_LEAST = {"low": "Everything", "medium": "Medium and high severity", "high": "High severity only"}


def show(page: Page, channels: Mapping[str, str]) -> None:
    """Show the recipients, and the form that adds or changes one.

    Args:
        page: asks, as an analyst.
        channels: names of the channels there are, by id.
    """
    st.header("Recipients", anchor=False)
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check:")
    found = list(islice(page.smalti.recipients(), _MOST))
    if not found:
        states.empty("Nobody is told of alerts yet.", "Add somebody below, and name them in a rule.")
    for one in found:
        waits = f"; {one['waiting']} wait for the next digest" if one["waiting"] else ""
        st.markdown(plain(words.recipient(one["recipient"]) + waits, 400))
    with st.expander("Add or change a recipient"):
        _form(page, {one["recipient"]["name"]: one["recipient"] for one in found}, channels)


def _form(page: Page, known: Mapping[str, Json], channels: Mapping[str, str]) -> None:
    name = st.selectbox(
        "Person or team", list(known), index=None, key="recipient-name", accept_new_options=True,
        placeholder="Choose one, or type a new name",
    )  # fmt: skip
    if not name:
        return
    told = known.get(name, {"channels": (), "quiet": None, "zone": own_zone(), "budget": 20, "least": "low"})
    wishes = _wishes(name, told, channels)
    first, second = st.columns([1, 4])
    if first.button("Keep", type="primary", key="recipient-keep", icon=":material/save:"):
        with states.told():
            page.smalti.put_recipient(name, **wishes)
            _done(f"{plain(name)} is told so from now on.")
    gone = name in known and second.button(
        "Tell them no more", key="recipient-gone", icon=":material/delete:"
    )
    if gone:
        with states.told():
            page.smalti.remove_recipient(name)
            _done(f"{plain(name)} is told no more.")


def _wishes(name: str, told: Json, channels: Mapping[str, str]) -> dict[str, Any]:
    sent = st.multiselect(
        "Through", list(channels), default=[one for one in told["channels"] if one in channels],
        key=f"recipient-{name}-channels", format_func=lambda one: channels.get(one, one),
        placeholder="No channel: nothing is sent" if channels else "There is no channel yet",
    )  # fmt: skip
    quiet = st.checkbox("Quiet hours", value=told["quiet"] is not None, key=f"recipient-{name}-quiet")
    begin, _, end = (told["quiet"] or "22:00-07:00").partition("-")
    first, second, third = st.columns(3)
    begins = first.time_input(
        "From", time.fromisoformat(begin), key=f"recipient-{name}-from", disabled=not quiet
    )
    ends = second.time_input("To", time.fromisoformat(end), key=f"recipient-{name}-to", disabled=not quiet)
    zones = sorted(available_timezones())
    zone = third.selectbox(
        "By the clock of", zones, index=zones.index(told["zone"] if told["zone"] in zones else "UTC"),
        key=f"recipient-{name}-zone",
    )  # fmt: skip
    first, second = st.columns(2)
    budget = first.number_input(
        "Alerts a day at most", 0, 10_000, int(told["budget"]), key=f"recipient-{name}-budget",
        help="What is beyond waits for the next day's digest.",
    )  # fmt: skip
    least = second.selectbox(
        "Of severity", list(_LEAST), index=list(_LEAST).index(told["least"]), key=f"recipient-{name}-least",
        format_func=_LEAST.__getitem__,
    )  # fmt: skip
    hours = f"{begins:%H:%M}-{ends:%H:%M}" if quiet else None
    return {"channels": sent, "quiet": hours, "zone": zone, "budget": int(budget), "least": least}


def _done(said: str) -> None:
    st.session_state[_SAID] = said
    st.rerun()
