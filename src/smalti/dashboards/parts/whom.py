"""Whom something is about: issuers and watchlists by name, to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import streamlit as st

from smalti.client import Client
from smalti.dashboards.memory import remembered
from smalti.dashboards.page import Page

_MOST = 1_000
"""Issuers listed to choose from; others are typed."""


@remembered("documents")
def issuers(smalti: Client) -> Mapping[str, str]:
    """Names of the first thousand issuers, by id."""
    return {one["issuer_id"]: one["name"] for one in islice(smalti.each("issuers"), _MOST)}


def watchlists(page: Page) -> Mapping[str, str]:
    """Names of the watchlists the person sees, by id."""
    return {one["watchlist_id"]: one["name"] for one in islice(page.smalti.each("watchlists"), _MOST)}


def one_issuer(page: Page, label: str, key: str, *, everybody: str = "All issuers") -> str | None:
    """A field for an issuer: one of the list, or typed as name, ticker or CIK.

    Args:
        page: asks.
        label: of the field.
        key: names it on its page.
        everybody: what stands there while none is chosen.

    Returns its id, or what was typed; None where none is chosen.
    """
    names = issuers(page)
    return st.selectbox(
        label,
        list(names),
        index=None,
        key=key,
        format_func=lambda one: names.get(one, one),
        placeholder=everybody,
        accept_new_options=True,
        help="Choose one, or type a name, ticker or CIK.",
    )
