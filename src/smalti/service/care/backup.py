"""A consistent copy of store and objects, made while the service runs; and the check of one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import smalti
from smalti.platform.errors import Conflict
from smalti.platform.ledger import Run
from smalti.platform.objects import Objects
from smalti.platform.records import artifact_id
from smalti.platform.store.copies import ReadOnly, settle
from smalti.platform.store.store import as_json
from smalti.platform.telemetry import Progress
from smalti.platform.workers import in_threads
from smalti.service.care.folder import FORMAT, STAMP, BackupFolder, Manifest
from smalti.service.care.verify import Findings, check, hash_of
from smalti.service.care.views import BackupView, Breach, VerifyView
from smalti.service.engine import Engine

SECRETS = (
    "tables users, api_keys, sessions: hashes of passwords and keys",
    "table alert_channels: addresses; their secrets are sealed with channels.key, which is not in it",
    "tables audit, deliveries: who did and was sent what",
)
LEFT_OUT = (
    "channels.key: without it the secrets of channels must be given anew; keep a copy elsewhere",
    "service.json: the local key of a running service, made anew at each start",
    "index, excerpts, snapshot: made anew from the rest",
    "spool: work under way",
    "backups: older copies from before the schema changed",
)
_LOST = "every object of the backup is there and sound"
_AT_ONCE = 4_096


def backup(engine: Engine, target: Path) -> BackupView:
    """Add a backup to a folder: the store as of one moment, and the objects that it has not yet.

    Reading and writing go on meanwhile. What is copied is hashed on the way; a damaged object is told, not
    copied.

    Args:
        engine: the owner's.
        target: the folder; only its owner may read it.

    Raises:
        Conflict: the folder holds other things, or lies inside the home folder.
        StoreError: there is no room for it.
    """
    home = engine.settings.home.resolve()
    if target.resolve().is_relative_to(home) or home.is_relative_to(target.resolve()):
        raise Conflict("a backup inside what it is of", subject=str(target), mend="name a folder elsewhere")
    folder = BackupFolder(target)
    folder.make()
    with Run(engine.store, "backup", str(target)[:500]) as run:
        made_at = engine.store.now()
        stores = target / "stores"
        store = stores / f"{made_at.strftime(STAMP)}.duckdb"
        engine.store.copy(store)
        store.chmod(0o600)
        ids = store.with_suffix(".objects")
        breaches, new, new_bytes, number = _copy_objects(engine, folder, ids)
        with ReadOnly(store) as copy:
            rows = sum(
                copy.read(f"SELECT count(*) FROM {name}").item()
                for name in copy.read("SELECT table_name FROM duckdb_tables()")["table_name"]
            )
        manifest = _write_manifest(folder, made_at, store, ids, number)
        run.counts.update(objects=number, copied=new, damaged=len(breaches))
    return BackupView(
        folder=str(target.resolve()),
        manifest=str(manifest),
        made_at=made_at,
        rows=rows,
        objects=number,
        new_objects=new,
        new_bytes=new_bytes,
        secrets=SECRETS,
        left_out=LEFT_OUT,
        breaches=breaches,
    )


def verify_backup(root: Path, progress: Progress, manifest: Manifest | None = None) -> VerifyView:
    """Check a backup, by default the newest: its files by the manifest, its rows and objects as a store's.

    Raises:
        NotFound: there is no backup.
        StoreError: its manifest is damaged.
    """
    folder = BackupFolder(root)
    manifest = manifest or folder.newest()
    findings = Findings()
    for path, expected in (
        (manifest.store, manifest.store_sha256),
        (manifest.object_ids, manifest.objects_sha256),
    ):
        found = hash_of(path)[0] if path.exists() else "missing"
        if found != expected:
            findings.add("every file of the backup is as its manifest says", str(path), "use another backup")
    if findings.counts:
        return VerifyView(str(manifest.path), False, 0, 0, 0, 0, 1, dict(findings.counts), findings.listed)
    with manifest.object_ids.open(encoding="ascii") as lines:
        for line in lines:
            if not folder.objects.path(line.strip()).exists():
                findings.add(_LOST, line.strip(), "use another backup")
    with ReadOnly(manifest.store) as copy:
        return check(copy, folder.objects, progress, str(manifest.path), findings)


def _copy_objects(engine: Engine, folder: BackupFolder, ids: Path) -> tuple[list[Breach], int, int, int]:
    """Copy what is new; write the ids of all. Returns breaches, new objects, their bytes, all objects."""
    breaches: list[Breach] = []
    new = new_bytes = number = 0
    temporary = ids.with_name(f".{ids.name}.part")
    engine.progress.start("objects", sum(1 for _ in engine.objects.ids()))
    with temporary.open("w", encoding="ascii") as listed:
        waiting: list[str] = []
        for object_id in (*engine.objects.ids(), ""):
            if object_id:
                waiting.append(object_id)
            if len(waiting) < _AT_ONCE and object_id:
                continue
            for one, copied in in_threads(
                lambda o: copy_object(engine.objects, folder.objects, o), sorted(waiting), 2
            ):
                engine.progress.step("objects", one)
                if copied is None:
                    breaches.append(Breach(_LOST, one, "take it away and ingest its source again"))
                    continue
                listed.write(f"{one}\n")
                number, new, new_bytes = number + 1, new + (copied > 0), new_bytes + copied
            waiting.clear()
    settle(temporary, ids)
    ids.chmod(0o600)
    return breaches, new, new_bytes, number


def copy_object(source: Objects, to: Objects, object_id: str) -> int | None:
    """Copy an object unless it is there; its bytes, 0 if it was there, None if it is damaged or gone."""
    if to.path(object_id).exists():
        return 0
    try:
        raw = source.path(object_id).read_bytes()
    except FileNotFoundError:
        return None
    if artifact_id(raw) != object_id:
        return None
    to.put(raw)
    return len(raw)


def _write_manifest(folder: BackupFolder, made_at: datetime, store: Path, ids: Path, number: int) -> Path:
    path = folder.root / "manifests" / f"{store.stem}.json"
    store_hash, size = hash_of(store)
    said = {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "made_by": f"smalti {smalti.__version__}",
        "store": {"sha256": store_hash, "bytes": size},
        "objects": {"sha256": hash_of(ids)[0], "count": number},
        "secrets": SECRETS,
        "left_out": LEFT_OUT,
    }
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(as_json(said), encoding="utf-8")
    temporary.chmod(0o600)
    settle(temporary, path)
    return path
