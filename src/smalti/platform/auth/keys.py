"""Keys of programs: shown once, stored as argon2 hashes, with an end, and taken back at any moment.

A key is `smk_<id>_<secret>`. Comparing one with its hash takes tens of milliseconds, so a key that was found
right is remembered for minutes by its SHA-256; whether it still counts is looked up at every request.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from smalti.platform.auth.hashing import digest, hashed, matches, new_id, new_token
from smalti.platform.auth.roles import Principal, Role
from smalti.platform.auth.users import User, Users
from smalti.platform.errors import NotAllowed, NotFound, NotSignedIn, SettingsError, TooMany
from smalti.platform.store import Batch, Store

PREFIX = "smk"
DEFAULT_DAYS, MOST_DAYS = 90, 366
MOST_KEYS = 100
"""Keys of one user that count at once."""
_REMEMBERED, _REMEMBER_SECONDS = 1_000, 300.0
_LONGEST = 200  # characters; ours have 64


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, without its secret. It counts from `made_at` to `ends_at`, unless `revoked_at` is set."""

    key_id: str
    owner: str
    role: Role
    label: str
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    secret_hash: str = field(repr=False)


class Keys:
    """All keys. Thread-safe."""

    def __init__(self, store: Store, users: Users) -> None:
        self._store, self._users = store, users
        self._changing = threading.Lock()
        rows = store.read("SELECT * EXCLUDE (recorded_at) FROM api_keys")
        self._known = {row["key_id"]: _key(row) for row in rows.iter_rows(named=True)}
        self._right: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def all(self, owner: str | None = None) -> Sequence[ApiKey]:
        """Those of one user, or all, newest first."""
        found = [key for key in self._known.values() if owner in (None, key.owner)]
        return sorted(found, key=lambda key: (key.made_at, key.key_id), reverse=True)

    def find(self, key_id: str) -> ApiKey:
        """The key of that id.

        Raises:
            NotFound: there is none.
        """
        if key_id not in self._known:
            raise NotFound("no such key", subject=key_id[:64], mend="`smalti keys list` names them")
        return self._known[key_id]

    def create(
        self, owner: str, role: Role | None = None, *, label: str = "", days: int = DEFAULT_DAYS
    ) -> tuple[ApiKey, str]:
        """Make a key; returns it with its text, which nobody can be told again.

        Args:
            owner: whose it is; it stops to count when they are disabled.
            role: what it may do: its owner's unless given, and never more.
            label: what it is for.
            days: until it ends.

        Raises:
            NotFound: there is no such user.
            SettingsError: it would have no end, or too late a one.
            NotAllowed: its role would be above its owner's, or its owner is disabled.
            TooMany: the owner has so many.
        """
        user = self._users.find(owner)
        if not 1 <= days <= MOST_DAYS:
            raise SettingsError("a key has an end", subject="days", mend=f"1 to {MOST_DAYS} days")
        if user.disabled or not user.role.may(role or user.role):
            what = "is disabled" if user.disabled else f"has the role {user.role}"
            raise NotAllowed(f"its owner {what}", subject=user.name, mend="choose a role that theirs covers")
        now = self._store.now()
        secret, key_id = new_token(), new_id()
        key = ApiKey(
            key_id, user.name, role or user.role, label, now, now + timedelta(days=days), None, hashed(secret)
        )
        with self._changing:
            counting = [k for k in self.all(user.name) if k.revoked_at is None and k.ends_at > now]
            if len(counting) >= MOST_KEYS:
                raise TooMany(f"{MOST_KEYS} keys count already", subject=user.name, mend="revoke some")
            self._keep(key)
        return key, f"{PREFIX}_{key_id}_{secret}"

    def revoke(self, key_id: str) -> ApiKey:
        """Take a key back; from now on it is refused.

        Raises:
            NotFound: there is no such key.
        """
        with self._changing:
            key = self.find(key_id)
            if key.revoked_at is None:
                key = replace(key, revoked_at=self._store.now())
                self._keep(key)
            self._right = OrderedDict((d, seen) for d, seen in self._right.items() if seen[0] != key_id)
        return key

    def remembered(self, presented: str) -> Principal | None:
        """Who sent a key that was found right lately and still counts; None where it must be compared."""
        if len(presented) > _LONGEST:
            return None
        key_id, until = self._right.get(digest(presented), ("", 0.0))
        key = self._known.get(key_id)
        return self._principal(key) if key is not None and time.monotonic() < until else None

    def compared(self, presented: str) -> Principal:
        """Who sent a key.

        Raises:
            NotSignedIn: it is no key, or one that counts no more. What of these is not told.
        """
        key, secret = self._named(presented)
        who = None if key is None else self._principal(key)
        # Compared before anything is said, so that time tells nothing about a key that ended.
        if key is None or not matches(key.secret_hash, secret) or who is None:
            raise NotSignedIn("the key is not known, has ended or was revoked", mend="ask for another")
        with self._changing:
            self._right[digest(presented)] = key.key_id, time.monotonic() + _REMEMBER_SECONDS
            while len(self._right) > _REMEMBERED:
                self._right.popitem(last=False)
        return who

    def _named(self, presented: str) -> tuple[ApiKey | None, str]:
        parts = presented.split("_", 2) if len(presented) <= _LONGEST else []
        if len(parts) != 3 or parts[0] != PREFIX:
            return None, ""
        return self._known.get(parts[1]), parts[2]

    def state(self, key: ApiKey) -> str:
        """`counts`; or why not: `revoked`, `ended`, or `refused` for what its owner is now."""
        owner: User | None = self._users.get(key.owner)
        if key.revoked_at is not None:
            return "revoked"
        if key.ends_at <= self._store.now():
            return "ended"
        return "counts" if owner and not owner.disabled and owner.role.may(key.role) else "refused"

    def _principal(self, key: ApiKey) -> Principal | None:
        return Principal(key.owner, key.role, f"key: {key.key_id}") if self.state(key) == "counts" else None

    def _keep(self, key: ApiKey) -> None:
        batch = Batch()
        batch.add(
            "api_keys",
            {
                "key_id": key.key_id,
                "owner": key.owner,
                "role": key.role.value,
                "label": key.label,
                "secret_hash": key.secret_hash,
                "made_at": key.made_at,
                "ends_at": key.ends_at,
                "revoked_at": key.revoked_at,
            },
        )
        self._store.commit(batch)
        self._known = {**self._known, key.key_id: key}


def _key(row: dict[str, Any]) -> ApiKey:
    return ApiKey(**{**row, "role": Role(row["role"])})
