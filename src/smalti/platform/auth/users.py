"""People and programs that may use the service, each with one role."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from smalti.platform.auth.hashing import digest, hashed, matches, outdated
from smalti.platform.auth.roles import Role
from smalti.platform.errors import Conflict, NotFound, SettingsError
from smalti.platform.store import Batch, Store

LOCAL = "local"
"""How whoever may read the home folder is called; nobody else can be."""

LEAST_PASSWORD, MOST_PASSWORD = 12, 256
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may be let in.

    Attributes:
        name: unique and lasting; lower case.
        email: theirs, or empty.
        role: what they may do.
        disabled: known, but let in no more.
        subject: who they are to the OpenID provider (`issuer subject`), or empty.
        made_at: when they were added.
        password_hash: argon2id; None where they have no password.
    """

    name: str
    email: str
    role: Role
    disabled: bool
    subject: str
    made_at: datetime
    password_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom an OpenID provider vouches for.

    Attributes:
        subject: who they are there, for ever: `issuer subject`.
        name: what they would like to be called.
        email: theirs, where the provider has verified it.
        role: what they may do here.
    """

    subject: str
    name: str
    email: str
    role: Role


class Users:
    """All users, kept in memory by the one process that owns the store, and in the store. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changing = threading.Lock()
        rows = store.read("SELECT * EXCLUDE (recorded_at) FROM users")
        self._known = {row["name"]: _user(row) for row in rows.iter_rows(named=True)}

    def all(self) -> Sequence[User]:
        """By name."""
        return sorted(self._known.values(), key=lambda user: user.name)

    def get(self, name: str) -> User | None:
        """The user of that name, disabled or not."""
        return self._known.get(name.lower())

    def find(self, name: str) -> User:
        """The user of that name.

        Raises:
            NotFound: there is none.
        """
        found = self.get(name)
        if found is None:
            raise NotFound("no such user", subject=name[:64], mend="`smalti users list` names them")
        return found

    def of_subject(self, subject: str) -> User | None:
        """Who an OpenID provider means."""
        return next((user for user in self._known.values() if subject and user.subject == subject), None)

    def add(
        self, name: str, role: Role, *, email: str = "", password: str | None = None, subject: str = ""
    ) -> User:
        """Add a user.

        Raises:
            SettingsError: the name, e-mail address or password cannot be used.
            Conflict: the name is taken.
        """
        name = name.lower()
        if not _NAME.fullmatch(name) or name == LOCAL:
            mend = "up to 64 letters, digits and . _ @ + -, beginning with a letter or digit"
            raise SettingsError("not a name for a user", subject=name[:64], mend=mend)
        if email and not _EMAIL.fullmatch(email):
            raise SettingsError("not an e-mail address", subject=name, mend="someone@example.org")
        stored = None if password is None else _password(name, password)
        with self._changing:
            if name in self._known:
                raise Conflict("this name is taken", subject=name, mend="choose another")
            return self._keep(User(name, email, role, False, subject, self._store.now(), stored))

    def change(self, name: str, *, role: Role | None = None, disabled: bool | None = None) -> User:
        """Give a user another role, or let them in no more, or again.

        Raises:
            NotFound: there is no such user.
        """
        with self._changing:
            user = self.find(name)
            return self._keep(
                replace(
                    user,
                    role=user.role if role is None else role,
                    disabled=user.disabled if disabled is None else disabled,
                )
            )

    def set_password(self, name: str, password: str) -> User:
        """Give a user another password.

        Raises:
            NotFound: there is no such user.
            SettingsError: it is too short, too long, or like the name.
        """
        stored = _password(self.find(name).name, password)
        with self._changing:
            return self._keep(replace(self.find(name), password_hash=stored))

    def with_password(self, name: str, password: str) -> User | None:
        """The user whose name and password these are, unless disabled. As slow where nobody has the name."""
        user = self.get(name)
        stored = None if user is None else user.password_hash
        right = matches(stored, password[:MOST_PASSWORD])
        if user is None or stored is None or not right or user.disabled:
            return None
        if outdated(stored):
            with self._changing:
                self._keep(replace(self.find(name), password_hash=hashed(password)))
        return user

    def _keep(self, user: User) -> User:
        batch = Batch()
        batch.add(
            "users",
            {
                "name": user.name,
                "email": user.email,
                "role": user.role.value,
                "password_hash": user.password_hash,
                "subject": user.subject,
                "disabled": user.disabled,
                "made_at": user.made_at,
            },
        )
        self._store.commit(batch)
        self._known = {**self._known, user.name: user}
        return user


def _password(name: str, password: str) -> str:
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD or name in password.lower():
        mend = f"{LEAST_PASSWORD} to {MOST_PASSWORD} characters, without the name in them"
        raise SettingsError("not a password to rely on", subject=name, mend=mend)
    return hashed(password)


def free_name(users: Users, wanted: str, subject: str) -> str:
    """A name for somebody whom an OpenID provider vouches for; never one that another has."""
    plain = re.sub(r"[^a-z0-9._@+-]", "-", wanted.lower()).lstrip("._@+-")[:52] or "person"
    taken = users.get(plain) is not None or plain == LOCAL
    return f"{plain}.{digest(subject)[:10]}" if taken else plain


def _user(row: dict[str, Any]) -> User:
    return User(**{**row, "role": Role(row["role"])})
