"""A picture that the browser has from the service itself: fitting, or larger in a frame that scrolls."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__)
_DRAWN = 2.0
"""Pixels a point of a drawn page; a screen shows four thirds of one at its natural size."""

_picture = st.components.v2.component(
    "smalti-picture",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def picture(
    source: str,
    key: str,
    *,
    alt: str,
    label: str,
    zoom: float | None = None,
    corner: tuple[float, float] = (0.0, 0.0),
) -> None:
    """A picture of the service's.

    Args:
        source: its address, where the browser reaches it.
        key: names it on its page.
        alt: what it shows, for who cannot see it.
        label: of the frame it scrolls in.
        zoom: times its natural size; None fits it to the page's width.
        corner: of what is to be seen, in points of a page from its left and top.
    """
    failed = "This picture cannot be drawn any more: its bytes are gone, or can no longer be read."
    data = {"source": source, "alt": alt, "label": label, "zoom": zoom}
    data |= {"left": corner[0] * _DRAWN, "top": corner[1] * _DRAWN, "dots": _DRAWN * 3 / 4}
    _picture(data=data | {"failed": failed}, key=key)
