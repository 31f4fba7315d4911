"""A picture that the browser has from the service itself: fitting, or larger in a frame that scrolls."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__)
_DOTS = 1.5
"""Pixels of a drawn page for one on a screen at its natural size: two a point, of which a screen has 4/3."""

_picture = st.components.v2.component(
    "smalti-picture",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def picture(
    source: str, key: str, *, alt: str, label: str, zoom: float | None = None, at: float | None = None
) -> None:
    """A picture of the service's.

    Args:
        source: its address, where the browser reaches it.
        key: names it on its page.
        alt: what it shows, for who cannot see it.
        label: of the frame it scrolls in.
        zoom: times its natural size; None fits it to the page's width.
        at: how far down lies what is to be seen, 0 to 1; None is the top.
    """
    failed = "This picture cannot be drawn any more: its bytes are gone, or can no longer be read."
    data = {"source": source, "alt": alt, "label": label, "zoom": zoom, "at": at, "dots": _DOTS}
    _picture(data=data | {"failed": failed}, key=key)
