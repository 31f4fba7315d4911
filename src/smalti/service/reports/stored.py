"""Reports that were made, as they are found again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smalti.platform.errors import NotFound
from smalti.platform.objects import Objects
from smalti.platform.store import Store
from smalti.service.reports.views import Form, ReportView, SubjectKind

REPORTS = (
    "SELECT * FROM reports WHERE ($subject IS NULL OR subject_id = $subject"
    " OR list_contains(issuers, $subject))"
)
"""All reports, or those of a subject (`$subject`: id of an issuer or watchlist)."""

_MOST = 200


def view(row: Mapping[str, Any]) -> ReportView:
    """A row of `reports` as people see it."""
    return ReportView(**{name: row[name] for name in ReportView.__slots__})


def reports(store: Store, subject: str | None = None, most: int = _MOST) -> list[ReportView]:
    """The newest reports, of one subject or all, newest first."""
    rows = store.read(
        f"{REPORTS} ORDER BY as_of DESC, recorded_at DESC, report_id LIMIT $most",
        {"subject": subject, "most": most},
    )
    return [view(one) for one in rows.iter_rows(named=True)]


def row(store: Store, report_id: str) -> dict[str, Any]:
    """The row of a report whose id begins so.

    Raises:
        NotFound: no report, or several.
    """
    found = store.read("SELECT * FROM reports WHERE starts_with(report_id, ?) LIMIT 2", [report_id])
    if found.height != 1:
        what = "no such report" if not found.height else "the ids of several reports begin so"
        raise NotFound(what, subject=report_id, mend="`smalti reports list` names them with their ids")
    return found.row(0, named=True)


def find(store: Store, report_id: str) -> ReportView:
    """A report whose id begins so.

    Raises:
        NotFound: no report, or several.
    """
    return view(row(store, report_id))


def file(store: Store, objects: Objects, report_id: str, form: Form) -> bytes:
    """The bytes of a report in one form.

    Raises:
        NotFound: no such report, or its bytes are gone.
    """
    found = row(store, report_id)
    name = {Form.PDF: "pdf_id", Form.HTML: "html_id", Form.JSON: "content_id"}[form]
    return objects.get(found[name])


def last_end(store: Store, kind: SubjectKind, subject_id: str, before: datetime) -> datetime | None:
    """Where the last report of a subject before a moment ended."""
    found = store.read(
        "SELECT max(as_of) FROM reports WHERE subject_kind = ? AND subject_id = ? AND as_of < ?",
        [kind.value, subject_id, before],
    )
    moment: datetime | None = found.item()
    return moment
