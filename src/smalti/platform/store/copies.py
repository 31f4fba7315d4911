"""Copies of a DuckDB file: of the file itself while nobody has it open, of its tables while it is in use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import duckdb
import polars as pl
import pyarrow as pa

from smalti.platform.errors import StoreError
from smalti.platform.store.faults import DISK, store_error


def set_up(con: duckdb.DuckDBPyConnection) -> None:
    """What every connection of ours has in common."""
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")  # it would be drawn into what commands print


_MARGIN = 64 << 20
"""Bytes left free beside a copy."""


def need_space(folder: Path, size: int, doing: str) -> None:
    """Check that a copy fits.

    Raises:
        StoreError: it does not.
    """
    free = shutil.disk_usage(folder).free
    if free < size + _MARGIN:
        needed = (size + _MARGIN) / 1e6
        raise StoreError(
            f"no room to {doing}: {free / 1e6:,.0f} MB are free, {needed:,.0f} MB needed",
            subject=str(folder),
            mend="free some space, or set `home` to a larger disk",
        )


def copy_file(source: Path, to: Path) -> None:
    """Copy a file that nobody writes to; `to` is there whole, on the disk, or not at all."""
    temporary = to.with_name(f".{to.name}.part")
    try:
        shutil.copyfile(source, temporary)
        settle(temporary, to)
    finally:
        temporary.unlink(missing_ok=True)


class ReadOnly:
    """A copy of a store that is only looked at.

    Raises:
        StoreError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._con = duckdb.connect(str(path), read_only=True)
            set_up(self._con)
        except duckdb.Error as error:
            raise store_error(error, path, "open") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()

    def read(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> pl.DataFrame:
        """See `Store.read`."""
        try:
            return self._con.execute(sql, params or None).pl()
        except DISK as error:
            raise store_error(error, self.path, "read") from error

    def batches(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] = (), rows: int = 65_536
    ) -> Iterator[pa.RecordBatch]:
        """See `Store.batches`."""
        own = self._con.cursor()
        try:
            yield from own.execute(sql, params or None).to_arrow_reader(rows)
        except DISK as error:
            raise store_error(error, self.path, "read") from error
        finally:
            own.close()


def copy_tables(
    con: duckdb.DuckDBPyConnection,
    to: Path,
    tables: Iterable[str],
    extra: Mapping[str, pl.DataFrame] | None = None,
) -> None:
    """Copy tables of an open database into a new file, as of one moment.

    Whoever reads or writes meanwhile is not kept waiting. Only live rows are copied: nothing that was
    deleted is in the new file.

    Args:
        con: a connection of one's own, in no transaction.
        to: the new file; there whole, on the disk, or not at all.
        tables: names of tables of ours.
        extra: further tables, by name.

    Raises:
        duckdb.Error: the disk is full, or the database cannot be read.
    """
    temporary = to.with_name(f".{to.name}.part")
    temporary.unlink(missing_ok=True)
    name = f"copy_{os.getpid()}_{id(con)}"
    quoted = str(temporary).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS {name}")
    try:
        con.begin()
        for table in tables:
            con.execute(f"CREATE TABLE {name}.{table} AS FROM {table}")
        for table, frame in (extra or {}).items():  # noqa: B007, PERF102 - DuckDB finds `frame` by its name
            con.execute(f"CREATE TABLE {name}.{table} AS FROM frame")
        con.commit()
        con.execute(f"CHECKPOINT {name}")
        con.execute(f"DETACH {name}")
        settle(temporary, to)
    except BaseException:
        _give_up(con, name)
        raise
    finally:
        temporary.unlink(missing_ok=True)
        Path(f"{temporary}.wal").unlink(missing_ok=True)


def settle(temporary: Path, to: Path) -> None:
    """Give a finished file its name, for good: its bytes and then its folder are on the disk."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(to)
    sync_folder(to.parent)


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _give_up(con: duckdb.DuckDBPyConnection, name: str) -> None:
    for statement in ("ROLLBACK", f"DETACH DATABASE IF EXISTS {name}"):
        try:
            con.execute(statement)
        except duckdb.Error:  # what broke the copy is told; this only clears up after it
            continue
