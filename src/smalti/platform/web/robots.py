"""What each host's robots.txt lets us ask (RFC 9309). protego reads the file; we bound what it is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from smalti.platform.errors import InputError, Refused, Unreachable, Unreadable
from smalti.platform.web.addresses import Target
from smalti.platform.web.rates import Clock

MAX_BYTES = 1_000_000
_KEPT_SECONDS = 24 * 3600.0  # RFC 9309, 2.4
_AGAIN_SECONDS = 600.0  # after a failure
_MANY_HOSTS = 1_000
_MAX_WORK = 1_000_000  # groups times rules, which is what protego may come to hold


@dataclass(frozen=True, slots=True)
class _Told:
    until: float
    rules: Protego | None = None
    problem: str = ""


class Robots:
    """Asks each origin's robots.txt once a day. Thread-safe.

    Args:
        fetch: gets a robots.txt's body; `Unreadable` means there is none (4xx).
        agent: what we call ourselves.
        clock: time.
    """

    def __init__(self, fetch: Callable[[str], bytes], agent: str, clock: Clock) -> None:
        self._fetch, self._agent, self._clock = fetch, agent, clock
        self._lock = threading.Lock()
        self._told: dict[str, _Told] = {}

    def delay(self, target: Target) -> float:
        """Seconds the host wants between requests, 0 where it does not say.

        Raises:
            Refused: the host does not want this address asked.
            Unreachable: its robots.txt cannot be had, so nothing is asked for now.
        """
        told = self._of(target.origin)
        if told.problem:
            raise Unreachable(
                f"its robots.txt cannot be read, so nothing is asked for now: {told.problem}",
                subject=target.url,
                mend="wait; it is tried again in ten minutes",
            )
        if told.rules is None:
            return 0.0
        if not told.rules.can_fetch(target.url, self._agent):
            mend = "leave the address out, or get the host's leave and turn robots off for the source"
            raise Refused("its host's robots.txt does not want it asked", subject=target.url, mend=mend)
        return told.rules.crawl_delay(self._agent) or 0.0

    def _of(self, origin: str) -> _Told:
        now = self._clock.monotonic()
        with self._lock:
            told = self._told.get(origin)
        if told is None or told.until <= now:
            told = self._ask(origin)
            with self._lock:
                self._told.pop(origin, None)  # so that the dictionary's order is that of the answers
                self._told[origin] = told
                while len(self._told) > _MANY_HOSTS:
                    del self._told[next(iter(self._told))]
        return told

    def _ask(self, origin: str) -> _Told:
        try:
            body = self._fetch(f"{origin}/robots.txt")
        except Unreadable:
            return _Told(self._clock.monotonic() + _KEPT_SECONDS)
        except InputError as error:
            return _Told(self._clock.monotonic() + _AGAIN_SECONDS, problem=error.what)
        text = body.decode("utf-8-sig", "replace")
        lines = [line.strip().lower() for line in text.splitlines()]
        groups = sum(line.startswith(("user-agent", "useragent", "user agent")) for line in lines)
        if groups * len(lines) > _MAX_WORK:
            return _Told(self._clock.monotonic() + _AGAIN_SECONDS, problem="it is too large")
        return _Told(self._clock.monotonic() + _KEPT_SECONDS, rules=Protego.parse(text))
