"""Reports that are made by themselves: when, of whom, in which form, and where they go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from itertools import islice
from zoneinfo import available_timezones

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, whom, zones
from smalti.dashboards.parts.here import here
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import reports_cron, reports_history
from smalti.dashboards.views.alerts_words import moment

_MOST = 200
_SAID = "schedules-said"
_UNCHANGED = {
    "line": "send one line that nothing changed",
    "nothing": "send nothing",
    "report": "send the whole report all the same",
}


def show(page: Page) -> None:
    """Show the schedules, and the form of a new one."""
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check:")
    may = page.who.may("analyst")
    channels = _channels(page) if may else {}
    found = list(islice(page.smalti.report_schedules(), _MOST))
    if not found:
        states.empty(
            "No report is made by itself yet.", "A schedule makes one again and again, and sends it."
        )
    for one in found:
        _row(page, one, channels, may)
    st.header("New schedule", anchor=False)
    if may:
        _form(page, channels)
    else:
        states.needs("analyst", "Making and removing schedules")


def _channels(page: Page) -> Mapping[str, str]:
    return {one["channel_id"]: one["channel"]["name"] for one in islice(page.smalti.channels(), _MOST)}


def _row(page: Page, told: Json, channels: Mapping[str, str], may: bool) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(told['name'])}** · {plain(_subject(page, told))}")
        cron = f"{reports_cron.in_words(told['cron'])}, clock of {told['zone']}"
        st.markdown(plain(f"{cron[:1].upper()}{cron[1:]}"))
        due = moment(told["next_due"])
        st.caption(plain(f"Next due {zones.both(due)}" if due else "Never due again"))
        names = [channels.get(one, "a channel") for one in told["channels"]]
        sent = f"sent to {', '.join(names)}" if names else "sent nowhere: it stands in the history"
        forms = " and ".join(form.upper() for form in told["formats"])
        st.caption(
            plain(f"As {forms}, {sent}; where nothing changed: {_UNCHANGED[told['when_unchanged']]}", 600)
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            if told["last_due"]:
                st.caption(
                    f"Last due {numbers.when(moment(told['last_due']))}: {plain(told['last_outcome'] or '')}"
                )
            if told["last_report"]:
                here("Its last report", told["schedule_id"], report=told["last_report"], tab=None)
            if st.button(
                "Remove", key=f"remove-{told['schedule_id']}", disabled=not may, icon=":material/delete:"
            ):
                with states.told():
                    page.smalti.remove_report_schedule(told["schedule_id"])
                    _done(f"“{plain(told['name'])}” is removed; its reports stay.")


def _subject(page: Page, told: Json) -> str:
    names = whom.issuers(page) if told["subject_kind"] == "issuer" else whom.watchlists(page)
    return names.get(told["subject"], f"{told['subject_kind']} {told['subject'][:12]}")


def _form(page: Page, channels: Mapping[str, str]) -> None:
    first, second, third = st.columns([2, 1, 2], vertical_alignment="bottom")
    name = first.text_input("Name", max_chars=120, key="schedule-name", placeholder="Board, Mondays")
    with second:
        kind = reports_history.kind_of_subject("schedule-kind")
    with third:
        subject = reports_history.subject_of(page, kind, "schedule-subject")
    cron, zone = _when()
    first, second, third = st.columns([1, 2, 2], vertical_alignment="bottom")
    forms = first.multiselect(
        "As", ["pdf", "html"], default=["pdf"], format_func=str.upper, key="schedule-forms"
    )
    sent = second.multiselect(
        "Send to", list(channels), format_func=lambda one: channels.get(one, one), key="schedule-channels",
        placeholder="Nowhere: it stands in the history" if channels else "There is no channel yet",
    )  # fmt: skip
    unchanged = third.selectbox(
        "Where nothing changed since the last one", list(_UNCHANGED), key="schedule-unchanged",
        format_func=lambda one: f"{_UNCHANGED[one][:1].upper()}{_UNCHANGED[one][1:]}",
    )  # fmt: skip
    st.caption(plain(f"It will be made {reports_cron.in_words(cron)}, clock of {zone}."))
    ready = bool(name.strip() and subject and forms)
    pressed = st.button("Add the schedule", type="primary", disabled=not ready, icon=":material/add:")
    if not ready:
        st.caption("It takes a name, a subject and a form.")
    if pressed and subject:
        with states.told():
            page.smalti.add_report_schedule(
                name, kind, subject, cron, zone, formats=forms, channels=sent, when_unchanged=unchanged
            )
            _done(f"“{plain(name)}” is scheduled.")


def _when() -> tuple[str, str]:
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    every = first.selectbox(
        "How often",
        list(reports_cron.EVERY),
        key="schedule-every",
        format_func=reports_cron.EVERY.__getitem__,
    )
    known = sorted(available_timezones())
    own = zones.own_zone()
    zone = fourth.selectbox(
        "By the clock of",
        known,
        index=known.index(own if own in known else "UTC"),
        key="schedule-zone",
    )
    if every == "own":
        fields = second.text_input("Five crontab fields", "0 7 * * 1-5", max_chars=120, key="schedule-cron")
        return fields, zone
    at = second.time_input("At", time(7), key="schedule-at")
    weekday, day = 1, 1
    if every == "week":
        weekday = third.selectbox(
            "On", range(7), index=1, format_func=reports_cron.DAYS.__getitem__, key="schedule-weekday"
        )
    elif every == "month":
        day = int(third.number_input("On day", 1, 28, 1, key="schedule-day"))
    return reports_cron.cron(every, at, weekday=weekday, day=day), zone


def _done(said: str) -> None:
    st.session_state[_SAID] = said
    st.rerun()
