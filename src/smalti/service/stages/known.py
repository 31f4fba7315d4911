"""What was known of an issuer at a moment: for the model as a `Known`, for the checks as a `Dossier`.

Both read with two clocks: what the public could know by a moment, and of that what was stored by another
(everything, unless a stored signal is replayed).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from smalti.models.cases import Known
from smalti.models.checks.dossier import Dossier, Likeness
from smalti.platform.records import (
    LEAST_LINK,
    DateMethod,
    Document,
    Evidence,
    EvidenceKind,
    Locator,
    SourceKind,
    content_id,
)
from smalti.platform.store import Store
from smalti.service.stages.embed import ENCODERS, encoder_prefix

_ON_RISK = "(?i)volatil|market risk|stock price|fluctuat|price of our (common )?(stock|shares)"
"""Words of a filing about how its issuer's price may move."""

_EVER = datetime(9999, 1, 1, tzinfo=UTC)

# Of each name in a source one artifact counts: the one it holds now, or, as of a moment before that was
# public, the last received before. Of each record of an artifact the document read last counts: a newer
# parser supersedes.
_CURRENT = (
    "SELECT d.* FROM documents d WHERE d.available_at <= $known_by AND d.recorded_at <= $recorded_by"
    " AND NOT list_contains($without::TEXT[], d.document_id)"
    " AND (d.artifact_id IN ("
    "   SELECT s.artifact_id FROM sightings s JOIN (SELECT DISTINCT artifact_id FROM documents"
    "    WHERE available_at <= $known_by AND recorded_at <= $recorded_by"
    "     AND NOT list_contains($without::TEXT[], document_id)) k USING (artifact_id)"
    "    LEFT JOIN dispositions x ON x.source_id = s.source_id AND x.path = s.path AND x.record = ''"
    "     AND x.recorded_at <= $recorded_by WHERE s.recorded_at <= $recorded_by"
    "   QUALIFY row_number() OVER (PARTITION BY s.source_id, s.path"
    "    ORDER BY x.artifact_id IS NOT DISTINCT FROM s.artifact_id DESC, s.fetched_at DESC) = 1)"
    "  OR d.artifact_id NOT IN (SELECT artifact_id FROM sightings))"
    " QUALIFY row_number() OVER (PARTITION BY d.artifact_id, d.part"
    "  ORDER BY d.recorded_at DESC, d.document_id) = 1"
)
# A copy is no evidence of its own beside its original; where that is not the issuer's, it is all there is.
_LINKED = (
    f"WITH current AS ({_CURRENT}), linked AS (SELECT c.* FROM current c JOIN links l USING (document_id)"
    f" WHERE l.issuer_id = $issuer AND l.score >= {LEAST_LINK} AND l.recorded_at <= $recorded_by),"
    " copies AS (SELECT u.document_id, u.of_document FROM duplicates u JOIN linked c USING (document_id)"
    "  JOIN linked o ON o.document_id = u.of_document),"
    " mine AS (SELECT c.* FROM linked c ANTI JOIN copies USING (document_id))"
)


@dataclass(frozen=True, slots=True)
class View:
    """Of whom, as of when, and what is left out of it.

    Attributes:
        as_of: the moment of the case, from which ages count.
        known_by: only what was public by then; `as_of` where left out, and never after it.
        recorded_by: only what was stored by then.
        without: ids of documents that are left out, as if they had not been: where one is a newer edition
            of a page, the one before speaks.
    """

    issuer_id: str
    as_of: datetime
    known_by: datetime | None = None
    recorded_by: datetime = _EVER
    without: frozenset[str] = frozenset()

    @property
    def params(self) -> dict[str, Any]:
        """What the statements of this module are given."""
        return {
            "issuer": self.issuer_id,
            "known_by": min(self.known_by or self.as_of, self.as_of),
            "recorded_by": self.recorded_by,
            "without": sorted(self.without),
        }


def encoders() -> dict[str, str]:
    """How the version of each encoder begins."""
    return {name: encoder_prefix(weights) or "none" for name, weights in ENCODERS.items()}


def known(store: Store, view: View) -> Known:
    """What the model is given of an issuer."""
    evidence = store.read(
        f"{_LINKED}, newest AS (SELECT * FROM embeddings WHERE content_id IN"
        "  (SELECT e.content_id FROM mine JOIN evidence e USING (document_id))"
        "  AND (starts_with(encoder, $text) OR starts_with(encoder, $image)) AND recorded_at <= $recorded_by"
        " QUALIFY row_number() OVER (PARTITION BY content_id ORDER BY recorded_at DESC, encoder) = 1)"
        " SELECT e.evidence_id, e.document_id, e.kind, e.ordinal, m.kind AS source, m.available_at,"
        "  m.language, CASE WHEN e.kind = 'audio' THEN e.payload END AS payload, n.vector"
        " FROM mine m JOIN evidence e USING (document_id) LEFT JOIN newest n USING (content_id)"
        " WHERE m.kind <> 'price' ORDER BY e.evidence_id",
        {**view.params, **encoders()},
    )
    facts = store.read(
        f"{_LINKED} SELECT f.concept, f.value, f.unit, f.period_start, f.period_end, f.unverified,"
        " f.evidence_id, m.available_at FROM mine m JOIN facts f USING (document_id) ORDER BY f.evidence_id",
        view.params,
    )
    return Known(view.issuer_id, view.as_of, evidence, facts, _prices(store, view))


def _prices(store: Store, view: View) -> pl.DataFrame:
    """A price series is one document that grows: its rows have their own clock, its own does not count."""
    return store.read(
        "SELECT p.day, p.close, p.adjusted_close, p.volume, p.document_id, e.evidence_id, p.available_at"
        " FROM prices p JOIN links l USING (document_id) JOIN evidence e USING (document_id)"
        " WHERE l.issuer_id = $issuer AND p.available_at <= $known_by AND p.recorded_at <= $recorded_by"
        " AND NOT list_contains($without::TEXT[], p.document_id) ORDER BY p.day, p.document_id",
        view.params,
    )


def shown_before(store: Store, view: View) -> str:
    """Names which pictures count as shown before: a `Known` does not tell, and copies add nothing to it."""
    found = store.read(
        f"{_LINKED} SELECT y.evidence_id || y.of_evidence AS pair FROM likenesses y"
        " JOIN evidence e USING (evidence_id) JOIN linked c ON c.document_id = e.document_id"
        " JOIN evidence o ON o.evidence_id = y.of_evidence JOIN documents d ON d.document_id = o.document_id"
        " WHERE d.available_at <= $known_by AND y.recorded_at <= $recorded_by ORDER BY 1",
        view.params,
    )
    return content_id("shown before", *found["pair"])


def with_talk_of_risk(store: Store, view: View, found: Known) -> Known:
    """With `on_risk`, which costs reading every paragraph: only for what is scored."""
    talk = store.read(
        f"{_LINKED} SELECT e.evidence_id, len(regexp_extract_all(e.text, '{_ON_RISK}')) AS on_risk"
        " FROM mine m JOIN evidence e USING (document_id) WHERE m.kind = 'filing' AND e.kind = 'paragraph'",
        view.params,
    )
    joined = found.evidence.join(talk, on="evidence_id", how="left", maintain_order="left")
    return replace(found, evidence=joined.with_columns(pl.col("on_risk").fill_null(0)))


def dossier(store: Store, view: View, found: Known) -> Dossier:
    """What the checks are given: every piece in full, copies and pictures shown before too.

    Args:
        store: to read from.
        view: of whom and when.
        found: what `known` gave for the same view.
    """
    documents = store.read(
        f"{_LINKED} SELECT * FROM linked WHERE kind <> 'price' ORDER BY available_at, document_id",
        view.params,
    )
    evidence = store.read(
        f"{_LINKED} SELECT e.* FROM linked c JOIN evidence e USING (document_id) WHERE c.kind <> 'price'"
        " ORDER BY c.available_at, c.document_id, e.ordinal, e.evidence_id",
        view.params,
    )
    copies = store.read(f"{_LINKED} SELECT * FROM copies ORDER BY ALL", view.params)
    name = store.read("SELECT name FROM issuers WHERE issuer_id = ?", [view.issuer_id])
    embedded = found.evidence.filter(pl.col("vector").is_not_null()).select("evidence_id", "vector")
    return Dossier(
        issuer_id=view.issuer_id,
        name=name["name"][0] if name.height else view.issuer_id,
        as_of=view.as_of,
        documents={row["document_id"]: _document(row) for row in documents.iter_rows(named=True)},
        evidence=[_evidence(row) for row in evidence.iter_rows(named=True)],
        facts=found.facts,
        prices=found.prices,
        copies=dict(copies.iter_rows()),
        likenesses=_likenesses(store, view),
        vectors={one: np.asarray(vector, np.float32) for one, vector in embedded.iter_rows()},
    )


def _likenesses(store: Store, view: View) -> list[Likeness]:
    """Pictures of the issuer's that repeat an earlier one; that one may be anybody's, but is as public."""
    rows = store.read(
        f"{_LINKED} SELECT y.evidence_id AS later, y.distance, e.* EXCLUDE (recorded_at), d.artifact_id,"
        "  d.part, d.parser, d.parser_version, d.kind AS source, d.title, d.author, d.url, d.language,"
        "  d.available_at, d.available_method, d.partial, d.hints"
        " FROM likenesses y JOIN evidence own ON own.evidence_id = y.evidence_id"
        " JOIN linked c ON c.document_id = own.document_id"
        " JOIN evidence e ON e.evidence_id = y.of_evidence JOIN documents d ON d.document_id = e.document_id"
        " WHERE d.available_at <= $known_by AND y.recorded_at <= $recorded_by"
        " AND NOT list_contains($without::TEXT[], d.document_id) ORDER BY y.evidence_id, y.of_evidence",
        view.params,
    )
    return [
        Likeness(row["later"], _evidence(row), _document(row | {"kind": row["source"]}), row["distance"])
        for row in rows.iter_rows(named=True)
    ]


def _document(row: Mapping[str, Any]) -> Document:
    return Document(
        document_id=row["document_id"],
        artifact_id=row["artifact_id"],
        part=row["part"],
        parser=row["parser"],
        parser_version=row["parser_version"],
        kind=SourceKind(row["kind"]),
        title=row["title"],
        available_at=row["available_at"],
        available_method=DateMethod(row["available_method"]),
        language=row["language"],
        author=row["author"],
        url=row["url"],
        partial=row["partial"],
        hints=json.loads(row["hints"] or "{}"),
    )


def _evidence(row: Mapping[str, Any]) -> Evidence:
    return Evidence(
        evidence_id=row["evidence_id"],
        document_id=row["document_id"],
        kind=EvidenceKind(row["kind"]),
        ordinal=row["ordinal"],
        locator=Locator.from_json(row["locator"]),
        text=row["text"] or "",
        payload=json.loads(row["payload"] or "{}"),
        media_id=row["media_id"],
    )
