"""Who may do what: keys, users, the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from smalti.client.base import Base, Json


class Access(Base):
    """Keys, users, audit."""

    def who_am_i(self) -> Json:
        """Whose key this is, and what it may do."""
        return self._one("session")

    def sign_out(self) -> None:
        """End the session that this client acts by."""
        self._send("DELETE", "session")

    def keys(self, owner: str | None = None) -> Iterator[Json]:
        """Keys, newest first: one's own, or for admins everybody's; never their texts."""
        return self.each("keys", owner=owner)

    def create_key(
        self, owner: str | None = None, role: str | None = None, label: str = "", days: int | None = None
    ) -> Json:
        """A new key (its text is told here and never again), by somebody who is signed in.

        Args:
            owner: whose; one's own if None.
            role: what it may do, never more than its owner.
            label: what it is for.
            days: until it ends.
        """
        made: Json = self._send("POST", "keys", owner=owner, role=role, label=label, days=days)
        return made

    def revoke_key(self, key_id: str) -> Json:
        """Take a key back; it is refused from now on."""
        revoked: Json = self._send("DELETE", "keys", key_id)
        return revoked

    def users(self) -> Iterator[Json]:
        """All users, by name (admins)."""
        return self.each("users")

    def user(self, name: str) -> Json:
        """One user (admins)."""
        return self._one("users", name)

    def add_user(self, name: str, role: str, email: str = "", password: str | None = None) -> Json:
        """Let somebody in (admins); without a password they use keys, or sign in at the OpenID provider."""
        added: Json = self._send("POST", "users", name=name, role=role, email=email, password=password)
        return added

    def change_user(self, name: str, role: str | None = None, *, disabled: bool | None = None) -> Json:
        """Give somebody another role, or disable them (admins)."""
        changed: Json = self._send("PATCH", "users", name, role=role, disabled=disabled)
        return changed

    def set_password(self, name: str, password: str) -> None:
        """Give somebody another password (admins); their sessions end."""
        self._send("PUT", "users", name, "password", password=password)

    def audit(
        self, kind: str | None = None, by: str | None = None, since: datetime | None = None
    ) -> Iterator[Json]:
        """Who did what, newest first (admins)."""
        return self.each("audit", kind=kind, by=by, since=since)
