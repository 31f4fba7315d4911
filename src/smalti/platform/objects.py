"""Content-addressed bytes on disk: artifacts as received, and crops made from them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from smalti.platform.errors import Erased, NotFound, StoreError
from smalti.platform.records import artifact_id
from smalti.platform.store.copies import sync_folder
from smalti.platform.store.faults import disk_error

_UNFINISHED = ".unfinished"
"""Folder of files being written; what a crash left there is cleared away at the next start."""


def _nothing(_: str) -> bool:
    return False


class Objects:
    """A folder of immutable files named by their SHA-256; safe for many writers at once.

    Args:
        root: of the folder.
        is_erased: whether bytes of this id were erased and may not come back.
    """

    def __init__(self, root: Path, is_erased: Callable[[str], bool] = _nothing) -> None:
        self.root = root
        self._is_erased = is_erased

    def path(self, object_id: str) -> Path:
        """Where the object lies (whether or not it exists)."""
        return self.root / object_id[:2] / object_id[2:]

    def put(self, raw: bytes) -> str:
        """Store bytes, returning their id; already known bytes cost one `stat`.

        When this returns, the bytes and their name are on the disk.

        Raises:
            Erased: these bytes were erased.
            StoreError: the disk is full or cannot be written; no half of them is there.
        """
        object_id = artifact_id(raw)
        if self._is_erased(object_id):
            raise Erased("these bytes were erased", subject=object_id, mend="`smalti erasures` says why")
        target = self.path(object_id)
        if target.exists():
            return object_id
        try:
            is_new = not target.parent.exists()
            target.parent.mkdir(parents=True, exist_ok=True)
            self._write(raw, target)
            sync_folder(target.parent)
            if is_new:
                sync_folder(self.root)
        except OSError as error:
            raise disk_error(error, self.root, "write to") from error
        return object_id

    def get(self, object_id: str) -> bytes:
        """Read an object.

        Raises:
            NotFound: no object of that id.
            StoreError: its bytes are not those that were stored.
        """
        try:
            raw = self.path(object_id).read_bytes()
        except FileNotFoundError:
            raise NotFound("no such object", subject=object_id, mend="ingest its source again") from None
        if artifact_id(raw) != object_id:
            raise StoreError(
                "the object's bytes are not those that were stored",
                subject=object_id,
                mend="`smalti restore DIR` brings a backup back; or take it away and ingest its source again",
            )
        return raw

    def ids(self) -> Iterator[str]:
        """The ids of all objects, in order."""
        if not self.root.exists():
            return
        for folder in sorted(self.root.iterdir()):
            if len(folder.name) == 2 and folder.is_dir():
                for file in sorted(folder.iterdir()):
                    yield folder.name + file.name

    def remove(self, object_id: str) -> bool:
        """Take an object away for good; whether it was there."""
        path = self.path(object_id)
        if not path.exists():
            return False
        path.unlink()
        sync_folder(path.parent)
        return True

    def clear_unfinished(self) -> int:
        """Take away what writers that died left half written; call only while nobody writes."""
        left = list((self.root / _UNFINISHED).glob("*"))
        for path in left:
            path.unlink()
        return len(left)

    def _write(self, raw: bytes, target: Path) -> None:
        folder = self.root / _UNFINISHED
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
