"""The pages of a report: its quotes are words of others, so they are drawn like any PDF's."""

from __future__ import annotations

from dataclasses import dataclass

from smalti.service import pdf_pages
from smalti.service.engine import Engine
from smalti.service.excerpts import Excerpt
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
    return ReportPages(found.report_id, pdf_pages.count(engine, found.report_id, found.pdf_id))


def page(engine: Engine, report_id: str, number: int) -> Excerpt:
    """A page of a report as PNG; pages count from 0.

    Raises:
        NotFound: no such report or page, or its bytes are gone.
    """
    found = stored.find(engine.store, report_id)
    return pdf_pages.picture(engine, found.report_id, found.pdf_id, number)
