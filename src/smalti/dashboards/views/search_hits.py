"""What a search found, a piece after the other: its words, where they stand, and what they look like."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import streamlit as st

from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers
from smalti.dashboards.parts.cite import cite, spot
from smalti.dashboards.parts.glimpse import PICTURED, glimpse
from smalti.dashboards.parts.text import marked, plain
from smalti.platform import words

_KINDS = {
    "paragraph": "Text",
    "table": "Table",
    "chart": "Chart",
    "image": "Picture",
    "fact": "Fact",
    "audio": "Speech",
}
_ISSUERS = 3


def show(page: Page, found: pl.DataFrame) -> None:
    """Show hits; columns as `frames.HITS`."""
    for row in found.iter_rows(named=True):
        with st.container(border=True):
            if _pictured(row):
                left, right = st.columns([3, 1])
                with right:
                    glimpse(row["evidence_id"], row["kind"], row["quote"], pictured=(*PICTURED, "table"))
                with left:
                    _hit(page, row)
            else:
                _hit(page, row)


def _pictured(row: dict[str, Any]) -> bool:
    """Charts and pictures, and tables that stand on a page."""
    return row["kind"] in PICTURED or (row["kind"] == "table" and "page" in json.loads(row["locator"]))


def _hit(page: Page, row: dict[str, Any]) -> None:
    cite(row["title"] or row["where"], row["evidence_id"], row["where"])
    st.markdown(marked(row["quote"], _spans(row["highlights"])) or "(no words)")
    if row["kind"] == "audio":
        glimpse(row["evidence_id"], row["kind"], row["quote"])
    st.caption(" · ".join(_told(page, row)))


def _spans(told: str) -> Iterator[tuple[int, int]]:
    for span in json.loads(told):
        if len(span) == 2 and all(isinstance(at, int) for at in span):
            yield span[0], span[1]


def _told(page: Page, row: dict[str, Any]) -> list[str]:
    """Kind, source, place, when it became public, and for whom its document speaks."""
    at = row["available_at"]
    said = [
        f"**{_KINDS.get(row['kind'], plain(row['kind']))}**",
        words.SOURCES.get(row["source"], plain(row["source"])),
        plain(spot(row["where"]), 120),
        f"{numbers.when(at)}, {numbers.ago(at, page.moment)}",
    ]
    issuers = row["issuers"] or []
    if issuers:
        more = len(issuers) - _ISSUERS
        said.append(plain(", ".join(issuers[:_ISSUERS]) + (f" and {more} more" if more > 0 else "")))
    return [one for one in said if one]
