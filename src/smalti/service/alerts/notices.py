"""Whom to tell of an alert, and when: at once, or in a digest after quiet hours or a spent budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.service.alerts import messages
from smalti.service.alerts.conditions import SEVERITIES, Severity
from smalti.service.alerts.queueing import Message, queue
from smalti.service.alerts.recipients import Recipient, all_recipients

_FORGOTTEN = timedelta(days=3)
"""An alert older than this is told to nobody who was not told yet: a new recipient hears of new alerts."""
_MOST_AT_ONCE = 100_000

SENT, HELD, IN_DIGEST, NOT_WANTED = "sent", "held", "in digest", "not wanted"
QUIET, BUDGET = "quiet hours", "budget"


@dataclass(frozen=True, slots=True)
class _Notice:
    """One alert for one recipient: undecided, or held since `decided_at`."""

    alert_id: str
    severity: Severity
    raised_at: datetime
    why: str | None = None
    decided_at: datetime | None = None

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """Most severe first, then oldest."""
        return SEVERITIES.index(self.severity), self.raised_at, self.alert_id


def dispatch(store: Store, now: datetime) -> None:
    """Queue what each recipient is to hear now, and note what is held; again, it changes nothing."""
    undecided, held = _undecided(store, now), _held(store)
    if not undecided and not held:
        return
    for view in all_recipients(store):
        recipient = view.recipient
        fresh = sorted(undecided.get(recipient.name, ()), key=lambda one: one.rank)
        waiting = held.get(recipient.name, [])
        batch = Batch()
        _decide(store, batch, recipient, fresh, now)
        _digest(store, batch, recipient, [one for one in waiting if _due(recipient, one, now)], now)
        if len(batch):
            store.commit(batch)


def _decide(
    store: Store, batch: Batch, recipient: Recipient, fresh: Sequence[_Notice], now: datetime
) -> None:
    """What was raised since: sent singly as far as hours and budget let it, else held."""
    if not fresh:
        return
    told = _sent_today(store, recipient, now)
    quiet = recipient.is_quiet(now)
    for one in fresh:
        note = partial(_note, batch, recipient, one, now)
        if not recipient.channels or not recipient.wants(one.severity):
            note(NOT_WANTED, None)
        elif quiet:
            note(HELD, QUIET)
        elif told >= recipient.room(one.severity):
            note(HELD, BUDGET)
        else:
            told += 1
            note(SENT, None)
            message = messages.single(store, one.alert_id)
            queue(
                batch,
                store,
                recipient.channels,
                message,
                content_id("alert", one.alert_id, recipient.name),
                now,
            )


def _digest(store: Store, batch: Batch, recipient: Recipient, due: Sequence[_Notice], now: datetime) -> None:
    """What was held long enough, in one message."""
    if not due:
        return
    ranked = sorted(due, key=lambda one: one.rank)
    for one in ranked:
        _note(batch, recipient, one, now, IN_DIGEST, one.why)
    message: Message = messages.digest(
        store, [one.alert_id for one in ranked], Counter(one.severity for one in ranked)
    )
    key = content_id("digest", recipient.name, *sorted(one.alert_id for one in ranked))
    queue(batch, store, recipient.channels, message, key, now)


def _due(recipient: Recipient, one: _Notice, now: datetime) -> bool:
    if recipient.is_quiet(now):
        return False
    assert one.decided_at is not None
    return one.why == QUIET or recipient.day(now) > recipient.day(one.decided_at)


def _note(
    batch: Batch, recipient: Recipient, one: _Notice, now: datetime, state: str, why: str | None
) -> None:
    batch.add(
        "alert_notices",
        {
            "alert_id": one.alert_id,
            "recipient": recipient.name,
            "state": state,
            "why": why,
            "decided_at": now,
        },
    )


def _sent_today(store: Store, recipient: Recipient, now: datetime) -> int:
    rows = store.read(
        "SELECT decided_at FROM alert_notices WHERE recipient = ? AND state = ? AND decided_at > ?",
        [recipient.name, SENT, now - timedelta(days=2)],
    )
    return sum(recipient.day(moment) == recipient.day(now) for moment in rows["decided_at"])


def _undecided(store: Store, now: datetime) -> dict[str, list[_Notice]]:
    rows = store.read(
        "WITH told AS (SELECT a.alert_id, a.severity, a.raised_at,"
        "  unnest(CAST(json_extract(r.spec, '$.notify') AS TEXT[])) AS recipient"
        "  FROM alerts a JOIN alert_rules r ON r.rule_id = a.rule_id AND r.version = a.version"
        "  WHERE a.raised_at > $after)"
        " SELECT DISTINCT t.* FROM told t JOIN alert_recipients p ON p.name = t.recipient"
        " WHERE NOT EXISTS (SELECT 1 FROM alert_notices n"
        "  WHERE n.alert_id = t.alert_id AND n.recipient = t.recipient)"
        f" ORDER BY t.raised_at, t.alert_id LIMIT {_MOST_AT_ONCE}",
        {"after": now - _FORGOTTEN},
    )
    return _by_recipient(rows.iter_rows(named=True))


def _held(store: Store) -> dict[str, list[_Notice]]:
    rows = store.read(
        "SELECT n.alert_id, n.recipient, n.why, n.decided_at, a.severity, a.raised_at"
        " FROM alert_notices n JOIN alerts a USING (alert_id) WHERE n.state = ?"
        f" ORDER BY a.raised_at, n.alert_id LIMIT {_MOST_AT_ONCE}",
        [HELD],
    )
    return _by_recipient(rows.iter_rows(named=True))


def _by_recipient(rows: Iterator[Mapping[str, Any]]) -> dict[str, list[_Notice]]:
    found: dict[str, list[_Notice]] = {}
    for row in rows:
        notice = _Notice(**{name: value for name, value in row.items() if name != "recipient"})
        found.setdefault(row["recipient"], []).append(notice)
    return found
