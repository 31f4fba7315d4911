"""The numbers of an issuer that two pieces of evidence tell, with where each of them stands."""

from __future__ import annotations

from datetime import datetime

from smalti.platform.facts import AGREES
from smalti.platform.records import Locator
from smalti.platform.store import Store
from smalti.service.views import ComparisonView

_QUOTE = 160  # characters of a piece shown


def told_twice(
    store: Store, issuer_id: str, as_of: datetime, *, all_verdicts: bool = False
) -> list[ComparisonView]:
    """Comparisons of an issuer's numbers, newest first; only those that differ unless `all_verdicts`."""
    rows = store.read(
        "SELECT c.* EXCLUDE (recorded_at), x.locator, x.text, a.title,"
        " y.locator AS with_locator, b.title AS with_title, greatest(a.available_at, b.available_at) AS known"
        " FROM comparisons c JOIN evidence x ON x.evidence_id = c.evidence_id"
        " JOIN documents a ON a.document_id = x.document_id"
        " JOIN evidence y ON y.evidence_id = c.with_evidence"
        " JOIN documents b ON b.document_id = y.document_id"
        " WHERE greatest(a.available_at, b.available_at) <= $as_of AND ($every OR c.verdict <> $agrees)"
        " AND EXISTS (SELECT 1 FROM links l WHERE l.document_id = a.document_id AND l.issuer_id = $issuer)"
        " ORDER BY known DESC, c.item, c.evidence_id, c.with_evidence",
        {"as_of": as_of, "issuer": issuer_id, "every": all_verdicts, "agrees": AGREES},
    )
    return [
        ComparisonView(
            verdict=row["verdict"],
            item=row["item"],
            ours=row["ours"],
            theirs=row["theirs"],
            evidence_id=row["evidence_id"],
            where=Locator.from_json(row["locator"]).describe(),
            title=row["title"],
            quote=" ".join(row["text"].split())[:_QUOTE],
            with_evidence=row["with_evidence"],
            with_where=Locator.from_json(row["with_locator"]).describe(),
            with_title=row["with_title"],
            available_at=row["known"],
        )
        for row in rows.iter_rows(named=True)
    ]
