"""The DuckDB file: opened by one owner, read by anyone in the process, written in whole batches."""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl
import pyarrow as pa
import structlog

from smalti.platform.errors import StoreError
from smalti.platform.store.acknowledged import Acknowledged
from smalti.platform.store.copies import copy_tables, need_space, sync_folder
from smalti.platform.store.erasure import Erasure
from smalti.platform.store.faults import DISK, FATAL, disk_error, store_error
from smalti.platform.store.gate import Gate
from smalti.platform.store.opening import cursor_of, open_database, owned
from smalti.platform.store.patience import patient
from smalti.platform.store.tables import TABLES, Batch

_log = structlog.get_logger(__name__)

_PATIENCE = 5.0
"""Seconds that new readers wait for old ones to end, when the file has to be opened anew."""

_JITTER = timedelta(seconds=1)
"""Two threads may tell the time in another order than they asked for it; this is no clock set back."""

OWN_TABLES = ("schema_versions", "commits")
"""Tables about the store itself, which are in no `Batch`."""


Watcher = Callable[[Mapping[str, pl.DataFrame]], None]
"""Hears of each batch that was written: its frames by table."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Store:
    """Owner of one DuckDB file.

    One process holds it (a lock file beside it says which); threads of that process may read at once,
    each on its own cursor; writes go through `commit`, one at a time.

    Args:
        path: of the file, made if it is not there. An older schema is brought up to date, after a copy of
            the file was put into `backups/` beside it.
        clock: what time it is; tests bring their own.

    Raises:
        StoreLocked: another process owns the file.
        StoreError: the file is not a smalti store, is damaged, is newer than this smalti, lacks commits
            that were acknowledged, or cannot be written.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self._clock = clock
        self._lock = owned(path)
        self._writing = threading.Lock()
        self._gate = Gate()
        self._cursors = threading.local()
        self._open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
        self._generation = 0
        self._broken = False
        self._watchers: dict[Watcher, None] = {}
        self._kept: Callable[[Mapping[str, pl.DataFrame]], Mapping[str, pl.DataFrame]] = lambda frames: frames
        self._acknowledged = Acknowledged(path)
        try:
            self._con = open_database(path, self._acknowledged)
            self._number = _one(self._con, "SELECT number FROM commits")
            self._latest: datetime | None = _one(self._con, "SELECT max(recorded_at) FROM runs")
            self._acknowledged.tell(self._number, self._latest or utc_now())
            with suppress(StoreError):  # readers may have it meanwhile; the daily care tries again
                self.finish_erasure()
        except duckdb.Error as error:
            self._lock.release()
            raise store_error(error, path, "open") from error
        except OSError as error:
            self._lock.release()
            raise disk_error(error, path, "open") from error
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Checkpoint, close the file and give up the lock."""
        try:
            if not self._broken:
                with self._faults("close"):
                    self._con.execute("CHECKPOINT")
        finally:
            self._close_connections()
            self._acknowledged.close()
            self._lock.release()

    def now(self) -> datetime:
        """The time, never before what was recorded: a clock set back must not make the past younger."""
        told, latest = self._clock(), self._latest
        if latest is not None and told < latest:
            if latest - told > _JITTER:
                _log.warning("the clock was set back", clock=told.isoformat(), recorded=latest.isoformat())
            return latest
        self._latest = told
        return told

    def read(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> pl.DataFrame:
        """Run one read-only query with bound parameters; returns a frame."""
        with self._reading() as cursor, patient(cursor):
            # Not `sql`: with parameters it makes a relation of values first, a dozen times slower.
            return cursor.execute(sql, params).pl()

    def batches(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] = (), rows: int = 65_536
    ) -> Iterator[pa.RecordBatch]:
        """The same a piece at a time, as of one moment, so that a long answer never lies in memory whole.

        Args:
            sql: one read-only query.
            params: bound to it.
            rows: most in one piece.
        """
        with self._reading() as shared:
            own = cursor_of(shared)
            try:
                with patient(own):
                    pieces = own.execute(sql, params).to_arrow_reader(rows)
                while (piece := _next(pieces, own)) is not None:
                    yield piece
            finally:
                own.close()

    def watch(self, told: Watcher) -> None:
        """Have each batch told once it is written, on the thread that wrote it: `told` must be quick."""
        self._watchers[told] = None

    def sieve(self, kept: Callable[[Mapping[str, pl.DataFrame]], Mapping[str, pl.DataFrame]]) -> None:
        """Have `kept` take rows out of each batch, between all writes that came before and its own."""
        self._kept = kept

    def commit(
        self,
        batch: Batch,
        *,
        recorded_at: datetime | None = None,
        still: Callable[[], bool] = lambda: True,
    ) -> dict[str, int]:
        """Write a batch in one transaction; returns how many rows each table gained.

        Rows whose key is already there are ignored, or take the old row's place in tables of current
        state (`Table.replace`), so writing a batch twice is the same as once. A document whose
        `available_at` is unknown becomes available when it is recorded. Where what the batch rests on does
        not hold any more (`still`, asked while nobody else writes), nothing is written.

        Raises:
            StoreError: the disk is full or the file cannot be written; nothing of the batch is stored.
        """
        made = batch.frames()
        with self._writing:
            if not still():
                return {}
            frames = self._kept(made)
            # Read inside the lock: a row must not be older than a run that began without seeing it.
            gained = self._commit(batch, frames, recorded_at or self.now())
        self._tell(frames)
        return gained

    def _tell(self, frames: Mapping[str, pl.DataFrame]) -> None:
        for told in self._watchers:
            told(frames)

    def _commit(self, batch: Batch, frames: Mapping[str, pl.DataFrame], now: datetime) -> dict[str, int]:
        gained: dict[str, int] = {}
        with self._faults("write"):
            self._con.begin()
            try:
                if isinstance(batch, Erasure):
                    batch.carry_out(self._con)
                for name, where in batch.drops:
                    same = " AND ".join(f"{column} IS NOT DISTINCT FROM ?" for column in where)
                    self._con.execute(f"DELETE FROM {name} WHERE {same}", list(where.values()))
                for name, frame in frames.items():
                    gained[name] = self._insert(name, frame.with_columns(recorded_at=pl.lit(now)))
                self._con.execute("UPDATE commits SET number = ?", [self._number + 1])
                self._con.commit()
            except BaseException:
                self._roll_back()
                raise
            self._number += 1
            self._acknowledged.tell(self._number, now)
        return gained

    def _roll_back(self) -> None:
        try:
            self._con.rollback()
        except duckdb.Error:  # a commit that failed has done so itself
            _log.debug("nothing to roll back", path=str(self.path))

    def erase(self, erasure: Erasure) -> dict[str, int]:
        """Take rows out of history too: the one exception to what `commit` promises.

        DuckDB leaves deleted rows in blocks that it may use again some day; `finish_erasure` gets them out
        of the file. If that is not reached, the next start does it.

        Returns:
            How many rows each table gained.

        Raises:
            StoreError: the disk is full or the file cannot be written; nothing was erased.
        """
        frames = erasure.frames()
        with self._writing:
            with self._faults("write"):
                self._rewrite_due.touch()
                sync_folder(self.path.parent)
            gained = self._commit(erasure, frames, self.now())
            self._tell(frames)  # before anybody else writes, so that what was erased is not written again
        return gained

    def finish_erasure(self) -> None:
        """Have what was erased out of the file; costs nothing if it is.

        Raises:
            StoreError: as `rewrite`.
        """
        if self._rewrite_due.exists():
            self.rewrite()

    def rewrite(self) -> None:
        """Copy all live rows into a new file that takes this one's place; readers wait only for the swap.

        Raises:
            StoreError: there is no room for it, or readers leave no moment to do it.
        """
        fresh = self.path.with_name(f"{self.path.name}.fresh")
        need_space(self.path.parent, self.path.stat().st_size, "write the store anew")
        with self._writing, self._faults("rewrite"):
            copy_tables(self._con, fresh, (*TABLES, *OWN_TABLES))
            try:
                with self._gate.alone(_PATIENCE):
                    self._con.execute("CHECKPOINT")
                    self._broken = True  # until the file is open again
                    self._close_connections()
                    fresh.replace(self.path)
                    sync_folder(self.path.parent)
                    self._con = open_database(self.path, self._acknowledged)
                    self._broken = False
            except TimeoutError as error:
                fresh.unlink(missing_ok=True)
                raise StoreError(
                    f"it cannot be written anew: {error}",
                    subject=str(self.path),
                    mend="the next start does it",
                ) from None
            self._rewrite_due.unlink(missing_ok=True)

    def copy(
        self,
        to: Path,
        tables: Iterable[str] | None = None,
        extra: Mapping[str, pl.DataFrame] | None = None,
    ) -> None:
        """Copy tables (all, if none are named), and `extra` ones, into a new DuckDB file, as of one moment.

        Reading and writing go on meanwhile.

        Raises:
            StoreError: there is no room for it, or the disk failed; then `to` is not there.
        """
        need_space(to.parent, self.path.stat().st_size, "copy the store")
        with self._reading() as shared:
            own = shared.cursor()
            try:
                copy_tables(own, to, (*TABLES, *OWN_TABLES) if tables is None else tables, extra)
            finally:
                own.close()

    def counts(self) -> dict[str, int]:
        """Rows in each table."""
        parts = [f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in TABLES]
        return dict(self.read(" UNION ALL ".join(parts)).iter_rows())

    def _insert(self, name: str, rows: pl.DataFrame) -> int:
        table = TABLES[name]
        if name == "documents":
            rows = rows.with_columns(pl.coalesce("available_at", "recorded_at").alias("available_at"))
        # Names come from TABLES, never from input.
        same_key = " AND ".join(f"t.{column} IS NOT DISTINCT FROM rows.{column}" for column in table.key)
        if table.replace:
            self._con.execute(f"DELETE FROM {name} t USING rows WHERE {same_key}")
            kept = "SELECT * FROM rows"
        else:
            kept = f"SELECT * FROM rows WHERE NOT EXISTS (SELECT 1 FROM {name} t WHERE {same_key})"
        done = self._con.execute(f"INSERT INTO {name} BY NAME {kept}").fetchone()
        return int(done[0]) if done else 0

    @property
    def _rewrite_due(self) -> Path:
        """There while deleted rows are still in the file."""
        return Path(f"{self.path}.rewrite-due")

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """This thread's own cursor, on the file as it is now."""
        if self._broken:
            with self._writing:
                self._open_anew()
        with self._gate.reading(), self._faults("read"):
            if getattr(self._cursors, "generation", None) != self._generation:
                self._cursors.own = cursor_of(self._con)
                self._cursors.generation = self._generation
                self._open.add(self._cursors.own)
            yield self._cursors.own

    @contextmanager
    def _faults(self, doing: str) -> Iterator[None]:
        """The disk's and DuckDB's faults as ours; what is wrong with a statement stays a `duckdb.Error`."""
        if self._broken and doing == "write":
            self._open_anew()
        try:
            yield
        except DISK as error:
            self._broken = self._broken or isinstance(error, FATAL)
            raise store_error(error, self.path, doing) from error
        except OSError as error:
            raise disk_error(error, self.path, doing) from error

    def _open_anew(self) -> None:
        """After a fault that DuckDB does not get over with the file open. Call while holding `_writing`."""
        if not self._broken:
            return
        try:
            with self._gate.alone(_PATIENCE):
                self._close_connections()
                self._con = open_database(self.path, self._acknowledged)
                self._number = _one(self._con, "SELECT number FROM commits")
        except TimeoutError as error:
            raise StoreError(f"it cannot be opened anew: {error}", subject=str(self.path)) from None
        except duckdb.Error as error:
            raise store_error(error, self.path, "open") from error
        self._broken = False
        _log.warning("the store was opened anew", path=str(self.path))

    def _close_connections(self) -> None:
        for cursor in list(self._open):
            cursor.close()
        self._open.clear()
        self._generation += 1
        self._con.close()


def _next(pieces: pa.RecordBatchReader, own: duckdb.DuckDBPyConnection) -> pa.RecordBatch | None:
    with patient(own):
        return next(pieces, None)


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = con.execute(sql).fetchone()
    return row[0] if row else None


def as_json(value: Any) -> str:
    """The one way JSON columns are written: compact, sorted keys, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=str)
