"""What the address says, and links to other places: every view can be sent to a colleague as a link.

`issuer`, `as_of` and `watchlist` are carried along from page to page; everything else belongs to one page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, NoReturn

import streamlit as st

CARRIED = ("issuer", "as_of", "watchlist")
YEARS = (1990, 2200)
"""Moments looked at lie from the first day of the one until the first of the other."""

_MOST = 300
"""Letters of one value; what is longer was not made by us."""


def get(name: str) -> str | None:
    """A value of the address; of what is carried, the last one, on pages whose address lacks it."""
    value = st.query_params.get(name)
    if value is None and name in CARRIED:
        value = _carried().get(name)
    return value[:_MOST] if value else None


def moment(name: str) -> datetime | None:
    """A moment of the address, UTC; a day means its end.

    None where there is none, where it is none, and outside the years that fields let choose (`YEARS`).
    """
    text = get(name) or ""
    try:
        read = datetime.fromisoformat(text)
        if len(text) == len("2026-05-15"):
            read = datetime.combine(read, time.max)
        read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return read if YEARS[0] <= read.year < YEARS[1] else None


def put(**values: str | None) -> None:
    """Say values in the address of this page; None takes one out."""
    for name, value in values.items():
        if name in CARRIED:
            _carried()[name] = value or ""
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value


def carry() -> None:
    """Bring what is carried into this page's address, and go where `send` said. First in each run."""
    if (sent := st.session_state.pop("sent-to", None)) is not None:
        go(sent[0], **sent[1])
    for name in CARRIED:
        if name in st.query_params:
            told = _carried()[name] = st.query_params[name]
            if not told:  # a link that leaves it behind says so
                del st.query_params[name]
        elif _carried().get(name):
            st.query_params[name] = _carried()[name]
    # A link from a page to itself runs it with its new address, which the browser has to be told.
    st.query_params.from_dict(st.query_params.to_dict())


def go(view: str, **values: str | None) -> NoReturn:
    """Go to another view."""
    st.switch_page(_page(view), query_params=_query(values))


def send(view: str, **values: str | None) -> None:
    """Go to another view as the next run begins: for callbacks, where nobody can be sent away."""
    st.session_state["sent-to"] = (view, values)


def link(
    label: str, view: str, *, help: str | None = None, icon: str | None = None, **values: str | None
) -> None:
    """A link to another view. The label is Markdown: what comes from documents goes through `plain` first."""
    st.page_link(_page(view), label=label, help=help, icon=icon, query_params=_query(values))


def carried() -> dict[str, str]:
    """The part of an address that goes along to every page."""
    return _query({})


def iso(when: datetime) -> str:
    """A moment as the address says it, to the microsecond: scores of a day are made as of its very end."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _query(values: Mapping[str, str | None]) -> dict[str, str]:
    """An address: what is carried goes along, unless it is said to be None."""
    kept = {name: value for name, value in _carried().items() if value and name not in values}
    said = {name: value or "" for name, value in values.items() if value or name in CARRIED}
    return kept | said


def _carried() -> dict[str, str]:
    kept: dict[str, str] = st.session_state.setdefault("carried", {})
    return kept


def _page(view: str) -> Any:
    from smalti.dashboards.app import pages  # the views link to each other, and it knows them all

    return pages()[view]
