"""The pages of a PDF as pictures: drawn in the sandbox, so that no browser opens what somebody sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smalti.ingest.parse import excerpt
from smalti.platform.errors import NotFound
from smalti.service.documents import row_of
from smalti.service.engine import Engine
from smalti.service.excerpts import JSON, PNG, Excerpt, Recipe, kept


@dataclass(frozen=True, slots=True)
class PagesView:
    """How many pages a document has that can be looked at."""

    document_id: str
    pages: int


def pages(engine: Engine, document_id: str) -> PagesView:
    """How many pages a PDF has.

    Raises:
        NotFound: no such document, or it has no pages.
        InputError: its file can no longer be read.
    """
    row = _paged(engine, document_id)
    recipe = Recipe(excerpt.PAGES, [row["artifact_id"]], {})
    made = kept(engine, document_id, JSON, ("pages",), lambda: recipe)
    return PagesView(document_id, int(json.loads(made.path.read_bytes())["pages"]))


def page(engine: Engine, document_id: str, number: int) -> Excerpt:
    """A page of a PDF as PNG, made when first asked for and kept.

    Args:
        engine: the owner's.
        document_id: of the PDF.
        number: of the page, from 0.

    Raises:
        NotFound: no such document or page, or it has no pages.
        InputError: its file can no longer be drawn.
    """
    has = pages(engine, document_id).pages
    if number >= has:
        raise NotFound(f"it has no page {number + 1}", subject=document_id, mend=f"it has {has} pages")
    row = _paged(engine, document_id)
    recipe = Recipe(excerpt.PAGE, [row["artifact_id"]], {"page": number, "box": None, "whole": True})
    return kept(engine, document_id, PNG, ("page", str(number)), lambda: recipe)


def _paged(engine: Engine, document_id: str) -> Mapping[str, Any]:
    row = row_of(engine.store, document_id)
    if row["parser"] != "pdf":
        mend = "its pieces and its file are all there is"
        raise NotFound("this document has no pages", subject=document_id, mend=mend)
    return row
