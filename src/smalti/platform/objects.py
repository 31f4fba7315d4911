"""Content-addressed bytes on disk: artifacts as received, and crops made from them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from smalti.platform.errors import NotFound
from smalti.platform.records import artifact_id


class Objects:
    """A folder of immutable files named by their SHA-256; safe for many writers at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, object_id: str) -> Path:
        """Where the object lies (whether or not it exists)."""
        return self.root / object_id[:2] / object_id[2:]

    def put(self, raw: bytes) -> str:
        """Store bytes, returning their id; already known bytes cost one `stat`."""
        object_id = artifact_id(raw)
        target = self.path(object_id)
        if target.exists():
            return object_id
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".put-")
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
        return object_id

    def get(self, object_id: str) -> bytes:
        """Read an object.

        Raises:
            NotFound: no object of that id.
        """
        try:
            return self.path(object_id).read_bytes()
        except FileNotFoundError:
            raise NotFound("no such object", subject=object_id, mend="ingest its source again") from None
