"""Care of the store: snapshot, backup, check, erasure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, ConfigDict, Field

from smalti.platform.errors import NotFound
from smalti.service.api.access import Admin, Viewer, about
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.routes.work import AbsolutePath
from smalti.service.api.state import TheService, TheStore
from smalti.service.api.values import Id, Text
from smalti.service.care import publish_snapshot, snapshot
from smalti.service.care.backup import backup
from smalti.service.care.erase import erase
from smalti.service.care.scope import scope_of
from smalti.service.care.verify import verify
from smalti.service.care.views import ErasureRecord, SnapshotView
from smalti.service.tasks import TaskView

router = APIRouter(tags=["care"], prefix="/care")
_BEGUN = status.HTTP_202_ACCEPTED
_ORDER = Order("erasures", (Key("erased_at", "moment", descending=True), Key("erasure_id")))


class BackupAsked(BaseModel):
    """Where a backup goes: a folder that is there, empty or with earlier backups."""

    model_config = ConfigDict(extra="forbid")

    folder: AbsolutePath


class ErasureAsked(BaseModel):
    """What is to be erased for good, and why."""

    model_config = ConfigDict(extra="forbid")

    subject: Id
    reason: Annotated[Text, Field(min_length=1)]


@router.get("/snapshot")
def latest_snapshot(service: TheService, who: Viewer) -> SnapshotView:
    """The newest published snapshot: a DuckDB file on the service's machine, to be opened read-only."""
    return snapshot.latest(service.engine)


@router.post("/snapshot", status_code=_BEGUN)
def begin_snapshot(service: TheService, who: Admin) -> TaskView:
    """Publish a snapshot. The task's result: as `GET /v1/care/snapshot`."""
    return service.start_task("snapshot", who.name, lambda s: publish_snapshot(s, s.engine.store.now()))


@router.post("/backup", status_code=_BEGUN)
def begin_backup(asked: BackupAsked, service: TheService, who: Admin) -> TaskView:
    """Add a backup to a folder on the service's machine. The task's result: what it holds."""
    folder = Path(asked.folder)
    try:
        is_there = folder.is_dir()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise NotFound("no such folder on the service's machine", subject=asked.folder, mend="make it first")
    return service.start_task("backup", who.name, lambda s: backup(s.engine, folder))


@router.post("/verify", status_code=_BEGUN)
def begin_verify(service: TheService, who: Admin) -> TaskView:
    """Check every rule and every object's hash. The task's result: what is broken."""
    return service.start_task("verify", who.name, lambda s: verify(s.engine))


@router.post("/erasures", status_code=_BEGUN)
def begin_erasure(asked: ErasureAsked, service: TheService, who: Admin, request: Request) -> TaskView:
    """Erase a document or artifact for good. The task's result: what went, and which signals are marked."""
    scope = scope_of(service.engine.store, asked.subject)
    about(request, scope.subject)
    return service.start_task(
        "erase", who.name, lambda s: erase(s.engine, scope.subject, asked.reason, who.name)
    )


@router.get("/erasures")
def list_erasures(
    store: TheStore, who: Admin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[ErasureRecord]:
    """What was erased, why and by whom, newest first."""
    rows = "SELECT * EXCLUDE (recorded_at) FROM erasures"
    return read_page(store, rows, {}, _ORDER, limit, cursor, _record)


def _record(row: Mapping[str, Any]) -> ErasureRecord:
    return ErasureRecord(**{**row, "counts": json.loads(row["counts"])})
