"""Beside the scores: ratios and checks, what they found, and why some kept quiet."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from smalti.client.frames import TIME
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.cite import cite
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views.issuer_asked import Subject, details, findings
from smalti.platform import words

SUSPECT, FOUND, UNREMARKABLE, NOTHING = "suspect", "found something", "unremarkable", "found nothing"
UNJUDGED = "not judged"
_READS = (SUSPECT, FOUND, UNREMARKABLE, UNJUDGED, NOTHING)
_RATIOS = (
    "fraud.benford",
    "fraud.benford_two_digits",
    "fraud.beneish_m",
    "fraud.dechow_f",
    "fraud.sloan_accruals",
    "risk.altman_z",
    "risk.piotroski_f",
)
"""Kinds whose value is no count of findings."""
_FOUND, _SIDES, _GROUPS = 5, 2, 12
# What stands in brackets or quotes is of one case; without it, the same reason reads the same.
_OWN = re.compile(r"\s*\([^()]*\)|‘[^’]*’|'[^']*'|“[^”]*”")
_SCHEMA: dict[str, Any] = dict.fromkeys(
    ("name", "shown", "reads", "means", "signal_id", "kind"), pl.String
) | {
    "value": pl.Float64,
    "threshold": pl.Float64,
    "as_of": TIME,
}


def show(page: Page, about: Subject) -> None:
    """Ratios and checks as of the moment, then findings and silences."""
    st.header("Ratios, checks and findings", anchor="findings")
    _ratios(about)
    with states.told():
        told = findings(page, about.issuer_id, page.as_of)
        _findings(told.filter((pl.col("verdict") == "finding") & (pl.col("check") != words.CONTRADICTION)))
        _silences(told.filter(pl.col("verdict") != "finding"))


def _ratios(about: Subject) -> None:
    beside = about.signals.filter(pl.col("kind").str.contains(".", literal=True))
    rows = [_row(row) for row in beside.filter(pl.col("value").is_not_null()).iter_rows(named=True)]
    if rows:
        table(
            pl.DataFrame(
                sorted(rows, key=lambda row: (_READS.index(row["reads"]), row["name"])), schema=_SCHEMA
            ),
            "ratios",
            columns={
                "name": "Ratio or check",
                "shown": "Value",
                "reads": "Reads",
                "means": st.column_config.TextColumn("What it measures", width="large"),
            },
            leads={name: ("issuer", {"signal": "signal_id"}) for name in ("name", "shown")},
            alt=f"{len(rows)} ratios and checks, each with its value and what it means.",
        )
    withheld = beside.filter(pl.col("value").is_null())
    if withheld.height:
        with st.expander(
            f"{words.counted(withheld.height, 'ratio or check', 'ratios and checks')} without a value"
        ):
            for row in withheld.iter_rows(named=True):
                reason = plain(words.reason(row["reason"] or "no reason is stored"))
                st.markdown(f"**{plain(words.capital(words.check(row['kind'])))}**: {reason}")


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    told = details(row)
    threshold = told.get("threshold")
    return {
        "name": words.capital(words.check(row["kind"])),
        "shown": numbers.score(row["kind"], row["value"]),
        "reads": _reads(row, told),
        "means": numbers.unit(row["kind"]),
        "signal_id": row["signal_id"],
        "kind": row["kind"],
        "value": row["value"],
        "threshold": float(threshold) if isinstance(threshold, (int, float)) else None,
        "as_of": row["as_of"],
    }


def _reads(row: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    if "suspect" in told:
        return SUSPECT if told["suspect"] else UNREMARKABLE
    if row["kind"] in _RATIOS:
        return UNJUDGED
    return FOUND if row["value"] else NOTHING


def _findings(found: pl.DataFrame) -> None:
    st.subheader("What does not fit")
    if not found.height:
        st.caption("The checks found nothing that contradicts anything.")
        return
    for row in found.head(_FOUND).iter_rows(named=True):
        with st.container(border=True):
            name = plain(words.capital(words.check(row["check"])))
            st.markdown(f"**{name}**, strength {row['strength']:.2f}  \n{plain(row['reason'], 600)}")
            for side, label in (("said", "Said"), ("against", "Against it")):
                cited = json.loads(row[side])
                for one in cited[:_SIDES]:
                    told = f"{label}: “{one['quote']}” ({one['title']}, {one['where']})"
                    cite(told, one["evidence_id"], f"public since {one['available_at'][:16]} UTC")
                if len(cited) > _SIDES:
                    st.caption(f"and {len(cited) - _SIDES} more on this side")
    more = found.height - _FOUND
    label = f"All {found.height} with both sides, on the board" if more > 0 else "Both sides, on the board"
    place.link(label, "contradictions", icon=":material/compare_arrows:")


def _silences(quiet: pl.DataFrame) -> None:
    """What the checks could not judge, by check and reason, most first."""
    if not quiet.height:
        return
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in quiet.iter_rows(named=True):
        reason = words.reason(row["reason"])
        groups[words.check(row["check"]), _OWN.sub("", reason).strip() or reason].append(reason)
    ranked = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    with st.expander(f"What could not be compared: {words.counted(quiet.height, 'thing')}, by reason"):
        for (name, reason), texts in ranked[:_GROUPS]:
            st.markdown(_silence(name, reason, texts))
        more = sum(len(texts) for _, texts in ranked[_GROUPS:])
        if more:
            st.caption(f"And {more} more, each for a reason of its own.")


def _silence(name: str, reason: str, texts: Sequence[str]) -> str:
    said = texts[0] if len(set(texts)) == 1 else reason
    return f"{len(texts)} × **{plain(words.capital(name))}**: {plain(said)}"
