"""Who may come in: users, their keys and sessions, and what follows for one from a change of another."""

from __future__ import annotations

from datetime import timedelta

from smalti.platform.audit import Audit
from smalti.platform.auth.keys import Keys
from smalti.platform.auth.limits import Backoff
from smalti.platform.auth.roles import Role
from smalti.platform.auth.sessions import Session, Sessions
from smalti.platform.auth.users import User, Users
from smalti.platform.errors import NotSignedIn
from smalti.platform.settings import Settings
from smalti.platform.store import Store


class Access:
    """What the process that owns the store knows about who may come in: one for a store.

    Args:
        store: where it is kept.
        settings: say how long sessions last.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self.users = Users(store)
        self.keys = Keys(store, self.users)
        self.sessions = Sessions(
            store,
            self.users,
            timedelta(minutes=settings.session_idle_minutes),
            timedelta(hours=settings.session_hours),
        )
        self.audit = Audit(store)
        self._backoff = Backoff()

    def sign_in(self, name: str, password: str) -> tuple[User, Session, str]:
        """Let somebody in by their password; returns who, the session and its token.

        Raises:
            NotSignedIn: name and password do not belong together, or the user is disabled; not told which.
            TooMany: wrong so often of late that this name has to wait.
        """
        key = name.lower()[:64]
        with self._backoff.attempt(key) as attempt:
            user = self.users.with_password(name, password)
            if user is None:
                raise NotSignedIn(
                    "name and password do not belong together", mend="try again, or ask an admin"
                )
            attempt.succeeded()
        return user, *self.sessions.begin(user.name, "password")

    def disable(self, name: str, disabled: bool = True) -> User:
        """Let somebody in no more, which ends their sessions and keys at once; or again.

        Raises:
            NotFound: there is no such user.
        """
        user = self.users.change(name, disabled=disabled)
        if disabled:
            self.sessions.end_all(user.name)
        return user

    def set_role(self, name: str, role: Role) -> User:
        """Give somebody another role. Keys of theirs that would be above it count no more.

        Raises:
            NotFound: there is no such user.
        """
        return self.users.change(name, role=role)

    def set_password(self, name: str, password: str) -> User:
        """Give somebody another password, and sign them out everywhere.

        Raises:
            NotFound: there is no such user.
            SettingsError: it is no password to rely on.
        """
        user = self.users.set_password(name, password)
        self.sessions.end_all(user.name)
        return user
