"""Reports that are due, made once, and sent.

A moment's report, its rows and the messages that carry it are written in one transaction, under ids that
follow from schedule and moment: a process that dies in between makes it again, and nothing twice. Of moments
that passed while nothing ran only the newest is made; its report names the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from smalti.platform.errors import NotFound, SmaltiError
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.service.alerts.queueing import Message, StoredFile, queue
from smalti.service.engine import Engine
from smalti.service.reports import making, schedules, stored
from smalti.service.reports.content import Report
from smalti.service.reports.making import Occasion, Subject
from smalti.service.reports.reading import Clocks
from smalti.service.reports.views import Form, ReportView, SubjectKind, WhenUnchanged
from smalti.service.service import Service

_log = structlog.get_logger(__name__)

MADE, UNCHANGED = "made", "unchanged"
"""What became of a due moment."""

_SKIPPED_NAMED = 50
_MEDIA = {Form.PDF.value: "application/pdf", Form.HTML.value: "text/html; charset=utf-8"}


def make_due(service: Service, now: datetime) -> list[ReportView]:
    """Make what is due, of each schedule the newest moment only; run again, it makes nothing twice.

    Raises:
        SmaltiError: of the schedules that failed, the first's reason; the others were dealt with.
    """
    made: list[ReportView] = []
    failed: SmaltiError | None = None
    for row in schedules.rows(service.engine.store):
        try:
            report = _due(service, row, now)
        except SmaltiError as error:
            _log.error("a scheduled report failed", schedule=row["name"], error=str(error))
            failed = failed or error
        else:
            made += [report] if report else []
    if failed is not None:
        raise failed
    return made


def _due(service: Service, row: Mapping[str, Any], now: datetime) -> ReportView | None:
    store, engine = service.engine.store, service.engine
    last = schedules.last(store, row["schedule_id"])
    begin = max(filter(None, (last.get("due_at"), row["starts_at"])))
    moments = schedules.dues(row["cron"], row["zone"], max(begin, now - schedules.LOOK_BACK), now)
    if not moments:
        return None
    due, skipped = moments[-1], moments[:-1]
    subject = _subject(store, row)
    since = last.get("due_at") or _before(row, due)
    report = making.compose(engine, subject, Clocks(since, due, store.now()), skipped)
    version = content_id(as_json({k: row[k] for k in ("subject_kind", "subject", "cron", "zone")}))
    due_id = content_id("due", row["schedule_id"], version, due.isoformat())
    unchanged = report.fingerprint == _fingerprint(store, row["schedule_id"]) and not report.news
    batch = Batch()
    told: dict[str, Any] = {"due_id": due_id, "schedule_id": row["schedule_id"], "due_at": due}
    told["skipped"] = [moment.isoformat() for moment in skipped[-_SKIPPED_NAMED:]]
    if unchanged and row["when_unchanged"] != WhenUnchanged.REPORT:
        batch.add("report_dues", told | {"outcome": UNCHANGED})
        if row["when_unchanged"] == WhenUnchanged.LINE:
            _send(batch, store, row, _line(report), due_id, now)
        store.commit(batch)
        return None
    report_id = content_id("report", row["schedule_id"], version, due.isoformat(), report.as_of.isoformat())
    occasion = Occasion(report_id, row["schedule_id"], due, skipped[-_SKIPPED_NAMED:])
    making.write(engine, batch, report, occasion)
    batch.add("report_dues", told | {"outcome": MADE, "report_id": report_id})
    _send(batch, store, row, _message(engine, batch, report, report_id, row["formats"]), due_id, now)
    store.commit(batch)
    service.live.tell("report", report_id=report_id, title=report.title)
    return stored.find(store, report_id)


def _subject(store: Store, row: Mapping[str, Any]) -> Subject:
    if row["subject_kind"] == SubjectKind.WATCHLIST:
        return making.watchlist(store, row["subject"])
    return making.issuer(row["subject"])


def _before(row: Mapping[str, Any], due: datetime) -> datetime:
    """The due moment before one, where nothing was made yet."""
    earlier = schedules.dues(row["cron"], row["zone"], due - timedelta(days=32), due - timedelta(seconds=1))
    return earlier[-1] if earlier else due - timedelta(days=7)


def _fingerprint(store: Store, schedule_id: str) -> str | None:
    """What the last report of a schedule found."""
    found = store.read(
        "SELECT fingerprint FROM reports WHERE schedule_id = ? ORDER BY due_at DESC LIMIT 1", [schedule_id]
    )
    return str(found.item()) if found.height else None


def _line(report: Report) -> Message:
    title = f"{report.subject}: nothing changed"
    marked = "SYNTHETIC DATA. " if report.synthetic else ""
    text = f"{marked}Nothing changed since the last report. {report.headline}"
    return Message(title, text, kind="report", data={"subject": report.subject_id, "unchanged": True})


def _message(engine: Engine, batch: Batch, report: Report, report_id: str, formats: list[str]) -> Message:
    row = batch.frames()["reports"].row(0, named=True)
    name = f"smalti-{report.subject_kind}-{report.as_of:%Y-%m-%d}-{report_id[:8]}"
    files = []
    for form in formats:
        object_id = row[f"{form}_id"]
        size = engine.objects.path(object_id).stat().st_size
        files.append(StoredFile(f"{name}.{form}", _MEDIA[form], object_id, size))
    marked = "SYNTHETIC DATA. " if report.synthetic else ""
    return Message(
        title=report.title,
        text=f"{marked}{report.headline}",
        link=f"/v1/reports/{report_id}",
        kind="report",
        data={"report_id": report_id, "subject": report.subject_id, "as_of": report.as_of.isoformat()},
        files=files,
    )


def _send(
    batch: Batch, store: Store, row: Mapping[str, Any], message: Message, due_id: str, now: datetime
) -> None:
    """Queue a message for the channels that are still there; one that is gone stops no other."""
    for channel in row["channels"]:
        try:
            queue(batch, store, [channel], message, f"report {due_id}", now)
        except NotFound as error:
            _log.error("a report could not be sent", schedule=row["name"], error=str(error))
