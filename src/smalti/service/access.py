"""Users and keys as admins and their owners see them: never with a hash, and with a secret only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smalti.platform.audit import CHANGE, Entry
from smalti.platform.auth.access import Access
from smalti.platform.auth.keys import DEFAULT_DAYS, ApiKey
from smalti.platform.auth.roles import Role
from smalti.platform.auth.users import LOCAL, User


@dataclass(frozen=True, slots=True)
class UserView:
    """A user. `password` and `openid` say how they can sign in."""

    name: str
    email: str
    role: Role
    disabled: bool
    password: bool
    openid: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key without its secret.

    `state` is `counts`, `ended`, `revoked`, or `refused`: its owner is disabled or may less than it.
    """

    key_id: str
    owner: str
    role: Role
    label: str
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class NewKeyView:
    """A key that was just made. `secret` is the whole text to send; it is told this once."""

    key: KeyView
    secret: str


def user_view(user: User) -> UserView:
    """A user as shown."""
    return UserView(
        user.name,
        user.email,
        user.role,
        user.disabled,
        user.password_hash is not None,
        bool(user.subject),
        user.made_at,
    )


def key_view(access: Access, key: ApiKey) -> KeyView:
    """A key as shown."""
    return KeyView(
        key.key_id,
        key.owner,
        key.role,
        key.label,
        key.made_at,
        key.ends_at,
        key.revoked_at,
        access.keys.state(key),
    )


def new_key(access: Access, owner: str, role: Role | None, label: str, days: int) -> NewKeyView:
    """Make a key; see `Keys.create`."""
    key, secret = access.keys.create(owner, role, label=label, days=days)
    return NewKeyView(key_view(access, key), secret)


class ByHand:
    """Users and keys in the hands of whoever may read the home folder: what the commands do, audited.

    Args:
        access: the store's.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def users(self) -> Sequence[UserView]:
        """See `Gateway.users`."""
        return [user_view(user) for user in self._access.users.all()]

    def add_user(self, name: str, role: Role, email: str = "", password: str | None = None) -> UserView:
        """See `Gateway.add_user`."""
        user = self._access.users.add(name, role, email=email, password=password)
        self._note("users add", user.name)
        return user_view(user)

    def change_user(self, name: str, role: Role | None = None, disabled: bool | None = None) -> UserView:
        """See `Gateway.change_user`."""
        user = self._access.change(name, role=role, disabled=disabled)
        self._note("users change", user.name)
        return user_view(user)

    def set_password(self, name: str, password: str) -> None:
        """See `Gateway.set_password`."""
        self._note("users password", self._access.set_password(name, password).name)

    def keys(self, owner: str | None = None) -> Sequence[KeyView]:
        """See `Gateway.keys`."""
        return [key_view(self._access, key) for key in self._access.keys.all(owner)]

    def create_key(
        self, owner: str, role: Role | None = None, label: str = "", days: int = DEFAULT_DAYS
    ) -> NewKeyView:
        """See `Gateway.create_key`."""
        made = new_key(self._access, owner, role, label, days)
        self._note("keys create", made.key.key_id)
        return made

    def revoke_key(self, key_id: str) -> KeyView:
        """See `Gateway.revoke_key`."""
        key = self._access.keys.revoke(key_id)
        self._note("keys revoke", key.key_id)
        return key_view(self._access, key)

    def _note(self, action: str, subject: str) -> None:
        self._access.audit.record(Entry(CHANGE, LOCAL, "local", action, subject))
