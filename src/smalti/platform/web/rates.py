"""How often each host is asked. Time is handed in, so that tests need not wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

_MANY_HOSTS = 10_000


class Clock(Protocol):
    """Time as the client sees it between requests; sockets always keep real time."""

    def now(self) -> datetime:
        """The moment, UTC."""

    def monotonic(self) -> float:
        """Seconds that only grow."""

    def sleep(self, seconds: float) -> None:
        """Let them pass."""


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        """The moment, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        time.sleep(seconds)


class Rates:
    """Evenly spaced turns, one queue for each named domain and for each other host. Thread-safe."""

    def __init__(self, rates: Mapping[str, float], clock: Clock) -> None:
        self._rates = {"*": 2.0, **rates}
        self._clock = clock
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    def named(self, host: str) -> bool:
        """Whether the rules give this host's domain a rate of its own."""
        return self._domain(host) is not None

    def wait(self, host: str, least: float = 0.0) -> None:
        """Sleep until it is this caller's turn to ask `host`; turns lie at least `least` seconds apart."""
        domain = self._domain(host)
        gap = max(1 / self._rates[domain or "*"], least)
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._free.get(domain or host, now))
            self._free[domain or host] = turn + gap
            if len(self._free) > _MANY_HOSTS:
                self._free = {key: free for key, free in self._free.items() if free > now}
        if turn > now:
            self._clock.sleep(turn - now)

    def hold(self, host: str, seconds: float) -> None:
        """No more turns for `host` before `seconds` from now: it asked for rest."""
        key = self._domain(host) or host
        with self._lock:
            rested = self._clock.monotonic() + seconds
            self._free[key] = max(self._free.get(key, rested), rested)

    def _domain(self, host: str) -> str | None:
        named = (d for d in self._rates if host == d or host.endswith(f".{d}"))
        return max(named, key=len, default=None)
