"""The evidence behind a score, piece by piece, with its pull."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.client.frames import TIME
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.cite import cite
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import issuer_steps as steps
from smalti.dashboards.views.issuer_asked import Subject, moment
from smalti.platform import words

_SCHEMA: dict[str, Any] = (
    dict.fromkeys(("pull", "without", "effect", "lost"), pl.Float64)
    | dict.fromkeys(("says", "of", "modality", "where", "source", "title", "evidence_id"), pl.String)
    | {"available_at": TIME}
)
_CONTEXTS = 5


def show(about: Subject, told: Json) -> None:
    """The list, filtered by modality; then what bears on the matter without having moved the score."""
    st.subheader("Evidence")
    frame = _frame(told, about.kind)
    if not frame.height:
        _untold(about, told)
        return
    kinds = frame["modality"].unique(maintain_order=True).to_list()
    wanted = (
        st.pills("Kinds of input", kinds, selection_mode="multi", default=kinds, key=f"kinds-{about.kind}")
        if len(kinds) > 1
        else kinds
    )
    frame = frame.filter(pl.col("modality").is_in(wanted))
    unit = "points" if about.kind == words.SENTIMENT else "percentage points"
    digits = {words.RISK: "%+.2f", words.FRAUD: "%+.4f"}.get(about.kind, "%+.3f")
    number = st.column_config.NumberColumn
    leads = {name: ("evidence", {"id": "evidence_id"}) for name in ("pull", "says", "where")}
    table(
        frame,
        "evidence-behind",
        columns={
            "pull": number("Pull", format=digits, help=f"Its share of the score's way, in {unit}"),
            "without": number("Without it", format=digits, help=f"What the score would lose, in {unit}"),
            "says": st.column_config.TextColumn("What it says", width="large"),
            **({"of": "Of"} if frame["of"].str.len_bytes().sum() else {}),
            "modality": "Input",
            "where": "Where",
            "source": "Source",
            "title": "Document",
            "available_at": st.column_config.DatetimeColumn("Public since (UTC)", format="D MMM YYYY, HH:mm"),
        },
        leads=leads,
        alt=f"Evidence behind the score, largest pull first: {frame.height} rows.",
    )
    _context(told)


def _frame(told: Json, kind: str) -> pl.DataFrame:
    """A row a piece and ratio, largest pull first; `effect` and `lost` in the score's unit, for exports."""
    scale = 100.0 if kind in numbers.POINTS else 1.0
    lost = {
        (e["evidence_id"], e["modality"], steps.of(e["method"])): e["effect"]
        for e in told["evidence"]
        if e["method"].startswith(steps.LEFT_OUT)
    }
    methods = {e["method"].partition(" of ")[0] for e in told["evidence"]}
    shown = steps.SHARES if any(method.startswith(steps.SHARES) for method in methods) else steps.LEFT_OUT
    rows = []
    for e in told["evidence"]:
        if not e["method"].startswith(shown):
            continue
        share = e["effect"] if shown == steps.SHARES else None
        without = lost.get((e["evidence_id"], e["modality"], steps.of(e["method"])))
        rows.append(
            {
                "pull": None if share is None else share * scale,
                "without": None if without is None else without * scale,
                "effect": share,
                "lost": without,
                "says": e["quote"],
                "of": steps.of(e["method"]),
                "modality": words.capital(words.modality(e["modality"])),
                "where": e["where"],
                "source": words.SOURCES.get(e["source"], e["source"]),
                "title": e["title"],
                "evidence_id": e["evidence_id"],
                "available_at": moment(e["available_at"]),
            }
        )
    frame = pl.DataFrame(rows, schema=_SCHEMA)
    size = pl.coalesce("pull", "without").abs()
    return frame.sort(size, descending=True, maintain_order=True)


def _untold(about: Subject, told: Json) -> None:
    """Evidence of a ratio or a check, or of a withheld score: it is cited, but has no pull."""
    pieces = [e for e in told["evidence"] if not e["method"].startswith(steps.CONTEXT)]
    if about.chosen is not None and about.chosen["erased"]:
        states.empty("Part of the evidence was erased on request.", "What is left of it stands here.")
    if told["findings"]:
        st.caption("Its evidence stands on both sides of the findings below.")
    elif not pieces:
        states.empty("No piece of evidence stands behind this value.")
    for e in pieces[:25]:
        name = steps.of(e["method"]) or words.modality(e["modality"])
        st.markdown(f"{plain(words.capital(name))}: “{plain(e['quote'], 200)}”")
        cite(f"{e['title']}, {e['where']}", e["evidence_id"], f"public since {e['available_at'][:16]} UTC")


def _context(told: Json) -> None:
    said = [e for e in told["evidence"] if e["method"].startswith(steps.CONTEXT)][:_CONTEXTS]
    if not said:
        return
    with st.expander(
        f"Beside it: {words.counted(len(said), 'passage')} on the matter that did not move the score"
    ):
        st.caption(
            "The model was never taught to use filing text; these are worth reading beside the number."
        )
        for e in said:
            cite(e["quote"], e["evidence_id"], e["where"])
