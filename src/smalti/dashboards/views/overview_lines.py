"""Lines of other people's words that lead somewhere: they wrap, where Streamlit's own links cut them off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from smalti.dashboards import place

_HERE = Path(__file__)
_lines = st.components.v2.component(
    "smalti-lines",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    Attributes:
        text: shown as it is.
        strong: said before it in bold type.
        view: where it leads; nowhere if empty.
        values: of that view's address.
        hint: shown on hovering: the place it leads to.
    """

    text: str
    strong: str = ""
    view: str = ""
    values: tuple[tuple[str, str], ...] = ()
    hint: str = ""


def lines(items: Sequence[Sequence[Line]], key: str, label: str) -> None:
    """A list of which each item has a few lines; goes where the one leads that is clicked.

    Args:
        items: in order.
        key: names it on its page.
        label: what the list is of, for who hears it.
    """
    data = {"label": label, "items": [[_told(line) for line in item] for item in items]}
    opened = _lines(data=data, key=key, on_opened_change=lambda: None).opened
    for line in (line for item in items for line in item if line.view):
        if opened == address(line.view, dict(line.values)):
            place.go(line.view, **dict(line.values))


def _told(line: Line) -> dict[str, object]:
    return asdict(line) | {"href": address(line.view, dict(line.values)) if line.view else ""}


def address(view: str, values: dict[str, str]) -> str:
    """A link to another view as a browser follows it in a tab of its own, relative to this page."""
    kept = {name: told for name in ("as_of", "watchlist") if (told := place.get(name))}
    return f"{view}?{urlencode(kept | values)}"
