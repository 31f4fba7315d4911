"""Documents as people ask for them: what they are, whose, how they came, and their bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.platform.errors import NotFound
from smalti.platform.store import Store
from smalti.service.signals import FILE
from smalti.service.tombstones import DOCUMENT


@dataclass(frozen=True, slots=True)
class LinkedIssuer:
    """An issuer that a document is about, how sure that is, and how it was told."""

    issuer_id: str
    name: str
    score: float
    method: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document.

    Attributes:
        part: the record of its file that it is, if the file holds several.
        available_method: how `available_at` was learned; `recorded` means it was not.
        partial: why it is only partly read, if so.
        duplicate_of: the earlier document that it tells again.
        superseded: a newer parser has read the same bytes into another document.
        pieces: of evidence in it.
    """

    document_id: str
    artifact_id: str
    part: str
    kind: str
    title: str
    author: str | None
    url: str | None
    language: str | None
    available_at: datetime
    available_method: str
    recorded_at: datetime
    parser: str
    parser_version: str
    partial: str | None
    file: str
    pieces: int
    issuers: Sequence[LinkedIssuer]
    duplicate_of: str | None
    superseded: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class SightingView:
    """One receipt of a document's bytes."""

    source: str | None
    path: str
    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """A document, what its feed or manifest states of it, and how its bytes came."""

    document: DocumentRow
    hints: Mapping[str, Any]
    size: int
    sightings: Sequence[SightingView]


LIST = """
SELECT d.* FROM documents d
WHERE ($issuer IS NULL OR EXISTS (
        SELECT 1 FROM links l WHERE l.document_id = d.document_id AND l.issuer_id = $issuer))
    AND ($kind IS NULL OR d.kind = $kind)
    AND ($since IS NULL OR d.available_at >= $since)
    AND d.available_at <= $as_of AND d.recorded_at <= $recorded_by
"""
"""Documents that became available between two moments, as stored by a third."""

_MORE = f"""
SELECT d.document_id, {FILE},
    (SELECT count(*) FROM evidence e WHERE e.document_id = d.document_id) AS pieces,
    (SELECT any_value(x.of_document) FROM duplicates x WHERE x.document_id = d.document_id) AS duplicate_of,
    EXISTS (SELECT 1 FROM documents n WHERE n.artifact_id = d.artifact_id AND n.part = d.part
        AND n.parser = d.parser AND n.recorded_at > d.recorded_at) AS superseded
FROM documents d WHERE list_contains($wanted::TEXT[], d.document_id)
"""
_LINKS = """
SELECT l.document_id, l.issuer_id, i.name, l.score, l.method FROM links l JOIN issuers i USING (issuer_id)
WHERE list_contains($wanted::TEXT[], l.document_id) ORDER BY l.score DESC, i.name
"""


def rows_view(store: Store, rows: Sequence[Mapping[str, Any]]) -> list[DocumentRow]:
    """Documents from their rows (`LIST`), with what other tables say of them."""
    wanted = {"wanted": [row["document_id"] for row in rows]}
    more = {row["document_id"]: row for row in store.read(_MORE, wanted).iter_rows(named=True)}
    issuers: dict[str, list[LinkedIssuer]] = {}
    for document_id, *linked in store.read(_LINKS, wanted).iter_rows():
        issuers.setdefault(document_id, []).append(LinkedIssuer(*linked))
    return [_view(row, more[row["document_id"]], issuers.get(row["document_id"], [])) for row in rows]


def document(store: Store, document_id: str) -> DocumentDetail:
    """One document.

    Raises:
        NotFound: no document has this id.
    """
    row = row_of(store, document_id)
    size = store.read("SELECT size FROM artifacts WHERE artifact_id = ?", [row["artifact_id"]])
    seen = store.read(
        "SELECT s.name AS source, x.path, x.url, x.fetched_at FROM sightings x"
        " LEFT JOIN sources s USING (source_id) WHERE x.artifact_id = ? ORDER BY x.fetched_at, x.path",
        [row["artifact_id"]],
    )
    return DocumentDetail(
        rows_view(store, [row])[0],
        json.loads(row["hints"]),
        size["size"].max() or 0,  # type: ignore[arg-type]  # a column of whole numbers
        [SightingView(**one) for one in seen.iter_rows(named=True)],
    )


def row_of(store: Store, document_id: str) -> dict[str, Any]:
    """The row of a document.

    Raises:
        NotFound: no document has this id.
    """
    found = store.read("SELECT * FROM documents WHERE document_id = ?", [document_id])
    if not found.height:
        refuse_erased(store, DOCUMENT, document_id)
        raise NotFound("no document has this id", subject=document_id, mend="the list of documents names ids")
    return found.row(0, named=True)


def refuse_erased(store: Store, kind: str, subject: str) -> None:
    """Say of what is not there that it was erased, and when; why is for those who may ask for erasures.

    Raises:
        NotFound: it was erased on request.
    """
    told = store.read(
        "SELECT erasure_id, erased_at FROM tombstones JOIN erasures USING (erasure_id)"
        " WHERE hash = ? AND tombstones.kind = ?",
        [subject, kind],
    )
    if told.height:
        erasure_id, at = told.row(0)
        raise NotFound(
            f"it was erased on request on {at:%Y-%m-%d %H:%M} UTC",
            subject=subject,
            mend=f"an admin finds the reason under erasure {erasure_id}",
        )


def _view(row: Mapping[str, Any], more: Mapping[str, Any], issuers: Sequence[LinkedIssuer]) -> DocumentRow:
    own = {name: row[name] for name in DocumentRow.__slots__ if name in row}
    return DocumentRow(
        **own,
        file=more["file"] or "",
        pieces=more["pieces"],
        issuers=issuers,
        duplicate_of=more["duplicate_of"],
        superseded=more["superseded"],
        synthetic="synthetic" in json.loads(row["hints"]),
    )
