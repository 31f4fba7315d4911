"""Users and keys as the commands handle them: in the store of this process, or through a running service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from smalti.platform.audit import CHANGE, Entry
from smalti.platform.auth.access import Access
from smalti.platform.auth.keys import DEFAULT_DAYS
from smalti.platform.auth.roles import Role
from smalti.platform.auth.users import LOCAL
from smalti.service.access import KeyView, NewKeyView, UserView, key_view, new_key, user_view
from smalti.service.asking import Asking, record


class People(Protocol):
    """Users and their keys, for whoever may change them."""

    def users(self) -> Sequence[UserView]:
        """All users, by name."""

    def add_user(self, name: str, role: Role, email: str = "", password: str | None = None) -> UserView:
        """Add a user.

        Raises:
            SettingsError: the name, e-mail address or password cannot be used.
            Conflict: the name is taken.
        """

    def change_user(self, name: str, role: Role | None = None, disabled: bool | None = None) -> UserView:
        """Give a user another role, or let them in no more, or again.

        Raises:
            NotFound: there is no such user.
        """

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password, which ends their sessions.

        Raises:
            NotFound: there is no such user.
            SettingsError: it is no password to rely on.
        """

    def keys(self, owner: str | None = None) -> Sequence[KeyView]:
        """Keys of one user or all, newest first."""

    def create_key(
        self, owner: str, role: Role | None = None, label: str = "", days: int = DEFAULT_DAYS
    ) -> NewKeyView:
        """Make a key; its secret is told this once.

        Raises:
            NotFound: there is no such user.
            SettingsError: it would have no end.
            NotAllowed: its role would be above its owner's.
        """

    def revoke_key(self, key_id: str) -> KeyView:
        """Take a key back.

        Raises:
            NotFound: there is no such key.
        """


class LocalPeople:
    """See `People`: by whoever may read the home folder, and noted in the audit log."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def users(self) -> Sequence[UserView]:
        """See `People.users`."""
        return [user_view(user) for user in self._access.users.all()]

    def add_user(self, name: str, role: Role, email: str = "", password: str | None = None) -> UserView:
        """See `People.add_user`."""
        user = self._access.users.add(name, role, email=email, password=password)
        self._note("users add", user.name)
        return user_view(user)

    def change_user(self, name: str, role: Role | None = None, disabled: bool | None = None) -> UserView:
        """See `People.change_user`."""
        user = self._access.change(name, role=role, disabled=disabled)
        self._note("users change", user.name)
        return user_view(user)

    def set_password(self, name: str, password: str) -> None:
        """See `People.set_password`."""
        self._note("users password", self._access.set_password(name, password).name)

    def keys(self, owner: str | None = None) -> Sequence[KeyView]:
        """See `People.keys`."""
        whose = None if owner is None else owner.lower()
        return [key_view(self._access, key) for key in self._access.keys.all(whose)]

    def create_key(
        self, owner: str, role: Role | None = None, label: str = "", days: int = DEFAULT_DAYS
    ) -> NewKeyView:
        """See `People.create_key`."""
        made = new_key(self._access, owner, role, label, days)
        self._note("keys create", f"{made.key.key_id} of {made.key.owner}")
        return made

    def revoke_key(self, key_id: str) -> KeyView:
        """See `People.revoke_key`."""
        key = self._access.keys.revoke(key_id)
        self._note("keys revoke", key.key_id)
        return key_view(self._access, key)

    def _note(self, action: str, subject: str) -> None:
        self._access.audit.record(Entry(CHANGE, LOCAL, "local", action, subject))


class RemotePeople:
    """See `People`: through the routes of a running service, which notes who asked."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def users(self) -> Sequence[UserView]:
        """See `People.users`."""
        return self._ask.all(UserView, "users")

    def add_user(self, name: str, role: Role, email: str = "", password: str | None = None) -> UserView:
        """See `People.add_user`."""
        told = self._ask.send("POST", "users", name=name, role=role, email=email, password=password)
        return record(UserView, told)

    def change_user(self, name: str, role: Role | None = None, disabled: bool | None = None) -> UserView:
        """See `People.change_user`."""
        return record(UserView, self._ask.send("PATCH", "users", name, role=role, disabled=disabled))

    def set_password(self, name: str, password: str) -> None:
        """See `People.set_password`."""
        self._ask.send("PUT", "users", name, "password", password=password)

    def keys(self, owner: str | None = None) -> Sequence[KeyView]:
        """See `People.keys`."""
        return self._ask.all(KeyView, "keys", owner=owner)

    def create_key(
        self, owner: str, role: Role | None = None, label: str = "", days: int = DEFAULT_DAYS
    ) -> NewKeyView:
        """See `People.create_key`."""
        told = self._ask.send("POST", "keys", owner=owner, role=role, label=label, days=days)
        return record(NewKeyView, told)

    def revoke_key(self, key_id: str) -> KeyView:
        """See `People.revoke_key`."""
        return record(KeyView, self._ask.send("DELETE", "keys", key_id))
