"""Small made-up dossiers for the tests of checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from smalti.models.checks.dossier import Dossier, Likeness
from smalti.platform.records import (
    DateMethod,
    Document,
    Evidence,
    EvidenceKind,
    Locator,
    SourceKind,
    content_id,
)

NOW = datetime(2026, 5, 15, 12, tzinfo=UTC)

_FACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "concept": pl.String, "value": pl.Float64, "unit": pl.String, "period_start": pl.Date,
    "period_end": pl.Date, "unverified": pl.String, "evidence_id": pl.String,
    "available_at": pl.Datetime("us", "UTC"),
}  # fmt: skip
_PRICES: dict[str, pl.DataType | type[pl.DataType]] = {
    "day": pl.Date, "close": pl.Float64, "adjusted_close": pl.Float64, "volume": pl.Float64,
    "document_id": pl.String, "evidence_id": pl.String, "available_at": pl.Datetime("us", "UTC"),
}  # fmt: skip


def moment(text: str) -> datetime:
    """`2026-02-12` (noon) or `2026-02-12T21:30`, UTC."""
    found = datetime.fromisoformat(text)
    return (found.replace(hour=12) if "T" not in text else found).replace(tzinfo=UTC)


def document(kind: SourceKind, day: str, name: str = "", author: str | None = None, **hints: str) -> Document:
    """A document of some kind that became available on a day."""
    name = name or f"{kind.value}-{day}"
    return Document(
        name, f"artifact-{name}", "", "test", "1", kind, name, moment(day), DateMethod.MANIFEST,
        language="en", author=author, hints=hints,
    )  # fmt: skip


def piece(
    of: Document,
    kind: EvidenceKind,
    text: str = "",
    payload: Mapping[str, Any] | None = None,
    ordinal: int = 0,
    name: str = "",
    **where: Any,
) -> Evidence:
    """A piece of a document; `where` are parts of its locator."""
    name = name or content_id(of.document_id, kind.value, str(ordinal), text)[:12]
    return Evidence(name, of.document_id, kind, ordinal, Locator(**where), text, payload or {})


def filed(
    of: Document, concept: str, value: float, end: str, start: str | None = None, **more: Any
) -> Evidence:
    """A fact of a filing: a line item's value of a period, or of a moment where no start is given."""
    payload = {
        "concept": concept, "label": concept, "value": value, "unit": "USD", "scale": 1.0,
        "period_start": start, "period_end": end, "as_reported": f"{value:,.0f}",
    } | more  # fmt: skip
    return piece(
        of, EvidenceKind.FACT, f"{concept}: {value}", payload, name=f"{of.document_id}:{concept}:{end}"
    )


def dossier(
    documents: Sequence[Document],
    evidence: Sequence[Evidence],
    as_of: datetime = NOW,
    copies: Mapping[str, str] | None = None,
    likenesses: Sequence[Likeness] = (),
    prices: Sequence[tuple[str, float, float]] = (),
    vectors: Mapping[str, Any] | None = None,
) -> Dossier:
    """A dossier of these pieces; `prices` are (day, close, volume), each known at 22:00 of its day."""
    papers = {
        one.document_id: one for one in sorted(documents, key=lambda d: (d.available_at, d.document_id))
    }
    order = {key: at for at, key in enumerate(papers)}
    pieces = sorted(evidence, key=lambda e: (order[e.document_id], e.ordinal, e.evidence_id))
    facts = [
        {
            "concept": e.payload["concept"], "value": e.payload["value"], "unit": e.payload["unit"],
            "period_start": _day(e.payload["period_start"]), "period_end": _day(e.payload["period_end"]),
            "unverified": e.payload.get("unverified"), "evidence_id": e.evidence_id,
            "available_at": papers[e.document_id].available_at,
        }
        for e in pieces
        if e.kind is EvidenceKind.FACT and e.payload["concept"]
    ]  # fmt: skip
    closes = [
        {
            "day": date.fromisoformat(day), "close": close, "adjusted_close": close, "volume": volume,
            "document_id": "prices", "evidence_id": "prices-table", "available_at": moment(f"{day}T22:00"),
        }
        for day, close, volume in prices
    ]  # fmt: skip
    return Dossier(
        "issuer", "Anvil Corporation", as_of, papers, pieces, pl.DataFrame(facts, _FACTS),
        pl.DataFrame(closes, _PRICES), copies or {}, likenesses, vectors or {},
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
