"""How long a question to the store may take: one from outside must not hold the machine for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import duckdb

from smalti.platform.errors import TooMany

_TICK_S = 0.1
_seconds: ContextVar[float | None] = ContextVar("seconds of a read", default=None)


@contextmanager
def reading_for(seconds: float) -> Iterator[None]:
    """Let each read that is begun in the block, and in threads it hands its context to, take so long."""
    before = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(before)


@contextmanager
def patient(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Interrupt what `cursor` does in the block when it takes longer than `reading_for` says, if it does.

    Raises:
        TooMany: it took longer.
    """
    seconds = _seconds.get()
    if seconds is None:
        yield
        return
    mark = _WATCH.begin(cursor, seconds)
    try:
        yield
    except duckdb.InterruptException:
        raise TooMany(
            f"the question took longer than {seconds:g} s", mend="ask for less, or raise api_max_seconds"
        ) from None
    finally:
        _WATCH.end(mark)


class _Watch:
    """One thread that looks after all cursors at work."""

    def __init__(self) -> None:
        self._working: dict[object, tuple[float, duckdb.DuckDBPyConnection]] = {}
        self._changing = threading.Lock()
        self._busy = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, cursor: duckdb.DuckDBPyConnection, seconds: float) -> object:
        mark = object()
        with self._changing:
            self._working[mark] = (time.monotonic() + seconds, cursor)
            self._busy.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="patience", daemon=True)
                self._thread.start()
        return mark

    def end(self, mark: object) -> None:
        with self._changing:
            del self._working[mark]
            if not self._working:
                self._busy.clear()

    def _look(self) -> None:
        while self._busy.wait():
            now = time.monotonic()
            with self._changing:  # so that a cursor is not interrupted in what it does next
                for until, cursor in self._working.values():
                    if now > until:
                        cursor.interrupt()
            time.sleep(_TICK_S)


_WATCH = _Watch()
