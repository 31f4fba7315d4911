"""A folder of backups: one copy of the store each, and the objects of all of them once.

DIR/manifests/20260102T030405Z.json   what belongs to one backup, with hashes; written last
DIR/stores/20260102T030405Z.duckdb    all tables as of that moment
DIR/stores/20260102T030405Z.objects   the ids of its objects, one a line
DIR/objects/ab/cdef…                  the bytes, named by their hash
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from smalti.platform.errors import Conflict, NotFound, StoreError
from smalti.platform.objects import Objects

FORMAT = 1
STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs to one backup."""

    path: Path
    made_at: datetime
    store_sha256: str
    objects_sha256: str
    objects: int

    @property
    def store(self) -> Path:
        """The copy of the store."""
        return self.path.parent.parent / "stores" / f"{self.path.stem}.duckdb"

    @property
    def object_ids(self) -> Path:
        """The list of its objects."""
        return self.store.with_suffix(".objects")


class BackupFolder:
    """See the module."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects = Objects(root / "objects")

    def make(self) -> None:
        """Have the folder there, for its owner's eyes only.

        Raises:
            Conflict: it holds other things.
        """
        manifests = self.root / "manifests"
        if self.root.exists() and not manifests.exists() and any(self.root.iterdir()):
            raise Conflict(
                "the folder holds other things",
                subject=str(self.root),
                mend="name an empty one, or an earlier backup",
            )
        for folder in (self.root, manifests, self.root / "stores", self.objects.root):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def manifests(self) -> list[Manifest]:
        """Of all backups in it, oldest first.

        Raises:
            StoreError: one cannot be read.
        """
        return [read_manifest(path) for path in sorted((self.root / "manifests").glob("*.json"))]

    def newest(self) -> Manifest:
        """Of the newest backup.

        Raises:
            NotFound: there is none.
        """
        made = self.manifests()
        if not made:
            raise NotFound(
                "no backup lies here", subject=str(self.root), mend="`smalti backup DIR` makes one"
            )
        return made[-1]


def read_manifest(path: Path) -> Manifest:
    """A manifest.

    Raises:
        StoreError: it is damaged or of another format.
    """
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise StoreError(
                "a backup of another format", subject=str(path), mend="restore it with its own smalti"
            )
        return Manifest(
            path,
            datetime.fromisoformat(said["made_at"]),
            said["store"]["sha256"],
            said["objects"]["sha256"],
            said["objects"]["count"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError("the manifest is damaged", subject=str(path), mend="use another backup") from error
