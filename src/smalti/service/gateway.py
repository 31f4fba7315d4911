"""The one way commands and pages reach the platform, wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from smalti.assistant.retrieval import ANYTHING, Filters, Found
from smalti.ingest.feeds.source import Source
from smalti.platform.records import SourceKind
from smalti.service.tasks import TaskView
from smalti.service.views import (
    ComparisonView,
    FindingView,
    QuarantineView,
    ReplayView,
    RiskDiffView,
    ScoreChangeView,
    SignalView,
    SourceTest,
    SourceView,
    StageReport,
    StatusView,
    WhatIfView,
    Why,
)

if TYPE_CHECKING:
    from smalti.service.alerts.desk import AlertDesk
    from smalti.service.assistant_gateway import Assistant
    from smalti.service.care.gateway import Care
    from smalti.service.chat.desk import ChatDesk
    from smalti.service.people import People
    from smalti.service.reports.gateway import Reports


WEEKLY = 7
"""Days between two moments of a history, where nobody said."""


class Gateway(Protocol):
    """What a user can ask for. `LocalGateway` owns the store itself; a remote one speaks to a service."""

    @property
    def people(self) -> People:
        """Users and their keys."""

    @property
    def alerts(self) -> AlertDesk:
        """Rules, alerts, recipients and channels."""

    @property
    def chat(self) -> ChatDesk:
        """Systems outside that the assistant answers in."""

    @property
    def reports(self) -> Reports:
        """Risk reports."""

    @property
    def assistant(self) -> Assistant:
        """Questions, and what is thought of their answers."""

    @property
    def care(self) -> Care:
        """Snapshots, backups, checks and erasure."""

    def ingest(self, root: Path) -> Sequence[StageReport]:
        """Take in a folder, link it to issuers and embed it. Running it again does only what is new."""

    def push(
        self,
        files: Sequence[Path],
        kind: SourceKind | None = None,
        published_at: datetime | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> Sequence[StageReport]:
        """Take in single files, then link and embed; `hints` may name `issuer`, `url`, `synthetic`."""

    def pull(self, name: str | None = None) -> Sequence[StageReport]:
        """Fetch what is new in one source, or in all that are not paused, then link and embed.

        Raises:
            NotFound: no such source.
            SettingsError: no agent is declared, or the source cannot be used.
        """

    def sources(self) -> Sequence[SourceView]:
        """The sources added by name, with how the last pull of each went."""

    def add_source(self, source: Source) -> None:
        """Add a source, or change the one of its name.

        Raises:
            SettingsError: it cannot be pulled as described.
        """

    def pause_source(self, name: str, paused: bool) -> None:
        """Leave a source out of the schedule, or take it in again.

        Raises:
            NotFound: no such source.
        """

    def remove_source(self, name: str) -> None:
        """Forget a source; what was pulled from it stays.

        Raises:
            NotFound: no such source.
        """

    def test_source(self, name: str) -> SourceTest:
        """Ask a source once, storing nothing.

        Raises:
            NotFound: no such source.
            InputError: it cannot be fetched or read.
        """

    def score(self, issuer: str | None = None, as_of: datetime | None = None) -> StageReport:
        """Score one issuer or all, as of a moment, or as of each one's newest dated evidence.

        Raises:
            NotFound: no such issuer.
        """

    def score_history(
        self,
        since: datetime,
        issuer: str | None = None,
        as_of: datetime | None = None,
        every_days: int = WEEKLY,
    ) -> StageReport:
        """The same as of past moments too, in equal steps from `since`, oldest first.

        Raises:
            NotFound: no such issuer.
            TooMany: too many moments and issuers.
        """

    def signals(
        self, issuer: str | None = None, as_of: datetime | None = None, kind: str | None = None
    ) -> Sequence[SignalView]:
        """The newest stored signal of each issuer, kind and horizon whose `as_of` is not after the one given.

        Raises:
            NotFound: no such issuer.
        """

    def why(self, signal_id: str) -> Why:
        """The evidence behind a signal, best first; a unique prefix of the id will do.

        Raises:
            NotFound: no such signal, or several.
        """

    def findings(self, issuer: str, as_of: datetime | None = None) -> Sequence[FindingView]:
        """What the checks of an issuer found and could not judge, by the newest scoring not after a moment.

        Raises:
            NotFound: no such issuer.
        """

    def change(self, issuer: str, before: datetime, after: datetime) -> ScoreChangeView:
        """Why each signal differs between two moments, split exactly.

        Raises:
            NotFound: no such issuer, or the moments are not in order.
        """

    def what_if(self, issuer: str, document: str, as_of: datetime | None = None) -> WhatIfView:
        """Each signal as it would be had a document (id, or file) not been published.

        Raises:
            NotFound: no such issuer or document.
        """

    def replay(self, signal_id: str) -> ReplayView:
        """Make a stored signal again from what was stored then; a unique prefix of the id will do.

        Raises:
            NotFound: no such signal, or several.
        """

    def risk_diff(self, issuer: str, as_of: datetime | None = None) -> RiskDiffView:
        """What changed in an issuer's risk factors from one annual filing to the next, as of a moment.

        Raises:
            NotFound: no such issuer, or not two annual filings with risk factors.
        """

    def comparisons(
        self, issuer: str, as_of: datetime | None = None, *, all_verdicts: bool = False
    ) -> Sequence[ComparisonView]:
        """Numbers of an issuer that two pieces of evidence tell differently, or all that both tell.

        Raises:
            NotFound: no such issuer.
        """

    def quarantine(self) -> Sequence[QuarantineView]:
        """All that was set aside, newest first."""

    def retry(self, quarantine_id: str | None = None, code: str | None = None) -> Sequence[StageReport]:
        """Read one quarantined input again, all that were set aside for one reason (`code`), or all.

        Raises:
            NotFound: no such entry.
        """

    def search(
        self,
        text: str,
        issuer: str | None = None,
        as_of: datetime | None = None,
        filters: Filters = ANYTHING,
        limit: int = 20,
    ) -> Found:
        """Pieces of evidence for words and meaning, as of a moment or now; best first.

        Raises:
            NotFound: no such issuer.
        """

    def call_tool(
        self, name: str, arguments: Mapping[str, Any], as_of: datetime | None = None
    ) -> Mapping[str, Any]:
        """Run one of the assistant's read-only tools; its result as JSON values.

        Raises:
            NotFound: no such tool, or what it was asked for is not there.
            InputError: the arguments are not as described.
        """

    def tasks(self) -> Sequence[TaskView]:
        """Long work that a running service does in the background, newest first; none where none is up."""

    def cancel_task(self, task_id: str) -> TaskView:
        """Call a task off: what waits never begins, what runs ends at its next item.

        Raises:
            NotFound: no such task.
        """

    def status(self) -> StatusView:
        """What the store holds and what ran last."""
