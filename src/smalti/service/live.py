"""News of what changes in the service, told to whoever listens at the moment."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smalti.platform.errors import TooMany

if TYPE_CHECKING:
    import polars as pl

_KEPT = 1_000
"""Events kept for who listens slowly or comes back after a break; who missed some of them is told so."""
_LISTENERS = 100
_OF_ONE = 10
_NAMED = 100
"""Issuers that one event about signals names."""

MISSED = "missed"
"""Kind of the event that says some were dropped: read the API anew."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change: `run`, `signals`, `alert`, `report`, `task`, or `missed`, and what a listener needs.

    Attributes:
        id: names the event as long as the service runs; who comes back says the last one they heard.
        kind: what changed.
        data: a JSON object.
    """

    id: str
    kind: str
    data: Mapping[str, Any]


class Live:
    """Hands each event to every listener. Only the newest are kept: who was away for long reads the API."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._run = uuid.uuid4().hex[:12]  # ids of another run of the service are none of ours
        self._events: deque[tuple[int, Event]] = deque(maxlen=kept)
        self._count = 0
        self._wakers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._listening: dict[str, int] = {}
        self._changing = threading.Lock()
        self._closed = False

    def tell(self, kind: str, **data: Any) -> None:
        """Tell all listeners; never waits for one.

        Args:
            kind: what changed.
            **data: what a listener needs to know of it: ids and counts, plain JSON values, nothing private.
        """
        with self._changing:
            self._count += 1
            self._events.append((self._count, Event(self._id(self._count), kind, data)))
            self._wake()

    def committed(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Tell of the signals and of the ended runs in a batch that was written (see `Store.watch`)."""
        if (signals := frames.get("signals")) is not None and signals.height:
            named = signals["issuer_id"].unique(maintain_order=True).to_list()
            self.tell(
                "signals", count=signals.height, issuer_ids=named[:_NAMED], all_named=len(named) <= _NAMED
            )
        if (runs := frames.get("runs")) is not None:
            told = ("run_id", "stage", "subject", "state")
            for row in runs.select(told).iter_rows(named=True):
                if row["state"] != "running":
                    self.tell("run", **row)

    def since(self, last_id: str) -> list[Event]:
        """What came after an event; begins with a `missed` one where some of it is no longer kept."""
        with self._changing:
            return self._after(self._number(last_id))

    @property
    def newest_id(self) -> str:
        """The id of the newest event, or of the beginning."""
        with self._changing:
            return self._id(self._count)

    @property
    def is_closed(self) -> bool:
        """Whether the service stops."""
        return self._closed

    async def follow(self, last_id: str, seconds: float) -> AsyncIterator[Event]:
        """Events as they come, from the one after `last_id` on, until the service stops or time is up."""
        loop = asyncio.get_running_loop()
        waker, end = (loop, asyncio.Event()), loop.time() + seconds
        with self._changing:
            self._wakers.add(waker)
            number = self._number(last_id)
        try:
            while True:
                with self._changing:
                    waker[1].clear()
                    found, number, closed = self._after(number), self._count, self._closed
                for event in found:
                    yield event
                if closed or loop.time() >= end:
                    return
                with suppress(TimeoutError):
                    await asyncio.wait_for(waker[1].wait(), end - loop.time())
        finally:
            with self._changing:
                self._wakers.discard(waker)

    @contextmanager
    def place(self, who: str) -> Iterator[None]:
        """One of the places for listeners, held while the block runs.

        Raises:
            TooMany: all are taken, or all of one person's.
        """
        with self._changing:
            own = self._listening.get(who, 0)
            if own >= _OF_ONE or sum(self._listening.values()) >= _LISTENERS:
                raise TooMany("too many listen to events already", subject=who, mend="close another listener")
            self._listening[who] = own + 1
        try:
            yield
        finally:
            with self._changing:
                self._listening[who] -= 1
                if not self._listening[who]:
                    del self._listening[who]

    def close(self) -> None:
        """End all listening: the service stops."""
        with self._changing:
            self._closed = True
            self._wake()

    def _id(self, number: int) -> str:
        return f"{self._run}-{number}"

    def _number(self, last_id: str) -> int:
        """The number of an event by its id; -1 of one that this run of the service never told."""
        run, _, number = last_id.partition("-")
        if run != self._run or not (number.isascii() and number.isdigit()) or len(number) > 15:
            return -1
        return int(number) if int(number) <= self._count else -1

    def _after(self, number: int) -> list[Event]:
        oldest = self._events[0][0] if self._events else self._count + 1
        found = [event for own, event in self._events if own > number]
        if number + 1 < oldest or number < 0:
            # Its id is that of the event before those that follow, so that who breaks off here goes on there.
            found.insert(0, Event(self._id(oldest - 1), MISSED, {}))
        return found

    def _wake(self) -> None:
        for loop, waker in self._wakers:
            with suppress(RuntimeError):  # its loop was closed under it
                loop.call_soon_threadsafe(waker.set)
