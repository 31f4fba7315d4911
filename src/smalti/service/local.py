"""The gateway that owns the store itself: for a laptop, and inside the service."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smalti.ingest.feeds.source import FOLDER, Source
from smalti.platform.errors import NotFound
from smalti.platform.ledger import Run
from smalti.platform.records import Locator, SourceKind
from smalti.service import jobs, sources
from smalti.service.engine import Engine
from smalti.service.risk_diff import risk_diff
from smalti.service.stages.ingest import ingest
from smalti.service.stages.pulls import after_reading, pull_source, subject
from smalti.service.stages.push import PUSHED, push
from smalti.service.stages.score import score_all
from smalti.service.told_twice import told_twice
from smalti.service.trial import try_source
from smalti.service.views import (
    ComparisonView,
    EvidenceView,
    QuarantineView,
    RiskDiffView,
    SignalView,
    SourceTest,
    SourceView,
    StageReport,
    StatusView,
    Why,
)

_SIGNALS = (
    "SELECT s.*, i.name AS issuer, coalesce(y.synthetic, false) AS synthetic"
    " FROM signals s JOIN issuers i USING (issuer_id) LEFT JOIN"
    " (SELECT l.issuer_id, bool_or(json_extract_string(d.hints, '$.synthetic') IS NOT NULL) AS synthetic"
    "  FROM links l JOIN documents d USING (document_id) GROUP BY l.issuer_id) y USING (issuer_id)"
)

_QUOTE = 240  # characters of a piece shown


class LocalGateway:
    """See `Gateway`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store = engine.store

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

    def up(self, told: Callable[[Sequence[StageReport]], None], stop: threading.Event) -> None:
        """See `Gateway.up`."""
        with jobs.scheduled(self._engine, lambda runs: told([_report(run) for run in runs])):
            stop.wait()

    def score(self, issuer: str | None = None, as_of: datetime | None = None) -> StageReport:
        """See `Gateway.score`."""
        wanted = None if issuer is None else self._issuer(issuer)
        return _report(score_all(self._engine, wanted, as_of))

    def signals(
        self, issuer: str | None = None, as_of: datetime | None = None, kind: str | None = None
    ) -> Sequence[SignalView]:
        """See `Gateway.signals`."""
        wanted = None if issuer is None else self._issuer(issuer)
        rows = self._store.read(
            f"{_SIGNALS}"
            " WHERE ($issuer IS NULL OR s.issuer_id = $issuer) AND s.as_of <= $as_of"
            " AND ($kind IS NULL OR s.kind = $kind OR s.kind LIKE $kind || '.%')"
            " QUALIFY row_number() OVER (PARTITION BY s.issuer_id, s.kind, s.horizon_days"
            "  ORDER BY s.as_of DESC, s.recorded_at DESC) = 1"
            " ORDER BY i.name, s.kind, s.horizon_days",
            {"issuer": wanted, "as_of": as_of or datetime.max.replace(tzinfo=UTC), "kind": kind},
        )
        return [_signal(row) for row in rows.iter_rows(named=True)]

    def why(self, signal_id: str) -> Why:
        """See `Gateway.why`."""
        found = self._store.read(
            f"{_SIGNALS} WHERE starts_with(s.signal_id, ?)",
            [signal_id],
        )
        if found.height != 1:
            what = "no signal has this id" if not found.height else f"{found.height} signals begin so"
            raise NotFound(what, subject=signal_id, mend="`smalti signals` lists them with their ids")
        signal = _signal(found.row(0, named=True))
        evidence = self._store.read(
            "SELECT a.rank, a.effect, a.modality, a.method, e.*, d.title, d.kind AS source, d.available_at,"
            " (SELECT min(x.path) FROM dispositions x WHERE x.artifact_id = d.artifact_id AND x.record = '')"
            " AS file"
            " FROM attributions a JOIN evidence e USING (evidence_id) JOIN documents d USING (document_id)"
            " WHERE a.signal_id = ? ORDER BY a.method = 'context', a.rank",
            [signal.signal_id],
        )
        return Why(signal, [_evidence(row) for row in evidence.iter_rows(named=True)])

    def risk_diff(self, issuer: str, as_of: datetime | None = None) -> RiskDiffView:
        """See `Gateway.risk_diff`."""
        return risk_diff(self._store, self._issuer(issuer), as_of or datetime.now(UTC))

    def comparisons(
        self, issuer: str, as_of: datetime | None = None, *, all_verdicts: bool = False
    ) -> Sequence[ComparisonView]:
        """See `Gateway.comparisons`."""
        moment = as_of or datetime.now(UTC)
        return told_twice(self._store, self._issuer(issuer), moment, all_verdicts=all_verdicts)

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

    def retry(self, quarantine_id: str | None = None) -> Sequence[StageReport]:
        """See `Gateway.retry`."""
        entries = [e for e in self.quarantine() if quarantine_id in (None, e.quarantine_id)]
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
            list(runs.iter_rows(named=True)),
            unfinished,
            newest,
        )

    def _issuer(self, text: str) -> str:
        """The id of the issuer called so: by id, name, alias, ticker or CIK."""
        names = self._store.read("SELECT issuer_id, name, cik FROM issuers")
        aliases = self._store.read("SELECT issuer_id, text FROM issuer_names")
        wanted = text.casefold()
        exact = {
            i for i, name, cik in names.iter_rows() if wanted in (i, name.casefold(), (cik or "").lstrip("0"))
        } | {i for i, alias in aliases.iter_rows() if wanted in (alias.casefold(), alias.lstrip("0"))}
        near = {i for i, name, _ in names.iter_rows() if name.casefold().startswith(wanted)}
        found = exact or near
        if len(found) == 1:
            return str(found.pop())
        known = ", ".join(sorted(names["name"].to_list())[:20]) or "none yet"
        what = "no such issuer" if not found else "several issuers are called so"
        raise NotFound(what, subject=text, mend=f"known: {known}")


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


def _signal(row: Mapping[str, Any]) -> SignalView:
    values = {name: row[name] for name in SignalView.__slots__ if name != "details"}
    return SignalView(**values, details=json.loads(row["details"]))


def _evidence(row: Mapping[str, Any]) -> EvidenceView:
    return EvidenceView(
        rank=row["rank"],
        evidence_id=row["evidence_id"],
        modality=row["modality"],
        effect=row["effect"],
        method=row["method"],
        kind=row["kind"],
        where=Locator.from_json(row["locator"]).describe(),
        quote=_shortened(row["text"]),
        title=row["title"],
        source=row["source"],
        file=row["file"] or "",
        available_at=row["available_at"],
    )


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _QUOTE else flat[: _QUOTE - 1] + "…"
