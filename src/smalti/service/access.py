"""Users and keys as admins and their owners see them: never with a hash, and with a secret only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from smalti.platform.auth.access import Access
from smalti.platform.auth.keys import ApiKey
from smalti.platform.auth.roles import Role
from smalti.platform.auth.users import User


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
