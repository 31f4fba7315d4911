"""Care of what is stored: snapshots, backups, checks, retention and erasure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from smalti.service.care.retention import retain
from smalti.service.care.snapshot import publish, publish_due
from smalti.service.care.views import RetentionView, SnapshotView

if TYPE_CHECKING:
    from smalti.service.service import Service

__all__ = ["daily", "publish_snapshot", "publish_snapshot_due"]


def daily(service: Service, now: datetime) -> RetentionView:
    """The job of each day: bytes that were kept long enough go, and so does what an erasure left in the file.

    Raises:
        StoreError: the store cannot be written.
    """
    found = retain(service.engine, now)
    service.engine.store.finish_erasure()
    return found


def publish_snapshot(service: Service, now: datetime) -> SnapshotView:
    """Publish a snapshot for notebooks; the one of this moment if there is one already."""
    return publish(service.engine, now)


def publish_snapshot_due(service: Service, now: datetime) -> SnapshotView | None:
    """The job of every few minutes: publish a snapshot if the newest is older than the settings want."""
    return publish_due(service.engine, now)
