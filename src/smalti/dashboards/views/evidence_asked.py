"""What the evidence page asks the service, each answer kept for one edition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards.memory import remembered

MOST_SENTENCES = 5_000
"""Of one call; what goes on longer is told to go on."""
NEWEST = 12
"""Documents offered where nothing was chosen."""
PIECES = 50
"""Pieces of a document listed at once."""


@remembered("documents")
def piece(smalti: Client, evidence_id: str) -> Json:
    """One piece."""
    return smalti.evidence(evidence_id)


@remembered("documents", "signals")
def around(smalti: Client, evidence_id: str, as_of: datetime | None, signal: str | None) -> Json:
    """What stands around it."""
    return smalti.around(evidence_id, as_of, signal)


@remembered("documents")
def transcript(smalti: Client, document_id: str) -> Sequence[Json]:
    """The sentences of a call, from its beginning."""
    found: list[Json] = []
    cursor = None
    while len(found) < MOST_SENTENCES:
        told = smalti.transcript(document_id, cursor=cursor)
        found += told["items"]
        cursor = told["next"]
        if cursor is None:
            break
    return found


@remembered("documents")
def pieces(
    smalti: Client, document_id: str, kind: str | None, number: int | None, cursor: str | None, limit: int
) -> Json:
    """Some of a document's pieces: of a kind, or on a page."""
    return smalti.document_pieces(document_id, kind, number, limit, cursor)


@remembered("documents")
def pages(smalti: Client, document_id: str) -> int:
    """How many pages a document has."""
    return smalti.document_pages(document_id)


@remembered("documents")
def document(smalti: Client, document_id: str) -> Json:
    """A document, how it came and what is stated of it."""
    return smalti.document(document_id)


@remembered("documents")
def newest(smalti: Client, issuer: str, as_of: datetime | None) -> Sequence[Json]:
    """The newest documents about an issuer."""
    return list(islice(smalti.each("documents", issuer=issuer, as_of=as_of, limit=NEWEST), NEWEST))
