"""Where alerts are sent, to whom, and what became of each message. Secrets come out of nowhere."""

from __future__ import annotations

from itertools import islice

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, tables
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import alerts_recipients
from smalti.dashboards.views import alerts_words as words

_MOST = 100
_STATES = {"sent": "sent", "queued": "waits", "failed": "failed, will be tried again", "given up": "given up"}


def show(page: Page) -> None:
    """Show channels, recipients and deliveries."""
    if not page.who.may("analyst"):
        states.needs("analyst", "Seeing where alerts are sent")
        return
    channels = list(islice(page.smalti.channels(), _MOST))
    with states.told():
        _channels(page, channels)
    with states.told():
        alerts_recipients.show(page, {one["channel_id"]: one["channel"]["name"] for one in channels})
    with states.told():
        _deliveries(page)


def _channels(page: Page, channels: list[Json]) -> None:
    st.header("Channels", anchor=False)
    admin = page.who.may("admin")
    if not channels:
        states.empty("There is no channel yet.", "An admin adds one: `smalti alerts channels add`.")
    for one in channels:
        told = one["channel"]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(told['name'])}** · {plain(told['kind'])}", width="stretch")
            pressed = st.button(
                "Send a test",
                key=f"test-{one['channel_id']}",
                disabled=not admin,
                icon=":material/send:",
                help=None if admin else "Takes the role admin",
            )
        to = f" to {', '.join(told['to'])}" if told["to"] else ""
        secret = "a secret is set" if one["has_secret"] else "no secret is set: nothing can be sent"
        made = f"by {one['made_by']}, {numbers.when(words.moment(one['made_at']))}"
        st.caption(f"{plain(told['address'] + to, 300)} · {secret} · {plain(made)}")
        if pressed:
            with states.told(), st.spinner("Sending a test message…"):
                _tested(page.smalti.test_channel(one["channel_id"]))


def _tested(sent: Json) -> None:
    if sent["state"] == "sent":
        st.success("The test message was taken.", icon=":material/check:")
    else:
        st.error(
            f"The test message was not taken: {plain(sent['error'] or sent['state'])}.",
            icon=":material/error:",
        )


def _deliveries(page: Page) -> None:
    st.header("Deliveries", anchor=False)
    state = st.selectbox(
        "State",
        list(_STATES),
        index=None,
        key="deliveries-state",
        format_func=_STATES.__getitem__,
        placeholder="All",
        width=280,
    )
    found, more = page.smalti.delivery_page(_MOST, state=state)
    if not found:
        states.empty("No message like that." if state else "No message was sent yet.")
        return
    rows = [
        {
            "queued_at": words.moment(one["queued_at"]),
            "channel": one["channel"],
            "title": one["title"],
            "state": _STATES[one["state"]],
            "attempts": one["attempts"],
            "error": one["error"] or "",
            "next_try": words.moment(one["next_try"]),
        }
        for one in found
    ]
    tables.table(
        pl.DataFrame(rows, schema_overrides={"next_try": pl.Datetime("us", "UTC")}),
        "deliveries",
        columns={
            "queued_at": words.moments("Queued (UTC)"),
            "channel": "Channel",
            "title": "Message",
            "state": "State",
            "attempts": "Tries",
            "error": "Last error",
            "next_try": words.moments("Next try (UTC)"),
        },
        alt="Messages and how they go, newest first.",
    )
    if more:
        st.caption(f"The newest {_MOST} are shown; `smalti alerts channels log` has the others.")
