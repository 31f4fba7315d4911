"""The gateway that owns the store itself: for a laptop, and inside the service."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smalti.assistant.records import Audience
from smalti.assistant.retrieval import ANYTHING, Filters, Found, Question
from smalti.ingest.feeds.source import FOLDER, Source
from smalti.platform.auth.access import Access
from smalti.platform.errors import NotFound
from smalti.platform.ledger import Run
from smalti.platform.records import SourceKind
from smalti.service import sources
from smalti.service.alerts.desk import LocalAlerts
from smalti.service.assistant.local import LocalAssistant
from smalti.service.assistant.tool_calls import call_tool
from smalti.service.care.local import LocalCare
from smalti.service.changes import change, what_if
from smalti.service.chat.desk import LocalChat
from smalti.service.engine import Engine
from smalti.service.gateway import WEEKLY
from smalti.service.issuers import issuer_called
from smalti.service.people import LocalPeople
from smalti.service.replay import replay
from smalti.service.reports.local import LocalReports
from smalti.service.risk_diff import risk_diff
from smalti.service.search import search
from smalti.service.signals import findings, newest_signals, signal_row, why
from smalti.service.stages.history import score_history
from smalti.service.stages.ingest import ingest
from smalti.service.stages.pulls import after_reading, pull_source, subject
from smalti.service.stages.push import PUSHED, push
from smalti.service.stages.score import newest, score_all
from smalti.service.tasks import TaskView
from smalti.service.told_twice import told_twice
from smalti.service.trial import try_source
from smalti.service.views import (
    ComparisonView,
    FindingView,
    LastRun,
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

_LAST = datetime.max.replace(tzinfo=UTC)


class LocalGateway:
    """See `Gateway`."""

    def __init__(self, engine: Engine, access: Access | None = None) -> None:
        self._engine = engine
        self._store = engine.store
        self.access = access or Access(engine.store, engine.settings)
        self.people = LocalPeople(self.access)
        self.alerts = LocalAlerts(engine, self.access.audit)
        self.chat = LocalChat(engine, self.access.audit)
        self.reports = LocalReports(engine)
        self.assistant = LocalAssistant(engine)
        self.care = LocalCare(engine)

    def ingest(self, root: Path) -> Sequence[StageReport]:
        """See `Gateway.ingest`."""
        return [_report(run) for run in (ingest(self._engine, root), *after_reading(self._engine))]

    def push(
        self,
        files: Sequence[Path],
        kind: SourceKind | None = None,
        published_at: datetime | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> Sequence[StageReport]:
        """See `Gateway.push`."""
        run = push(self._engine, files, kind, published_at, hints)
        return [_report(run) for run in (run, *after_reading(self._engine))]

    def pull(self, name: str | None = None) -> Sequence[StageReport]:
        """See `Gateway.pull`."""
        if name is None:
            wanted = [source for source in sources.all_sources(self._store) if not source.paused]
        else:
            wanted = [sources.find(self._store, name)]
        runs = [pull_source(self._engine, source) for source in wanted]
        return [_report(run) for run in (*runs, *after_reading(self._engine))]

    def sources(self) -> Sequence[SourceView]:
        """See `Gateway.sources`."""
        last = self._store.read(
            "SELECT subject, state, started_at, counts, error FROM runs WHERE stage IN ('pull', 'ingest')"
            " QUALIFY row_number() OVER (PARTITION BY subject ORDER BY started_at DESC) = 1"
        )
        runs = {row["subject"]: row for row in last.iter_rows(named=True)}
        return [_source(source, runs.get(subject(source))) for source in sources.all_sources(self._store)]

    def add_source(self, source: Source) -> None:
        """See `Gateway.add_source`."""
        sources.add(self._store, source)

    def pause_source(self, name: str, paused: bool) -> None:
        """See `Gateway.pause_source`."""
        sources.pause(self._store, name, paused)

    def remove_source(self, name: str) -> None:
        """See `Gateway.remove_source`."""
        sources.remove(self._store, name)

    def test_source(self, name: str) -> SourceTest:
        """See `Gateway.test_source`."""
        return try_source(self._engine, sources.find(self._store, name))

    def score(self, issuer: str | None = None, as_of: datetime | None = None) -> StageReport:
        """See `Gateway.score`."""
        wanted = None if issuer is None else issuer_called(self._store, issuer)
        return _report(score_all(self._engine, wanted, as_of))

    def score_history(
        self,
        since: datetime,
        issuer: str | None = None,
        as_of: datetime | None = None,
        every_days: int = WEEKLY,
    ) -> StageReport:
        """See `Gateway.score_history`."""
        wanted = None if issuer is None else issuer_called(self._store, issuer)
        return _report(score_history(self._engine, wanted, since, as_of, every_days))

    def signals(
        self, issuer: str | None = None, as_of: datetime | None = None, kind: str | None = None
    ) -> Sequence[SignalView]:
        """See `Gateway.signals`."""
        wanted = None if issuer is None else issuer_called(self._store, issuer)
        return newest_signals(self._store, wanted, as_of or _LAST, kind)

    def why(self, signal_id: str) -> Why:
        """See `Gateway.why`."""
        return why(self._store, signal_id)

    def findings(self, issuer: str, as_of: datetime | None = None) -> Sequence[FindingView]:
        """See `Gateway.findings`."""
        return findings(
            self._store, newest_signals(self._store, issuer_called(self._store, issuer), as_of or _LAST, None)
        )

    def change(self, issuer: str, before: datetime, after: datetime) -> ScoreChangeView:
        """See `Gateway.change`."""
        return change(self._engine, issuer_called(self._store, issuer), before, after)

    def what_if(self, issuer: str, document: str, as_of: datetime | None = None) -> WhatIfView:
        """See `Gateway.what_if`."""
        wanted = issuer_called(self._store, issuer)
        moment = as_of or newest(self._engine.store, wanted) or self._store.now()
        return what_if(self._engine, wanted, document, moment)

    def replay(self, signal_id: str) -> ReplayView:
        """See `Gateway.replay`."""
        return replay(self._engine, signal_row(self._store, signal_id))

    def risk_diff(self, issuer: str, as_of: datetime | None = None) -> RiskDiffView:
        """See `Gateway.risk_diff`."""
        return risk_diff(self._store, issuer_called(self._store, issuer), as_of or self._store.now())

    def comparisons(
        self, issuer: str, as_of: datetime | None = None, *, all_verdicts: bool = False
    ) -> Sequence[ComparisonView]:
        """See `Gateway.comparisons`."""
        moment = as_of or self._store.now()
        return told_twice(self._store, issuer_called(self._store, issuer), moment, all_verdicts=all_verdicts)

    def search(
        self,
        text: str,
        issuer: str | None = None,
        as_of: datetime | None = None,
        filters: Filters = ANYTHING,
        limit: int = 20,
    ) -> Found:
        """See `Gateway.search`."""
        wanted = () if issuer is None else (issuer_called(self._store, issuer),)
        moment = as_of or self._store.now()
        question = Question(text, moment, wanted, filters, limit)
        return search(self._engine, question)

    def quarantine(self) -> Sequence[QuarantineView]:
        """See `Gateway.quarantine`."""
        rows = self._store.read(
            "SELECT q.*, s.address FROM quarantine q JOIN sources s USING (source_id)"
            " ORDER BY q.recorded_at DESC, q.path, q.record"
        )
        names = QuarantineView.__slots__
        return [
            QuarantineView(**{n: row[n] for n in names if n != "source"}, source=row["address"])
            for row in rows.iter_rows(named=True)
        ]

    def retry(self, quarantine_id: str | None = None, code: str | None = None) -> Sequence[StageReport]:
        """See `Gateway.retry`."""
        entries = [
            e
            for e in self.quarantine()
            if quarantine_id in (None, e.quarantine_id) and code in (None, e.code)
        ]
        if quarantine_id is not None and not entries:
            raise NotFound("no such quarantine entry", subject=quarantine_id, mend="`smalti quarantine list`")
        paths: dict[str, set[str]] = {}
        for entry in entries:
            paths.setdefault(entry.source_id, set()).add(entry.path)
        runs = [self._again(source_id, names) for source_id, names in sorted(paths.items())]
        done = [run for run in runs if run is not None]
        return [_report(run) for run in (*done, *after_reading(self._engine))]

    def _again(self, source_id: str, paths: set[str]) -> Run | None:
        """Take some things of a source anew; None where a person must hand them in again."""
        source = sources.by_id(self._store, source_id)
        if source.kind == FOLDER:
            return ingest(self._engine, Path(source.address), again=paths)
        return None if source.kind == PUSHED.kind else pull_source(self._engine, source, again=paths)

    def call_tool(
        self, name: str, arguments: Mapping[str, Any], as_of: datetime | None = None
    ) -> Mapping[str, Any]:
        """See `Gateway.call_tool`."""
        return call_tool(self._engine, Audience.ANALYST, name, arguments, as_of)

    def tasks(self) -> Sequence[TaskView]:
        """See `Gateway.tasks`: what a command does goes on in front of whoever gave it."""
        return []

    def cancel_task(self, task_id: str) -> TaskView:
        """See `Gateway.cancel_task`."""
        mend = "tasks go on in a running service alone: `smalti up`"
        raise NotFound("no such task", subject=task_id, mend=mend)

    def status(self) -> StatusView:
        """See `Gateway.status`."""
        read = self._store.read
        by_outcome = read(
            "SELECT record = '' AS whole, outcome, count(*) AS n FROM dispositions GROUP BY ALL ORDER BY ALL"
        )
        files = {o: n for whole, o, n in by_outcome.iter_rows() if whole}
        records = {o: n for whole, o, n in by_outcome.iter_rows() if not whole}
        runs = read(
            "SELECT stage, subject, state, started_at, finished_at, counts FROM runs"
            " ORDER BY started_at DESC LIMIT 10"
        )
        unfinished = read("SELECT count(*) FROM runs WHERE state = 'interrupted'").item()
        newest = read("SELECT max(available_at) FROM documents WHERE available_method <> 'recorded'").item()
        return StatusView(
            str(self._store.path.resolve()),
            self._store.counts(),
            files,
            records,
            [LastRun(**row) for row in runs.iter_rows(named=True)],
            unfinished,
            newest,
        )


def _report(run: Run) -> StageReport:
    return StageReport(run.stage, run.run_id, dict(run.counts), round(run.seconds, 3))


def _source(source: Source, last: Mapping[str, Any] | None) -> SourceView:
    return SourceView(
        source.name,
        source.kind,
        source.address,
        source.schedule,
        source.paused,
        source.options,
        last["started_at"] if last else None,
        last["state"] if last else None,
        json.loads(last["counts"]) if last else {},
        last["error"] if last else None,
    )
