"""What happened around an issuer: filings, calls, bursts of news and posts; and what came later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from smalti.platform.records import LEAST_LINK, SourceKind
from smalti.platform.store import Store

USUAL_DAYS = 28
"""Days before one that say what is usual there."""

LEAST_BURST, TIMES_USUAL = 3, 3.0
"""A day of news or posts is a burst from so many documents on, and from so many times the usual number."""

MOST_EVENTS = 500
"""The newest events told at once."""

_EACH = (SourceKind.FILING.value, SourceKind.CALL.value)
_CROWDS = (SourceKind.NEWS.value, SourceKind.SOCIAL.value)

# A copy says nothing new, a document read again by a newer parser neither, and what nobody dated has no day.
_DAYS = """
SELECT d.kind, date_trunc('day', d.available_at AT TIME ZONE 'UTC') AS day,
    count(DISTINCT (d.artifact_id, d.part)) AS documents, min(d.available_at) AS at,
    arg_min(d.document_id, (d.available_at, d.recorded_at, d.document_id)) AS document_id
FROM links l JOIN documents d USING (document_id)
WHERE l.issuer_id = $issuer AND l.score >= $least AND list_contains($kinds::TEXT[], d.kind)
    AND d.available_method <> 'recorded' AND d.available_at BETWEEN $since AND $as_of
    AND NOT EXISTS (SELECT 1 FROM duplicates x WHERE x.document_id = d.document_id)
GROUP BY ALL ORDER BY day, d.kind
"""
_FIRST = """
SELECT d.document_id, d.title, (
    SELECT arg_min(e.evidence_id, e.ordinal) FROM evidence e WHERE e.document_id = d.document_id
) AS evidence_id
FROM documents d WHERE list_contains($wanted::TEXT[], d.document_id)
"""
_LATER = """
SELECT d.kind, count(DISTINCT (d.artifact_id, d.part)) AS documents
FROM links l JOIN documents d USING (document_id)
WHERE l.issuer_id = $issuer AND l.score >= $least AND d.available_at > $as_of AND d.available_at <= $now
    AND NOT EXISTS (SELECT 1 FROM duplicates x WHERE x.document_id = d.document_id)
GROUP BY d.kind ORDER BY d.kind
"""
_SCORED = """
SELECT count(DISTINCT as_of) AS scorings, max(as_of) AS newest FROM signals
WHERE issuer_id = $issuer AND as_of > $as_of AND as_of <= $now
"""


@dataclass(frozen=True, slots=True)
class Happened:
    """A day on which something came out.

    Attributes:
        at: when the first of it became public.
        kind: `filing`, `call`; `news` or `social` are bursts.
        documents: how many, copies left out.
        usual: of a burst, the daily mean of the 28 days before.
        title: of the first.
        evidence_id: its first piece; null where nothing could be read.
    """

    at: datetime
    kind: str
    documents: int
    usual: float | None
    title: str
    document_id: str
    evidence_id: str | None


@dataclass(frozen=True, slots=True)
class Events:
    """What happened between two moments, oldest first; `left_out`: older ones past the most told."""

    issuer_id: str
    items: Sequence[Happened]
    left_out: int


@dataclass(frozen=True, slots=True)
class KindLater:
    """How many documents of a kind came."""

    kind: str
    documents: int


@dataclass(frozen=True, slots=True)
class Later:
    """What has come since a moment, counted and not told: a page as of then shows none of it.

    Attributes:
        documents: by kind, copies left out.
        scorings: moments scored since.
        newest: the last of those.
    """

    issuer_id: str
    as_of: datetime
    documents: Sequence[KindLater]
    scorings: int
    newest: datetime | None


def events(store: Store, issuer_id: str, since: datetime, as_of: datetime) -> Events:
    """Days with filings or calls, and days with far more news or posts than usual.

    Args:
        store: to read from.
        issuer_id: about whom.
        since: the first moment.
        as_of: the last; nothing later is read, so what is usual on a day comes from days before it.
    """
    rows = store.read(
        _DAYS,
        {"issuer": issuer_id, "least": LEAST_LINK, "kinds": [*_EACH, *_CROWDS], "as_of": as_of}
        | {"since": since - timedelta(days=USUAL_DAYS)},
    )
    found = [row | {"usual": None} for row in rows.iter_rows(named=True) if row["kind"] in _EACH]
    for kind in _CROWDS:
        found += _bursts([row for row in rows.iter_rows(named=True) if row["kind"] == kind])
    within = sorted((row for row in found if row["at"] >= since), key=lambda row: (row["at"], row["kind"]))
    told = within[-MOST_EVENTS:]
    firsts = store.read(_FIRST, {"wanted": [row["document_id"] for row in told]})
    of_document = {row["document_id"]: row for row in firsts.iter_rows(named=True)}
    return Events(
        issuer_id, [_view(row, of_document[row["document_id"]]) for row in told], len(within) - len(told)
    )


def later(store: Store, issuer_id: str, as_of: datetime, now: datetime) -> Later:
    """How much has come since a moment, up to now."""
    asked = {"issuer": issuer_id, "as_of": as_of, "now": now}
    documents = store.read(_LATER, asked | {"least": LEAST_LINK})
    scored = store.read(_SCORED, asked).row(0, named=True)
    kinds = [KindLater(**row) for row in documents.iter_rows(named=True)]
    return Later(issuer_id, as_of, kinds, scored["scorings"], scored["newest"])


def _bursts(days: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The days of one kind, oldest first, that stand out from the days before them."""
    counts: dict[datetime, int] = defaultdict(int) | {row["day"]: row["documents"] for row in days}
    found = []
    for row in days:
        before = sum(counts.get(row["day"] - timedelta(days=back), 0) for back in range(1, USUAL_DAYS + 1))
        usual = before / USUAL_DAYS
        if row["documents"] >= max(LEAST_BURST, TIMES_USUAL * usual):
            found.append({**row, "usual": usual})
    return found


def _view(row: Mapping[str, Any], first: Mapping[str, Any]) -> Happened:
    return Happened(
        row["at"], row["kind"], row["documents"], row["usual"], first["title"], row["document_id"],
        first["evidence_id"],
    )  # fmt: skip
