"""Crontab's five fields as people say them, and back: for the schedules that people make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time

EVERY: Mapping[str, str] = {
    "day": "Every day",
    "working day": "Monday to Friday",
    "week": "Every week",
    "month": "Every month",
    "own": "By an expression of my own",
}
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
"""By crontab's numbers."""

_NUMBERS = r"\d{1,2}"
_FIELDS = re.compile(rf"({_NUMBERS}) ({_NUMBERS}) (\*|{_NUMBERS}) \* (\*|[0-7](?:-[0-7])?)")


def cron(every: str, at: time, *, weekday: int = 1, day: int = 1) -> str:
    """The five fields of a schedule.

    Args:
        every: `day`, `working day`, `week` or `month`.
        at: time of day, in the schedule's zone.
        weekday: of a week, 0 is Sunday.
        day: of a month.
    """
    on_day, on_weekday = "*", "*"
    if every == "working day":
        on_weekday = "1-5"
    elif every == "week":
        on_weekday = str(weekday)
    elif every == "month":
        on_day = str(day)
    return f"{at.minute} {at.hour} {on_day} * {on_weekday}"


def in_words(fields: str) -> str:
    """What a schedule's fields say, if they are such as `cron` makes; otherwise the fields themselves."""
    found = _FIELDS.fullmatch(" ".join(fields.split()))
    if found is None:
        return f"by the expression {fields}"
    minute, hour, day, weekday = found.groups()
    clock = f"{int(hour):02d}:{int(minute):02d}"
    if day != "*" and weekday != "*":  # crontab takes either, which no sentence says well
        return f"by the expression {fields}"
    if day != "*":
        return f"on day {int(day)} of every month at {clock}"
    if weekday == "*":
        return f"every day at {clock}"
    first, _, last = weekday.partition("-")
    if last:
        return f"{DAYS[int(first) % 7]} to {DAYS[int(last) % 7]} at {clock}"
    return f"every {DAYS[int(first) % 7]} at {clock}"
