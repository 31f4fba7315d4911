"""A backup brought back into a home folder, after it was checked; what was erased since is erased again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import structlog
from filelock import FileLock, Timeout

from smalti.platform.errors import Conflict, NotFound, StoreError, StoreLocked
from smalti.platform.objects import Objects
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.store.copies import ReadOnly, copy_file, need_space, sync_folder
from smalti.platform.telemetry import Progress
from smalti.service.care.backup import copy_object, verify_backup
from smalti.service.care.erase import erase_again
from smalti.service.care.folder import BackupFolder, Manifest
from smalti.service.care.views import RestoreView
from smalti.service.engine import open_engine

_log = structlog.get_logger(__name__)

_MOVED = ("smalti.duckdb", "smalti.duckdb.wal", "smalti.duckdb.commits", "smalti.duckdb.rewrite-due")
_TO_DO = (
    "keys revoked and users disabled since the backup count again: `smalti keys list`, `smalti users list`",
    "everybody has to sign in again",
    "channels whose secret cannot be opened need it anew, unless channels.key is the one of back then",
)
_FOLDERS = ("objects", "index", "excerpts", "snapshot")


def restore(
    settings: Settings, source: Path, progress: Progress, *, force: bool = False, stamp: str | None = None
) -> RestoreView:
    """Bring a backup back.

    Args:
        settings: whose `home` it goes to.
        source: the folder of backups.
        progress: told of each object.
        force: move what is in the home folder away first.
        stamp: which backup: the name of its manifest; the newest if left out.

    Raises:
        NotFound: there is no such backup.
        Conflict: the home folder is not empty.
        StoreLocked: a service or command is using the home folder.
        StoreError: the backup is damaged, or there is no room for it.
    """
    folder = BackupFolder(source)
    manifest = _chosen(folder, stamp)
    checked = verify_backup(source, progress, manifest)
    if not checked.is_sound:
        first = checked.breaches[0]
        raise StoreError(
            f"the backup is damaged, {sum(checked.broken.values())} breaches, the first: {first.rule}:"
            f" {first.subject}",
            subject=str(manifest.path),
            mend="`smalti verify DIR` lists them; restore another with --at",
        )
    home = settings.home
    home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{settings.store}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreLocked("it is in use", subject=str(home), mend="stop the service first") from None
    try:
        need_space(home, manifest.store.stat().st_size + checked.object_bytes, "restore")
        replaced = _make_way(home, force=force)
        objects = _bring(folder, manifest, settings, progress)
    finally:
        lock.release()
    again = _put_right(settings, _erasures_since(folder, manifest, replaced))
    away = str(replaced) if replaced else None
    home_now = str(home.resolve())
    return RestoreView(home_now, manifest.made_at, checked.rows, objects, away, again, _TO_DO)


def _chosen(folder: BackupFolder, stamp: str | None) -> Manifest:
    if stamp is None:
        return folder.newest()
    found = [one for one in folder.manifests() if one.path.stem.startswith(stamp)]
    if len(found) != 1:
        names = ", ".join(one.path.stem for one in folder.manifests())
        raise NotFound("no such backup, or several", subject=stamp, mend=f"there are: {names or 'none'}")
    return found[0]


def _make_way(home: Path, *, force: bool) -> Path | None:
    """Move what a restored store would replace; where to, or None if there was nothing."""
    there = [home / name for name in (*_MOVED, *_FOLDERS) if (home / name).exists()]
    if not there:
        return None
    if not force:
        raise Conflict(
            "the home folder is not empty", subject=str(home), mend="--force moves what is there away"
        )
    away = home / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    away.mkdir(mode=0o700)
    for path in there:
        path.rename(away / path.name)
    sync_folder(home)
    return away


def _bring(folder: BackupFolder, manifest: Manifest, settings: Settings, progress: Progress) -> int:
    """Objects first, the store last: a restore cut short leaves a home without a store."""
    to = Objects(settings.objects)
    number = 0
    progress.start("objects", manifest.objects)
    with manifest.object_ids.open(encoding="ascii") as lines:
        for line in lines:
            object_id = line.strip()
            if copy_object(folder.objects, to, object_id) is None:
                raise StoreError("an object of the backup is damaged", subject=object_id, mend="use another")
            number += 1
            progress.step("objects", object_id)
    copy_file(manifest.store, settings.store)
    return number


def _erasures_since(folder: BackupFolder, manifest: Manifest, replaced: Path | None) -> pl.DataFrame:
    """Erasures that newer backups and the home folder that was replaced know of."""
    stores = [one.store for one in folder.manifests() if one.made_at > manifest.made_at]
    if replaced is not None and (replaced / "smalti.duckdb").exists():
        stores.append(replaced / "smalti.duckdb")
    found = []
    for path in stores:
        try:
            with ReadOnly(path) as copy:
                found.append(
                    copy.read(
                        "SELECT e.* EXCLUDE (recorded_at), t.hash, t.kind AS tombstone FROM erasures e"
                        " JOIN tombstones t USING (erasure_id)"
                    )
                )
        except StoreError as error:
            _log.error("its erasures could not be read", path=str(path), why=error.what)
    return pl.concat(found).unique() if found else pl.DataFrame()


def _put_right(settings: Settings, erasures: pl.DataFrame) -> int:
    """End the sessions of back then, and erase what was erased since; how many erasures."""
    with open_engine(settings) as engine:
        sessions = Batch()
        for key in engine.store.read("SELECT DISTINCT session_id FROM sessions")["session_id"]:
            sessions.drop("sessions", session_id=key)
        engine.store.commit(sessions)
        return erase_again(engine, erasures) if erasures.height else 0
