"""Tickets: how somebody at the machine itself is signed in without a password, once and at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from smalti.platform.auth.hashing import digest, new_token

LASTING = timedelta(minutes=1)
_MOST = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    """Lets one person in, once.

    Attributes:
        name: the user's whom it signs in.
        ends_at: when it counts no more.
    """

    name: str
    ends_at: datetime


class Tickets:
    """All that may still be used; of their secrets only hashes are kept, in memory alone. Thread-safe.

    Args:
        now: what time it is.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._changing = threading.Lock()
        self._known: OrderedDict[str, Ticket] = OrderedDict()

    def make(self, name: str) -> tuple[Ticket, str]:
        """A ticket for a user, and its secret."""
        ticket, secret = Ticket(name, self._now() + LASTING), new_token()
        with self._changing:
            self._known[digest(secret)] = ticket
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return ticket, secret

    def look(self, secret: str) -> Ticket | None:
        """What a secret would let in as, if it still counts; it is not used up."""
        return self._counting(self._known.get(digest(secret)))

    def take(self, secret: str) -> Ticket | None:
        """Use a ticket up; None where there is none that counts."""
        with self._changing:
            return self._counting(self._known.pop(digest(secret), None))

    def _counting(self, ticket: Ticket | None) -> Ticket | None:
        return ticket if ticket is not None and self._now() < ticket.ends_at else None
