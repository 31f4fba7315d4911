"""Care of the store that this process owns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from smalti.platform.auth.users import LOCAL
from smalti.service.care.backup import backup, verify_backup
from smalti.service.care.erase import erase, erasures
from smalti.service.care.snapshot import publish
from smalti.service.care.verify import verify
from smalti.service.care.views import BackupView, ErasureRecord, ErasureView, SnapshotView, VerifyView
from smalti.service.engine import Engine


class LocalCare:
    """See `Care`: of this process's own store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def snapshot(self) -> SnapshotView:
        """See `Care.snapshot`."""
        return publish(self._engine, self._engine.store.now())

    def backup(self, folder: Path) -> BackupView:
        """See `Care.backup`."""
        return backup(self._engine, folder)

    def verify(self, folder: Path | None = None) -> VerifyView:
        """See `Care.verify`."""
        return verify(self._engine) if folder is None else verify_backup(folder, self._engine.progress)

    def erase(self, subject: str, reason: str) -> ErasureView:
        """See `Care.erase`."""
        return erase(self._engine, subject, reason, LOCAL)

    def erasures(self) -> Sequence[ErasureRecord]:
        """See `Care.erasures`."""
        return erasures(self._engine.store)
