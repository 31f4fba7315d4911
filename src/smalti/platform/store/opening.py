"""A DuckDB file opened as a store: nothing missing from it, its schema up to date."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import structlog
from filelock import FileLock, Timeout

from smalti.platform.errors import StoreError, StoreLocked
from smalti.platform.store import schema
from smalti.platform.store.acknowledged import Acknowledged, refuse
from smalti.platform.store.copies import copy_file, need_space, set_up
from smalti.platform.store.faults import disk_error, store_error

_log = structlog.get_logger(__name__)


def cursor_of(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another connection to the same database, for one thread."""
    cursor = con.cursor()
    set_up(cursor)
    return cursor


def open_database(path: Path, acknowledged: Acknowledged) -> duckdb.DuckDBPyConnection:
    """Open the file of a store, or make it.

    Raises:
        StoreError: commits that were acknowledged are missing, or the schema cannot be brought up to date.
        duckdb.Error: DuckDB cannot open it.
    """
    was_there = path.exists()
    con = duckdb.connect(str(path))
    try:
        set_up(con)
        if lost := acknowledged.lost(commit_number(con)):
            raise refuse(lost, path)
        if was_there and schema.version(con) and schema.missing(con):
            con = _with_backup(con, path)
        if schema.missing(con):
            _migrate(con, path)
    except BaseException:
        con.close()
        if not was_there:
            path.unlink(missing_ok=True)
        raise
    return con


def commit_number(con: duckdb.DuckDBPyConnection) -> int:
    """Of the last commit; 0 in a file that is new or older than the count."""
    there = con.execute(
        "SELECT count(*) FROM duckdb_tables()"
        " WHERE table_name = 'commits' AND database_name = current_database()"
    ).fetchone()
    if not there or not there[0]:
        return 0
    row = con.execute("SELECT number FROM commits").fetchone()
    return int(row[0]) if row else 0


def _with_backup(con: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyConnection:
    """Copy the file before its schema changes; returns a new connection to it."""
    old = schema.version(con)
    con.execute("CHECKPOINT")
    con.close()
    folder = path.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    need_space(folder, path.stat().st_size, "copy the store before its schema changes")
    copy = folder / f"before-schema-{old}-{datetime.now(UTC):%Y%m%dT%H%M%S}Z.duckdb"
    copy_file(path, copy)
    _log.warning("the store's schema is older and is brought up to date", schema=old, backup=str(copy))
    again = duckdb.connect(str(path))
    set_up(again)
    return again


def _migrate(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    old = schema.version(con)
    try:
        schema.migrate(con)
        con.execute("CHECKPOINT")
    except duckdb.Error as error:
        told = store_error(error, path, "migrate")
        raise StoreError(
            f"its schema {old} could not be brought up to date, and was left as it was: {told.what}",
            subject=str(path),
            mend=f"go on with the smalti that wrote it, and report this; {told.mend}",
        ) from error


def owned(path: Path) -> FileLock:
    """The lock of a store, held.

    Raises:
        StoreLocked: another process holds it.
        StoreError: its folder cannot be written.
    """
    lock, owner = FileLock(f"{path}.lock"), Path(f"{path}.owner")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        owner.write_text(str(os.getpid()), encoding="utf-8")
    except Timeout:
        pid = owner.read_text(encoding="utf-8").strip() if owner.exists() else "unknown"
        raise StoreLocked(
            f"process {pid} is using it", subject=str(path), mend="wait for it, or stop that process"
        ) from None
    except OSError as error:
        lock.release()
        raise disk_error(error, path, "open") from error
    return lock
