"""Server-sent events: what changes, told as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from smalti.service.api.access import Viewer, still_counts
from smalti.service.api.state import TheService
from smalti.service.live import MISSED

router = APIRouter(tags=["events"])

_LONGEST = 900.0
"""Seconds one answer lasts; then the listener comes back."""
_TRUSTED = 15.0
"""Seconds after which it is looked up whether the listener's key or session still counts."""
_COME_BACK = 1_000
"""Milliseconds after which a listener that was cut off is to come back."""


def _place(service: TheService, who: Viewer) -> Iterator[None]:
    """A place for one listener, given back when its answer has ended."""
    with service.live.place(who.name):
        yield


@router.get("/events", response_class=EventSourceResponse, dependencies=[Depends(_place)])
async def events(
    request: Request,
    service: TheService,
    who: Viewer,
    kind: Annotated[
        list[Annotated[str, Query(max_length=40)]] | None,
        Query(max_length=20, description="Only these: run, signals, alert, report, task; all if left out."),
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Changes as they happen, as `text/event-stream`.

    Each event has an id, the kind as its name, and a JSON object of ids and counts: what changed is then read
    from its own route. Who comes back with `Last-Event-ID` gets what came meanwhile; `missed` says that some
    of it is no longer kept (or was told before the service last started), so that all is to be read anew. A
    comment every 15 seconds keeps the line open; the answer ends after 15 minutes, when the key or session it
    was asked with no longer counts, or when the service stops.
    """
    begin = last_event_id or service.live.newest_id
    yield ServerSentEvent(comment="listening", id=begin, retry=_COME_BACK)
    end = monotonic() + _LONGEST
    while monotonic() < end:
        async for event in service.live.follow(begin, _TRUSTED):
            begin = event.id
            if kind is None or event.kind in kind or event.kind == MISSED:
                yield ServerSentEvent(event=event.kind, id=event.id, data=event.data)
        if service.live.is_closed or not await still_counts(request):
            return
