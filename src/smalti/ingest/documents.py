"""From parsed pieces to rows: identities, dispositions, quarantine. Pure; the writer commits the batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from smalti.ingest.parse import prices as price_parser
from smalti.ingest.parse.contract import STATED, Parsed, ParsedDocument, Piece, Record, Request
from smalti.platform.errors import InputError
from smalti.platform.records import DateMethod, EvidenceKind, Outcome, content_id
from smalti.platform.store import Batch

_ATTACHED = 1000
"""Ordinal of the first piece that comes from a picture beside a post: after all of the post's own."""

Put = Callable[[bytes], str]
"""Stores bytes, returning their id."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an input came from: the source, its path there, its artifact, and the run that read it."""

    source_id: str
    path: str
    artifact_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One input read by one parser version."""

    origin: Origin
    request: Request
    parser: str
    version: str
    parsed: Parsed


def document_id(artifact_id: str, part: str, parser: str, version: str) -> str:
    """Id of one record of an artifact as one parser version read it; `part` is empty for the whole."""
    return content_id("document", artifact_id, part, parser, version)


def rows(reading: Reading, put: Put) -> Batch:
    """All rows that one reading adds to the store; crops go to the object store through `put`."""
    batch = Batch()
    for document in reading.parsed.documents:
        _document(batch, reading, document, put)
    for record in reading.parsed.records:
        add_record(batch, reading.origin, record, f"{reading.parser}/{reading.version}")
    whole = next((d for d in reading.parsed.documents if not d.part), None)
    partial = whole.partial if whole else None
    add_disposition(
        batch,
        reading.origin,
        Outcome.PARSED,
        f"partly: {partial}" if partial else "",
        parser=f"{reading.parser}/{reading.version}",
    )
    return batch


def add_disposition(
    batch: Batch, origin: Origin, outcome: Outcome, detail: str, *, record: str = "", parser: str = ""
) -> None:
    """What became of one file, or of one record inside it."""
    batch.add(
        "dispositions",
        {
            "source_id": origin.source_id,
            "path": origin.path,
            "record": record,
            "artifact_id": origin.artifact_id,
            "outcome": outcome.value,
            "parser": parser,
            "detail": detail,
            "run_id": origin.run_id,
        },
    )


def add_record(batch: Batch, origin: Origin, record: Record, parser: str) -> None:
    """The disposition of one record, with its quarantine entry if it ended there."""
    detail = f"{record.code}: {record.reason}" if record.code else record.reason
    add_disposition(batch, origin, record.outcome, detail, record=record.record, parser=parser)
    if record.outcome is Outcome.QUARANTINED:
        error = InputError(record.reason, mend=record.mend)
        add_quarantine(batch, origin, error, stage="parse", record=record.record, code=record.code)


def add_quarantine(
    batch: Batch,
    origin: Origin,
    error: InputError,
    *,
    stage: str,
    record: str = "",
    code: str | None = None,
    attempts: int = 1,
) -> None:
    """Set a bad input or record aside with its reason, so that it is neither lost nor in the way."""
    batch.add(
        "quarantine",
        {
            "quarantine_id": content_id("quarantine", origin.source_id, origin.path, record)[:12],
            "source_id": origin.source_id,
            "path": origin.path,
            "record": record,
            "artifact_id": origin.artifact_id,
            "stage": stage,
            "code": code or error.code,
            "reason": error.what,
            "mend": error.mend,
            "attempts": attempts,
            "run_id": origin.run_id,
        },
    )


def add_attached(batch: Batch, reading: Reading, owners: Sequence[str], put: Put) -> None:
    """A picture that posts name: its pieces become evidence of those documents, and it a part of them."""
    for owner in owners:
        for document in reading.parsed.documents:
            for offset, piece in enumerate(document.pieces):
                _evidence(batch, owner, _ATTACHED + offset, piece, reading.origin.artifact_id, put)
    parser = f"{reading.parser}/{reading.version}"
    add_disposition(batch, reading.origin, Outcome.PART_OF, attached_to(owners), parser=parser)


def attached_to(owners: Sequence[str]) -> str:
    """The detail of a picture's disposition: whose part it is."""
    return f"document {', '.join(owners)}"


def _document(batch: Batch, reading: Reading, document: ParsedDocument, put: Put) -> None:
    request = reading.request
    own_id = document_id(reading.origin.artifact_id, document.part, reading.parser, reading.version)
    available, method = _available(request, document)
    hints = dict(document.hints) | {k: v for k, v in request.hints.items() if k in STATED and v}
    if request.hints.get("issuer"):
        hints["manifest_issuer"] = request.hints["issuer"]
    batch.add(
        "documents",
        {
            "document_id": own_id,
            "artifact_id": reading.origin.artifact_id,
            "part": document.part,
            "parser": reading.parser,
            "parser_version": reading.version,
            "kind": document.kind.value,
            "title": document.title or request.hints.get("title", ""),
            "author": document.author or request.hints.get("author"),
            "url": document.url or request.hints.get("url"),
            "language": document.language or request.hints.get("language"),
            "available_at": available,
            "available_method": method.value,
            "partial": document.partial,
            "hints": _json(hints),
        },
    )
    for ordinal, piece in enumerate(document.pieces):
        _evidence(batch, own_id, ordinal, piece, reading.origin.artifact_id, put)
    for price in reading.parsed.prices:
        day = date.fromisoformat(price.day)
        batch.add(
            "prices",
            {
                "ticker": price.ticker,
                "day": day,
                "close": price.close,
                "adjusted_close": price.adjusted_close,
                "volume": price.volume,
                "document_id": own_id,
                "available_at": price_parser.available_at(day),
            },
        )


def _available(request: Request, document: ParsedDocument) -> tuple[datetime | None, DateMethod]:
    """When it could be known.

    What is stated of a whole file yields to finer dates of the records inside it; but what changed under a
    name that was read before was not public in this form before it was seen (`recorded`), whatever it claims.
    """
    if request.published_at is not None and request.date_method is DateMethod.RECORDED:
        claimed = document.published_at or request.published_at
        return max(claimed, request.published_at), DateMethod.RECORDED
    if document.published_at is not None and (
        document.part
        or request.published_at is None
        or (request.date_method is DateMethod.FEED and document.published_at > request.published_at)
    ):
        return document.published_at, document.date_method or DateMethod.TEXT
    if request.published_at is not None:
        return request.published_at, request.date_method
    return None, DateMethod.RECORDED


def _evidence(batch: Batch, own_document: str, ordinal: int, piece: Piece, artifact: str, put: Put) -> None:
    is_picture = piece.kind in (EvidenceKind.IMAGE, EvidenceKind.CHART)
    if piece.media is not None:
        media_id: str | None = put(piece.media)
    else:
        media_id = artifact if is_picture else None
    locator, payload = piece.locator.to_json(), _json(dict(piece.payload))
    evidence_id = content_id(
        "evidence", own_document, locator, piece.kind.value, piece.text, payload, media_id or ""
    )
    batch.add(
        "evidence",
        {
            "evidence_id": evidence_id,
            "document_id": own_document,
            "kind": piece.kind.value,
            "ordinal": ordinal,
            "locator": locator,
            "text": piece.text,
            "payload": payload,
            "media_id": media_id,
            # What an encoder sees, so that the same words or picture are embedded once. A chart is read: its
            # numbers speak, and the picture it lies in is a piece of its own.
            "content_id": media_id if piece.kind is EvidenceKind.IMAGE else content_id("text", piece.text),
        },
    )
    if piece.kind is EvidenceKind.FACT:
        fact = piece.payload
        batch.add(
            "facts",
            {
                "evidence_id": evidence_id,
                "document_id": own_document,
                "concept": fact["concept"],
                "label": fact.get("label"),
                "value": fact["value"],
                "unit": fact.get("unit"),
                "period_start": _day(fact.get("period_start")),
                "period_end": _day(fact.get("period_end")),
                "unverified": _reason(fact.get("unverified")),
            },
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _reason(value: Any) -> str | None:
    return str(value) if value else None


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
