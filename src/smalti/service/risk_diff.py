"""The risk factors of an issuer's two newest annual filings beside each other."""

from __future__ import annotations

from datetime import datetime

from smalti.models.checks.filings import YEAR_APART
from smalti.models.checks.risk_factors import Change, Factor, Paragraph, diff_factors, read_factors
from smalti.platform.errors import NotFound
from smalti.platform.records import LEAST_LINK
from smalti.platform.store import Store
from smalti.service.views import ChangeView, RiskDiffView

_LEAST_PARAGRAPHS = 5
"""A filing with fewer paragraphs under Item 1A refers to another one's risk factors."""


def risk_diff(store: Store, issuer_id: str, as_of: datetime) -> RiskDiffView:
    """What changed in the risk factors from the filing of a year before to the newest one.

    Args:
        store: to read from.
        issuer_id: whose filings.
        as_of: filings that became available later are not read.

    Raises:
        NotFound: there are not two annual filings with risk factors by then.
    """
    filings = store.read(
        "SELECT d.document_id, d.title, d.available_at, d.recorded_at"
        " FROM documents d JOIN links l USING (document_id)"
        " JOIN evidence e USING (document_id) WHERE l.issuer_id = $issuer AND l.score >= $least"
        " AND d.kind = 'filing' AND d.available_at <= $as_of AND e.kind = 'paragraph'"
        " AND upper(json_extract_string(e.payload, '$.section')) = '1A'"
        " GROUP BY ALL HAVING count(*) >= $paragraphs ORDER BY d.available_at DESC, d.recorded_at DESC",
        {"issuer": issuer_id, "as_of": as_of, "least": LEAST_LINK, "paragraphs": _LEAST_PARAGRAPHS},
    )
    rows = list(filings.iter_rows(named=True))
    earlier = [r for r in rows if rows and rows[0]["available_at"] - r["available_at"] >= YEAR_APART]
    if not earlier:
        found = ", ".join(f"{r['title']} of {r['available_at']:%Y-%m-%d}" for r in rows) or "none"
        raise NotFound(
            "two annual filings with risk factors are needed",
            subject=issuer_id,
            mend=f"found: {found}; ingest the filing of the year before",
        )
    new, old = rows[0], earlier[0]
    diff = diff_factors(_factors(store, old["document_id"]), _factors(store, new["document_id"]))
    return RiskDiffView(
        old["title"],
        old["available_at"],
        new["title"],
        new["available_at"],
        round(diff.drift, 4),
        [_view(change) for change in diff.changes],
    )


def _factors(store: Store, document_id: str) -> list[Factor]:
    paragraphs = store.read(
        "SELECT evidence_id, text FROM evidence WHERE document_id = ? AND kind = 'paragraph'"
        " AND upper(json_extract_string(payload, '$.section')) = '1A' ORDER BY ordinal",
        [document_id],
    )
    return read_factors([Paragraph(*row) for row in paragraphs.iter_rows()])


def _view(change: Change) -> ChangeView:
    factor = change.new or change.old
    assert factor is not None
    return ChangeView(
        change.verdict,
        factor.heading,
        round(change.likeness, 4),
        [s.text for s in change.added],
        [s.text for s in change.removed],
        [(before.text, after.text) for before, after in change.reworded],
        list(factor.evidence_ids),
    )
