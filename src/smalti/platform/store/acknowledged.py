"""How many commits were acknowledged, told beside the file, so that a shortened log is noticed.

DuckDB takes a write-ahead log that ends early, or whose first bytes are not its own, for one that was never
finished: it opens without a word, and commits that were acknowledged are gone (measured on 1.5.5: a log cut
short by one byte loses the last commit, a deleted one all of them). So each commit carries its number, in
the store and, once the store has it, in a file beside it. If that file knows more, something was lost.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from smalti.platform.errors import StoreError

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lost:
    """Acknowledged commits that the store does not hold; `since` is when the last of them was made."""

    commits: int
    last_at: str


class Acknowledged:
    """The file beside a store. It is not synchronised: the store itself is, before it is told here.

    After a power failure it may so know less than the store, which is no loss, but not more.
    """

    def __init__(self, store: Path) -> None:
        self.path = Path(f"{store}.commits")
        self._file = -1

    def lost(self, number: int) -> Lost | None:
        """What the store, whose last commit has this number, has lost."""
        try:
            told, at = self.path.read_text(encoding="ascii").split()
            missing = int(told) - number
        except FileNotFoundError:
            return None
        except (ValueError, UnicodeDecodeError):
            _log.warning("the count of commits cannot be read", path=str(self.path))
            return None
        return Lost(missing, at) if missing > 0 else None

    def tell(self, number: int, at: datetime) -> None:
        """Note that the commit of this number was made, and will be reported as made."""
        if self._file < 0:
            self._file = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        # Always as long, and in one write, so that no reader sees half of one.
        line = f"{number:020d} {at.isoformat(timespec='microseconds'):>40}\n"
        os.pwrite(self._file, line.encode("ascii"), 0)

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def refuse(lost: Lost, store: Path) -> StoreError:
    """What is said of a store that lost commits."""
    return StoreError(
        f"{lost.commits} acknowledged commits are missing from it, the last of {lost.last_at}: its"
        " write-ahead log was cut short or taken away, or an older file was put in its place",
        subject=str(store),
        mend="`smalti restore DIR` brings a backup back; `smalti repair` goes on without them",
    )
