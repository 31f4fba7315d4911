"""What became of each file, and each record inside one, that a run dealt with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smalti.platform.store import Store
from smalti.service.documents import DocumentRow, rows_view


@dataclass(frozen=True, slots=True)
class Aside:
    """Why something was set aside."""

    quarantine_id: str
    code: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One file, or one record inside one, and what became of it.

    Attributes:
        path: in its source; of files that were handed in it begins with the hash of their bytes.
        record: in the file; empty for the file itself.
        outcome: `parsed`, `part of`, `duplicate`, `skipped`, `quarantined`.
        detail: of that, in words.
        aside: why, if it is quarantined.
        document: what it was read into; of a duplicate, what the same bytes were read into before.
        evidence_id: its first piece.
    """

    path: str
    record: str
    outcome: str
    detail: str
    aside: Aside | None
    document: DocumentRow | None
    evidence_id: str | None


OUTCOMES = """
SELECT x.path, x.record, x.outcome, x.detail, x.artifact_id, q.quarantine_id, q.code, q.reason, q.mend
FROM dispositions x
LEFT JOIN quarantine q ON q.source_id = x.source_id AND q.path = x.path AND q.record = x.record
    AND x.outcome = 'quarantined'
WHERE x.run_id = $run_id
"""
"""Dispositions that a run wrote; one that came later has taken the place of an earlier one."""

_DOCUMENTS = """
SELECT * FROM documents d WHERE list_contains($artifacts::TEXT[], d.artifact_id)
    AND list_contains($parts::TEXT[], d.part)
QUALIFY row_number() OVER (PARTITION BY d.artifact_id, d.part ORDER BY d.recorded_at DESC, d.document_id) = 1
"""

_FIRST = """
SELECT document_id, arg_min(evidence_id, ordinal) FROM evidence
WHERE list_contains($documents::TEXT[], document_id) GROUP BY 1
"""


def outcomes_view(store: Store, rows: Sequence[Mapping[str, Any]]) -> list[OutcomeView]:
    """Outcomes from their rows (`OUTCOMES`), with the documents they led to."""
    wanted = {(row["artifact_id"], row["record"]) for row in rows}
    named = {"artifacts": sorted({a for a, _ in wanted if a}), "parts": sorted({part for _, part in wanted})}
    found = [
        row
        for row in store.read(_DOCUMENTS, named).iter_rows(named=True)
        if (row["artifact_id"], row["part"]) in wanted
    ]
    documents = {(one.artifact_id, one.part): one for one in rows_view(store, found)}
    first = dict(store.read(_FIRST, {"documents": [row["document_id"] for row in found]}).iter_rows())
    return [_view(row, documents.get((row["artifact_id"], row["record"])), first) for row in rows]


def _view(row: Mapping[str, Any], document: DocumentRow | None, first: Mapping[str, str]) -> OutcomeView:
    names = ("quarantine_id", "code", "reason", "mend")
    aside = Aside(*(row[name] for name in names)) if row["quarantine_id"] else None
    read = None if aside else document
    return OutcomeView(
        row["path"],
        row["record"],
        row["outcome"],
        row["detail"] or "",
        aside,
        read,
        first.get(read.document_id) if read else None,
    )
