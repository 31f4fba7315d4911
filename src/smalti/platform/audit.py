"""The audit log: every change, every sign-in, and who read what in chat. It is only ever added to.

An entry is stored before whoever asked is answered. Entries that come at the same moment are written
together: whoever comes first writes for all that wait, so that a burst of changes costs few transactions.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from smalti.platform.auth.roles import Principal
from smalti.platform.errors import StoreError
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json

CHANGE, SIGN_IN, READ = "change", "sign-in", "read in chat"
"""Kinds of entries."""

_MOST_TEXT = 500
_MOST_READ = 500  # pieces of evidence named in one entry


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that somebody did. Never holds a secret or the body of a request.

    Attributes:
        kind: one of `CHANGE`, `SIGN_IN`, `READ`.
        who: the user's name; of a failed sign-in, the name that was given.
        via: how they were known, as in `Principal`; `password`, `openid` or `ticket` of a sign-in.
        action: the method and route, or the command.
        subject: what it was done to: ids and names.
        outcome: the HTTP status, or `done`.
        address: where the request came from.
        details: what else a reader needs.
    """

    kind: str
    who: str
    via: str
    action: str
    subject: str = ""
    outcome: str = "done"
    address: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class _Waiting:
    """An entry on its way to the store, and what came of it."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.dealt_with = False
        self.failed: StoreError | None = None


class Audit:
    """Adds entries to the log. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noting, self._writing = threading.Lock(), threading.Lock()
        self._waiting: list[_Waiting] = []

    def record(self, entry: Entry) -> None:
        """Store an entry; returns when it is stored.

        Raises:
            StoreError: the store cannot be written.
        """
        mine = _Waiting(_row(entry, self._store.now()))
        with self._noting:
            self._waiting.append(mine)
        with self._writing:
            if not mine.dealt_with:
                self._write()
        if mine.failed is not None:
            raise mine.failed

    def read_in_chat(self, who: Principal, conversation: str, evidence: Sequence[str]) -> None:
        """Note which evidence somebody was shown in a conversation, before it is shown.

        Args:
            who: who asked.
            conversation: its id.
            evidence: ids of the pieces shown.

        Raises:
            StoreError: the store cannot be written.
        """
        details = {"evidence": list(evidence[:_MOST_READ]), "pieces": len(evidence)}
        self.record(Entry(READ, who.name, who.via, "chat", conversation, details=details))

    def _write(self) -> None:
        with self._noting:
            together, self._waiting = self._waiting, []
        batch = Batch()
        batch.add("audit", *(one.row for one in together))
        failed: StoreError | None = None
        try:
            self._store.commit(batch)
        except StoreError as error:
            failed = error
        except duckdb.Error as error:
            failed = StoreError(f"the audit log cannot be written: {error}", mend="look at the disk")
        for one in together:
            one.dealt_with, one.failed = True, failed


def _row(entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        # In the order of time, and unique.
        "audit_id": f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}",
        "happened_at": now,
        "kind": entry.kind,
        "who": _clean(entry.who),
        "via": entry.via,
        "action": _clean(entry.action),
        "subject": _clean(entry.subject),
        "outcome": entry.outcome,
        "address": entry.address,
        "details": as_json(dict(entry.details)),
    }


def _clean(text: str) -> str:
    """One bounded line that can be stored and shown, whatever was sent."""
    shown = "".join(c if c.isprintable() else " " for c in text[:_MOST_TEXT])
    return shown.encode("utf-8", "replace").decode()
