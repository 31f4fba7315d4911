"""Times by the clock of whoever looks, beside UTC."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from smalti.dashboards.parts import numbers


def own_zone() -> str:
    """The time zone of the browser, UTC where it tells none that is known here."""
    told = st.context.timezone or "UTC"
    try:
        ZoneInfo(told)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return told


def both(moment: datetime) -> str:
    """`16 May 2026, 09:00 Europe/Zurich (16 May 2026, 07:00 UTC)`; UTC alone where that is one's own."""
    zone = own_zone()
    if zone == "UTC":
        return numbers.when(moment)
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there:%-d %b %Y, %H:%M} {zone} ({numbers.when(moment)})"
