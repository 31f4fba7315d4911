"""Reports in the store of this process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from smalti.service.engine import Engine
from smalti.service.issuers import issuer_called
from smalti.service.reports import making, schedules, stored
from smalti.service.reports.making import Subject
from smalti.service.reports.views import (
    Form,
    ReportView,
    ReproducedView,
    Schedule,
    ScheduleView,
    SubjectKind,
)


class LocalReports:
    """See `Reports`: by the owner of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store = engine.store

    def make(
        self,
        kind: SubjectKind,
        subject: str,
        as_of: datetime | None = None,
        since: datetime | None = None,
    ) -> ReportView:
        """See `Reports.make`."""
        return making.make(self._engine, self.subject(kind, subject), as_of, since)

    def subject(self, kind: SubjectKind, wanted: str, user: str | None = None) -> Subject:
        """Of whom a report is; only watchlists that a user sees are found, if one is named.

        Raises:
            NotFound: there is no such issuer or watchlist.
        """
        if kind is SubjectKind.WATCHLIST:
            return making.watchlist(self._store, wanted, user)
        return making.issuer(issuer_called(self._store, wanted))

    def all(self, issuer: str | None = None) -> Sequence[ReportView]:
        """See `Reports.all`."""
        wanted = None if issuer is None else issuer_called(self._store, issuer)
        return stored.reports(self._store, wanted)

    def one(self, report_id: str) -> ReportView:
        """See `Reports.one`."""
        return stored.find(self._store, report_id)

    def file(self, report_id: str, form: Form) -> bytes:
        """See `Reports.file`."""
        return stored.file(self._store, self._engine.objects, report_id, form)

    def reproduce(self, report_id: str) -> ReproducedView:
        """See `Reports.reproduce`."""
        return making.reproduce(self._engine, report_id)

    def schedules(self) -> Sequence[ScheduleView]:
        """See `Reports.schedules`."""
        return schedules.schedules(self._store)

    def schedule(self, wanted: Schedule) -> ScheduleView:
        """See `Reports.schedule`."""
        issuer = wanted.subject_kind is SubjectKind.ISSUER
        return schedules.add(
            self._store, wanted, issuer_called(self._store, wanted.subject) if issuer else None
        )

    def unschedule(self, name: str) -> ScheduleView:
        """See `Reports.unschedule`."""
        return schedules.remove(self._store, name)
