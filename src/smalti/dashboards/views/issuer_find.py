"""Finding an issuer, where the address names none."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import streamlit as st

from smalti.client import Client
from smalti.dashboards import place
from smalti.dashboards.memory import remembered
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.text import plain
from smalti.platform import words
from smalti.platform.errors import NotFound

_SHOWN = 12


@remembered("documents", "signals")
def some(smalti: Client, search: str | None, as_of: datetime | None) -> tuple[pl.DataFrame, bool]:
    """The first issuers by name, and whether there are more."""
    return smalti.find_issuers(search, as_of, _SHOWN)


def show(page: Page, error: NotFound | None = None) -> None:
    """A search box, and the first that answer to it; above it why what was asked for cannot be shown."""
    st.title("Issuer")
    if error is not None:
        states.show(error)
    asked = st.text_input("Find an issuer", placeholder="Part of a name, a ticker, or a CIK", max_chars=200)
    found, more = some(page, asked.strip() or None, page.as_of)
    if not found.height:
        _none(page, asked)
        return
    st.caption(f"{'The first' if more else 'All'} {words.counted(found.height, 'issuer')}, by name")
    for row in found.iter_rows(named=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            place.link(plain(row["name"]), "issuer", issuer=row["issuer_id"], icon=":material/domain:")
            st.caption(_told(row))


def _told(row: dict[str, object]) -> str:
    tickers = row["tickers"]
    said = [plain(", ".join(tickers))] if isinstance(tickers, list) and tickers else []
    said.append(words.counted(int(str(row["documents"])), "document"))
    scored = row["scored_as_of"]
    said.append(f"scored as of {numbers.day(scored)}" if isinstance(scored, datetime) else "not scored yet")
    return " · ".join(said + (["synthetic"] if row["synthetic"] else []))


def _none(page: Page, asked: str) -> None:
    if asked.strip():
        states.empty("No issuer is called so.", "Try part of its name, its ticker, or its CIK.")
    else:
        states.empty(
            "No issuer is known yet.", "Add a source, or upload a document, and they are found in it."
        )
        place.link("Sources and runs", "sources", icon=":material/sync_alt:")
