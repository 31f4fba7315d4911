"""Bytes that were kept long enough go; what was read from them stays, and so does every score."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from smalti.platform.ledger import Run
from smalti.platform.records import SourceKind
from smalti.platform.store import Batch
from smalti.service.assistant.stored import drop
from smalti.service.care.views import RetentionView
from smalti.service.engine import Engine
from smalti.service.tombstones import RETIRED

RETENTION = "retention"

# Of each object the youngest document that needs it counts.
_AGED = (
    "WITH needed AS (SELECT d.artifact_id AS id, d.document_id, d.kind FROM documents d"
    " UNION SELECT e.media_id, d.document_id, d.kind FROM evidence e JOIN documents d USING (document_id)"
    "  WHERE e.media_id IS NOT NULL"
    " UNION SELECT p.artifact_id, d.document_id, d.kind FROM dispositions p JOIN dispositions whole"
    "  ON whole.source_id = p.source_id AND whole.path = p.detail AND whole.record = ''"
    "  JOIN documents d ON d.artifact_id = whole.artifact_id WHERE p.outcome = 'part of' AND p.record = ''),"
    " cited AS (SELECT DISTINCT e.document_id FROM evidence e JOIN (SELECT evidence_id FROM attributions"
    "  UNION SELECT unnest(list_concat(json_extract_string(said, '$[*].evidence_id'),"
    "  json_extract_string(against, '$[*].evidence_id'))) FROM findings) USING (evidence_id))"
    " SELECT n.id, bool_or(n.document_id IN (SELECT document_id FROM cited)) AS is_cited FROM needed n"
    " JOIN documents d USING (document_id)"
    " WHERE n.id NOT IN (SELECT hash FROM tombstones WHERE kind = 'object')"
    " GROUP BY n.id HAVING bool_and(d.recorded_at < CASE {ages} ELSE '-infinity'::TIMESTAMPTZ END)"
    " ORDER BY n.id"
)


def retain(engine: Engine, now: datetime) -> RetentionView:
    """Take away bytes older than `retain_days` says for their kind; nothing where it says nothing.

    Age counts from when a document was stored. What a source still gives is stored again when it is pulled,
    and taken away again.
    """
    days = engine.settings.retain_days
    if not days:
        return RetentionView(0, 0, 0)
    with Run(engine.store, "retain", "") as run:
        aged = engine.store.read(_AGED.format(ages=_ages(days, now)))
        kept = int(aged["is_cited"].sum()) if engine.settings.retain_cited else 0
        going = aged.filter(~aged["is_cited"]) if engine.settings.retain_cited else aged
        there = [one for one in going["id"] if engine.objects.path(one).exists()]
        size = sum(engine.objects.path(one).stat().st_size for one in there)
        batch = Batch()
        batch.add("tombstones", *({"hash": o, "kind": RETIRED, "erasure_id": RETENTION} for o in there))
        engine.store.commit(batch)
        for one in there:
            engine.objects.remove(one)
        run.counts.update(objects=len(there), kept=kept)
    return RetentionView(len(there), size, kept)


def forget_conversations(engine: Engine, now: datetime) -> int:
    """Forget conversations whose last turn is older than `conversation_days`; how many went."""
    until = now - timedelta(days=engine.settings.conversation_days)
    aged = engine.store.read(
        "SELECT conversation_id FROM conversations WHERE changed_at < ? ORDER BY ALL", [until]
    )["conversation_id"]
    if len(aged):
        with Run(engine.store, "forget conversations", "") as run:
            drop(engine.store, aged.to_list())
            run.counts["conversations"] = len(aged)
    return len(aged)


def _ages(days: Mapping[SourceKind, int], now: datetime) -> str:
    return " ".join(
        f"WHEN d.kind = '{kind.value}' THEN '{(now - timedelta(days=number)).isoformat()}'::TIMESTAMPTZ"
        for kind, number in days.items()
    )
