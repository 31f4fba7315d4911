"""What a folder feed hands on: inputs and their files, and the one safe way to read such a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from smalti.platform.errors import InputError, TooLarge, Unreadable
from smalti.platform.records import DateMethod, SourceKind

__all__ = ["Input", "Member", "read_member"]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an input: path relative to the root (posix), bytes, and mtime to see whether it changed."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to parse: a file, or the numbered audio pieces of one call.

    Attributes:
        path: names it: the file's path, or the folder of the call; relative to the root, posix, unique.
        members: its files in reading order; empty for a folder that was not entered.
        kind: what the manifest or a sidecar says, else what the folder's name suggests.
        stated: whether a person said the kind; a suggestion may be overruled by the content.
        issuer: the issuer's name as the manifest or a sidecar gives it.
        published_at: when the public could know it, UTC, where stated; a bare date means the day's end.
        date_method: `DateMethod.MANIFEST` where `published_at` is set, else None.
        hints: `ticker` (from a price file's stem), `url`, `source_of_date` and `synthetic` (as stated).
        skipped: why it must not be read, if so.
        error: why it cannot be read, if so.
    """

    path: str
    members: tuple[Member, ...]
    kind: SourceKind | None = None
    stated: bool = False
    issuer: str | None = None
    published_at: datetime | None = None
    date_method: DateMethod | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    skipped: str | None = None
    error: InputError | None = None

    @property
    def readable(self) -> bool:
        """Whether it is to be parsed."""
        return self.skipped is None and self.error is None


def read_member(root: Path, member: Member, max_bytes: int) -> bytes:
    """The bytes of a walked file, following no link on the way even if one was put there since the walk.

    Raises:
        Unreadable: vanished, no permission, or no longer a plain file.
        TooLarge: more than `max_bytes`.
    """
    *folders, name = member.path.split("/")
    opened: list[int] = []
    try:
        opened.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY))
        for folder in folders:
            opened.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=opened[-1]))
        # O_NONBLOCK: a pipe put in the file's place must not hang the reader.
        opened.append(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=opened[-1]))
        if not stat.S_ISREG(os.fstat(opened[-1]).st_mode):
            raise Unreadable("it is no longer a plain file", subject=member.path, mend="put the file back")
        with os.fdopen(opened.pop(), "rb") as stream:
            raw = stream.read(max_bytes + 1)
    except OSError as error:
        what = f"it cannot be read: {error.strerror}"
        raise Unreadable(what, subject=member.path, mend="allow reading it, or take it out") from error
    finally:
        for handle in opened:
            os.close(handle)
    if len(raw) > max_bytes:
        raise TooLarge(
            f"it is over {max_bytes} bytes", subject=member.path, mend="raise the limit or split it"
        )
    return raw
