"""A store whose write-ahead log is damaged: what came before the damage is kept, the rest is told."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from smalti.platform.errors import StoreError
from smalti.platform.store.acknowledged import Acknowledged
from smalti.platform.store.copies import need_space
from smalti.platform.store.faults import store_error
from smalti.platform.store.opening import commit_number, owned

_ENTRY = re.compile(r"entry at byte position (\d+)")


@dataclass(frozen=True, slots=True)
class Repaired:
    """What repairing a store came to.

    Attributes:
        lost_commits: acknowledged ones that are not in it; the last of them was made at `last_lost`.
        damaged: folder with the files as they were.
    """

    store: str
    lost_commits: int
    last_lost: str
    damaged: str


def repair(path: Path) -> Repaired:
    """Make a store with a damaged or shortened log usable, saying what is lost. Does nothing to a sound one.

    Of a damaged log all commits before the damage are kept. The files are copied before they are touched.

    Raises:
        StoreLocked: a process is using it.
        StoreError: the file itself is damaged, or there is no room for the copy.
    """
    if not path.exists():
        raise StoreError("there is no store", subject=str(path), mend="`smalti restore DIR` brings one back")
    lock = owned(path)
    try:
        log = Path(f"{path}.wal")
        files = [f for f in (path, log, Path(f"{path}.commits")) if f.exists()]
        need_space(path.parent, sum(f.stat().st_size for f in files), "copy the damaged store")
        damaged = path.parent / f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        damaged.mkdir(mode=0o700)
        for file in files:
            shutil.copy2(file, damaged / file.name)
        number = _open_what_can_be_had(path, log)
        acknowledged = Acknowledged(path)
        lost = acknowledged.lost(number)
        acknowledged.tell(number, datetime.now(UTC))
        acknowledged.close()
    finally:
        lock.release()
    return Repaired(str(path), lost.commits if lost else 0, lost.last_at if lost else "", str(damaged))


def _open_what_can_be_had(path: Path, log: Path) -> int:
    """Shorten the log until DuckDB takes it; returns the number of the last commit that is left."""
    while True:
        try:
            with duckdb.connect(str(path)) as con:
                number = commit_number(con)
                con.execute("CHECKPOINT")
                return number
        except duckdb.Error as error:
            if not log.exists() or "WAL" not in str(error):
                raise store_error(error, path, "repair") from error
            at = _ENTRY.search(str(error))
            if at is None or int(at[1]) >= log.stat().st_size:
                log.unlink()
            else:
                os.truncate(log, int(at[1]))
