"""Pieces of evidence as tools give them: cited as answers cite them, their text marked as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smalti.assistant.citing import citations
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Citation
from smalti.assistant.tools.data import as_data
from smalti.assistant.tools.records import Piece


def pieces(grounds: Grounds, wanted: Mapping[str, str]) -> Sequence[Piece]:
    """Pieces by their ids, in that order; the text is what is asked to be quoted, else how they begin."""
    return [piece(one) for one in citations(grounds, wanted)]


def piece(cited: Citation, around: str = "") -> Piece:
    """One citation as a machine reads it."""
    return Piece(
        evidence_id=cited.evidence_id,
        document_id=cited.document_id,
        kind=cited.kind,
        source=cited.source,
        title=cited.title,
        where=cited.where,
        issuers=cited.issuers,
        available_at=cited.available_at,
        text=as_data(cited.quote),
        page=cited.page,
        around=as_data(around) if around else "",
        suspicious=cited.suspicious,
        synthetic=cited.synthetic,
    )
