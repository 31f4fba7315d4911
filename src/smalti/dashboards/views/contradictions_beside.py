"""Beside the findings: numbers that one issuer tells twice, and what no check could judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import streamlit as st

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards.memory import remembered
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.tables import table
from smalti.platform import words

_MOST = 200
"""Comparisons shown."""


@remembered("documents")
def comparisons(smalti: Client, issuer: str, as_of: datetime | None) -> tuple[pl.DataFrame, bool]:
    """The newest numbers told twice that differ, and whether there are more."""
    frame, after = smalti.comparison_page(issuer, as_of, limit=_MOST)
    return frame, after is not None


def told_twice(page: Page, issuer: str) -> None:
    """The numbers of an issuer that two pieces of evidence tell differently."""
    st.header("Numbers told twice")
    st.caption("A number printed, drawn or said, and the same number as filed; only those that differ.")
    frame, more = comparisons(page, issuer, page.as_of)
    if not frame.height:
        states.empty(
            "No number of this issuer is told differently in two places.",
            "Numbers are compared where a filing's facts tell of the same measure and period.",
        )
        return
    shown = frame.with_columns(
        pl.col("ours", "theirs").map_elements(numbers.amount, return_dtype=pl.String),
        pl.col("verdict").map_elements(words.capital, return_dtype=pl.String),
        pl.col("available_at").map_elements(numbers.day, return_dtype=pl.String).alias("known"),
    )
    table(
        shown,
        "told-twice",
        columns={
            "item": "Number of",
            "ours": "Here it is",
            "title": "In",
            "where": "Where",
            "theirs": "There it is",
            "with_title": "Held against",
            "with_where": "Where there",
            "verdict": "Verdict",
            "known": "Known since",
        },
        leads={name: ("evidence", {"id": "evidence_id"}) for name in ("ours", "title", "where")}
        | {name: ("evidence", {"id": "with_evidence"}) for name in ("theirs", "with_title", "with_where")},
        alt=f"{frame.height} numbers that two places tell differently.",
    )
    if more:
        st.caption(f"The newest {_MOST} are shown.")


def silences(groups: Sequence[Json], check: str | None) -> None:
    """What could not be judged, by reason; a check that keeps quiet says neither yes nor no."""
    chosen = [one for one in groups if check in (None, one["check"])]
    st.header("What could not be judged")
    if not chosen:
        st.caption("Nothing was passed over.")
        return
    st.caption("A check that could not compare says neither that something fits nor that it does not.")
    table(
        pl.DataFrame(
            [
                {
                    "times": one["times"],
                    "issuers": one["issuers"],
                    "check": words.capital(words.check(one["check"])),
                    "reason": words.reason(one["reason"]),
                }
                for one in chosen
            ]
        ),
        "silences",
        columns={
            "times": st.column_config.NumberColumn("Times", width="small"),
            "issuers": st.column_config.NumberColumn("Issuers", width="small"),
            "check": "Check",
            "reason": st.column_config.TextColumn("Why it could not compare", width="large"),
        },
        alt=f"{len(chosen)} reasons why checks could not compare something, by how often they were met.",
    )
