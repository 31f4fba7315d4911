"""Care of what is stored: snapshots, backups, checks, retention and erasure. These are its jobs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # commands that only speak to a service come by here too
    from smalti.service.care.views import RetentionView, SnapshotView
    from smalti.service.service import Service

__all__ = ["daily", "publish_snapshot", "publish_snapshot_due"]


def daily(service: Service, now: datetime) -> RetentionView:
    """The job of each day: what was kept long enough goes, and so does what an erasure left in the file.

    Raises:
        StoreError: the store cannot be written.
    """
    from smalti.service.care.retention import forget_conversations, retain

    found = retain(service.engine, now)
    forget_conversations(service.engine, now)
    service.engine.store.finish_erasure()
    return found


def publish_snapshot(service: Service, now: datetime) -> SnapshotView:
    """Publish a snapshot for notebooks; the one of this moment if there is one already."""
    from smalti.service.care.snapshot import publish

    return publish(service.engine, now)


def publish_snapshot_due(service: Service, now: datetime) -> SnapshotView | None:
    """The job of every few minutes: publish a snapshot if the newest is older than the settings want."""
    from smalti.service.care.snapshot import publish_due

    return publish_due(service.engine, now)
