"""News of what changes in the service, told to whoever listens at the moment."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_MOST_UNHEARD = 1_000
"""Events kept for one slow listener; then the oldest are dropped, and it is told that some were."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change: `run`, `signals`, `alert`, `report`, `source` or `task`, and what a listener needs."""

    kind: str
    data: Mapping[str, Any]


class Live:
    """Hands each event to every listener. Nothing is stored: who was away reads the API anew."""

    def __init__(self) -> None:
        self._listeners: set[queue.Queue[Event]] = set()
        self._changing = threading.Lock()

    def tell(self, kind: str, **data: Any) -> None:
        """Tell all listeners; never waits for one."""
        event = Event(kind, data)
        with self._changing:
            for listener in self._listeners:
                if listener.full():
                    listener.get_nowait()
                    event = Event(kind, {**data, "missed": True})
                listener.put_nowait(event)

    @contextmanager
    def listen(self) -> Iterator[queue.Queue[Event]]:
        """A queue that events come into while the block runs."""
        own: queue.Queue[Event] = queue.Queue(_MOST_UNHEARD)
        with self._changing:
            self._listeners.add(own)
        try:
            yield own
        finally:
            with self._changing:
                self._listeners.discard(own)
