"""A read-only copy of the public tables for notebooks, published while the service runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

import smalti
from smalti.platform.errors import NotFound
from smalti.platform.ledger import Run
from smalti.platform.store import PRIVATE, TABLES
from smalti.platform.store.copies import ReadOnly, sync_folder
from smalti.service.care.views import SnapshotView
from smalti.service.engine import Engine

LATEST = "latest.duckdb"
_STAMP = "%Y%m%dT%H%M%S.%fZ"


def folder_of(engine: Engine) -> Path:
    """Where snapshots are published."""
    return engine.settings.home / "snapshot"


def publish(engine: Engine, now: datetime) -> SnapshotView:
    """Copy the public tables into a new file and have `latest` name it.

    Readers and the writer go on meanwhile. Whoever has an older snapshot open keeps it: its name may go,
    its bytes stay until the last one closes it.

    Raises:
        StoreError: there is no room for it.
    """
    folder = folder_of(engine)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"smalti-{now.strftime(_STAMP)}.duckdb"
    if target.exists():
        return described(engine, target)
    public = [name for name in TABLES if name not in PRIVATE]
    with Run(engine.store, "snapshot", target.name) as run:
        version = engine.store.read("SELECT max(version) FROM schema_versions").item()
        about = pl.DataFrame(
            {"snapshot_of": [now], "schema_version": [version], "made_by": [f"smalti {smalti.__version__}"]}
        )
        engine.store.copy(target, public, {"snapshot_of": about})
        pointer = folder / f".{LATEST}.new"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(target.name)
        pointer.replace(folder / LATEST)
        sync_folder(folder)
        run.counts["tables"] += len(public)
        for old in published(engine)[: -engine.settings.snapshot_keep]:
            old.unlink()
            run.counts["older taken away"] += 1
    return described(engine, target)


def publish_due(engine: Engine, now: datetime) -> SnapshotView | None:
    """Publish if snapshots are wanted and the newest is too old."""
    minutes = engine.settings.snapshot_minutes
    if not minutes:
        return None
    made = published(engine)
    if made and now - _moment(made[-1]) < timedelta(minutes=minutes):
        return None
    return publish(engine, now)


def published(engine: Engine) -> list[Path]:
    """The snapshots there are, oldest first."""
    return sorted(path for path in folder_of(engine).glob("smalti-*.duckdb") if not path.is_symlink())


def withdraw(engine: Engine) -> int:
    """Take all snapshots away: they hold what was just erased. Returns how many."""
    made = published(engine)
    for path in (*made, folder_of(engine) / LATEST):
        path.unlink(missing_ok=True)
    return len(made)


def latest(engine: Engine) -> SnapshotView:
    """The newest snapshot.

    Raises:
        NotFound: none was published.
    """
    made = published(engine)
    if not made:
        raise NotFound(
            "no snapshot was published yet", subject=str(folder_of(engine)), mend="`smalti snapshot`"
        )
    return described(engine, made[-1])


def described(engine: Engine, path: Path) -> SnapshotView:
    """What a snapshot holds."""
    with ReadOnly(path) as copy:
        names = set(copy.read("SELECT table_name FROM duckdb_tables()")["table_name"]) & TABLES.keys()
        counts = " UNION ALL ".join(
            f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in sorted(names)
        )
        about = copy.read("SELECT * FROM snapshot_of").row(0, named=True)
        tables = dict(copy.read(counts).iter_rows())
    return SnapshotView(
        str(path.resolve()),
        str((folder_of(engine) / LATEST).absolute()),
        about["snapshot_of"],
        about["schema_version"],
        tables,
        path.stat().st_size,
    )


def _moment(path: Path) -> datetime:
    return datetime.strptime(path.stem.removeprefix("smalti-"), _STAMP).replace(tzinfo=UTC)
