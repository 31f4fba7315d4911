"""Care as the commands ask for it: of the store of this process, or of a running service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from smalti.platform.errors import SettingsError
from smalti.service.asking import Asking, record
from smalti.service.care.views import BackupView, ErasureRecord, ErasureView, SnapshotView, VerifyView


class Care(Protocol):
    """What keeps a store in order."""

    def snapshot(self) -> SnapshotView:
        """Publish a read-only copy of the public tables.

        Raises:
            StoreError: there is no room for it.
        """

    def backup(self, folder: Path) -> BackupView:
        """Add a backup to a folder, which is made if it is not there.

        Raises:
            Conflict: it holds other things.
            StoreError: there is no room for it.
        """

    def verify(self, folder: Path | None = None) -> VerifyView:
        """Check the store, or the newest backup in a folder.

        Raises:
            NotFound: no backup lies there.
        """

    def erase(self, subject: str, reason: str) -> ErasureView:
        """Erase a document or artifact for good.

        Raises:
            NotFound: no such document or artifact, or several.
            SettingsError: no reason is given.
        """

    def erasures(self) -> Sequence[ErasureRecord]:
        """What was erased, newest first."""


class RemoteCare:
    """See `Care`: of a running service.

    Args:
        ask: reaches it.
        same_machine: whether it sees the same files, so that a folder can be named.
    """

    def __init__(self, ask: Asking, *, same_machine: bool) -> None:
        self._ask = ask
        self._same_machine = same_machine

    def snapshot(self) -> SnapshotView:
        """See `Care.snapshot`."""
        return record(SnapshotView, self._ask.done("care", "snapshot"))

    def backup(self, folder: Path) -> BackupView:
        """See `Care.backup`."""
        if not self._same_machine:
            mend = "run `smalti backup` on the service's machine"
            raise SettingsError(
                "a service elsewhere does not see this folder", subject=str(folder), mend=mend
            )
        from smalti.service.care.folder import BackupFolder

        # Over HTTP no folder is made: whoever may name one here may make it too.
        BackupFolder(folder).make()
        return record(BackupView, self._ask.done("care", "backup", folder=str(folder.resolve())))

    def verify(self, folder: Path | None = None) -> VerifyView:
        """See `Care.verify`."""
        if folder is not None:
            from smalti.service.care.backup import verify_backup

            return verify_backup(folder, self._ask.progress)
        return record(VerifyView, self._ask.done("care", "verify"))

    def erase(self, subject: str, reason: str) -> ErasureView:
        """See `Care.erase`."""
        return record(ErasureView, self._ask.done("care", "erasures", subject=subject, reason=reason))

    def erasures(self) -> Sequence[ErasureRecord]:
        """See `Care.erasures`."""
        return self._ask.all(ErasureRecord, "care", "erasures")
