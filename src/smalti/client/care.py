"""Care of the store: its published snapshot, backups, checks, erasures."""

from __future__ import annotations

from collections.abc import Iterator

from smalti.client.base import Base, Json
from smalti.client.tasks import Task


class Care(Base):
    """Snapshot, backup, check and erasure; all but reading the snapshot's place are an admin's."""

    def snapshot(self) -> Json:
        """The newest published snapshot: `latest` is a DuckDB file on the service's machine, read-only.

        Raises:
            NotFound: none was published yet.
        """
        return self._one("care", "snapshot")

    def publish_snapshot(self) -> Task:
        """Publish another. Result: as `snapshot`."""
        return Task.begin(self._transport, ["care", "snapshot"], {})

    def backup(self, folder: str) -> Task:
        """Add a backup to a folder of the service's machine. Result: what it holds."""
        return Task.begin(self._transport, ["care", "backup"], {"folder": folder})

    def verify(self) -> Task:
        """Check every rule of the store and every object's hash. Result: what is broken."""
        return Task.begin(self._transport, ["care", "verify"], {})

    def erase(self, subject: str, reason: str) -> Task:
        """Erase a document or artifact for good. Result: what went, and which signals are marked."""
        return Task.begin(self._transport, ["care", "erasures"], {"subject": subject, "reason": reason})

    def erasures(self) -> Iterator[Json]:
        """What was erased, why and by whom, newest first."""
        return self.each("care", "erasures")
