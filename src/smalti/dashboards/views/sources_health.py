"""How the service is: what it needs, what runs, which sources are overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, tables, tasks
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import sources_words as words
from smalti.platform.errors import NotSignedIn, SmaltiError

_EVERY = 3.0
"""Seconds between two looks at runs under way."""

_PARTS = {
    "store": "Store",
    "disk": "Disk",
    "objects": "Files as received",
    "scheduler": "Schedule",
    "workers": "Workers",
}


def show(page: Page) -> None:
    """Show the tab."""
    found = page.smalti.condition()
    now = datetime.fromisoformat(found["now"])
    _readiness(found)
    _figures(found, now)
    st.header("Under way")
    with states.told():
        under_way = page.smalti.runs_under_way()
        if under_way:
            _watch(page)
        else:
            st.caption("Nothing runs at this moment.")
    st.header("Sources by age")
    _ages(found["sources"], now)


def _readiness(found: Json) -> None:
    faults = {name: fault for name, fault in found["parts"].items() if fault}
    if found["ready"]:
        st.success("The service can do its work: all it needs was tried.", icon=":material/check_circle:")
        return
    for name, fault in faults.items():
        st.error(f"**{plain(_PARTS.get(name, name))}**: {plain(fault)}", icon=":material/error:")


def _figures(found: Json, now: datetime) -> None:
    workers = found["workers"]
    newest = found["newest_evidence"]
    aside = sum(found["quarantine"].values())
    share = found["disk_free"] / found["disk_total"] if found["disk_total"] else 0.0
    with st.container(horizontal=True):
        st.metric("Free disk", words.size(found["disk_free"]), f"{share:.0%} of the disk", delta_color="off",
                  delta_arrow="off", help="Where the home folder lies")  # fmt: skip
        st.metric("Store", words.size(found["store_bytes"]), help="Its file and its log")
        st.metric(
            "Workers busy", f"{workers['running']} of {workers['processes']}",
            f"{workers['waiting']} tasks waiting", delta_color="off", delta_arrow="off",
        )  # fmt: skip
        st.metric("Set aside", f"{aside:,}", help="Inputs and records that could not be read")
        st.metric("Runs cut short", f"{found['unfinished']:,}", help="Their next run goes on from there")
        if newest:
            moment = datetime.fromisoformat(newest)
            st.metric("Newest dated evidence", numbers.day(moment), f"{numbers.age(moment, now)} ago",
                      delta_color="off", delta_arrow="off")  # fmt: skip


@st.fragment(run_every=_EVERY)
def _watch(page: Page) -> None:
    """Looks again by itself until nothing runs; then the whole page is shown anew."""
    try:
        under_way = page.smalti.runs_under_way()
    except NotSignedIn:
        st.rerun()  # the whole page asks for it
    except SmaltiError as error:
        states.show(error)
        return
    if not under_way:
        st.rerun()
    for one in under_way:
        done, total = one["done"], one["total"]
        about = f" {plain(one['subject'], 80)}" if one["subject"] else ""
        st.progress(
            min(1.0, done / total) if total else 1.0,
            f"**{plain(tasks.stage(one['part'] or one['stage']))}**{about}: {done:,} of {total:,}",
        )


def _ages(sources: Sequence[Json], now: datetime) -> None:
    if not sources:
        states.empty("No source is pulled by schedule.", "An admin adds one in the tab Sources.")
        return
    overdue = [one["name"] for one in sources if one["overdue"]]
    if overdue:
        named = ", ".join(plain(name, 60) for name in overdue[:5]) + (" and others" if overdue[5:] else "")
        st.warning(
            f"{len(overdue)} of {len(sources)} are overdue: {named}. Scores rest on what they last gave.",
            icon=":material/schedule:",
        )
    rows = [_row(one, now) for one in sources]
    frame = pl.DataFrame(rows).sort("rank", "hours", descending=True, nulls_last=False)
    tables.table(
        frame, "source-ages",
        columns={"name": "Source", "state": "State", "age": "Last pulled well", "last": "At",
                 "due": "Due"},
        leads={"name": ("sources", {"source": "name"})},
        alt="Sources, those overdue first, with the age of their last good pull",
    )  # fmt: skip


def _row(one: Json, now: datetime) -> dict[str, object]:
    last, due = (datetime.fromisoformat(one[key]) if one[key] else None for key in ("last_success", "due"))
    waits = "in time" if last else "not pulled yet"
    state = "overdue" if one["overdue"] else "paused" if one["paused"] else waits
    return {
        "name": one["name"],
        "state": state,
        "age": f"{numbers.age(last, now)} ago" if last else "never",
        "last": numbers.when(last) if last else "",
        "due": numbers.when(due) if due else "",
        "rank": one["overdue"],
        "hours": (now - last).total_seconds() / 3600 if last else None,
    }
