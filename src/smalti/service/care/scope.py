"""What belongs to a document or artifact that is to be erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from smalti.platform.errors import NotFound
from smalti.platform.store import Store

_LEAST_PREFIX = 8


@dataclass(slots=True)
class Scope:
    """What one erasure takes."""

    kind: str
    subject: str
    documents: list[dict[str, Any]] = field(default_factory=list)
    artifacts: set[str] = field(default_factory=set)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    objects: set[str] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    stones: list[tuple[str, str]] = field(default_factory=list)

    @property
    def document_ids(self) -> list[str]:
        """Of the documents, in order, each once."""
        return sorted({row["document_id"] for row in self.documents})

    @property
    def evidence_ids(self) -> list[str]:
        """Of their evidence."""
        return sorted({row["evidence_id"] for row in self.evidence})

    @property
    def content_ids(self) -> list[str]:
        """Of what that says or shows."""
        return sorted({row["content_id"] for row in self.evidence if row["content_id"]})


def scope_of(store: Store, subject: str) -> Scope:
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
    scope = Scope("artifact", artifacts[0]) if artifacts else Scope("document", documents[0])
    if artifacts:
        scope.artifacts = _with_pieces(store, artifacts)
        scope.documents = rows_of(
            store,
            "SELECT document_id, artifact_id, part FROM documents"
            " WHERE list_contains($ids::TEXT[], artifact_id)",
            scope.artifacts,
        )
    else:
        scope.documents = _editions(store, documents[0])
        scope.artifacts = _with_pieces(store, {row["artifact_id"] for row in scope.documents})
    scope.evidence = rows_of(
        store,
        "SELECT evidence_id, document_id, kind, media_id, content_id FROM evidence"
        " WHERE list_contains($ids::TEXT[], document_id)",
        scope.document_ids,
    )
    scope.reports = [
        row["report_id"]
        for row in rows_of(
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


def rows_of(store: Store, sql: str, ids: Collection[str]) -> list[dict[str, Any]]:
    """The rows of a query that asks about `$ids`."""
    return list(store.read(sql, {"ids": sorted(ids)}).iter_rows(named=True))


def _editions(store: Store, document_id: str) -> list[dict[str, Any]]:
    """A document as every parser version read it; of a record, in every edition of the file it is in."""
    return rows_of(
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
    pieces = rows_of(
        store,
        "SELECT p.artifact_id FROM dispositions p JOIN dispositions whole ON whole.source_id = p.source_id"
        " AND whole.path = p.detail AND whole.record = '' WHERE p.outcome = 'part of' AND p.record = ''"
        " AND list_contains($ids::TEXT[], whole.artifact_id)",
        artifacts,
    )
    return {*artifacts, *(row["artifact_id"] for row in pieces if row["artifact_id"])}


def _choose_objects(store: Store, scope: Scope) -> None:
    """The bytes to take away: the files, and the pictures that nobody else's evidence shows."""
    pictures = {row["media_id"] for row in scope.evidence if row["media_id"]} - scope.artifacts
    others = rows_of(
        store,
        "SELECT DISTINCT media_id FROM evidence WHERE list_contains($ids::TEXT[], media_id)"
        " AND NOT list_contains($own::TEXT[], document_id)".replace("$own", literal(scope.document_ids)),
        pictures,
    )
    scope.kept = sorted(row["media_id"] for row in others)
    files = rows_of(
        store,
        "SELECT content_id, pdf_id, html_id FROM reports WHERE list_contains($ids::TEXT[], report_id)",
        scope.reports,
    )
    made = {one for row in files for one in row.values() if one}
    scope.objects = scope.artifacts | (pictures - set(scope.kept)) | made


def literal(ids: Collection[str]) -> str:
    """Ids of ours (hex) as a list in SQL."""
    return "[" + ", ".join(f"'{one}'" for one in ids) + "]"
