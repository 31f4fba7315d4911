"""Messages waiting to be delivered: written down before anything is sent, each under an id of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from smalti.platform.errors import NotFound
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json

QUEUED, FAILED, SENT, GIVEN_UP = "queued", "failed", "sent", "given up"
"""States of a delivery; one that failed is tried again."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that goes with a message; its bytes are an object."""

    name: str
    media_type: str
    object_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, in every form that a channel may want.

    Attributes:
        text: in plain words.
        html: for e-mail, cleaned.
        link: path in the API where it can be read in full.
        kind: `alert`, `digest`, `report`, `test`.
        data: for programs.
        cites: evidence that it quotes, so that an erasure finds it.
    """

    title: str
    text: str
    html: str | None = None
    link: str = ""
    kind: str = "message"
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[StoredFile] = ()
    cites: Sequence[str] = ()


def delivery_id(channel_id: str, key: str) -> str:
    """Names one message to one channel, for ever the same."""
    return content_id("delivery", channel_id, key)


def queue(
    batch: Batch, store: Store, channels: Sequence[str], message: Message, key: str, now: datetime
) -> list[str]:
    """Put a message for some channels into a batch, unless it was queued before; returns the deliveries' ids.

    Args:
        batch: that the caller commits.
        store: where what was queued before stands.
        channels: ids.
        message: to send.
        key: the same for the same message, so that it is sent once.
        now: when it is first due.

    Raises:
        NotFound: one of the channels is not there.
    """
    there = set(store.read("SELECT channel_id FROM alert_channels")["channel_id"].to_list())
    ids = []
    for channel in dict.fromkeys(channels):
        if channel not in there:
            raise NotFound("no such channel", subject=channel, mend="`smalti alerts channels list`")
        one = delivery_id(channel, key)
        ids.append(one)
        if store.read("SELECT 1 FROM deliveries WHERE delivery_id = ?", [one]).height:
            continue
        batch.add(
            "deliveries",
            {
                "delivery_id": one,
                "channel_id": channel,
                "title": message.title,
                "message": as_json(asdict(message)),
                "state": QUEUED,
                "attempts": 0,
                "queued_at": now,
                "next_try": now,
            },
        )
    return ids


def erased_message() -> str:
    """What stands in place of a stored message that quoted what was erased."""
    return as_json(asdict(Message("erased", "What this message quoted has been erased.", kind="erased")))


def read_message(told: Mapping[str, Any]) -> Message:
    """A message out of a row's JSON."""
    return Message(**{**told, "files": [StoredFile(**one) for one in told["files"]]})
