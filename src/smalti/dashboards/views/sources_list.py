"""The places that are pulled from: how each does, and, for admins, changing them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, tables, tasks
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import sources_form
from smalti.dashboards.views import sources_words as words

_LINES = 40
"""Lines of what a source gives when it is tried."""


def show(page: Page) -> None:
    """Show the tab: one source, or all of them."""
    if name := place.get("source"):
        _one(page, name)
    else:
        _list(page)


def _list(page: Page) -> None:
    if task := place.get("task"):
        _pulled(page, task)
    found = page.smalti.sources()
    if found.height:
        now = datetime.fromisoformat(page.edition["now"])
        st.caption("Click a name to see a source. Keys in addresses are never shown.")
        tables.table(
            pl.DataFrame([_row(one, now) for one in found.iter_rows(named=True)]), "sources",
            columns={"name": "Name", "kind": "Kind", "state": "State", "schedule": "Pulled",
                     "pulled": "Last pull", "counts": "It gave", "error": "Error", "address": "Address"},
            leads={"name": ("sources", {"source": "name"})},
            alt="Sources with kind, state, schedule and how the last pull went",
        )  # fmt: skip
    else:
        states.empty("No source is set up.", "Files can be handed in in the tab Upload all the same.")
    if page.who.may("analyst") and found.height:
        _pull_button(page, None, "Pull all now")
    if page.who.may("admin"):
        with st.expander("Add a source", icon=":material/add:"):
            sources_form.show(page, None)
    else:
        states.needs("admin", "Adding and changing sources")


def _row(one: Mapping[str, Any], now: datetime) -> dict[str, object]:
    pull = one["last_pull"]
    return {
        "name": one["name"],
        "kind": one["kind"],
        "state": _state(one["paused"], one["last_state"]),
        "schedule": words.schedule(one["schedule"]),
        "pulled": f"{numbers.age(pull, now)} ago" if pull else "never",
        "counts": words.counts(json.loads(one["last_counts"] or "{}")) if pull else "",
        "error": one["last_error"] or "",
        "address": one["address"],
    }


def _state(paused: bool, last: str | None) -> str:
    if paused:
        return "paused"
    return "never pulled" if last is None else words.STATES.get(last, last)


def _one(page: Page, name: str) -> None:
    st.button("All sources", icon=":material/arrow_back:", on_click=_back, type="tertiary")
    one = page.smalti.source(name)
    st.header(plain(one["name"]))
    pull = datetime.fromisoformat(one["last_pull"]) if one["last_pull"] else None
    now = datetime.fromisoformat(page.edition["now"])
    lines = [
        f"**Kind**: {plain(words.KINDS.get(one['kind'], one['kind']))}",
        f"**Address**: {plain(one['address'])}",
        f"**Pulled**: {plain(words.schedule(one['schedule']))}" + (" · **paused**" if one["paused"] else ""),
        f"**Last pull**: {numbers.when(pull)}, {numbers.age(pull, now)} ago"
        if pull
        else "**Last pull**: never",
        *(f"**{plain(key)}**: {plain(value)}" for key, value in sorted(one["options"].items())),
    ]
    st.markdown("  \n".join(lines))
    if one["last_error"]:
        st.error(f"The last pull failed: {plain(one['last_error'], 600)}", icon=":material/error:")
    elif pull:
        st.caption(f"It gave: {plain(words.counts(one['last_counts']))}.")
    place.link("All runs", "sources", tab="runs", icon=":material/list:")
    if task := place.get("task"):
        _pulled(page, task)
    with st.container(horizontal=True):
        if page.who.may("analyst"):
            _pull_button(page, one["name"], "Pull now")
        if page.who.may("admin"):
            _admin(page, one)
    if page.who.may("admin"):
        _tried(page, one["name"])
        with st.expander("Change it", icon=":material/edit:"):
            sources_form.show(page, one)
    elif not page.who.may("analyst"):
        states.needs("analyst", "Pulling now")
    else:
        states.needs("admin", "Testing, pausing, changing and removing sources")


def _pull_button(page: Page, name: str | None, label: str) -> None:
    if st.button(label, icon=":material/sync:", key="pull", help="Fetch what is new, link and prepare it"):
        task = page.smalti.pull(name)
        place.put(task=task.task_id, tab="sources")
        st.rerun()


def _pulled(page: Page, task: str) -> None:
    told = tasks.outcome(page, task, "Pull")
    if told is not None:
        for report in told["result"]:
            st.markdown(f"**{tasks.stage(report['stage'])}**: {plain(words.counts(report['counts']))}")
            if report["stage"] in ("pull", "ingest"):
                place.link("What became of each", "sources", run=report["run_id"], icon=":material/list:")


def _admin(page: Page, one: Json) -> None:
    name = one["name"]
    if st.button(
        "Test", icon=":material/science:", help="Ask it once and show what it would give; store nothing"
    ):
        with states.told(), st.spinner("Asking the source…"):
            st.session_state["source-tried"] = (name, page.smalti.test_source(name))
    label, icon = ("Resume", "play_arrow") if one["paused"] else ("Pause", "pause")
    if st.button(label, icon=f":material/{icon}:", help="In or out of the schedule"):
        page.smalti.pause_source(name, paused=not one["paused"])
        st.rerun()
    with st.popover("Remove", icon=":material/delete:"):
        st.markdown(f"Forget **{plain(name)}**? It is not pulled any more. What was pulled from it stays.")
        if st.button("Yes, remove it", type="primary"):
            page.smalti.remove_source(name)
            place.put(source=None, tab="sources")
            st.rerun()


def _tried(page: Page, name: str) -> None:
    tried, found = st.session_state.get("source-tried", (None, None))
    if tried != name:
        return
    st.subheader("What it would give")
    st.caption(f"Asked: {plain(', '.join(found['asked']))}. Nothing was stored.")
    for problem in found["problems"][:_LINES]:
        st.warning(plain(problem), icon=":material/warning:")
    if not found["entries"]:
        states.empty("It names nothing.")
        return
    entries = [
        {
            "title": one["title"] or one["name"],
            "published": numbers.when(datetime.fromisoformat(one["published_at"]))
            if one["published_at"]
            else "",
            "url": one["url"],
        }
        for one in found["entries"]
    ]
    tables.table(
        pl.DataFrame(entries), "source-entries",
        columns={"title": "What", "published": "Published", "url": "Address"},
        alt="What the source names", height=320,
    )  # fmt: skip


def _back() -> None:
    place.put(source=None, task=None, tab="sources")
