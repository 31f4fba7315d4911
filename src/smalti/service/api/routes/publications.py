"""Publishing to customers, and the only routes that customers have."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from smalti.service import publications
from smalti.service.api.access import Analyst, Customer, Viewer
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheService, TheStore
from smalti.service.api.values import Id
from smalti.service.publications import (
    PublicationView,
    Published,
    PublishedIssuer,
    PublishedReport,
    PublishedSignal,
)

router = APIRouter(tags=["published"])

_PUBLICATIONS = Order("publications", (Key("kind"), Key("subject_id")))
_ISSUERS = Order("published issuers", (Key("name"), Key("issuer_id")))
_REPORTS = Order("published reports", (Key("as_of", "moment", descending=True), Key("report_id")))


class PublishedSignals(BaseModel):
    """The newest signals of an issuer, by kind and horizon."""

    items: list[PublishedSignal]


@router.get("/publications", summary="What is published")
def list_publications(
    store: TheStore, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[PublicationView]:
    """What customers may see, and who published it."""
    return read_page(
        store, publications.PUBLICATIONS, {}, _PUBLICATIONS, limit, cursor, publications.publication_view
    )


@router.put("/publications/{kind}/{subject_id}", summary="Publish")
def publish(kind: Published, subject_id: Id, store: TheStore, who: Analyst) -> PublicationView:
    """Let customers see an issuer's signals, or a report."""
    return publications.publish(store, who, kind, subject_id)


@router.delete("/publications/{kind}/{subject_id}", status_code=204, summary="Withdraw")
def withdraw(kind: Published, subject_id: Id, store: TheStore, who: Analyst) -> None:
    """Let customers see it no more."""
    publications.withdraw(store, kind, subject_id)


@router.get("/published/issuers", summary="Published issuers")
def list_published_issuers(
    store: TheStore, who: Customer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[PublishedIssuer]:
    """Issuers whose signals customers may see."""
    return read_page(store, publications.ISSUERS, {}, _ISSUERS, limit, cursor, publications.issuer_view)


@router.get("/published/issuers/{issuer_id}/signals", summary="Signals of a published issuer")
def get_published_signals(issuer_id: Id, store: TheStore, who: Customer) -> PublishedSignals:
    """The newest signals of an issuer, each with its interval and what it did without."""
    return PublishedSignals(items=publications.published_signals(store, issuer_id))


@router.get("/published/reports", summary="Published reports")
def list_published_reports(
    store: TheStore, who: Customer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[PublishedReport]:
    """Reports that customers may see, newest first."""
    return read_page(store, publications.REPORTS, {}, _REPORTS, limit, cursor, publications.report_view)


@router.get(
    "/published/reports/{report_id}/pdf",
    summary="A published report",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The PDF."}},
)
def get_published_pdf(report_id: Id, service: TheService, who: Customer) -> Response:
    """The PDF of a report."""
    engine = service.engine
    pdf = publications.published_pdf(engine.store, engine.objects, report_id)
    named = {"Content-Disposition": f'attachment; filename="{report_id}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=named)
