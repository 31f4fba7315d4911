"""The pages of a report as pictures: drawn in the sandbox, for its quotes are words of others."""

from __future__ import annotations

import json
from dataclasses import dataclass

from smalti.ingest.parse import excerpt
from smalti.platform.errors import NotFound
from smalti.service.engine import Engine
from smalti.service.excerpts import JSON, PNG, Excerpt, Recipe, kept
from smalti.service.reports import stored


@dataclass(frozen=True, slots=True)
class ReportPages:
    """How many pages a report has."""

    report_id: str
    pages: int


def pages(engine: Engine, report_id: str) -> ReportPages:
    """How many pages a report has.

    Raises:
        NotFound: no such report, or its bytes are gone.
    """
    found = stored.find(engine.store, report_id)
    recipe = Recipe(excerpt.PAGES, [found.pdf_id], {})
    made = kept(engine, found.report_id, JSON, ("pages", found.pdf_id), lambda: recipe)
    return ReportPages(found.report_id, int(json.loads(made.path.read_bytes())["pages"]))


def page(engine: Engine, report_id: str, number: int) -> Excerpt:
    """A page of a report as PNG, made when first asked for and kept.

    Args:
        engine: the owner's.
        report_id: of the report.
        number: of the page, from 0.

    Raises:
        NotFound: no such report or page, or its bytes are gone.
    """
    found = stored.find(engine.store, report_id)
    has = pages(engine, found.report_id).pages
    if number >= has:
        raise NotFound(f"it has no page {number + 1}", subject=report_id, mend=f"it has {has} pages")
    recipe = Recipe(excerpt.PAGE, [found.pdf_id], {"page": number, "box": None, "whole": True})
    return kept(engine, found.report_id, PNG, ("page", str(number), found.pdf_id), lambda: recipe)
