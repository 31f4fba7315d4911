"""Erasure on request: bytes and texts go, hashes stay, and the signals that knew them are marked."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from smalti.platform.errors import NotFound, SettingsError, StoreError
from smalti.platform.ledger import Run
from smalti.platform.records import LEAST_LINK, Outcome, content_id
from smalti.platform.store import Erasure, Store
from smalti.platform.store.store import as_json
from smalti.service.alerts.queueing import erased_message
from smalti.service.assistant.erasing import forget_quotes
from smalti.service.care import snapshot
from smalti.service.care.scope import Scope, literal, rows_of, scope_of
from smalti.service.care.views import ErasureRecord, ErasureView
from smalti.service.engine import Engine
from smalti.service.tombstones import DOCUMENT, ERASED, EVIDENCE, OBJECT, WORDS

GONE = "what it rested on was erased"
"""What stands where a finding or an alert would quote what was erased."""


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
    scope = scope_of(engine.store, subject)
    now = engine.store.now()
    erasure_id = content_id("erasure", scope.kind, scope.subject, now.isoformat())
    return _carry_out(engine, scope, erasure_id, reason, who, now)


def erase_again(engine: Engine, known: pl.DataFrame) -> int:
    """Erase what was erased after the backup that this store comes from; returns how many erasures.

    Args:
        engine: of the restored store.
        known: columns of `erasures`, with `hash` and `tombstone` (its kind): a row a tombstone.
    """
    done = set(engine.store.read("SELECT erasure_id FROM erasures")["erasure_id"])
    again = 0
    for (erasure_id,), stones in known.group_by("erasure_id", maintain_order=True):
        if erasure_id in done:
            continue
        first = stones.row(0, named=True)
        try:
            scope = scope_of(engine.store, first["subject"])
        except NotFound:  # it came after the backup; only that it must not come back is to be known
            scope = Scope(first["kind"], first["subject"])
        scope.stones = [(row["tombstone"], row["hash"]) for row in stones.iter_rows(named=True)]
        _carry_out(engine, scope, str(erasure_id), first["reason"], first["by_whom"], first["erased_at"])
        again += 1
    return again


def _carry_out(
    engine: Engine, scope: Scope, erasure_id: str, reason: str, who: str, at: datetime
) -> ErasureView:
    store = engine.store
    with Run(store, "erase", erasure_id) as run:
        copies = _copies(store, scope.document_ids)
        batch, marked = _batch(store, scope, erasure_id)
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
                "erased_at": at,
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
        erasure_id, scope.kind, scope.subject, reason, who, at, **counts, kept=scope.kept, copies=copies,
        still_in=still_in,
    )  # fmt: skip


def erasures(store: Store) -> list[ErasureRecord]:
    """All erasures, newest first."""
    rows = store.read("SELECT * EXCLUDE (recorded_at) FROM erasures ORDER BY erased_at DESC, erasure_id")
    return [
        ErasureRecord(**row | {"counts": json.loads(row["counts"])}) for row in rows.iter_rows(named=True)
    ]


def _clear(engine: Engine, scope: Scope) -> list[str]:
    """What lies outside the store's rows; returns what may still hold what was erased."""
    from smalti.service import search

    for object_id in sorted(scope.objects):
        engine.objects.remove(object_id)
    excerpts = engine.settings.home / "excerpts"
    for subject in (*scope.evidence_ids, *scope.document_ids, *scope.reports):
        for made in excerpts.glob(f"{subject}-*"):
            made.unlink(missing_ok=True)
    search.remove(engine, scope.document_ids)
    snapshot.withdraw(engine)
    still_in = [str(path) for path in sorted((engine.settings.home / "backups").glob("*.duckdb"))]
    try:
        engine.store.finish_erasure()
    except StoreError as error:
        still_in.append(f"{engine.store.path}: {error.what}; {error.mend}")
    return still_in


def _copies(store: Store, documents: Collection[str]) -> list[str]:
    found = rows_of(
        store,
        "SELECT document_id AS id FROM duplicates WHERE list_contains($ids::TEXT[], of_document)"
        " UNION SELECT of_document FROM duplicates WHERE list_contains($ids::TEXT[], document_id)",
        documents,
    )
    return sorted({row["id"] for row in found} - set(documents))


def _batch(store: Store, scope: Scope, erasure_id: str) -> tuple[Erasure, int]:
    """The rows to take out and to write, and how many signals are marked."""
    batch = Erasure()
    documents, evidence = scope.document_ids, scope.evidence_ids
    left = {
        row["artifact_id"]
        for row in rows_of(
            store,
            "SELECT DISTINCT artifact_id FROM documents WHERE list_contains($ids::TEXT[], artifact_id)"
            f" AND NOT list_contains({literal(documents)}::TEXT[], document_id)",
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
    forget_quotes(store, batch, evidence)
    _blank(store, batch, evidence, [one for one, (how, _) in marks.items() if how == "cited"])
    stones = {(DOCUMENT, one) for one in documents} | {(WORDS, one) for one in scope.content_ids}
    stones |= {(EVIDENCE, one) for one in evidence}
    stones |= {(OBJECT, one) for one in scope.objects} | set(scope.stones)
    batch.add(
        "tombstones",
        *({"hash": one, "kind": kind, "erasure_id": erasure_id} for kind, one in sorted(stones)),
    )
    return batch, len(marks)


def _content_of_nobody_else(store: Store, scope: Scope) -> list[str]:
    shared = rows_of(
        store,
        "SELECT DISTINCT content_id FROM evidence WHERE list_contains($ids::TEXT[], content_id)"
        f" AND NOT list_contains({literal(scope.document_ids)}::TEXT[], document_id)",
        scope.content_ids,
    )
    return sorted(set(scope.content_ids) - {row["content_id"] for row in shared})


def _settle(store: Store, batch: Erasure, scope: Scope) -> None:
    """Each file and record that goes keeps its disposition, which now says that it was erased."""
    gone = {(row["artifact_id"], row["part"]) for row in scope.documents}
    rows = rows_of(
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


def _marks(store: Store, scope: Scope) -> dict[str, tuple[str, int]]:
    """Signals that cite what goes, and those made when it was known: how, and by how many pieces."""
    cited = rows_of(
        store,
        "SELECT signal_id, count(DISTINCT evidence_id) AS pieces FROM (SELECT signal_id, evidence_id"
        "  FROM attributions UNION SELECT signal_id, unnest(list_concat(json_extract_string(said,"
        "  '$[*].evidence_id'), json_extract_string(against, '$[*].evidence_id'))) FROM findings)"
        " WHERE list_contains($ids::TEXT[], evidence_id) GROUP BY signal_id",
        scope.evidence_ids,
    )
    read = rows_of(
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
    """Findings, alerts and messages quote: their words go, what they were about stays."""
    gone = set(evidence)
    for row in rows_of(
        store,
        "SELECT finding_id, said, against FROM findings WHERE list_has_any(list_concat("
        "json_extract_string(said, '$[*].evidence_id'), json_extract_string(against, '$[*].evidence_id')),"
        " $ids::TEXT[])",
        evidence,
    ):
        sides = {side: as_json(_unquoted(json.loads(row[side]), gone)) for side in ("said", "against")}
        batch.blank("findings", "finding_id", [row["finding_id"]], reason=GONE, details="{}", **sides)
    batch.blank("alerts", "signal_id", cited, reason=GONE, details="{}")
    quoting = rows_of(
        store,
        "SELECT delivery_id FROM deliveries"
        " WHERE list_has_any(json_extract_string(message, '$.cites[*]'), $ids::TEXT[])",
        evidence,
    )
    told = [row["delivery_id"] for row in quoting]
    batch.blank("deliveries", "delivery_id", told, title=GONE, message=erased_message())
    replying = rows_of(
        store,
        "SELECT event_id FROM integration_events"
        " WHERE list_has_any(json_extract_string(outgoing, '$.cites[*]'), $ids::TEXT[])",
        evidence,
    )
    # Unsent, they are made anew from what is left.
    batch.blank("integration_events", "event_id", [row["event_id"] for row in replying], outgoing=None)


def _unquoted(side: Collection[Mapping[str, Any]], gone: Collection[str]) -> list[dict[str, Any]]:
    return [{**one, "quote": ""} if one["evidence_id"] in gone else dict(one) for one in side]
