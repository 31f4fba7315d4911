"""How often somebody may ask: budgets that refill, and waits that grow with each failure."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from smalti.platform.errors import TooMany

_MOST_KNOWN = 10_000
"""Askers remembered at once, some hundred bytes each. Of more, whoever asked longest ago is forgotten."""


def too_many(what: str, subject: str, wait: float) -> TooMany:
    """The error of whoever has to wait so many seconds."""
    seconds = math.ceil(wait)
    error = TooMany(what, subject=subject, mend=f"wait {seconds} s")
    error.retry_after = seconds
    return error


class Budgets:
    """So many a second for each asker, with a burst on top. Thread-safe.

    Args:
        rate: refilled a second.
        burst: most that can be saved up.
        clock: seconds that only grow.
    """

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._changing = threading.Lock()

    def wait(self, asker: str, cost: float = 1.0) -> float:
        """Take from an asker's budget; returns 0, or after how many seconds there will be enough."""
        with self._changing:
            now = self._clock()
            left, at = self._left.pop(asker, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._rate)
            enough = left >= cost
            self._left[asker] = (left - cost if enough else left), now
            while len(self._left) > _MOST_KNOWN:
                self._left.popitem(last=False)
            return 0.0 if enough else (cost - left) / self._rate

    def give_back(self, asker: str, cost: float = 1.0) -> None:
        """What an asker took was not used after all."""
        with self._changing:
            if asker in self._left:
                left, at = self._left[asker]
                self._left[asker] = min(self._burst, left + cost), at


@dataclass(slots=True)
class _Attempt:
    right: bool = False

    def succeeded(self) -> None:
        self.right = True


class Backoff:
    """After some failures in a row under one name, each further try has to wait, twice as long each time.

    Names that nobody has are treated the same, so that waiting does not tell which names there are. The wait
    is a minute at most: whoever wants to keep somebody out by failing in their name cannot do so for long.
    """

    FREE, LONGEST = 5, 60.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._changing = threading.Lock()

    @contextmanager
    def attempt(self, name: str) -> Iterator[_Attempt]:
        """One try; it failed unless `succeeded` is called in the block.

        Raises:
            TooMany: this name has to wait.
        """
        with self._changing:
            failures, until = self._failed.get(name, (0, 0.0))
            wait = until - self._clock()
            if wait > 0:
                raise too_many("wrong too often", name, wait)
            # Counted before it is tried, so that many tries at once count too.
            self._note(name, failures + 1)
        attempt = _Attempt()
        yield attempt
        if attempt.right:
            with self._changing:
                self._failed.pop(name, None)

    def _note(self, name: str, failures: int) -> None:
        over = min(failures - self.FREE, 10)
        wait = min(2.0**over, self.LONGEST) if over >= 0 else 0.0
        self._failed.pop(name, None)
        self._failed[name] = failures, self._clock() + wait
        while len(self._failed) > _MOST_KNOWN:
            self._failed.popitem(last=False)
