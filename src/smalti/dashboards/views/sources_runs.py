"""The ledger: what ran, newest first, a page at a time; and one run with what became of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, tables, tasks, turning
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import sources_outcomes
from smalti.dashboards.views import sources_words as words

_A_PAGE = 50
_STAGES = ("pull", "ingest", "push", "link", "dedupe", "likeness", "compare", "embed", "score", "snapshot",
           "backup", "verify", "retain", "erase")  # fmt: skip


def show(page: Page) -> None:
    """Show the tab: one run, or the list."""
    if run_id := place.get("run"):
        _one(page, run_id)
    else:
        _list(page)


def _list(page: Page) -> None:
    left, right = st.columns(2)
    stage = left.selectbox("Stage", _STAGES, index=None, key="runs-of-stage", placeholder="All stages")
    state = right.selectbox(
        "State", list(words.STATES), index=None, key="runs-in-state", placeholder="All states",
        format_func=words.STATES.__getitem__,
    )  # fmt: skip
    wanted = (stage, state)
    found, after = page.smalti.newest_runs(stage, state, _A_PAGE, turning.cursor("runs-at", wanted))
    if not found.height:
        if stage or state:
            states.empty("No run is like that.", "Take a filter away to see more.")
        else:
            states.empty("Nothing has run yet.", "Hand something in, or have an admin add a source.")
        return
    rows = [_row(one) for one in found.iter_rows(named=True)]
    st.caption("Click a stage to see the run with what became of each file.")
    tables.table(
        pl.DataFrame(rows), "runs",
        columns={"stage": "Stage", "subject": "Of", "state": "State", "started": "Began", "took": "Took",
                 "counts": "Counted", "error": "Error"},
        leads={"stage": ("sources", {"run": "run_id"}), "subject": ("sources", {"run": "run_id"})},
        alt="Runs, newest first, with state, times and what they counted",
    )  # fmt: skip
    turning.buttons("runs-at", wanted, after)


def _row(one: Mapping[str, Any]) -> dict[str, object]:
    return {
        "run_id": one["run_id"],
        "stage": one["stage"],
        "subject": one["subject"] or "everything",
        "state": words.STATES.get(one["state"], one["state"]),
        "started": numbers.when(one["started_at"]),
        "took": _took(one["started_at"], one["finished_at"]),
        "counts": words.counts(json.loads(one["counts"] or "{}")),
        "error": one["error"] or "",
    }


def _one(page: Page, run_id: str) -> None:
    st.button("All runs", icon=":material/arrow_back:", on_click=_back, type="tertiary")
    run = page.smalti.run(run_id)
    began = datetime.fromisoformat(run["started_at"])
    ended = datetime.fromisoformat(run["finished_at"]) if run["finished_at"] else None
    st.header(f"{tasks.stage(run['stage'])}")
    st.markdown(
        f"**{plain(run['stage'])}** of {plain(run['subject'] or 'everything')} · "
        f"**{words.STATES.get(run['state'], run['state'])}** · began {numbers.when(began)}"
        + (f" · took {_took(began, ended)}" if ended else "")
    )
    if run["total"]:
        st.progress(min(1.0, run["done"] / run["total"]), f"{run['done']:,} of {run['total']:,}")
    if run["error"]:
        st.error(plain(run["error"], 600), icon=":material/error:")
    if run["state"] == "interrupted":
        st.caption("What it had done stays; the next run of this stage goes on from there.")
    _counts(run)
    st.subheader("What became of each file")
    with states.told():
        items, after = page.smalti.outcomes(run_id, cursor=turning.cursor("outcomes-at", run_id))
        if items:
            sources_outcomes.table(items)
            turning.buttons("outcomes-at", run_id, after)
        else:
            states.empty(_no_files(run))


def _counts(run: Json) -> None:
    found: Sequence[tuple[str, int]] = list(run["counts"].items())
    if found:
        frame = pl.DataFrame({"what": [k for k, _ in found], "number": [n for _, n in found]})
        tables.table(
            frame, "run-counts", columns={"what": "Counted", "number": "Number"}, alt="Counts of the run"
        )


def _no_files(run: Json) -> str:
    if run["stage"] in ("pull", "ingest", "push"):
        return "This run wrote nothing about any file, or later runs dealt with the same files again."
    return "This stage takes in no files."


def _took(began: datetime, ended: datetime | None) -> str:
    if ended is None:
        return ""
    seconds = (ended - began).total_seconds()
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def _back() -> None:
    place.put(run=None, tab="runs")
