"""The plain way to the overview: one Streamlit page that fetches every signal as JSON, each time it runs.

What somebody writes first over the same API. Beside it `FORGETFUL=1` runs the dashboard itself with nothing
remembered between two runs of a page.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from smalti.dashboards import app, memory, session


def plain() -> None:
    """All signals, the newest of each issuer and kind in a table."""
    smalti, _ = session.signed_in()
    newest: dict[tuple[str, str, int], Mapping[str, Any]] = {}
    for one in smalti.each("signals"):
        key = (one["issuer"], one["kind"], one["horizon_days"])
        if key not in newest or newest[key]["as_of"] < one["as_of"]:
            newest[key] = one
    st.title("Overview")
    st.dataframe([{k: v for k, v in one.items() if k != "details"} for one in newest.values()])


def forgetful(*_: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """In the place of `remembered`: asks the service each time."""

    def wrap(read: Callable[..., Any]) -> Callable[..., Any]:
        return lambda page, *key, **named: read(page.smalti, *key, **named)

    return wrap


if os.environ.get("FORGETFUL"):
    memory.remembered = forgetful
    app.main()
else:
    plain()
