"""What the disk and DuckDB do to a store, in our own words: each fault with its mend."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb

from smalti.platform.errors import StoreError

RESTORE = "`smalti verify` says what is missing; `smalti restore DIR` brings a backup back"

# The first whose words are in DuckDB's message counts.
_TOLD: tuple[tuple[str, str, str], ...] = (
    ("No space left on device", "the disk is full", "free some space; nothing that was acknowledged is lost"),
    (
        "File too large",
        "the file may not grow any further",
        "raise the limit on file sizes (ulimit -f), or free some space; nothing acknowledged is lost",
    ),
    ("Disk quota exceeded", "the disk quota is used up", "free some space or raise the quota"),
    ("Read-only file system", "its file system is read-only", "mount it for writing, or set `home`"),
    ("Permission denied", "it may not be read or written", "give the user who runs smalti the right to"),
    (
        "replaying WAL file",
        "its write-ahead log is damaged: commits that were acknowledged may be in it",
        "`smalti restore DIR` brings a backup back; `smalti repair` keeps the part before the damage and says"
        " what is lost",
    ),
    ("Corrupt", "its file is damaged", RESTORE),
    ("checksum", "its file is damaged", RESTORE),
    ("not a valid DuckDB database", "it is no DuckDB file", "move it away, or `smalti restore DIR`"),
)

FATAL = (duckdb.FatalException, duckdb.InternalException)
"""After these the open database is of no more use; the file is as it was, and is opened anew."""

DISK = (duckdb.IOException, duckdb.TransactionException, duckdb.OutOfMemoryException, *FATAL)
"""Not the statement's fault."""


def store_error(error: duckdb.Error, path: Path, doing: str) -> StoreError:
    """DuckDB's error as ours.

    Args:
        error: as DuckDB raised it.
        path: of the store.
        doing: what was tried: `open`, `write`, `read`.
    """
    said = str(error)
    for words, what, mend in _TOLD:
        if words in said:
            return StoreError(f"cannot {doing} it: {what}", subject=str(path), mend=mend)
    what = f"DuckDB cannot {doing} it: {said.splitlines()[0]}"
    mend = "restore it from a backup or move it away" if doing == "open" else RESTORE
    return StoreError(what, subject=str(path), mend=mend)


def disk_error(error: OSError, path: Path, doing: str) -> StoreError:
    """The system's error as ours; see `store_error`."""
    mends = {
        errno.ENOSPC: "free some space",
        errno.EDQUOT: "free some space or raise the quota",
        errno.EROFS: "mount its file system for writing, or set `home`",
        errno.EACCES: "give the user who runs smalti the right to, or set `home`",
        errno.EPERM: "give the user who runs smalti the right to, or set `home`",
        errno.ENOTDIR: "set `home` to a folder",
        errno.EEXIST: "set `home` to a folder",
    }
    mend = mends.get(error.errno or 0, "look at the disk, then try again")
    return StoreError(f"cannot {doing} it: {error.strerror}", subject=str(path), mend=mend)
