"""A change of a score split by cause, the documents behind it, and the score without one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isclose
from typing import Any

import polars as pl
import streamlit as st

from smalti import charts
from smalti.charts import Notes
from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.charts import chart
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views.compare_asked import change, in_order, what_if
from smalti.platform import words

CAUSES: Mapping[str, str] = {
    "model version": "today's model scores the earlier case again",
    "revised data": "what was recorded since about the earlier moment",
    "aged-out evidence": "the clock moved on: evidence grew older, or too old to count",
    "new evidence": "what became public between the two moments",
    "corrected documents": "documents among it that take the place of earlier ones",
    "remainder": "what lies between the score so made and the one stored",
}
"""The steps from one score to the other, in their order, and what each is."""


def show(page: Page, issuer_id: str, before: datetime, after: datetime, *, synthetic: bool) -> None:
    """Show the split of one signal, then the documents."""
    with st.spinner("Scoring the steps between the two moments …", show_time=True):
        told = change(page, issuer_id, before, after)
    one = _chosen(told["signals"])
    if one is None:
        states.empty("No signal was scored at both moments.", "Choose other moments.")
        return
    if one["reason"] is not None:
        states.empty(f"{words.signal_name(one['kind'], one['horizon_days'])}: {plain(one['reason'])}.")
    else:
        _split(one, (before, after), synthetic=synthetic)
    _documents("New documents", "arrived", told["arrived"], page, "No document of it became public between.")
    _documents(
        "No longer counted", "aged", told["aged_out"], page, "Nothing that had moved a score grew too old."
    )
    _without(page, issuer_id, after, [*told["arrived"], *told["aged_out"]])


def _chosen(signals: Sequence[Json]) -> Json | None:
    """The signal of the address (`of=risk:30`), or the one that is told first of those that moved."""
    by_name = {f"{one['kind']}:{one['horizon_days']}": one for one in signals}
    keys = pl.DataFrame(
        [(one["kind"], one["horizon_days"]) for one in signals],
        schema=["kind", "horizon_days"], orient="row",
    )  # fmt: skip
    names = [f"{kind}:{horizon}" for kind, horizon in in_order(keys)]
    if not names:
        return None
    split = [name for name in names if by_name[name]["reason"] is None]
    usual = "risk:30" if "risk:30" in split else split[0] if split else names[0]

    def changed() -> None:
        place.put(of=st.session_state["compare-of"])

    asked = place.get("of")
    current = asked if asked in by_name else usual
    st.session_state["compare-of"] = current
    st.selectbox(
        "Signal", names, key="compare-of", on_change=changed,
        format_func=lambda name: words.signal_name(by_name[name]["kind"], by_name[name]["horizon_days"]),
    )  # fmt: skip
    return by_name[current]


def _split(one: Json, moments: tuple[datetime, datetime], *, synthetic: bool) -> None:
    kind, before, after = one["kind"], one["before"], one["after"]
    parts = pl.DataFrame(
        [(part["name"], part["amount"]) for part in one["parts"]],
        schema={"name": pl.String, "amount": pl.Float64}, orient="row",
    )  # fmt: skip
    notes = Notes("scores and evidence stored by smalti", synthetic=synthetic)
    drawn = charts.score_change(parts, before, after, kind, moments, notes)
    name = words.signal_name(kind, one["horizon_days"])
    alt = f"{name} from {numbers.score(kind, before)} to {numbers.score(kind, after)}, step by step."
    rows = [("Before", numbers.score(kind, before), numbers.when(moments[0]))]
    rows += [
        (words.capital(part["name"]), numbers.moved(kind, part["amount"]), _cause(part["name"]))
        for part in one["parts"]
    ]
    rows.append(("After", numbers.score(kind, after), numbers.when(moments[1])))
    chart(drawn, "compare-change", alt=alt, data=parts)
    table(
        pl.DataFrame(rows, schema=["cause", "amount", "means"], orient="row"),
        "compare-causes",
        columns={
            "cause": "Cause",
            "amount": "Moved it by",
            "means": st.column_config.TextColumn("What that is", width="large"),
        },
        alt=f"The same as a table: {alt}",
    )
    if not isclose(before + sum(parts["amount"]), after, abs_tol=1e-9):
        st.warning("These steps do not add up to the difference; please report it.")


def _cause(name: str) -> str:
    """Of one step, or of steps that can only be told together: `aged-out evidence + new evidence`."""
    return "; then ".join(CAUSES.get(one, one) for one in name.split(" + "))


def _documents(heading: str, key: str, documents: Sequence[Json], page: Page, nothing: str) -> None:
    st.subheader(heading)
    if not documents:
        st.caption(nothing)
        return
    rows = []
    for one in documents:
        known = datetime.fromisoformat(one["available_at"])
        rows.append(
            {
                "document_id": one["document_id"],
                "title": one["title"] or one["file"],
                "source": words.capital(words.SOURCES.get(one["kind"], one["kind"])),
                "known": f"{numbers.when(known)}, {numbers.ago(known, page.moment)}",
                "corrects": "an earlier one" if one["corrects"] else "",
                "file": one["file"],
            }
        )
    columns: dict[str, Any] = {
        "title": st.column_config.TextColumn("Document", width="large"),
        "source": "From",
        "known": "Public since",
    }
    if any(row["corrects"] for row in rows):
        columns["corrects"] = "Corrects"
    table(
        pl.DataFrame(rows),
        f"compare-{key}",
        columns=columns,
        leads={"title": ("evidence", {"document": "document_id"})},
        alt=f"{words.counted(len(rows), 'document')}: {heading.lower()}.",
    )


def _without(page: Page, issuer_id: str, after: datetime, documents: Sequence[Json]) -> None:
    """Each signal as it would be had one of the documents not been published."""
    st.subheader("Without one document")
    titles = {
        one["document_id"]: f"{one['title'] or one['file']} ({one['available_at'][:10]})" for one in documents
    }
    if not titles:
        st.caption("There is no document to leave out.")
        return
    asked = place.get("without")

    def changed() -> None:
        place.put(without=st.session_state["compare-without"])

    current = asked if asked in titles else None
    st.session_state["compare-without"] = current
    st.selectbox(
        "Leave out", list(titles), key="compare-without", index=None, on_change=changed,
        format_func=lambda one: titles[one], placeholder="Choose a document",
        help="Every signal is scored again as if it had not been published, which takes some seconds.",
    )  # fmt: skip
    if current is None:
        return
    with states.told():
        with st.spinner("Scoring without it …", show_time=True):
            told = what_if(page, issuer_id, current, after)
        _outcome(told["signals"])


def _outcome(signals: Sequence[Json]) -> None:
    rows: list[dict[str, Any]] = []
    for one in signals:
        kind, full, bare = one["kind"], one["value"], one["without"]
        if full is None and bare is None:
            continue
        there = full is not None and bare is not None
        rows.append(
            {
                "signal": words.signal_name(kind, one["horizon_days"]),
                "value": numbers.score(kind, full),
                "without": numbers.score(kind, bare),
                "moved": numbers.moved(kind, bare - full) if there else "–",
                "reason": words.reason(one["reason"]) if one["reason"] else "",
            }
        )
    if not rows:
        st.caption("No signal has a value with it or without it.")
        return
    table(
        pl.DataFrame(rows),
        "compare-without-it",
        columns={
            "signal": "Signal",
            "value": "As it is",
            "without": "Without it",
            "moved": "Difference",
            "reason": "Why not",
        },
        alt=f"{len(rows)} signals as they are and as they would be without the document.",
    )
