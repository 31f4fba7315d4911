"""Erasure on request: bytes and texts go, hashes stay, and the signals that knew them are marked."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smalti.platform.errors import NotFound, SettingsError, StoreError
from smalti.platform.ledger import Run
from smalti.platform.records import LEAST_LINK, Outcome, content_id
from smalti.platform.store import Erasure, Store
from smalti.platform.store.store import as_json
from smalti.service.care import snapshot
from smalti.service.care.views import ErasureRecord, ErasureView
from smalti.service.engine import Engine
from smalti.service.tombstones import DOCUMENT, ERASED, OBJECT, WORDS

_LEAST_PREFIX = 8
GONE = "what it rested on was erased"
"""What stands where a finding or an alert would quote what was erased."""


@dataclass(slots=True)
class _Scope:
    """What one erasure takes."""

    kind: str
    subject: str
    documents: list[dict[str, Any]] = field(default_factory=list)
    artifacts: set[str] = field(default_factory=set)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    objects: set[str] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)

    @property
    def document_ids(self) -> list[str]:
        return sorted({row["document_id"] for row in self.documents})

    @property
    def evidence_ids(self) -> list[str]:
        return sorted({row["evidence_id"] for row in self.evidence})

    @property
    def content_ids(self) -> list[str]:
        return sorted({row["content_id"] for row in self.evidence if row["content_id"]})


def erase(engine: Engine, subject: str, reason: str, who: str) -> ErasureView:
    """Erase a document, or an artifact with all documents in it; it does not come back when pulled again.

    A document that is one record of a file takes the bytes of every file that holds it along; the other
    records of those files stay.

    Args:
        engine: the owner's.
        subject: id of a document or artifact, or at least eight characters of its beginning.
        reason: why, for the record.
        who: asks for it.

    Raises:
        NotFound: no such document or artifact, or several.
        SettingsError: no reason is given.
        StoreError: the store cannot be written; nothing was erased.
    """
    if not reason.strip():
        raise SettingsError("an erasure needs a reason", subject=subject, mend="--reason TEXT")
    store = engine.store
    scope = _scope(store, subject)
    now = store.now()
    erasure_id = content_id("erasure", scope.kind, scope.subject, now.isoformat())
    with Run(store, "erase", erasure_id) as run:
        copies = _copies(store, scope.document_ids)
        batch, marked = _batch(store, scope, erasure_id, now)
        counts = {
            "documents": len(scope.document_ids),
            "pieces": len(scope.evidence_ids),
            "objects": len(scope.objects),
            "signals": marked,
        }
        batch.add(
            "erasures",
            {
                "erasure_id": erasure_id,
                "subject": scope.subject,
                "kind": scope.kind,
                "reason": reason,
                "by_whom": who,
                "erased_at": now,
                "counts": as_json(counts),
            },
        )
        had_snapshot = bool(snapshot.published(engine))
        store.erase(batch)
        run.counts.update(counts)
        still_in = _clear(engine, scope)
        if had_snapshot:
            snapshot.publish(engine, store.now())
    return ErasureView(
        erasure_id, scope.kind, scope.subject, reason, who, now, **counts, kept=scope.kept, copies=copies,
        still_in=still_in,
    )  # fmt: skip


def erasures(store: Store) -> list[ErasureRecord]:
    """All erasures, newest first."""
    rows = store.read("SELECT * EXCLUDE (recorded_at) FROM erasures ORDER BY erased_at DESC, erasure_id")
    return [
        ErasureRecord(**row | {"counts": json.loads(row["counts"])}) for row in rows.iter_rows(named=True)
    ]


def _clear(engine: Engine, scope: _Scope) -> list[str]:
    """What lies outside the store's rows; returns what may still hold what was erased."""
    from smalti.service import search

    for object_id in sorted(scope.objects):
        engine.objects.remove(object_id)
    excerpts = engine.settings.home / "excerpts"
    for evidence_id in scope.evidence_ids:
        for made in excerpts.glob(f"{evidence_id}-*"):
            made.unlink(missing_ok=True)
    search.remove(engine, scope.document_ids)
    snapshot.withdraw(engine)
    still_in = [str(path) for path in sorted((engine.settings.home / "backups").glob("*.duckdb"))]
    try:
        engine.store.finish_erasure()
    except StoreError as error:
        still_in.append(f"{engine.store.path}: {error.what}; {error.mend}")
    return still_in


def _scope(store: Store, subject: str) -> _Scope:
    """Everything that belongs to what a person named.

    Raises:
        NotFound: no such document or artifact, or several.
    """
    documents = _named(store, "documents", "document_id", subject)
    artifacts = _named(store, "artifacts", "artifact_id", subject)
    if len(documents) + len(artifacts) != 1:
        what = "several begin so" if documents or artifacts else "no such document or artifact"
        mend = f"its id, or at least its first {_LEAST_PREFIX} characters; `smalti why SIGNAL --json` has it"
        raise NotFound(what, subject=subject, mend=mend)
    scope = _Scope("artifact", artifacts[0]) if artifacts else _Scope("document", documents[0])
    if artifacts:
        scope.artifacts = _with_pieces(store, artifacts)
        scope.documents = _rows(
            store,
            "SELECT document_id, artifact_id, part FROM documents"
            " WHERE list_contains($ids::TEXT[], artifact_id)",
            scope.artifacts,
        )
    else:
        scope.documents = _editions(store, documents[0])
        scope.artifacts = _with_pieces(store, {row["artifact_id"] for row in scope.documents})
    scope.evidence = _rows(
        store,
        "SELECT evidence_id, document_id, kind, media_id, content_id FROM evidence"
        " WHERE list_contains($ids::TEXT[], document_id)",
        scope.document_ids,
    )
    scope.reports = [
        row["report_id"]
        for row in _rows(
            store,
            "SELECT DISTINCT report_id FROM report_sources WHERE list_contains($ids::TEXT[], document_id)",
            scope.document_ids,
        )
    ]
    _choose_objects(store, scope)
    return scope


def _named(store: Store, table: str, column: str, prefix: str) -> list[str]:
    if len(prefix) < _LEAST_PREFIX:
        return []
    found = store.read(
        f"SELECT DISTINCT {column} FROM {table} WHERE starts_with({column}, ?) LIMIT 2", [prefix]
    )
    return sorted(found[column])


def _rows(store: Store, sql: str, ids: Collection[str]) -> list[dict[str, Any]]:
    return list(store.read(sql, {"ids": sorted(ids)}).iter_rows(named=True))


def _editions(store: Store, document_id: str) -> list[dict[str, Any]]:
    """A document as every parser version read it; of a record, in every edition of the file it is in."""
    return _rows(
        store,
        "WITH named AS (SELECT artifact_id, part FROM documents"
        "  WHERE list_contains($ids::TEXT[], document_id)),"
        " places AS (SELECT DISTINCT s.source_id, s.path FROM sightings s JOIN named USING (artifact_id)),"
        " same AS (SELECT artifact_id FROM named UNION SELECT s.artifact_id FROM sightings s"
        "  JOIN places p ON p.source_id = s.source_id AND p.path = s.path"
        "  WHERE (SELECT any_value(part) FROM named) <> '')"
        " SELECT d.document_id, d.artifact_id, d.part FROM documents d JOIN same USING (artifact_id)"
        " WHERE d.part = (SELECT any_value(part) FROM named)",
        [document_id],
    )


def _with_pieces(store: Store, artifacts: Collection[str]) -> set[str]:
    """The artifacts and, of a call in pieces, those of its pieces."""
    pieces = _rows(
        store,
        "SELECT p.artifact_id FROM dispositions p JOIN dispositions whole ON whole.source_id = p.source_id"
        " AND whole.path = p.detail AND whole.record = '' WHERE p.outcome = 'part of' AND p.record = ''"
        " AND list_contains($ids::TEXT[], whole.artifact_id)",
        artifacts,
    )
    return {*artifacts, *(row["artifact_id"] for row in pieces if row["artifact_id"])}


def _choose_objects(store: Store, scope: _Scope) -> None:
    """The bytes to take away: the files, and the pictures that nobody else's evidence shows."""
    pictures = {row["media_id"] for row in scope.evidence if row["media_id"]} - scope.artifacts
    others = _rows(
        store,
        "SELECT DISTINCT media_id FROM evidence WHERE list_contains($ids::TEXT[], media_id)"
        " AND NOT list_contains($own::TEXT[], document_id)".replace("$own", _literal(scope.document_ids)),
        pictures,
    )
    scope.kept = sorted(row["media_id"] for row in others)
    files = _rows(
        store,
        "SELECT content_id, pdf_id, html_id FROM reports WHERE list_contains($ids::TEXT[], report_id)",
        scope.reports,
    )
    made = {one for row in files for one in row.values() if one}
    scope.objects = scope.artifacts | (pictures - set(scope.kept)) | made


def _literal(ids: Collection[str]) -> str:
    """Ids of ours (hex) as a list in SQL."""
    return "[" + ", ".join(f"'{one}'" for one in ids) + "]"


def _copies(store: Store, documents: Collection[str]) -> list[str]:
    found = _rows(
        store,
        "SELECT document_id AS id FROM duplicates WHERE list_contains($ids::TEXT[], of_document)"
        " UNION SELECT of_document FROM duplicates WHERE list_contains($ids::TEXT[], document_id)",
        documents,
    )
    return sorted({row["id"] for row in found} - set(documents))


def _batch(store: Store, scope: _Scope, erasure_id: str, now: datetime) -> tuple[Erasure, int]:
    """The rows to take out and to write, and how many signals are marked."""
    batch = Erasure()
    documents, evidence = scope.document_ids, scope.evidence_ids
    left = {
        row["artifact_id"]
        for row in _rows(
            store,
            "SELECT DISTINCT artifact_id FROM documents WHERE list_contains($ids::TEXT[], artifact_id)"
            f" AND NOT list_contains({_literal(documents)}::TEXT[], document_id)",
            scope.artifacts,
        )
    }
    for table in ("facts", "prices", "links", "duplicates", "evidence", "documents"):
        batch.remove(table, "document_id", documents)
    batch.remove("duplicates", "of_document", documents)
    for table, other in (("likenesses", "of_evidence"), ("comparisons", "with_evidence")):
        batch.remove(table, "evidence_id", evidence)
        batch.remove(table, other, evidence)
    batch.remove("embeddings", "content_id", _content_of_nobody_else(store, scope))
    batch.remove("sightings", "artifact_id", scope.artifacts - left)
    batch.remove("artifacts", "artifact_id", scope.artifacts - left)
    batch.remove("quarantine", "artifact_id", scope.artifacts)
    batch.remove("report_sources", "report_id", scope.reports)
    batch.remove("reports", "report_id", scope.reports)
    _settle(store, batch, scope)
    marks = _marks(store, scope)
    for signal_id, (how, pieces) in marks.items():
        batch.add(
            "erased_signals",
            {"signal_id": signal_id, "erasure_id": erasure_id, "how": how, "pieces": pieces},
        )
    _blank(store, batch, evidence, [one for one, (how, _) in marks.items() if how == "cited"])
    stones = [(OBJECT, scope.objects), (DOCUMENT, documents), (WORDS, scope.content_ids)]
    for kind, hashes in stones:
        batch.add(
            "tombstones", *({"hash": one, "kind": kind, "erasure_id": erasure_id} for one in sorted(hashes))
        )
    return batch, len(marks)


def _content_of_nobody_else(store: Store, scope: _Scope) -> list[str]:
    shared = _rows(
        store,
        "SELECT DISTINCT content_id FROM evidence WHERE list_contains($ids::TEXT[], content_id)"
        f" AND NOT list_contains({_literal(scope.document_ids)}::TEXT[], document_id)",
        scope.content_ids,
    )
    return sorted(set(scope.content_ids) - {row["content_id"] for row in shared})


def _settle(store: Store, batch: Erasure, scope: _Scope) -> None:
    """Each file and record that goes keeps its disposition, which now says that it was erased."""
    gone = {(row["artifact_id"], row["part"]) for row in scope.documents}
    rows = _rows(
        store,
        "SELECT * EXCLUDE (recorded_at) FROM dispositions WHERE list_contains($ids::TEXT[], artifact_id)",
        scope.artifacts,
    )
    for row in rows:
        is_gone = scope.kind == "artifact" or not row["record"] or (row["artifact_id"], row["record"]) in gone
        if is_gone:
            batch.add(
                "dispositions", row | {"outcome": Outcome.SKIPPED.value, "detail": ERASED, "parser": ""}
            )


def _marks(store: Store, scope: _Scope) -> dict[str, tuple[str, int]]:
    """Signals that cite what goes, and those made when it was known: how, and by how many pieces."""
    cited = _rows(
        store,
        "SELECT signal_id, count(DISTINCT evidence_id) AS pieces FROM (SELECT signal_id, evidence_id"
        "  FROM attributions UNION SELECT signal_id, unnest(list_concat(json_extract_string(said,"
        "  '$[*].evidence_id'), json_extract_string(against, '$[*].evidence_id'))) FROM findings)"
        " WHERE list_contains($ids::TEXT[], evidence_id) GROUP BY signal_id",
        scope.evidence_ids,
    )
    read = _rows(
        store,
        "SELECT DISTINCT s.signal_id FROM documents d JOIN links l USING (document_id)"
        f" JOIN signals s ON s.issuer_id = l.issuer_id AND l.score >= {LEAST_LINK}"
        " AND s.as_of >= d.available_at AND s.recorded_at >= d.recorded_at"
        " WHERE list_contains($ids::TEXT[], d.document_id)",
        scope.document_ids,
    )
    marks = {row["signal_id"]: ("read", 0) for row in read}
    return marks | {row["signal_id"]: ("cited", row["pieces"]) for row in cited}


def _blank(store: Store, batch: Erasure, evidence: Collection[str], cited: Collection[str]) -> None:
    """Findings and alerts quote: their words go, what they were about stays."""
    gone = set(evidence)
    for row in _rows(
        store,
        "SELECT finding_id, said, against FROM findings WHERE list_has_any(list_concat("
        "json_extract_string(said, '$[*].evidence_id'), json_extract_string(against, '$[*].evidence_id')),"
        " $ids::TEXT[])",
        evidence,
    ):
        sides = {side: as_json(_unquoted(json.loads(row[side]), gone)) for side in ("said", "against")}
        batch.blank("findings", "finding_id", [row["finding_id"]], reason=GONE, details="{}", **sides)
    batch.blank("alerts", "signal_id", cited, reason=GONE, details="{}")


def _unquoted(side: Collection[Mapping[str, Any]], gone: Collection[str]) -> list[dict[str, Any]]:
    return [{**one, "quote": ""} if one["evidence_id"] in gone else dict(one) for one in side]
