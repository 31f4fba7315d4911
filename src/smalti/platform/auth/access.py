"""Who may come in: users, their keys and sessions, and what follows for one from a change of another."""

from __future__ import annotations

import threading
from datetime import timedelta

from smalti.platform.audit import Audit
from smalti.platform.auth.keys import Keys
from smalti.platform.auth.limits import Backoff
from smalti.platform.auth.roles import Role
from smalti.platform.auth.sessions import Session, Sessions
from smalti.platform.auth.tickets import Ticket, Tickets
from smalti.platform.auth.users import Person, User, Users, free_name
from smalti.platform.errors import NotAllowed, NotSignedIn
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
        self.tickets = Tickets(store.now)
        self.audit = Audit(store)
        self._backoff = Backoff()
        self._joining = threading.Lock()

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

    def sign_in_openid(self, person: Person) -> tuple[User, Session, str]:
        """Let somebody in whom the OpenID provider vouches for; who is new becomes a user.

        Their role is what the provider's claims say now. Nobody becomes a user that another way made.

        Raises:
            NotSignedIn: they are disabled here.
        """
        with self._joining:
            user = self.users.of_subject(person.subject)
            if user is None:
                name = free_name(self.users, person.name, person.subject)
                user = self.users.add(name, person.role, email=person.email, subject=person.subject)
        if user.disabled:
            raise NotSignedIn("this user is disabled", subject=user.name, mend="ask an admin")
        if user.role is not person.role:
            user = self.users.change(user.name, role=person.role)
        return user, *self.sessions.begin(user.name, "openid")

    def ticket(self, name: str) -> tuple[Ticket, str]:
        """A ticket that signs a user in, once and within a minute; returns it and its secret.

        Raises:
            NotFound: there is no such user.
            NotAllowed: they are let in no more.
        """
        user = self.users.find(name)
        if user.disabled:
            raise NotAllowed("this user is disabled", subject=user.name, mend="`smalti users enable`")
        return self.tickets.make(user.name)

    def sign_in_by_ticket(self, secret: str) -> tuple[User, Session, str]:
        """Let somebody in by a ticket, which is used up; returns who, the session and its token.

        Raises:
            NotSignedIn: it was used or has ended, or the user is disabled.
        """
        ticket = self.tickets.take(secret)
        user = None if ticket is None else self.users.get(ticket.name)
        if user is None or user.disabled:
            raise NotSignedIn("this link was used or is too old", mend="`smalti dashboard` makes another")
        return user, *self.sessions.begin(user.name, "ticket")

    def change(self, name: str, *, role: Role | None = None, disabled: bool | None = None) -> User:
        """Give somebody another role, which refuses keys of theirs above it; let them in no more, or again.

        Whoever is disabled is signed out, and their keys are refused, at once.

        Raises:
            NotFound: there is no such user.
        """
        user = self.users.change(name, role=role, disabled=disabled)
        if user.disabled:
            self.sessions.end_all(user.name)
        return user

    def set_password(self, name: str, password: str) -> User:
        """Give somebody another password, and sign them out everywhere.

        Raises:
            NotFound: there is no such user.
            SettingsError: it is no password to rely on.
        """
        user = self.users.set_password(name, password)
        self.sessions.end_all(user.name)
        return user
