"""What stands around a cited piece: what comes before and after, what it moved, who tells the same.

Each list is bounded, and nothing in it became known after the moment asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.platform.facts import AGREES
from smalti.platform.records import EvidenceKind, Locator
from smalti.platform.store import Store
from smalti.platform.words import CONTRADICTION
from smalti.service.documents import DocumentRow, row_of, rows_view
from smalti.service.evidence import EvidenceDetail, evidence
from smalti.service.signals import SIGNALS, finding_views, place_of, shortened
from smalti.service.views import FindingView

_NEAR = 3
"""Pieces before and after."""
_MOST_MOVED, _MOST_FINDINGS, _MOST_TOLD, _MOST_LIKE = 100, 20, 50, 20
_TEXT = 2_000
_TABLES = 100
"""Tables of one page among which that of a fact is looked for."""


@dataclass(frozen=True, slots=True)
class NearPiece:
    """A piece that stands before or after; its text cut where it is very long."""

    evidence_id: str
    kind: str
    ordinal: int
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What the piece moved one signal by; of each issuer, kind and horizon the last that it moved.

    Attributes:
        effect: in the signal's unit; null where `method` says what else it is.
        is_newest: no newer signal of its kind and horizon was known by then.
    """

    signal_id: str
    issuer_id: str
    issuer: str
    kind: str
    horizon_days: int
    as_of: datetime
    value: float | None
    effect: float | None
    modality: str
    method: str
    is_newest: bool


@dataclass(frozen=True, slots=True)
class Told:
    """The same number as another piece tells it; `here` and `there` in the unit of the fact."""

    evidence_id: str
    where: str
    title: str
    source: str
    text: str
    item: str
    verdict: str
    here: float
    there: float
    available_at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """Another document that tells the same, or shows nearly the same picture.

    Attributes:
        evidence_id: the picture that is like; of a text, its first piece.
        how: `picture`, or how it was found to be the same text.
        likeness: bits of 64 in which two pictures differ; of texts, how much they share, to 1.
    """

    document_id: str
    evidence_id: str | None
    title: str
    source: str
    author: str | None
    available_at: datetime
    how: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Newer:
    """The same bytes as a newer parser read them; `evidence_id`: the piece there that says the same."""

    document_id: str
    parser_version: str
    recorded_at: datetime
    evidence_id: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a piece.

    Attributes:
        kinds: how many pieces of each kind the document has.
        table: of a fact, the table it stands in.
        told: comparisons of its number or values with other pieces, those that differ first.
        alike: other documents with the same text or nearly the same picture, the earliest first.
    """

    document: DocumentRow
    kinds: Mapping[str, int]
    before: Sequence[NearPiece]
    after: Sequence[NearPiece]
    table: EvidenceDetail | None
    moved: Sequence[Moved]
    findings: Sequence[FindingView]
    told: Sequence[Told]
    alike: Sequence[Alike]
    newer: Newer | None


def around(store: Store, evidence_id: str, as_of: datetime, signal_id: str | None = None) -> Around:
    """What stands around a piece, as it was known by a moment.

    Args:
        store: to read from.
        evidence_id: of the piece.
        as_of: the moment.
        signal_id: a signal whose effect is told too, though newer ones of its kind were moved.

    Raises:
        NotFound: no piece has this id.
    """
    piece = evidence(store, evidence_id)
    row = row_of(store, piece.document_id)
    asked = {"evidence": evidence_id, "document": piece.document_id, "as_of": as_of}
    return Around(
        document=rows_view(store, [row])[0],
        kinds=dict(store.read(_KINDS, {"document": piece.document_id}).iter_rows()),
        before=_near(store, piece, before=True),
        after=_near(store, piece, before=False),
        table=_table(store, piece),
        moved=[
            Moved(**one)
            for one in store.read(_MOVED, _only(asked, "document") | {"signal": signal_id}).iter_rows(
                named=True
            )
        ],
        findings=_findings(store, _only(asked, "document")),
        told=_told(store, _only(asked, "document")),
        alike=[Alike(**one) for one in store.read(_ALIKE, _only(asked, "evidence")).iter_rows(named=True)],
        newer=_newer(store, evidence_id, row, as_of),
    )


def _only(asked: Mapping[str, Any], without: str) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name != without}


_KINDS = "SELECT kind, count(*) FROM evidence WHERE document_id = $document GROUP BY kind ORDER BY kind"


def _near(store: Store, piece: EvidenceDetail, *, before: bool) -> list[NearPiece]:
    """Of the text around a piece, or, of a fact, the facts beside it."""
    side, order = ("<", "DESC") if before else (">", "ASC")
    rows = store.read(
        "SELECT e.evidence_id, e.kind, e.ordinal, e.locator, '' AS part, e.text FROM evidence e"
        f" WHERE e.document_id = $document AND (e.kind = '{EvidenceKind.FACT.value}') = $fact"
        f" AND (e.ordinal {side} $ordinal OR (e.ordinal = $ordinal AND e.evidence_id {side} $evidence))"
        f" ORDER BY e.ordinal {order}, e.evidence_id {order} LIMIT {_NEAR}",
        {"document": piece.document_id, "fact": piece.kind == EvidenceKind.FACT, "ordinal": piece.ordinal}
        | {"evidence": piece.evidence_id},
    )
    found = [
        NearPiece(row["evidence_id"], row["kind"], row["ordinal"], place_of(row), row["text"][:_TEXT])
        for row in rows.iter_rows(named=True)
    ]
    return found[::-1] if before else found


def _table(store: Store, piece: EvidenceDetail) -> EvidenceDetail | None:
    """The table that a fact's cell is in: on its page the one around it, else that of the same characters."""
    if piece.kind != EvidenceKind.FACT or "cell" not in piece.locator:
        return None
    page = piece.locator.get("page")
    rows = store.read(
        "SELECT evidence_id, locator FROM evidence WHERE document_id = $document"
        f" AND kind = '{EvidenceKind.TABLE.value}'"
        " AND ($page IS NULL OR CAST(json_extract(locator, '$.page') AS INTEGER) = $page)"
        f" ORDER BY ordinal LIMIT {_TABLES if page is not None else 10 * _TABLES}",
        {"document": piece.document_id, "page": page},
    )
    for evidence_id, told in rows.iter_rows():
        at = Locator.from_json(told)
        chars = piece.locator.get("chars")
        if (page is None and chars and at.chars == tuple(chars)) or (
            page is not None and _holds(at.box, piece.locator.get("box"))
        ):
            return evidence(store, evidence_id)
    return None


def _holds(outer: Sequence[float] | None, inner: Sequence[float] | None) -> bool:
    if outer is None or inner is None:
        return False
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


_MOVED = f"""
WITH mine AS (
    SELECT s.signal_id, s.issuer_id, s.kind, s.horizon_days, s.as_of, s.recorded_at, s.value,
        a.effect, a.modality, a.method
    FROM attributions a JOIN signals s USING (signal_id)
    WHERE a.evidence_id = $evidence AND s.as_of <= $as_of
    QUALIFY dense_rank() OVER (
        PARTITION BY s.issuer_id, s.kind, s.horizon_days
        ORDER BY s.as_of DESC, s.recorded_at DESC, s.signal_id
    ) = 1 OR s.signal_id = $signal
),
newest AS (
    SELECT issuer_id, kind, horizon_days, max((as_of, recorded_at)) AS last FROM signals
    WHERE as_of <= $as_of AND issuer_id IN (SELECT issuer_id FROM mine)
    GROUP BY issuer_id, kind, horizon_days
)
SELECT m.* EXCLUDE (recorded_at), i.name AS issuer, (m.as_of, m.recorded_at) >= n.last AS is_newest
FROM mine m JOIN newest n USING (issuer_id, kind, horizon_days) JOIN issuers i USING (issuer_id)
ORDER BY is_newest DESC, contains(m.kind, '.'), m.kind, m.horizon_days,
    abs(m.effect) DESC NULLS LAST, m.method
LIMIT {_MOST_MOVED}
"""

_CITING = f"""
SELECT f.* FROM findings f JOIN signals s USING (signal_id)
WHERE s.as_of <= $as_of AND (contains(f.said, $evidence) OR contains(f.against, $evidence))
QUALIFY row_number() OVER (
    PARTITION BY s.issuer_id, f.reason
    ORDER BY s.kind = '{CONTRADICTION}', s.as_of DESC, s.recorded_at DESC, f.finding_id
) = 1
ORDER BY f.strength DESC NULLS LAST, f.finding_id LIMIT {_MOST_FINDINGS}
"""
"""A finding is made anew with each scoring, for its check and for the index over all checks: the last of the
check's own is told."""


def _findings(store: Store, asked: Mapping[str, Any]) -> list[FindingView]:
    rows = list(store.read(_CITING, asked).iter_rows(named=True))
    wanted = sorted({row["signal_id"] for row in rows})
    signals = store.read(f"{SIGNALS} WHERE list_contains($wanted::TEXT[], s.signal_id)", {"wanted": wanted})
    of = {one["signal_id"]: one for one in signals.iter_rows(named=True)}
    told = ("kind", "as_of", "synthetic")
    views = [
        row | {name: of[row["signal_id"]][name] for name in told} for row in rows if row["signal_id"] in of
    ]
    return finding_views(store, views)


_COMPARED = f"""
WITH told AS (
    SELECT item, verdict, ours AS here, theirs AS there, with_evidence AS evidence_id
    FROM comparisons WHERE evidence_id = $evidence
    UNION ALL
    SELECT item, verdict, theirs, ours, evidence_id FROM comparisons WHERE with_evidence = $evidence
)
SELECT t.*, e.locator, e.text, d.title, d.part, d.kind AS source, d.available_at
FROM told t JOIN evidence e USING (evidence_id) JOIN documents d USING (document_id)
WHERE d.available_at <= $as_of
ORDER BY t.verdict = '{AGREES}', d.available_at DESC, t.item, t.evidence_id LIMIT {_MOST_TOLD}
"""


def _told(store: Store, asked: Mapping[str, Any]) -> list[Told]:
    return [
        Told(
            evidence_id=row["evidence_id"],
            where=place_of(row),
            title=row["title"],
            source=row["source"],
            text=shortened(row["text"]),
            item=row["item"],
            verdict=row["verdict"],
            here=row["here"],
            there=row["there"],
            available_at=row["available_at"],
        )
        for row in store.read(_COMPARED, asked).iter_rows(named=True)
    ]


_ALIKE = f"""
WITH first AS (
    SELECT coalesce(
        (SELECT any_value(of_document) FROM duplicates WHERE document_id = $document), $document
    ) AS document_id
),
same AS (
    SELECT x.document_id, NULL AS evidence_id, x.method AS how, CAST(x.score AS DOUBLE) AS likeness
    FROM duplicates x WHERE x.of_document IN (SELECT document_id FROM first)
    UNION ALL
    SELECT x.of_document, NULL, x.method, x.score FROM duplicates x WHERE x.document_id = $document
),
own AS (SELECT evidence_id FROM evidence WHERE document_id = $document AND media_id IS NOT NULL),
pairs AS (
    SELECT evidence_id AS one, of_evidence AS other, distance FROM likenesses
    UNION ALL SELECT of_evidence, evidence_id, distance FROM likenesses
),
near AS (
    SELECT p.other, p.distance FROM pairs p WHERE p.one IN (SELECT evidence_id FROM own)
),
further AS (
    SELECT other, distance FROM near
    UNION ALL
    SELECT p.other, p.distance + n.distance FROM near n JOIN pairs p ON p.one = n.other
    WHERE p.other NOT IN (SELECT evidence_id FROM own)
),
found AS (
    SELECT * FROM same
    UNION ALL
    SELECT e.document_id, e.evidence_id, 'picture', CAST(min(f.distance) AS DOUBLE)
    FROM further f JOIN evidence e ON e.evidence_id = f.other GROUP BY e.document_id, e.evidence_id
)
SELECT d.document_id, coalesce(f.evidence_id,
        (SELECT arg_min(e.evidence_id, e.ordinal) FROM evidence e WHERE e.document_id = d.document_id)
    ) AS evidence_id, d.title, d.kind AS source, d.author, d.available_at, f.how, f.likeness
FROM found f JOIN documents d USING (document_id)
WHERE d.available_at <= $as_of AND d.document_id <> $document
ORDER BY d.available_at, d.document_id, f.how LIMIT {_MOST_LIKE}
"""


def _newer(store: Store, evidence_id: str, row: Mapping[str, Any], as_of: datetime) -> Newer | None:
    """The newest reading of the same bytes, if this is not it."""
    rows = store.read(
        "SELECT document_id, parser_version, recorded_at, ("
        "   SELECT min(n.evidence_id) FROM evidence n JOIN evidence o ON n.content_id = o.content_id"
        "   WHERE n.document_id = d.document_id AND o.evidence_id = $evidence AND n.kind = o.kind"
        " ) AS evidence_id FROM documents d WHERE artifact_id = $artifact AND part = $part"
        " AND recorded_at > $recorded AND available_at <= $as_of ORDER BY recorded_at DESC LIMIT 1",
        {"artifact": row["artifact_id"], "part": row["part"], "recorded": row["recorded_at"]}
        | {"evidence": evidence_id, "as_of": as_of},
    )
    return Newer(**rows.row(0, named=True)) if rows.height else None
