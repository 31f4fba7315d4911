"""Documents: what was read, how it came, its evidence, and the bytes as received."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from smalti.platform.errors import NotFound
from smalti.platform.records import EvidenceKind, SourceKind
from smalti.service import document_pages, recordings
from smalti.service import documents as documents_
from smalti.service.api import files
from smalti.service.api.access import Analyst, Viewer
from smalti.service.api.masks import masked_address
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page, read_rows
from smalti.service.api.state import TheEngine, TheStore
from smalti.service.api.values import AsOf, Id, Issuer, Moment, RecordedBy
from smalti.service.document_pages import PagesView
from smalti.service.documents import DocumentDetail, DocumentRow
from smalti.service.evidence import PIECES, EvidenceDetail, detail
from smalti.service.excerpts import FLAC, PNG
from smalti.service.issuers import issuer_called
from smalti.service.recordings import SAID, SpokenView, spoken
from smalti.service.series import LAST

router = APIRouter(tags=["documents"], prefix="/documents")

_NEWEST = Order("documents", (Key("available_at", "moment", descending=True), Key("document_id")))
_READING = Order("evidence", (Key("ordinal", "whole"), Key("evidence_id")))
_PIECES = (
    f"{PIECES} WHERE e.document_id = $document AND ($kind IS NULL OR e.kind = $kind)"
    " AND ($page IS NULL OR CAST(json_extract(e.locator, '$.page') AS INTEGER) = $page)"
)
_LAST_PAGE = 100_000


@router.get("", summary="List documents")
def list_documents(
    store: TheStore,
    who: Viewer,
    issuer: Annotated[Issuer | None, Query(description="Name, ticker, CIK or id; all if left out.")] = None,
    kind: Annotated[SourceKind | None, Query(description="What they are.")] = None,
    since: Annotated[Moment | None, Query(description="Available no earlier.")] = None,
    as_of: AsOf = None,
    recorded_by: RecordedBy = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[DocumentRow]:
    """Documents by when they became available, newest first."""
    params = {
        "issuer": issuer_called(store, issuer) if issuer else None,
        "kind": kind.value if kind else None,
        "since": since,
        "as_of": as_of or LAST,
        "recorded_by": recorded_by or LAST,
    }
    rows, after = read_rows(store, documents_.LIST, params, _NEWEST, limit, cursor)
    return Page(items=[_shown(one) for one in documents_.rows_view(store, rows)], next=after)


@router.get("/{document_id}", summary="One document")
def get_document(document_id: Id, store: TheStore, who: Viewer) -> DocumentDetail:
    """A document, what its feed or manifest states of it, and each receipt of its bytes."""
    found = documents_.document(store, document_id)
    seen = [replace(one, url=masked_address(one.url)) for one in found.sightings]
    return replace(found, document=_shown(found.document), sightings=seen)


@router.get("/{document_id}/evidence", summary="The evidence in a document")
def list_document_evidence(
    document_id: Id,
    store: TheStore,
    who: Viewer,
    kind: Annotated[EvidenceKind | None, Query(description="Only pieces of this kind.")] = None,
    page: Annotated[int | None, Query(ge=0, le=_LAST_PAGE, description="Only of this page, from 0.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[EvidenceDetail]:
    """The pieces of a document in the order they stand in it."""
    documents_.row_of(store, document_id)
    params = {"document": document_id, "kind": kind.value if kind else None, "page": page}
    return read_page(store, _PIECES, params, _READING, limit, cursor, detail)


@router.get("/{document_id}/pages", summary="How many pages a document has")
def get_document_pages(document_id: Id, engine: TheEngine, who: Viewer) -> PagesView:
    """How many pages of a PDF can be looked at."""
    return document_pages.pages(engine, document_id)


@router.get(
    "/{document_id}/pages/{page}",
    summary="A page of a document",
    response_class=Response,
    responses=files.responses(PNG),
)
def get_document_page(
    document_id: Id,
    page: Annotated[int, Path(ge=0, le=_LAST_PAGE, description="From 0, as locators count.")],
    request: Request,
    engine: TheEngine,
    who: Viewer,
) -> Response:
    """A page of a PDF as a picture, drawn anew from the stored bytes."""
    made = document_pages.page(engine, document_id, page)
    return files.answer(request, made.path, made.media_type, made.path.stem)


@router.get(
    "/{document_id}/sound",
    summary="The whole recording of a call",
    response_class=Response,
    responses=files.responses(FLAC),
)
def get_document_sound(document_id: Id, request: Request, engine: TheEngine, who: Viewer) -> Response:
    """A call as FLAC, in ranges, so that a browser plays it from any second; its pieces joined.

    It is decoded anew from the stored bytes. Seconds of its evidence are seconds of this recording.
    """
    made = recordings.recording(engine, document_id)
    return files.answer(request, made.path, made.media_type, made.path.stem)


@router.get("/{document_id}/transcript", summary="What is said in a call")
def list_document_transcript(
    document_id: Id, store: TheStore, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[SpokenView]:
    """The sentences of a call in order, with their seconds, speaker, numbers and voice measures."""
    documents_.row_of(store, document_id)
    return read_page(store, SAID, {"document": document_id}, _READING, limit, cursor, spoken)


@router.get(
    "/{document_id}/raw",
    summary="The bytes as received",
    response_class=Response,
    responses=files.responses("application/octet-stream"),
)
def get_document_bytes(document_id: Id, request: Request, engine: TheEngine, who: Analyst) -> Response:
    """The file a document was read from, to be saved: its bytes are whatever somebody sent."""
    row = documents_.row_of(engine.store, document_id)
    path = engine.objects.path(row["artifact_id"])
    if not path.is_file():
        raise NotFound("the bytes are gone", subject=document_id, mend="they were erased, or never restored")
    name = documents_.rows_view(engine.store, [row])[0].file
    return files.answer(request, path, "application/octet-stream", row["artifact_id"], name)


def _shown(one: DocumentRow) -> DocumentRow:
    return replace(one, url=masked_address(one.url) if one.url else one.url)
