"""Reports as the commands handle them, and as a running service is asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from smalti.service.asking import Asking, record
from smalti.service.reports.views import (
    Form,
    ReportView,
    ReproducedView,
    Schedule,
    ScheduleView,
    SubjectKind,
)


class Reports(Protocol):
    """Risk reports: made, listed, read, made again, and made by schedule."""

    def make(
        self,
        kind: SubjectKind,
        subject: str,
        as_of: datetime | None = None,
        since: datetime | None = None,
    ) -> ReportView:
        """Make a report of an issuer or a watchlist, by id or name.

        Args:
            kind: which of the two.
            subject: its name or id.
            as_of: end of the period; the newest scoring, or the newest evidence, if None.
            since: begin of it; the end of the last report, or seven days before, if None.

        Raises:
            NotFound: there is no such issuer or watchlist.
            SettingsError: the period ends before it begins.
        """

    def all(self, issuer: str | None = None) -> Sequence[ReportView]:
        """The newest reports, of one issuer or all, newest first.

        Raises:
            NotFound: there is no such issuer.
        """

    def one(self, report_id: str) -> ReportView:
        """A report; a unique prefix of the id will do.

        Raises:
            NotFound: no such report, or several.
        """

    def file(self, report_id: str, form: Form) -> bytes:
        """The bytes of a report in one form.

        Raises:
            NotFound: no such report, or its bytes are gone.
        """

    def reproduce(self, report_id: str) -> ReproducedView:
        """Make a stored report again from what was known and stored then.

        Raises:
            NotFound: no such report, or its bytes are gone.
        """

    def schedules(self) -> Sequence[ScheduleView]:
        """All schedules, by name."""

    def schedule(self, wanted: Schedule) -> ScheduleView:
        """Add a schedule, or change the one of its name.

        Raises:
            NotFound: there is no such issuer or watchlist.
            SettingsError: its cron expression, zone or formats cannot be used.
        """

    def unschedule(self, name: str) -> ScheduleView:
        """Take a schedule away, by id or name; its reports stay.

        Raises:
            NotFound: there is none.
        """


class RemoteReports:
    """See `Reports`: through the routes of a running service."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def make(
        self,
        kind: SubjectKind,
        subject: str,
        as_of: datetime | None = None,
        since: datetime | None = None,
    ) -> ReportView:
        """See `Reports.make`."""
        asked = {"kind": kind.value, "subject": subject, "as_of": _iso(as_of), "since": _iso(since)}
        return record(ReportView, self._ask.done("reports", **{k: v for k, v in asked.items() if v}))

    def all(self, issuer: str | None = None) -> Sequence[ReportView]:
        """See `Reports.all`."""
        return self._ask.all(ReportView, "reports", issuer=issuer)

    def one(self, report_id: str) -> ReportView:
        """See `Reports.one`."""
        return self._ask.one(ReportView, "reports", report_id)

    def file(self, report_id: str, form: Form) -> bytes:
        """See `Reports.file`."""
        return self._ask.transport.get(("reports", report_id, form.value)).body

    def reproduce(self, report_id: str) -> ReproducedView:
        """See `Reports.reproduce`."""
        return record(ReproducedView, self._ask.done("reports", report_id, "reproduce"))

    def schedules(self) -> Sequence[ScheduleView]:
        """See `Reports.schedules`."""
        return self._ask.all(ScheduleView, "report-schedules")

    def schedule(self, wanted: Schedule) -> ScheduleView:
        """See `Reports.schedule`."""
        asked = {
            "name": wanted.name, "subject_kind": wanted.subject_kind.value, "subject": wanted.subject,
            "cron": wanted.cron, "zone": wanted.zone, "formats": [form.value for form in wanted.formats],
            "channels": list(wanted.channels), "when_unchanged": wanted.when_unchanged.value,
        }  # fmt: skip
        return record(ScheduleView, self._ask.send("POST", "report-schedules", **asked))

    def unschedule(self, name: str) -> ScheduleView:
        """See `Reports.unschedule`."""
        return record(ScheduleView, self._ask.send("DELETE", "report-schedules", name))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
