"""Risk reports: made, listed, read in each form, made again, and made by schedule."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from smalti.service.api import files
from smalti.service.api.access import Analyst, Viewer, about
from smalti.service.api.etags import FOR_GOOD, UNCHANGED, knows
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, page_of, read_page
from smalti.service.api.state import TheEngine, TheGateway, TheService, TheStore
from smalti.service.api.values import Id, Issuer, Moment, Text
from smalti.service.excerpts import PNG
from smalti.service.issuers import issuer_called
from smalti.service.reports import making, paging, stored
from smalti.service.reports.paging import ReportPages
from smalti.service.reports.views import (
    Form,
    ReportView,
    Schedule,
    ScheduleView,
    SubjectKind,
    WhenUnchanged,
)
from smalti.service.tasks import TaskView

router = APIRouter(tags=["reports"])

_ORDER = Order(
    "reports",
    (
        Key("as_of", "moment", descending=True),
        Key("recorded_at", "moment", descending=True),
        Key("report_id"),
    ),
)
_MEDIA = {Form.PDF: "application/pdf", Form.HTML: "text/html; charset=utf-8", Form.JSON: "application/json"}
_CONFINED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox",
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _MEDIA.values()},
    },
    **UNCHANGED,
}
_BEGUN = status.HTTP_202_ACCEPTED
_LAST_PAGE = 100_000


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReportAsked(_Asked):
    """A report to make."""

    kind: SubjectKind
    subject: Issuer
    as_of: Moment | None = Field(None, description="End of its period; the newest scoring if left out.")
    since: Moment | None = Field(None, description="Begin of it; the end of the last report if left out.")


class ScheduleAsked(_Asked):
    """A report to make by itself, again and again."""

    name: Annotated[Text, Field(min_length=1, max_length=120)]
    subject_kind: SubjectKind
    subject: Issuer
    cron: Annotated[Text, Field(max_length=120, description="Five crontab fields: `0 7 * * 1-5`.")]
    zone: Annotated[Text, Field(max_length=64)] = "UTC"
    formats: Annotated[list[Form], Field(min_length=1, max_length=2)] = [Form.PDF]
    channels: Annotated[list[Id], Field(max_length=50)] = []
    when_unchanged: WhenUnchanged = WhenUnchanged.LINE


@router.get("/reports", summary="List reports")
def list_reports(
    store: TheStore,
    who: Viewer,
    issuer: Annotated[Issuer | None, Query()] = None,
    until: Annotated[Moment | None, Query(description="Whose period ended then or before.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[ReportView]:
    """Reports that were made, newest first; of one issuer also those of watchlists it was on."""
    wanted = None if issuer is None else issuer_called(store, issuer)
    sql = f"{stored.REPORTS} AND ($until IS NULL OR as_of <= $until)"
    params = {"subject": wanted, "until": until}
    return read_page(store, sql, params, _ORDER, limit, cursor, stored.view)


@router.post("/reports", status_code=_BEGUN, summary="Make a report")
def make_report(asked: ReportAsked, service: TheService, who: Analyst) -> TaskView:
    """Make a report of an issuer, or of a watchlist that one sees. Result: the report."""
    subject = service.gateway.reports.subject(asked.kind, asked.subject, who.name)
    return service.start_task(
        "report", who.name, lambda own: making.make(own.engine, subject, asked.as_of, asked.since)
    )


@router.get("/reports/{report_id}", summary="One report")
def get_report(report_id: Id, gateway: TheGateway, who: Viewer) -> ReportView:
    """What a report is of, and what it was made from."""
    return gateway.reports.one(report_id)


@router.get("/reports/{report_id}/pages", summary="How many pages a report has")
def get_report_pages(report_id: Id, engine: TheEngine, who: Viewer) -> ReportPages:
    """How many pages a report's PDF has."""
    return paging.pages(engine, report_id)


@router.get(
    "/reports/{report_id}/pages/{page}",
    summary="A page of a report",
    response_class=Response,
    responses=files.responses(PNG),
)
def get_report_page(
    report_id: Id,
    page: Annotated[int, Path(ge=0, le=_LAST_PAGE, description="From 0.")],
    request: Request,
    engine: TheEngine,
    who: Viewer,
) -> Response:
    """A page of a report's PDF as a picture."""
    made = paging.page(engine, report_id, page)
    return files.answer(request, made.path, made.media_type, made.path.stem)


@router.get(
    "/reports/{report_id}/{form}", summary="A report's file", response_class=Response, responses=_FILES
)
def get_report_file(
    report_id: Id, form: Form, request: Request, gateway: TheGateway, who: Viewer
) -> Response:
    """A report as PDF, as HTML in one file, or as the content that both were made from."""
    report = gateway.reports.one(report_id)
    tag = f'"{report.report_id}-{form.value}"'
    headers = {**_CONFINED, "etag": tag, "cache-control": FOR_GOOD}
    if knows(request, tag):
        return Response(status_code=304, headers=headers)
    name = f"smalti-{report.subject_kind}-{report.as_of:%Y-%m-%d}-{report.report_id[:8]}.{form.value}"
    headers["content-disposition"] = f'attachment; filename="{name}"'
    return Response(gateway.reports.file(report_id, form), media_type=_MEDIA[form], headers=headers)


@router.post("/reports/{report_id}/reproduce", status_code=_BEGUN, summary="Make a report again")
def reproduce_report(report_id: Id, service: TheService, who: Analyst) -> TaskView:
    """Make a stored report again from what was known and stored then. Result: identical, or what differs."""
    found = service.gateway.reports.one(report_id).report_id
    return service.start_task("reproduce", who.name, lambda own: making.reproduce(own.engine, found))


@router.get("/report-schedules", summary="List report schedules")
def list_report_schedules(
    gateway: TheGateway, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[ScheduleView]:
    """All schedules by name, each with its next due moment and its last report."""
    found = list(gateway.reports.schedules())
    return page_of(found, "report schedules", lambda one: one.schedule_id, limit, cursor)


@router.post("/report-schedules", status_code=status.HTTP_201_CREATED, summary="Schedule a report")
def add_report_schedule(
    asked: ScheduleAsked, request: Request, gateway: TheGateway, who: Analyst
) -> ScheduleView:
    """Have a report made by the clock of a place; one of the same name is changed."""
    subject = asked.subject
    if asked.subject_kind is SubjectKind.WATCHLIST:
        subject = gateway.reports.subject(asked.subject_kind, asked.subject, who.name).subject_id
    made = gateway.reports.schedule(Schedule(**dict(asked) | {"subject": subject}))
    about(request, made.schedule_id)
    return made


@router.delete("/report-schedules/{schedule}", summary="Remove a report schedule")
def remove_report_schedule(
    schedule: Text, request: Request, gateway: TheGateway, who: Analyst
) -> ScheduleView:
    """Take a schedule away, by its id or name; its reports stay. Answers with what it was."""
    found = gateway.reports.unschedule(schedule)
    about(request, found.schedule_id)
    return found
