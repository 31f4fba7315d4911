"""The gateway that speaks to a running service, so that commands work whoever owns the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smalti.assistant.retrieval import ANYTHING, Filters, Found
from smalti.client.tasks import Task
from smalti.client.transport import Transport
from smalti.ingest.feeds.source import Source
from smalti.platform.errors import SettingsError
from smalti.platform.records import SourceKind
from smalti.platform.telemetry import Progress
from smalti.service.asking import Asking, record, records
from smalti.service.gateway import WEEKLY
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
    from smalti.service.alerts.desk import RemoteAlerts
    from smalti.service.assistant_gateway import RemoteAssistant
    from smalti.service.care.gateway import RemoteCare
    from smalti.service.chat.desk import RemoteChat
    from smalti.service.people import RemotePeople
    from smalti.service.reports.gateway import RemoteReports


class RemoteGateway:
    """See `Gateway`.

    Args:
        transport: reaches the service.
        progress: told of what the service's tasks tell.
        same_machine: whether the service sees the same files, so that paths can be handed over.
    """

    def __init__(self, transport: Transport, progress: Progress, *, same_machine: bool) -> None:
        self._ask = Asking(transport, progress)
        self._same_machine = same_machine

    # Areas are imported when they are asked for: most commands are over before all were loaded.

    @cached_property
    def people(self) -> RemotePeople:
        """See `Gateway.people`."""
        from smalti.service.people import RemotePeople

        return RemotePeople(self._ask)

    @cached_property
    def alerts(self) -> RemoteAlerts:
        """See `Gateway.alerts`."""
        from smalti.service.alerts.desk import RemoteAlerts

        return RemoteAlerts(self._ask)

    @cached_property
    def chat(self) -> RemoteChat:
        """See `Gateway.chat`."""
        from smalti.service.chat.desk import RemoteChat

        return RemoteChat(self._ask)

    @cached_property
    def reports(self) -> RemoteReports:
        """See `Gateway.reports`."""
        from smalti.service.reports.gateway import RemoteReports

        return RemoteReports(self._ask)

    @cached_property
    def assistant(self) -> RemoteAssistant:
        """See `Gateway.assistant`."""
        from smalti.service.assistant_gateway import RemoteAssistant

        return RemoteAssistant(self._ask)

    @cached_property
    def care(self) -> RemoteCare:
        """See `Gateway.care`."""
        from smalti.service.care.gateway import RemoteCare

        return RemoteCare(self._ask, same_machine=self._same_machine)

    def ingest(self, root: Path) -> Sequence[StageReport]:
        """See `Gateway.ingest`."""
        return self._reports("ingest", folder=self._path(root))

    def push(
        self,
        files: Sequence[Path],
        kind: SourceKind | None = None,
        published_at: datetime | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> Sequence[StageReport]:
        """See `Gateway.push`."""
        said: dict[str, Any] = dict(hints or {})
        said["synthetic"] = bool(said.pop("synthetic", None))
        if not self._same_machine:
            sent = Task.upload(self._ask.transport, files, kind=kind, published_at=published_at, **said)
            return records(StageReport, self._ask.waited(sent))
        when = published_at.isoformat() if published_at else None
        paths = [self._path(file) for file in files]
        return self._reports("push", files=paths, kind=kind, published_at=when, **said)

    def pull(self, name: str | None = None) -> Sequence[StageReport]:
        """See `Gateway.pull`."""
        return self._reports("pull", source=name)

    def sources(self) -> Sequence[SourceView]:
        """See `Gateway.sources`."""
        return self._ask.all(SourceView, "sources")

    def add_source(self, source: Source) -> None:
        """See `Gateway.add_source`."""
        body = {
            "kind": source.kind,
            "address": source.address,
            "schedule": source.schedule,
            "options": dict(source.options),
            "paused": source.paused,
        }
        self._ask.send("PUT", "sources", source.name, **body)

    def pause_source(self, name: str, paused: bool) -> None:
        """See `Gateway.pause_source`."""
        self._ask.send("POST", "sources", name, "pause" if paused else "resume")

    def remove_source(self, name: str) -> None:
        """See `Gateway.remove_source`."""
        self._ask.send("DELETE", "sources", name)

    def test_source(self, name: str) -> SourceTest:
        """See `Gateway.test_source`."""
        return record(SourceTest, self._ask.send("POST", "sources", name, "test"))

    def score(self, issuer: str | None = None, as_of: datetime | None = None) -> StageReport:
        """See `Gateway.score`."""
        when = as_of.isoformat() if as_of else None
        return record(StageReport, self._ask.done("work", "score", issuer=issuer, as_of=when))

    def score_history(
        self,
        since: datetime,
        issuer: str | None = None,
        as_of: datetime | None = None,
        every_days: int = WEEKLY,
    ) -> StageReport:
        """See `Gateway.score_history`."""
        when = as_of.isoformat() if as_of else None
        steps = {"since": since.isoformat(), "every_days": every_days}
        return record(StageReport, self._ask.done("work", "score", issuer=issuer, as_of=when, **steps))

    def signals(
        self, issuer: str | None = None, as_of: datetime | None = None, kind: str | None = None
    ) -> Sequence[SignalView]:
        """See `Gateway.signals`."""
        return self._ask.all(SignalView, "signals", "newest", issuer=issuer, as_of=as_of, kind=kind)

    def why(self, signal_id: str) -> Why:
        """See `Gateway.why`."""
        return self._ask.one(Why, "signals", signal_id, "why")

    def findings(self, issuer: str, as_of: datetime | None = None) -> Sequence[FindingView]:
        """See `Gateway.findings`."""
        return self._ask.all(FindingView, "findings", issuer=issuer, as_of=as_of)

    def change(self, issuer: str, before: datetime, after: datetime) -> ScoreChangeView:
        """See `Gateway.change`."""
        return self._ask.one(ScoreChangeView, "change", issuer=issuer, before=before, after=after)

    def what_if(self, issuer: str, document: str, as_of: datetime | None = None) -> WhatIfView:
        """See `Gateway.what_if`."""
        return self._ask.one(WhatIfView, "what-if", issuer=issuer, document=document, as_of=as_of)

    def replay(self, signal_id: str) -> ReplayView:
        """See `Gateway.replay`."""
        return self._ask.one(ReplayView, "signals", signal_id, "replay")

    def risk_diff(self, issuer: str, as_of: datetime | None = None) -> RiskDiffView:
        """See `Gateway.risk_diff`."""
        return self._ask.one(RiskDiffView, "risk-diff", issuer=issuer, as_of=as_of)

    def comparisons(
        self, issuer: str, as_of: datetime | None = None, *, all_verdicts: bool = False
    ) -> Sequence[ComparisonView]:
        """See `Gateway.comparisons`."""
        return self._ask.all(
            ComparisonView, "comparisons", issuer=issuer, as_of=as_of, all_verdicts=all_verdicts
        )

    def quarantine(self) -> Sequence[QuarantineView]:
        """See `Gateway.quarantine`."""
        return self._ask.all(QuarantineView, "quarantine")

    def retry(self, quarantine_id: str | None = None, code: str | None = None) -> Sequence[StageReport]:
        """See `Gateway.retry`."""
        return self._reports("retry", quarantine_id=quarantine_id, code=code)

    def status(self) -> StatusView:
        """See `Gateway.status`."""
        return self._ask.one(StatusView, "status")

    def search(
        self,
        text: str,
        issuer: str | None = None,
        as_of: datetime | None = None,
        filters: Filters = ANYTHING,
        limit: int = 20,
    ) -> Found:
        """See `Gateway.search`."""
        public = {"from": filters.since, "to": filters.until}
        told = {"told_from": filters.told_from, "told_to": filters.told_to}
        kinds = {"source": filters.sources, "kind": filters.kinds, "language": filters.languages}
        return self._ask.one(
            Found, "search", q=text, issuer=issuer, as_of=as_of, limit=limit, **public, **told, **kinds
        )

    def call_tool(
        self, name: str, arguments: Mapping[str, Any], as_of: datetime | None = None
    ) -> Mapping[str, Any]:
        """See `Gateway.call_tool`."""
        when = as_of.isoformat() if as_of else None
        found: Mapping[str, Any] = self._ask.send(
            "POST", "tools", name, arguments=dict(arguments), as_of=when
        )
        return found

    def tasks(self) -> Sequence[TaskView]:
        """See `Gateway.tasks`."""
        return self._ask.all(TaskView, "tasks")

    def cancel_task(self, task_id: str) -> TaskView:
        """See `Gateway.cancel_task`."""
        return record(TaskView, self._ask.send("DELETE", "tasks", task_id))

    def _reports(self, operation: str, **body: Any) -> list[StageReport]:
        return records(StageReport, self._ask.done("work", operation, **body))

    def _path(self, path: Path) -> str:
        """A path as the service's machine knows it.

        Raises:
            SettingsError: the service runs elsewhere, where a relative path means something else.
        """
        if self._same_machine:
            return str(path.expanduser().absolute())
        if not path.is_absolute():
            mend = "give an absolute path on the service's machine"
            raise SettingsError("the service runs on another machine", subject=str(path), mend=mend)
        return str(path)
