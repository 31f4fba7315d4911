"""Risk reports: made, read, scheduled; and what is published to customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from smalti.client.base import Base, Json
from smalti.client.tasks import Task

if TYPE_CHECKING:
    import polars as pl


class Reporting(Base):
    """Risk reports, their schedules, and what is published to customers."""

    def reports(self, issuer: str | None = None) -> pl.DataFrame:
        """Reports that were made, newest first; columns as `frames.REPORTS`."""
        return self._frame("REPORTS", "reports", issuer=issuer)

    def report_page(
        self,
        limit: int = 25,
        cursor: str | None = None,
        *,
        issuer: str | None = None,
        until: datetime | None = None,
    ) -> tuple[pl.DataFrame, str | None]:
        """One page of the reports, newest first, and the cursor of the page after it.

        Args:
            limit: most reports.
            cursor: of the page; None for the first.
            issuer: of this one, or of watchlists it was on.
            until: those whose period ended then or before.
        """
        asked = {"issuer": issuer, "until": until, "limit": limit, "cursor": cursor}
        return self._page("REPORTS", "reports", **asked)

    def report_pages(self, report_id: str) -> int:
        """How many pages a report has; each is a picture."""
        return int(self._one("reports", report_id, "pages")["pages"])

    def report_picture(self, report_id: str, page: int) -> bytes:
        """A page of a report as PNG; pages count from 0."""
        return self._transport.get(["reports", report_id, "pages", str(page)], timeout=300.0).body

    def report(self, report_id: str) -> Json:
        """One report; a unique beginning of its id will do."""
        return self._one("reports", report_id)

    def report_file(self, report_id: str, form: Literal["pdf", "html"] = "pdf") -> bytes:
        """The report itself."""
        return self._transport.get(["reports", report_id, form]).body

    def make_report(
        self,
        kind: Literal["issuer", "watchlist"],
        subject: str,
        as_of: datetime | None = None,
        since: datetime | None = None,
    ) -> Task:
        """Make a report. Result: what it is, as `report` tells it.

        Args:
            kind: of what.
            subject: issuer or watchlist, by id or name.
            as_of: end of its period; the newest scoring if None.
            since: begin of it; the end of the last report if None.
        """
        body = {"kind": kind, "subject": subject, "as_of": _iso(as_of), "since": _iso(since)}
        return Task.begin(self._transport, ["reports"], body)

    def reproduce_report(self, report_id: str) -> Task:
        """Make a stored report again from what was stored then. Result: whether the bytes are the same."""
        return Task.begin(self._transport, ["reports", report_id, "reproduce"], {})

    def report_schedules(self) -> Iterator[Json]:
        """When which reports are made by themselves."""
        return self.each("report-schedules")

    def add_report_schedule(  # noqa: PLR0913 - what makes a schedule
        self,
        name: str,
        subject_kind: Literal["issuer", "watchlist"],
        subject: str,
        cron: str,
        zone: str = "UTC",
        *,
        formats: Sequence[str] = ("pdf",),
        channels: Sequence[str] = (),
        when_unchanged: str | None = None,
    ) -> Json:
        """Make a report again and again: `cron` (five fields) in the time `zone`; sent by `channels`."""
        body = {"name": name, "subject_kind": subject_kind, "subject": subject, "cron": cron, "zone": zone}
        lists = {"formats": list(formats), "channels": list(channels)}
        made: Json = self._send("POST", "report-schedules", **body, **lists, when_unchanged=when_unchanged)
        return made

    def remove_report_schedule(self, schedule: str) -> Json:
        """Take a schedule away; its reports stay."""
        removed: Json = self._send("DELETE", "report-schedules", schedule)
        return removed

    def publications(self) -> Iterator[Json]:
        """What customers see."""
        return self.each("publications")

    def publish(self, kind: Literal["issuer", "report"], subject_id: str) -> Json:
        """Let customers see an issuer's signals, or a report."""
        published: Json = self._send("PUT", "publications", kind, subject_id)
        return published

    def withdraw(self, kind: Literal["issuer", "report"], subject_id: str) -> None:
        """Let customers see it no more."""
        self._send("DELETE", "publications", kind, subject_id)

    def published_issuers(self) -> Iterator[Json]:
        """As a customer: the issuers one sees."""
        return self.each("published", "issuers")

    def published_signals(self, issuer_id: str) -> Json:
        """As a customer: the signals of one of them."""
        return self._one("published", "issuers", issuer_id, "signals")

    def published_reports(self) -> Iterator[Json]:
        """As a customer: the reports one sees."""
        return self.each("published", "reports")

    def published_pdf(self, report_id: str) -> bytes:
        """As a customer: one of them."""
        return self._transport.get(["published", "reports", report_id, "pdf"]).body


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
