"""What changes in the service, as it happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import httpx2

from smalti.client.transport import Transport
from smalti.platform.errors import Malformed, StoreError, TooMany, Unreachable

MISSED = "missed"
"""Kind of the event that says some were dropped: read anew what you keep."""

_SILENCE = 60.0
"""Seconds without even a sign of life (one comes every 15) after which the line counts as dead."""
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Event:
    """One change.

    Attributes:
        kind: `run`, `signals`, `alert`, `report`, `task`, or `missed`.
        data: ids and counts; what changed is then read from its own route.
        id: names it while the service runs; listening can go on after it.
    """

    kind: str
    data: Mapping[str, Any]
    id: str


def listen(
    transport: Transport,
    kinds: Sequence[str] | None,
    after: str | None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Event]:
    """Events as they come; comes back by itself when it is cut off, and then hears what it missed.

    Args:
        transport: reaches the service.
        kinds: only these; all if None. `missed` is always told.
        after: id of the last event that was heard; None begins now.
        sleep: waits before coming back.

    Raises:
        SmaltiError: the service refuses (a key that no longer counts); not that it is away for a while.
    """
    last, pause = after, _PAUSE
    while True:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        with (
            suppress(Unreachable, TooMany, StoreError),
            transport.stream(
                "GET", ["events"], {"kind": kinds}, headers=headers, timeout=_SILENCE
            ) as response,
        ):
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise Malformed("the answer is no stream of events", subject=transport.address)
            for told in httpx2.EventSource(response):
                pause = _PAUSE
                last = told.id or last
                if told.data:
                    yield Event(told.event, cast("Mapping[str, Any]", told.json()), told.id)
        sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
