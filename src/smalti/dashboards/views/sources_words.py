"""Schedules, states, counts and sizes in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

_EVERY = re.compile(r"every\s+(\d{1,6})\s*([smhd])", re.IGNORECASE)
_SPANS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
_DAYS = {
    "*": "every day", "1-5": "Monday to Friday", "MON-FRI": "Monday to Friday",
    "0": "every Sunday", "7": "every Sunday", "1": "every Monday", "2": "every Tuesday",
    "3": "every Wednesday", "4": "every Thursday", "5": "every Friday", "6": "every Saturday",
}  # fmt: skip
_UNITS = ("bytes", "kB", "MB", "GB", "TB")

STATES: Mapping[str, str] = {
    "running": "under way",
    "done": "done",
    "failed": "failed",
    "interrupted": "cut short",
}
"""States of runs."""

KINDS: Mapping[str, str] = {
    "news": "news: feeds and their pages",
    "filing": "filings: EDGAR, by CIK or ticker",
    "social": "posts: Mastodon, Bluesky, reddit, feeds",
    "call": "calls: recordings and transcripts",
    "price": "prices: daily, CSV",
    "folder": "a folder of the service's machine",
}
"""Kinds of sources."""


def schedule(text: str) -> str:
    """`every 15m` as `every 15 minutes`, `30 0 * * *` as `every day at 00:30 UTC`; others as they are."""
    if every := _EVERY.fullmatch(text.strip()):
        number, span = int(every[1]), _SPANS[every[2].lower()]
        return f"every {span}" if number == 1 else f"every {number} {span}s"
    fields = text.split()
    if len(fields) == 5 and fields[0].isdigit() and fields[2:4] == ["*", "*"]:
        minute, hour, day = int(fields[0]), fields[1], _DAYS.get(fields[4].upper())
        if day and hour.isdigit():
            return f"{day} at {int(hour):02}:{minute:02} UTC"
        if day == "every day" and hour == "*":
            return f"every hour at minute {minute}"
    return f"crontab {text}, UTC"


def size(count: int) -> str:
    """`8.4 GB`."""
    value, power = float(count), 0
    while value >= 1000 and power < len(_UNITS) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.0f} {_UNITS[power]}" if power == 0 or value >= 100 else f"{value:.1f} {_UNITS[power]}"


def counts(found: Mapping[str, int]) -> str:
    """`12 parsed, 1 quarantined`; what was nought is left out."""
    return ", ".join(f"{number:,} {name}" for name, number in found.items() if number) or "nothing new"
