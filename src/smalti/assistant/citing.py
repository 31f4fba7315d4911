"""Pieces of evidence as an answer cites them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smalti.assistant.grounds import Grounds
from smalti.assistant.guard.orders import orders_in
from smalti.assistant.records import Citation
from smalti.platform.records import Locator

LONGEST_QUOTE = 400
"""Characters of a piece that are quoted where nobody chose its words."""
_MOST_ISSUERS = 5

# A piece counts only where its document was public by then, and, of what customers asks, where nothing
# else forbids it: see `audience`.
_CITED = """
SELECT e.evidence_id, e.document_id, e.kind, e.text, e.locator, e.payload->>'unverified' AS unverified,
       e.payload->>'hidden' AS hidden,
       d.title, d.part, d.kind AS source, d.url, d.available_at,
       json_extract_string(d.hints, '$.synthetic') IS NOT NULL AS synthetic,
       coalesce((SELECT list(i.name ORDER BY l.score DESC, i.name) FROM links l
                 JOIN issuers i USING (issuer_id) WHERE l.document_id = d.document_id), []) AS issuers
FROM evidence e JOIN documents d USING (document_id)
WHERE e.evidence_id IN (SELECT unnest($wanted::TEXT[])) AND d.available_at <= $as_of
"""


def citations(grounds: Grounds, wanted: Mapping[str, str]) -> Sequence[Citation]:
    """Citations in the order asked for, marked from 1.

    Args:
        grounds: what may be read.
        wanted: the quote by the piece's id; an empty one takes the beginning of the piece.

    Returns:
        One each; pieces that are not there, or were not public by then, are left out.
    """
    if not wanted:
        return []
    rows = {
        row["evidence_id"]: row for row in grounds.rows(_CITED, wanted=list(wanted)).iter_rows(named=True)
    }
    found = [(rows[one], quote) for one, quote in wanted.items() if one in rows]
    made = []
    for mark, (row, quote) in enumerate(found, 1):
        locator = Locator.from_json(row["locator"])
        made.append(
            Citation(
                mark=mark,
                evidence_id=row["evidence_id"],
                document_id=row["document_id"],
                kind=row["kind"],
                source=row["source"],
                title=row["title"],
                where=", ".join(filter(None, (row["part"], locator.describe()))),
                quote=quote or shortened(row["text"] or ""),
                issuers=row["issuers"][:_MOST_ISSUERS],
                available_at=row["available_at"],
                page=locator.page,
                url=row["url"],
                suspicious=_suspicious(row, quote),
                synthetic=row["synthetic"],
            )
        )
    return made


def _suspicious(row: Mapping[str, Any], quote: str) -> str:
    """Why a piece is not to be trusted: hidden from people, ordering machines about, marked as unverified."""
    told = " ".join(filter(None, (quote, row["title"], row["part"], row["url"], row["text"])))
    hidden = f"readers cannot see it: {row['hidden']}" if row["hidden"] else ""
    return "; ".join(filter(None, (hidden, orders_in(told), row["unverified"])))


def shortened(text: str, most: int = LONGEST_QUOTE) -> str:
    """The beginning of a text in one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + "…"
