"""Signed-in people: a random token each, of which only the hash is stored."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from smalti.platform.auth.hashing import digest, new_token
from smalti.platform.auth.roles import Principal
from smalti.platform.auth.users import Users
from smalti.platform.errors import NotSignedIn
from smalti.platform.store import Batch, Store

_MOST = 20  # of one person; the oldest ends
_NOTED = timedelta(minutes=5)
"""How exactly the store knows when somebody was last seen."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. `session_id` is the token's SHA-256; `method` is `password`, `openid` or `ticket`."""

    session_id: str
    owner: str
    method: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime


class Sessions:
    """All sessions that may still count. Thread-safe.

    Args:
        store: where they are kept.
        users: whose they are.
        idle: how long one lasts that nobody uses.
        lasting: how long one lasts at most.
    """

    def __init__(self, store: Store, users: Users, idle: timedelta, lasting: timedelta) -> None:
        self._store, self._users = store, users
        self._idle, self._lasting = idle, lasting
        self._changing = threading.Lock()
        rows = store.read("SELECT * EXCLUDE (recorded_at) FROM sessions")
        self._known = {row["session_id"]: Session(**row) for row in rows.iter_rows(named=True)}

    def begin(self, owner: str, method: str) -> tuple[Session, str]:
        """Sign somebody in; returns the session and its token."""
        token, now = new_token(), self._store.now()
        session = Session(digest(token), owner, method, now, now, now + self._lasting)
        with self._changing:
            own = sorted((s for s in self._known.values() if s.owner == owner), key=lambda s: s.made_at)
            ended = [s for s in self._known.values() if not self._counts(s, now)]
            self._drop({s.session_id for s in (*ended, *own[: max(0, len(own) - _MOST + 1)])}, session)
        return session, token

    def of(self, token: str) -> tuple[Session, Principal]:
        """The session of a token, and who has it.

        Raises:
            NotSignedIn: there is none, or it ended.
        """
        session = self._known.get(digest(token)) if len(token) < 100 else None
        now = self._store.now()
        user = None if session is None else self._users.get(session.owner)
        if session is None or user is None or user.disabled or not self._counts(session, now):
            raise NotSignedIn("the session is not known or has ended", mend="sign in again")
        return session, Principal(user.name, user.role, "session")

    def stale(self, session: Session) -> bool:
        """Whether it is time to `note` that a session was used."""
        return self._store.now() - session.seen_at >= min(_NOTED, self._idle / 4)

    def note(self, session: Session) -> None:
        """Remember that a session was used just now, so that it does not end for idleness."""
        with self._changing:
            if session.session_id in self._known:
                self._drop(set(), replace(session, seen_at=self._store.now()))

    def end(self, token: str) -> None:
        """Sign out; the token is refused from now on."""
        with self._changing:
            self._drop({digest(token)})

    def end_all(self, owner: str) -> None:
        """Sign somebody out everywhere."""
        with self._changing:
            self._drop({s.session_id for s in self._known.values() if s.owner == owner})

    def _counts(self, session: Session, now: datetime) -> bool:
        return now < session.ends_at and now - session.seen_at < self._idle

    def _drop(self, gone: set[str], kept: Session | None = None) -> None:
        """Take sessions out, and put one in, in memory and in the store."""
        batch = Batch()
        for session_id in sorted(gone & self._known.keys()):
            batch.drop("sessions", session_id=session_id)
        left = {key: value for key, value in self._known.items() if key not in gone}
        if kept is not None:
            batch.add("sessions", {name: getattr(kept, name) for name in Session.__slots__})
            left[kept.session_id] = kept
        if len(batch):
            self._store.commit(batch)
        self._known = left
