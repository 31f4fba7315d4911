"""The pages of a document that is a PDF."""

from __future__ import annotations

from dataclasses import dataclass

from smalti.platform.errors import NotFound
from smalti.service import pdf_pages
from smalti.service.documents import row_of
from smalti.service.engine import Engine
from smalti.service.excerpts import Excerpt


@dataclass(frozen=True, slots=True)
class PagesView:
    """How many pages a document has that can be looked at."""

    document_id: str
    pages: int


def pages(engine: Engine, document_id: str) -> PagesView:
    """How many pages a document has.

    Raises:
        NotFound: no such document, or it has no pages.
        InputError: its file can no longer be read.
    """
    return PagesView(document_id, pdf_pages.count(engine, document_id, _file(engine, document_id)))


def page(engine: Engine, document_id: str, number: int) -> Excerpt:
    """A page of a document as PNG; pages count from 0.

    Raises:
        NotFound: no such document or page, or it has no pages.
        InputError: its file can no longer be drawn.
    """
    return pdf_pages.picture(engine, document_id, _file(engine, document_id), number)


def _file(engine: Engine, document_id: str) -> str:
    row = row_of(engine.store, document_id)
    if row["parser"] != "pdf":
        mend = "its pieces and its file are all there is"
        raise NotFound("this document has no pages", subject=document_id, mend=mend)
    return str(row["artifact_id"])
