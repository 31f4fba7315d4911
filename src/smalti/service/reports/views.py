"""Reports and their schedules as the gateway answers with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubjectKind(StrEnum):
    """Of whom a report is."""

    ISSUER = "issuer"
    WATCHLIST = "watchlist"


class Form(StrEnum):
    """What a report can be had as; `json` is its content, which the other two are made from."""

    PDF = "pdf"
    HTML = "html"
    JSON = "json"


class WhenUnchanged(StrEnum):
    """What a schedule does when nothing changed since its last report."""

    REPORT = "report"
    LINE = "line"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report that was made.

    Attributes:
        headline: its one sentence to remember.
        since: begin of its period.
        as_of: end of it; nothing that became public later was read.
        recorded_by: nothing that was stored later was read.
        schedule_id: whose it is; None of one made on demand.
        due_at: when it was due.
        skipped: due moments before it that passed while nothing ran.
        synthetic: whether any of its data are made up.
        made_with: versions of models, checks and of the report itself.
        pdf_id: SHA-256 of the PDF.
        html_id: SHA-256 of the HTML.
    """

    report_id: str
    title: str
    headline: str
    subject_kind: str
    subject_id: str
    subject: str
    issuers: Sequence[str]
    since: datetime
    as_of: datetime
    recorded_by: datetime
    schedule_id: str | None
    due_at: datetime | None
    skipped: Sequence[str]
    synthetic: bool
    made_with: Sequence[str]
    pdf_id: str
    html_id: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReproducedView:
    """A stored report made again.

    Attributes:
        verdict: `identical` to the byte, or `differs`.
        differences: which parts of the content are not what they were, or which form of it.
    """

    report_id: str
    verdict: str
    differences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a report is made by itself, and where it goes.

    Attributes:
        name: what people call it; one of its name takes the old one's place.
        subject: name or id of the issuer or watchlist.
        cron: five crontab fields, by the clock of `zone`.
        zone: IANA name: `Europe/Zurich`.
        formats: which forms are sent: `pdf`, `html`.
        channels: ids of the channels it is sent to.
        when_unchanged: a whole report all the same, one line, or nothing.
    """

    name: str
    subject_kind: SubjectKind
    subject: str
    cron: str
    zone: str = "UTC"
    formats: Sequence[Form] = (Form.PDF,)
    channels: Sequence[str] = ()
    when_unchanged: WhenUnchanged = WhenUnchanged.LINE


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule as it stands, with its next due moment and the last report it made."""

    schedule_id: str
    name: str
    subject_kind: str
    subject: str
    cron: str
    zone: str
    formats: Sequence[str]
    channels: Sequence[str]
    when_unchanged: str
    starts_at: datetime
    next_due: datetime | None
    last_due: datetime | None
    last_outcome: str | None
    last_report: str | None
