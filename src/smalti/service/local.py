"""The gateway that owns the store itself: for a laptop, and inside the service."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smalti.platform.errors import NotFound
from smalti.platform.ledger import Run
from smalti.platform.records import Locator
from smalti.service.engine import Engine
from smalti.service.stages.embed import embed
from smalti.service.stages.ingest import ingest
from smalti.service.stages.link import link_all
from smalti.service.stages.score import score_all
from smalti.service.views import (
    EvidenceView,
    QuarantineView,
    SignalView,
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
        runs = (ingest(self._engine, root), link_all(self._engine), embed(self._engine))
        return [_report(run) for run in runs]

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
        reports: list[StageReport] = []
        for address in sorted({e.source for e in entries}):
            paths = {e.path for e in entries if e.source == address}
            reports.append(_report(ingest(self._engine, Path(address), again=paths)))
        return [*reports, _report(link_all(self._engine)), _report(embed(self._engine))]

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
        } | {i for i, alias in aliases.iter_rows() if alias.casefold() == wanted}
        near = {i for i, name, _ in names.iter_rows() if name.casefold().startswith(wanted)}
        found = exact or near
        if len(found) == 1:
            return str(found.pop())
        known = ", ".join(sorted(names["name"].to_list())[:20]) or "none yet"
        what = "no such issuer" if not found else "several issuers are called so"
        raise NotFound(what, subject=text, mend=f"known: {known}")


def _report(run: Run) -> StageReport:
    return StageReport(run.stage, run.run_id, dict(run.counts), round(run.seconds, 3))


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
