"""Streamlit's theme: the colours of the charts, light and dark, small headings, no font from the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def options() -> Mapping[str, Any]:
    """Streamlit's options of the theme."""
    return {}
