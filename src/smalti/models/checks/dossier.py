"""All that was public of one issuer at a moment, piece by piece, as checks read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from smalti.platform.errors import SmaltiError
from smalti.platform.facts import Fact, fact_of
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind


@dataclass(frozen=True, slots=True)
class Likeness:
    """A picture of the issuer's that nearly repeats an earlier one by somebody else, of any issuer.

    Attributes:
        evidence_id: the later picture.
        elder: the earlier one.
        elder_document: what that one stands in.
        distance: bits of their hashes that differ.
    """

    evidence_id: str
    elder: Evidence
    elder_document: Document
    distance: int


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """One issuer as of one moment.

    Attributes:
        documents: those linked to the issuer, by id, oldest first; copies too.
        evidence: their pieces, in the order of the documents, then of their ordinals.
        facts: `concept, value, unit, period_start, period_end, unverified, evidence_id, available_at`: the
            line items that ratios are made of (see `fiscal_years`).
        prices: `day, close, adjusted_close, volume, document_id, evidence_id, available_at`, by day.
        copies: documents that add nothing to an earlier one, with the id of that one.
        likenesses: pictures that somebody else showed before.
        vectors: (384,) sentence embeddings, by evidence id, of what was embedded.
    """

    issuer_id: str
    name: str
    as_of: datetime
    documents: Mapping[str, Document]
    evidence: Sequence[Evidence]
    facts: pl.DataFrame
    prices: pl.DataFrame
    copies: Mapping[str, str] = field(default_factory=dict)
    likenesses: Sequence[Likeness] = ()
    vectors: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse to look ahead.

        Raises:
            SmaltiError: something became available after `as_of`.
        """
        papers = [*self.documents.values(), *(one.elder_document for one in self.likenesses)]
        moments = [paper.available_at for paper in papers]
        for frame in (self.facts, self.prices):
            moments += frame["available_at"].top_k(1).to_list()
        if any(moment > self.as_of for moment in moments):
            raise SmaltiError(
                f"something is from after {self.as_of:%Y-%m-%d %H:%M}",
                subject=self.issuer_id,
                mend="this is a defect: report it",
            )

    def document(self, piece: Evidence) -> Document:
        """The document a piece stands in."""
        return self.documents[piece.document_id]

    def pieces(self, kind: EvidenceKind, *sources: SourceKind) -> list[Evidence]:
        """Pieces of a kind, in order, from sources of these kinds (of any if none is given)."""
        return [
            piece
            for piece in self.evidence
            if piece.kind is kind and (not sources or self.document(piece).kind in sources)
        ]

    def filed(self) -> list[Fact]:
        """The numbers its filings give, those of parts and the unverified too, in order."""
        return [
            fact_of(piece.evidence_id, piece.payload, self.document(piece).available_at)
            for piece in self.pieces(EvidenceKind.FACT, SourceKind.FILING)
        ]
