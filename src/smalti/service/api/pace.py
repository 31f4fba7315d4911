"""How often, and how many at once, the assistant is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from smalti.platform.auth.limits import Budgets, too_many
from smalti.platform.settings import Settings

_AT_ONCE = 4
"""Questions answered at once; a thread of the server each while they last."""
_WAIT_S = 20.0
_MOST_WAITING = 50


class Pace:
    """Lets questions to the assistant through: each asker so many a minute, few at once, the others wait.

    Args:
        settings: `assistant_rate`.
    """

    def __init__(self, settings: Settings) -> None:
        self._budgets = Budgets(settings.assistant_rate / 60, max(1.0, settings.assistant_rate))
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, asker: str) -> AsyncIterator[None]:
        """A place for one question, given back at the end of the block.

        Raises:
            TooMany: the asker's budget is used up, or too many others wait.
        """
        if wait := self._budgets.wait(asker):
            raise too_many("the assistant was asked more often than is let", asker, wait)
        if self._waiting >= _MOST_WAITING:
            raise too_many("too many questions wait for an answer", asker, _WAIT_S)
        self._waiting += 1
        try:
            await asyncio.wait_for(self._at_once.acquire(), _WAIT_S)
        except TimeoutError:
            raise too_many("others are being answered", asker, _WAIT_S) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._at_once.release()
