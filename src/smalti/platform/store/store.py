"""The DuckDB file: opened by one owner, read by anyone in the process, written in whole batches."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl
import structlog
from filelock import FileLock, Timeout

from smalti.platform.errors import StoreError, StoreLocked
from smalti.platform.store.patience import patient
from smalti.platform.store.tables import TABLES, Batch

_log = structlog.get_logger(__name__)


Watcher = Callable[[Mapping[str, pl.DataFrame]], None]
"""Hears of each batch that was written: its frames by table."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema; never edited once released."""

    version: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All steps, in order, from `migrations/NNNN_name.sql`."""
    files = sorted(
        (f for f in resources.files(__package__).joinpath("migrations").iterdir() if f.name.endswith(".sql")),
        key=lambda f: f.name,
    )
    return [Migration(int(f.name[:4]), f.name[5:-4], f.read_text(encoding="utf-8")) for f in files]


def migrate(con: duckdb.DuckDBPyConnection) -> int:
    """Bring the connection's current schema up to date; returns its version.

    Raises:
        StoreError: the file was written by a newer smalti.
    """
    con.execute(
        "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT, name TEXT, applied_at TIMESTAMPTZ)"
    )
    row = con.execute("SELECT coalesce(max(version), 0) FROM schema_versions").fetchone()
    current = int(row[0]) if row else 0
    steps = migrations()
    if current > steps[-1].version:
        raise StoreError(
            f"the store has schema {current}, this smalti knows {steps[-1].version}", mend="upgrade smalti"
        )
    for step in steps:
        if step.version > current:
            con.begin()
            con.execute(step.sql)
            con.execute(
                "INSERT INTO schema_versions VALUES (?, ?, ?)", [step.version, step.name, datetime.now(UTC)]
            )
            con.commit()
    return steps[-1].version


class Store:
    """Owner of one DuckDB file.

    One process holds it (a lock file beside it says which); threads of that process may read at once,
    each on its own cursor; writes go through `commit`, one at a time.

    Args:
        path: of the file, made if it is not there.
        clock: what time it is; tests bring their own.

    Raises:
        StoreLocked: another process owns the file.
        StoreError: the file is not a smalti store, or is newer than this smalti.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = utc_now) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = FileLock(f"{path}.lock")
        owner = Path(f"{path}.owner")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            pid = owner.read_text(encoding="utf-8").strip() if owner.exists() else "unknown"
            raise StoreLocked(
                f"process {pid} is using it", subject=str(path), mend="wait for it, or stop that process"
            ) from None
        owner.write_text(str(os.getpid()), encoding="utf-8")
        try:
            self._con = duckdb.connect(str(path))
            _set_up(self._con)
            migrate(self._con)
        except duckdb.Error as error:
            self._lock.release()
            raise StoreError(
                f"DuckDB cannot open it: {error}",
                subject=str(path),
                mend="restore it from a backup or move it away",
            ) from error
        except StoreError:
            self._lock.release()
            raise
        self._writing = threading.Lock()
        self._cursors = threading.local()
        self._clock = clock
        self._watchers: dict[Watcher, None] = {}
        self._latest: datetime | None = self._con.execute("SELECT max(recorded_at) FROM runs").fetchall()[0][
            0
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Checkpoint, close the file and give up the lock."""
        self._con.execute("CHECKPOINT")
        self._con.close()
        self._lock.release()

    def now(self) -> datetime:
        """The time, never before what was recorded: a clock set back must not make the past younger."""
        told = self._clock()
        if self._latest is not None and told < self._latest:
            _log.warning("the clock was set back", clock=told.isoformat(), recorded=self._latest.isoformat())
            return self._latest
        self._latest = told
        return told

    def read(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> pl.DataFrame:
        """Run one read-only query with bound parameters; returns a frame."""
        if not hasattr(self._cursors, "own"):
            self._cursors.own = self._con.cursor()
            _set_up(self._cursors.own)
        cursor: duckdb.DuckDBPyConnection = self._cursors.own
        with patient(cursor):
            relation = cursor.sql(sql, params=params) if params else cursor.sql(sql)
            return relation.pl()

    def watch(self, told: Watcher) -> None:
        """Have each batch told once it is written, on the thread that wrote it: `told` must be quick."""
        self._watchers[told] = None

    def commit(self, batch: Batch, *, recorded_at: datetime | None = None) -> dict[str, int]:
        """Write a batch in one transaction; returns how many rows each table gained.

        Rows whose key is already there are ignored, or take the old row's place in tables of current
        state (`Table.replace`), so writing a batch twice is the same as once. A document whose
        `available_at` is unknown becomes available when it is recorded.
        """
        now = recorded_at or self.now()
        gained: dict[str, int] = {}
        with self._writing:
            self._con.begin()
            try:
                for name, where in batch.drops:
                    same = " AND ".join(f"{column} IS NOT DISTINCT FROM ?" for column in where)
                    self._con.execute(f"DELETE FROM {name} WHERE {same}", list(where.values()))  # noqa: S608
                frames = batch.frames()
                for name, frame in frames.items():
                    gained[name] = self._insert(name, frame.with_columns(recorded_at=pl.lit(now)))
                self._con.commit()
            except BaseException:
                self._con.rollback()
                raise
        for told in self._watchers:
            told(frames)
        return gained

    def _insert(self, name: str, rows: pl.DataFrame) -> int:
        table = TABLES[name]
        if name == "documents":
            rows = rows.with_columns(pl.coalesce("available_at", "recorded_at").alias("available_at"))
        # Names come from TABLES, never from input.
        same_key = " AND ".join(f"t.{column} IS NOT DISTINCT FROM rows.{column}" for column in table.key)
        if table.replace:
            self._con.execute(f"DELETE FROM {name} t USING rows WHERE {same_key}")  # noqa: S608
            kept = "SELECT * FROM rows"
        else:
            kept = f"SELECT * FROM rows WHERE NOT EXISTS (SELECT 1 FROM {name} t WHERE {same_key})"  # noqa: S608
        done = self._con.execute(f"INSERT INTO {name} BY NAME {kept}").fetchone()
        return int(done[0]) if done else 0

    def counts(self) -> dict[str, int]:
        """Rows in each table."""
        parts = [f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in TABLES]  # noqa: S608
        return dict(self.read(" UNION ALL ".join(parts)).iter_rows())


def _set_up(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")  # it would be drawn into what commands print


def as_json(value: Any) -> str:
    """The one way JSON columns are written: compact, sorted keys, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=str)
