"""Getting messages out: each is tried until it is taken, with growing pauses, and every try is written down.

A delivery keeps its id over all tries, so that a receiver can drop what it was sent twice: a service killed
between the other side's answer and our note of it sends again.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from smalti.platform.errors import NotFound, SmaltiError, TooLarge
from smalti.platform.store import Batch, Store
from smalti.platform.web import Web
from smalti.service.alerts.channels import ChannelView, find_channel, secret_of
from smalti.service.alerts.queueing import (
    FAILED,
    GIVEN_UP,
    QUEUED,
    SENT,
    Message,
    StoredFile,
    queue,
    read_message,
)
from smalti.service.alerts.senders import Outcome, Parcel, open_sender, send_parcel
from smalti.service.engine import Engine

if TYPE_CHECKING:  # a service has a gateway, which has alerts
    from smalti.service.service import Service

_log = structlog.get_logger(__name__)

_PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
"""Before each further try; after the last it is given up, a day after the first."""
_LONGEST_WAIT = timedelta(days=1)
_AT_ONCE = 4  # channels
_MOST_A_ROUND = 500
_CHANNEL_SECONDS = 120.0
"""A channel's share of one round."""
_MOST_FILE_BYTES = 20_000_000

_delivering = threading.Lock()


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message to one channel, and how it goes.

    Attributes:
        state: `queued`, `failed` (it will be tried again at `next_try`), `sent` or `given up`.
        status: the last HTTP status; `error`, why the last try failed.
    """

    delivery_id: str
    channel_id: str
    channel: str
    title: str
    state: str
    attempts: int
    status: int | None
    error: str | None
    queued_at: datetime
    next_try: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery."""

    attempt: int
    tried_at: datetime
    outcome: str
    status: int | None
    error: str | None


def send(  # noqa: PLR0913 - the parts of a message, each by its name
    service: Service,
    channel_ids: Sequence[str],
    *,
    title: str,
    text: str,
    key: str,
    html: str | None = None,
    files: Sequence[tuple[str, str, bytes]] = (),
    link: str = "",
    kind: str = "message",
    data: Mapping[str, Any] | None = None,
) -> list[str]:
    """Queue a message for some channels; `deliver_due` sends it.

    Args:
        service: the running one.
        channel_ids: where to.
        title: one line.
        text: in plain words; chat services get it without markup.
        key: the same for the same message: it is never queued twice for a channel.
        html: for e-mail, which gets `text` without it; cleaned before it is sent.
        files: name, media type and bytes of each; e-mail and Slack bots get them, the others are told
            their names, sizes and hashes.
        link: path in the API where it can be read.
        kind: what it is, for webhooks.
        data: more of it, for webhooks.

    Returns:
        The ids of the deliveries.

    Raises:
        NotFound: one of the channels is not there.
        TooLarge: the files together are over 20 MB.
    """
    if sum(len(raw) for _, _, raw in files) > _MOST_FILE_BYTES:
        raise TooLarge(f"files of more than {_MOST_FILE_BYTES} bytes", subject=title, mend="send a link")
    engine = service.engine
    for channel in channel_ids:
        find_channel(engine.store, channel)
    stored = [
        StoredFile(name, media_type, engine.objects.put(raw), len(raw)) for name, media_type, raw in files
    ]
    message = Message(title, text, html, link, kind, data or {}, stored)
    batch = Batch()
    ids = queue(batch, engine.store, channel_ids, message, key, engine.store.now())
    if len(batch):
        engine.store.commit(batch)
    return ids


def deliver_due(service: Service, now: datetime) -> list[DeliveryView]:
    """Try every delivery that is due; returns those tried. One round at a time: a second gives nothing.

    Args:
        service: the running one.
        now: the moment.
    """
    if not _delivering.acquire(blocking=False):
        return []
    try:
        return _round(service.engine, _due(service.engine.store, now), now)
    finally:
        _delivering.release()


def try_channel(engine: Engine, channel_id: str, now: datetime) -> DeliveryView:
    """Send a test message at once.

    Raises:
        NotFound: there is no such channel.
    """
    store = engine.store
    view = find_channel(store, channel_id)
    text = "This is a test. Whoever reads it receives what smalti sends."
    batch = Batch()
    [one] = queue(
        batch, store, [view.channel_id], Message("smalti: a test", text, kind="test"), f"test:{now}", now
    )
    if len(batch):
        store.commit(batch)
    with _delivering:
        rows = store.read("SELECT * FROM deliveries WHERE delivery_id = ? AND state = ?", [one, QUEUED])
        _round(engine, list(rows.iter_rows(named=True)), now)
    return delivery(store, one)


def _due(store: Store, now: datetime) -> list[dict[str, Any]]:
    rows = store.read(
        "SELECT * FROM deliveries WHERE state IN (?, ?) AND next_try <= ?"
        f" ORDER BY queued_at, delivery_id LIMIT {_MOST_A_ROUND}",
        [QUEUED, FAILED, now],
    )
    return list(rows.iter_rows(named=True))


def _round(engine: Engine, due: Sequence[Mapping[str, Any]], now: datetime) -> list[DeliveryView]:
    by_channel: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in due:
        by_channel[row["channel_id"]].append(row)
    if not by_channel:
        return []
    with open_sender(engine.settings) as web, ThreadPoolExecutor(_AT_ONCE, "deliver") as pool:
        jobs = [pool.submit(_through, engine, web, *one, now) for one in by_channel.items()]
        tried = [one for job in jobs for one in job.result()]
    return [delivery(engine.store, one) for one in tried]


def _through(
    engine: Engine, web: Web, channel_id: str, rows: Sequence[Mapping[str, Any]], now: datetime
) -> list[str]:
    """One channel's deliveries in order; after a failure the rest waits, lest one server be hammered."""
    store = engine.store
    began = time.monotonic()
    tried = []
    for at, row in enumerate(rows):
        if time.monotonic() - began > _CHANNEL_SECONDS:
            break
        outcome = _try(engine, web, channel_id, row, now)
        again = _write(store, row, outcome, now)
        tried.append(row["delivery_id"])
        if again is not None:
            _put_off(store, rows[at + 1 :], again)
            break
    return tried


def _try(engine: Engine, web: Web, channel_id: str, row: Mapping[str, Any], now: datetime) -> Outcome:
    try:
        view: ChannelView = find_channel(engine.store, channel_id)
    except NotFound:
        return Outcome(sent=False, error="the channel was removed", final=True)
    try:
        secret = secret_of(engine.store, engine.settings, view)
    except SmaltiError as error:
        return Outcome(sent=False, error=str(error))
    message = read_message(json.loads(row["message"]))
    parcel = Parcel(row["delivery_id"], message, view.channel, secret, int(now.timestamp()))
    return send_parcel(parcel, engine.settings, engine.objects, web)


def _write(store: Store, row: Mapping[str, Any], outcome: Outcome, now: datetime) -> datetime | None:
    """Note a try; returns when the next is due, if there is one."""
    attempt = row["attempts"] + 1
    again: datetime | None = None
    if outcome.sent:
        state = SENT
    elif outcome.final or attempt > len(_PAUSES):
        state = GIVEN_UP
        _log.error("a delivery was given up", delivery=row["delivery_id"], error=outcome.error)
    else:
        state = FAILED
        asked = timedelta(seconds=outcome.wait or 0)
        again = now + min(max(_PAUSES[attempt - 1], asked), _LONGEST_WAIT)
    batch = Batch()
    known = {name: row[name] for name in ("delivery_id", "channel_id", "title", "message", "queued_at")}
    told = {"status": outcome.status, "error": outcome.error}
    ended = None if again else now
    batch.add(
        "deliveries",
        known | told | {"state": state, "attempts": attempt, "next_try": again, "ended_at": ended},
    )
    tried = {"delivery_id": row["delivery_id"], "attempt": attempt, "tried_at": now, "outcome": state}
    batch.add("delivery_attempts", tried | told)
    store.commit(batch)
    return again


def _put_off(store: Store, rows: Sequence[Mapping[str, Any]], until: datetime) -> None:
    """Let deliveries wait without counting a try."""
    batch = Batch()
    for row in rows:
        batch.add("deliveries", {k: v for k, v in row.items() if k != "recorded_at"} | {"next_try": until})
    if len(batch):
        store.commit(batch)


DELIVERIES = (
    "SELECT d.* EXCLUDE (message, recorded_at), coalesce(c.name, '') AS channel"
    " FROM deliveries d LEFT JOIN alert_channels c USING (channel_id)"
)
"""All deliveries; `delivery_view` makes a `DeliveryView` of a row."""


def delivery_view(row: Mapping[str, Any]) -> DeliveryView:
    """A delivery out of a row of `DELIVERIES`."""
    return DeliveryView(**{name: row[name] for name in DeliveryView.__slots__})


def delivery(store: Store, one: str) -> DeliveryView:
    """A delivery by its id.

    Raises:
        NotFound: there is none.
    """
    rows = store.read(f"SELECT * FROM ({DELIVERIES}) WHERE delivery_id = ?", [one])
    if not rows.height:
        raise NotFound("no such delivery", subject=one, mend="`smalti alerts channels log`")
    return delivery_view(rows.row(0, named=True))


def list_deliveries(
    store: Store, channel_id: str | None = None, state: str | None = None, limit: int = 100
) -> list[DeliveryView]:
    """The newest deliveries, of one channel or in one state."""
    rows = store.read(
        f"SELECT * FROM ({DELIVERIES}) WHERE ($channel IS NULL OR channel_id = $channel)"
        f" AND ($state IS NULL OR state = $state) ORDER BY queued_at DESC, delivery_id LIMIT {int(limit)}",
        {"channel": channel_id, "state": state},
    )
    return [delivery_view(row) for row in rows.iter_rows(named=True)]


def attempts(store: Store, one: str) -> list[Attempt]:
    """The tries of a delivery, in order."""
    rows = store.read(
        "SELECT * EXCLUDE (delivery_id, recorded_at) FROM delivery_attempts WHERE delivery_id = ?"
        " ORDER BY attempt",
        [one],
    )
    return [Attempt(**row) for row in rows.iter_rows(named=True)]
