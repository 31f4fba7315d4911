"""Messages that came in: written down before they are acknowledged, each once, without personal data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from smalti.assistant.guard.personal import redacted
from smalti.platform.auth.hashing import digest
from smalti.platform.errors import Conflict
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.service.alerts.queueing import GIVEN_UP, QUEUED, SENT
from smalti.service.chat.integrations import IntegrationView
from smalti.service.chat.records import Incoming

KEPT = timedelta(days=30)
"""How long it is remembered that a message came in."""
MOST_CHARS = 2_000
"""Of a question; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class EventView:
    """A message that came in, and how its answer goes.

    Attributes:
        state: `queued`, `failed` (it will be tried again at `next_try`), `sent` or `given up`.
        turn_id: question and answer as the assistant keeps them; null until it answered.
        error: why the last try failed.
    """

    event_id: str
    integration_id: str
    thread: str
    state: str
    attempts: int
    turn_id: str | None
    error: str | None
    got_at: datetime
    next_try: datetime | None
    ended_at: datetime | None


def accept(store: Store, view: IntegrationView, message: Incoming, signature: str) -> bool:
    """Write a message down; returns whether it is new.

    Args:
        store: where.
        view: where it came in.
        message: it.
        signature: of the request that told it, which is made for one moment.

    Raises:
        Conflict: this very request came before: somebody sends again what they overheard.
    """
    event_id = content_id("integration event", view.integration_id, message.event)
    sealed = digest(signature)
    known = "SELECT signature FROM integration_events WHERE event_id = ?"

    def unknown() -> bool:
        return not store.read(known, [event_id]).height

    now = store.now()
    said = {
        "text": redacted(message.text)[:MOST_CHARS],
        "audience": message.audience.value,
        "to": message.to,
        "has_files": message.has_files,
    }
    batch = Batch()
    batch.add(
        "integration_events",
        {
            "event_id": event_id,
            "integration_id": view.integration_id,
            "thread": message.thread,
            "signature": sealed,
            "said": as_json(said),
            "sent": 0,
            "state": QUEUED,
            "attempts": 0,
            "got_at": now,
            "next_try": now,
        },
    )
    if unknown() and store.commit(batch, still=unknown):
        return True
    if store.read(known, [event_id])["signature"][0] == sealed:
        raise Conflict("this request was sent before", subject=message.event, mend="sign it anew")
    return False


def forget_old(store: Store, now: datetime) -> None:
    """Forget messages that were answered, or given up, long ago."""
    old = store.read(
        "SELECT event_id FROM integration_events WHERE state IN (?, ?) AND ended_at < ? LIMIT 10000",
        [SENT, GIVEN_UP, now - KEPT],
    )
    batch = Batch()
    for one in old["event_id"]:
        batch.drop("integration_events", event_id=one)
    if len(batch):
        store.commit(batch)


def change(store: Store, row: Mapping[str, Any], **columns: Any) -> dict[str, Any]:
    """Write some columns of a message's row anew; returns the row as it is now.

    Nothing is written of a message that was forgotten meanwhile.
    """
    made = {name: value for name, value in row.items() if name != "recorded_at"} | columns
    batch = Batch()
    batch.add("integration_events", made)
    there = "SELECT 1 FROM integration_events WHERE event_id = ?"
    store.commit(batch, still=lambda: bool(store.read(there, [row["event_id"]]).height))
    return made


def said_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a message said, and where its answer goes."""
    told: Mapping[str, Any] = json.loads(row["said"])
    return told


def events(store: Store, integration_id: str | None = None, limit: int = 100) -> list[EventView]:
    """The newest messages and how they go, of one integration or of all."""
    rows = store.read(
        EVENTS + f" ORDER BY got_at DESC, event_id LIMIT {int(limit)}", {"integration": integration_id}
    )
    return [event_view(row) for row in rows.iter_rows(named=True)]


EVENTS = (
    "SELECT event_id, integration_id, thread, state, attempts, turn_id, error, got_at, next_try, ended_at"
    " FROM integration_events WHERE $integration IS NULL OR integration_id = $integration"
)


def event_view(row: Mapping[str, Any]) -> EventView:
    """A message out of a row of `EVENTS`."""
    return EventView(**row)
