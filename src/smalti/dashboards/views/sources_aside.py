"""The quarantine: what was set aside, why, what to do, and reading it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, tables, tasks, turning
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import sources_outcomes as outcomes
from smalti.dashboards.views import sources_words as words

_A_PAGE = 50
_HANDED_IN = "push"
"""The address of what people handed in: only they have it."""


def show(page: Page) -> None:
    """Show the tab: one entry, or all of them."""
    if task := place.get("task"):
        _retried(page, task)
    if entry := place.get("quarantine"):
        _one(page, entry)
    else:
        _list(page)


def _list(page: Page) -> None:
    codes = page.smalti.condition()["quarantine"]
    if not codes:
        states.empty(
            "Nothing is set aside.", "Every file and record that came in was read, or is accounted for."
        )
        return
    code = st.selectbox(
        "Reason", list(codes), index=None, key="aside-code", placeholder=f"All {sum(codes.values()):,}",
        format_func=lambda one: f"{one} ({codes.get(one, 0):,})",
    )  # fmt: skip
    found, after = page.smalti.set_aside(code, _A_PAGE, turning.cursor("aside-at", code))
    rows = [_row(one) for one in found.iter_rows(named=True)]
    st.caption("Click a file to see what happened, and to read it again.")
    tables.table(
        pl.DataFrame(rows), "set-aside",
        columns={"file": "File", "record": "Record", "code": "Reason", "reason": "What happened",
                 "mend": "What to do", "attempts": "Tries", "when": "Set aside", "source": "Source"},
        leads=dict.fromkeys(("file", "code"), ("sources", {"quarantine": "quarantine_id"})),
        alt="What was set aside, newest first, with the reason and what to do",
    )  # fmt: skip
    turning.buttons("aside-at", code, after)
    if (found["source"] == _HANDED_IN).any():
        st.caption("What people handed in is not read again by itself: mend it and hand it in again.")
    count = codes.get(code, 0) if code else sum(codes.values())
    _retry_button(
        page, f"Read all {count:,} again" if code is None else f"Read the {count:,} {code} again", code=code
    )


def _row(one: Mapping[str, Any]) -> dict[str, object]:
    return {
        "quarantine_id": one["quarantine_id"],
        "file": outcomes.name(one["path"]),
        "record": one["record"],
        "code": one["code"],
        "reason": one["reason"],
        "mend": one["mend"],
        "attempts": one["attempts"],
        "when": numbers.when(one["recorded_at"]),
        "source": "handed in" if one["source"] == _HANDED_IN else one["source"],
    }


def _one(page: Page, entry: str) -> None:
    st.button("All that is set aside", icon=":material/arrow_back:", on_click=_back, type="tertiary")
    one = page.smalti.quarantined(entry)
    handed_in = one["source"] == _HANDED_IN
    st.header(plain(outcomes.name(one["path"])))
    st.error(f"**{plain(one['code'])}**: {plain(one['reason'], 600)}", icon=":material/error:")
    if one["mend"]:
        st.info(f"**What to do**: {plain(one['mend'], 600)}", icon=":material/build:")
    lines = [
        f"**Record**: {plain(one['record'])}" if one["record"] else "",
        f"**Stage**: {plain(tasks.stage(one['stage']))}",
        f"**Tries**: {one['attempts']}",
        f"**Set aside**: {numbers.when(datetime.fromisoformat(one['recorded_at']))}",
        f"**Source**: {'handed in by a person' if handed_in else plain(one['source'])}",
    ]
    st.markdown("  \n".join(line for line in lines if line))
    if handed_in:
        st.caption("It was handed in: mend it and hand it in again, in the tab Upload.")
        place.link("Hand it in again", "sources", tab="upload", icon=":material/upload_file:")
    else:
        _retry_button(page, "Read it again", entry=entry)


def _retry_button(page: Page, label: str, *, entry: str | None = None, code: str | None = None) -> None:
    may = page.who.may("analyst")
    told = "Reads the same address or file anew" if may else "Takes the role analyst"
    if st.button(plain(label), icon=":material/refresh:", disabled=not may, help=told, key="retry"):
        task = page.smalti.retry(entry, code)
        place.put(task=task.task_id, tab=None if entry else "aside")
        st.rerun()
    if not may:
        states.needs("analyst", "Reading again")


def _retried(page: Page, task: str) -> None:
    told = tasks.outcome(page, task, "Reading again")
    if told is None:
        return
    read = [one for one in told["result"] if one["stage"] in ("pull", "ingest")]
    if not read:
        st.caption("Nothing was read again: what people handed in must be handed in again.")
    for report in read:
        st.success(f"Read again: {plain(words.counts(report['counts']))}.", icon=":material/check:")
        place.link("What became of each", "sources", run=report["run_id"], icon=":material/list:")


def _back() -> None:
    place.put(quarantine=None, task=None, tab="aside")
