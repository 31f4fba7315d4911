"""Evidence: a cited piece, and the picture or sound it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from smalti.service import evidence
from smalti.service.api import files
from smalti.service.api.access import Viewer
from smalti.service.api.etags import FOR_GOOD, UNCHANGED, tagged
from smalti.service.api.state import TheEngine, TheStore
from smalti.service.api.values import AsOf, Id
from smalti.service.around import Around, around
from smalti.service.evidence import EvidenceDetail

router = APIRouter(tags=["evidence"], prefix="/evidence")


@router.get("/{evidence_id}", summary="One piece", response_model=EvidenceDetail, responses=UNCHANGED)
def get_evidence(evidence_id: Id, request: Request, store: TheStore, who: Viewer) -> Response:
    """What a piece says, its structure, and where in its document it stands."""
    return tagged(request, EvidenceDetail, evidence.evidence(store, evidence_id), rule=FOR_GOOD)


@router.get("/{evidence_id}/around", summary="What stands around a piece")
def get_evidence_around(
    evidence_id: Id,
    store: TheStore,
    who: Viewer,
    signal: Annotated[
        Id | None, Query(description="A signal whose effect is told too, though newer ones were moved.")
    ] = None,
    as_of: AsOf = None,
) -> Around:
    """Its document, what comes before and after, what it moved, findings that cite it, who tells the same."""
    return around(store, evidence_id, as_of or store.now(), signal)


@router.get(
    "/{evidence_id}/media",
    summary="The picture or sound of a piece",
    response_class=Response,
    responses=files.responses("image/png", "audio/wav"),
)
def get_evidence_media(
    evidence_id: Id,
    request: Request,
    engine: TheEngine,
    who: Viewer,
    whole: Annotated[
        bool, Query(description="The whole page or picture with the piece marked, not the piece alone.")
    ] = False,
) -> Response:
    """A part of its page with the piece marked, its picture (PNG), or what was said (WAV, in ranges).

    It is drawn anew from the stored bytes, so nothing that hides in them is sent.
    """
    made = evidence.media(engine, evidence_id, whole=whole)
    return files.answer(request, made.path, made.media_type, made.path.stem)
