"""What a report reads of the store: only what was public by one moment and stored by another."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from smalti.platform.errors import NotFound
from smalti.platform.records import LEAST_LINK
from smalti.platform.store import Store
from smalti.service.signals import ERASED
from smalti.service.views import SignalView

_PRICE_DAYS = 400
"""Trading days of prices shown."""
_MOST_MOMENTS = 400
"""Scorings of one signal shown."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a report may know.

    Attributes:
        since: begin of its period.
        as_of: nothing that became public later.
        recorded_by: nothing that was stored later.
    """

    since: datetime
    as_of: datetime
    recorded_by: datetime

    @property
    def params(self) -> dict[str, datetime]:
        """What the statements of this module are given."""
        return {"since": self.since, "as_of": self.as_of, "recorded_by": self.recorded_by}


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom a report, or a part of one, is."""

    issuer_id: str
    name: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of evidence stands."""

    evidence_id: str
    document_id: str
    kind: str
    locator: str
    title: str
    source: str
    file: str
    available_at: datetime


_FILE = (
    "(SELECT min(x.path) FROM dispositions x WHERE x.artifact_id = d.artifact_id AND x.record = '') AS file"
)


def subject(store: Store, issuer_id: str, clocks: Clocks) -> Subject:
    """The name of an issuer, and whether any of its documents are made up.

    Raises:
        NotFound: no such issuer.
    """
    rows = store.read("SELECT name FROM issuers WHERE issuer_id = ?", [issuer_id])
    if not rows.height:
        raise NotFound("no such issuer", subject=issuer_id, mend="`smalti signals` names those scored")
    made_up = store.read(
        "SELECT coalesce(bool_or(json_extract_string(d.hints, '$.synthetic') IS NOT NULL), false) AS it"
        " FROM links l JOIN documents d USING (document_id)"
        " WHERE l.issuer_id = $issuer AND d.recorded_at <= $recorded_by",
        {"issuer": issuer_id, "recorded_by": clocks.recorded_by},
    )
    return Subject(issuer_id, rows.item(), bool(made_up.item()))


def signals(store: Store, of: Subject, clocks: Clocks) -> list[SignalView]:
    """Of each kind and horizon the newest score."""
    rows = store.read(
        f"SELECT s.*, z.erased FROM signals s {ERASED}"
        " WHERE issuer_id = $issuer AND as_of <= $as_of AND recorded_at <= $recorded_by"
        " QUALIFY row_number() OVER (PARTITION BY kind, horizon_days"
        "  ORDER BY as_of DESC, recorded_at DESC, signal_id) = 1 ORDER BY kind, horizon_days",
        {"issuer": of.issuer_id, "as_of": clocks.as_of, "recorded_by": clocks.recorded_by},
    )
    return [_view(row, of) for row in rows.iter_rows(named=True)]


def _view(row: Mapping[str, Any], of: Subject) -> SignalView:
    beside = {"issuer": of.name, "synthetic": of.synthetic, "details": json.loads(row["details"])}
    return SignalView(**{name: row[name] for name in SignalView.__slots__ if name not in beside}, **beside)


def scored_before(store: Store, of: Subject, clocks: Clocks) -> datetime | None:
    """The newest moment of a scoring not after the begin of the period."""
    found = store.read(
        "SELECT max(as_of) FROM signals WHERE issuer_id = $issuer AND as_of <= $since"
        " AND recorded_at <= $recorded_by",
        {"issuer": of.issuer_id, "since": clocks.since, "recorded_by": clocks.recorded_by},
    )
    moment: datetime | None = found.item()
    return moment


def series(store: Store, of: Subject, kind: str, horizon_days: int, clocks: Clocks) -> pl.DataFrame:
    """One signal at each moment it was scored: `as_of`, `value`, `low`, `high`, `in_sample`."""
    return store.read(
        "SELECT as_of, value, low, high, in_sample FROM (SELECT * FROM signals"
        "  WHERE issuer_id = $issuer AND kind = $kind AND horizon_days = $horizon AND as_of <= $as_of"
        "   AND recorded_at <= $recorded_by"
        "  QUALIFY row_number() OVER (PARTITION BY as_of ORDER BY recorded_at DESC, signal_id) = 1"
        "  ORDER BY as_of DESC LIMIT $most) ORDER BY as_of",
        {"issuer": of.issuer_id, "kind": kind, "horizon": horizon_days, "as_of": clocks.as_of}
        | {"recorded_by": clocks.recorded_by, "most": _MOST_MOMENTS},
    )


def prices(store: Store, of: Subject, clocks: Clocks) -> pl.DataFrame:
    """Adjusted closes of the last trading days: `day`, `adjusted_close`."""
    return store.read(
        "SELECT day, adjusted_close FROM (SELECT p.day, p.adjusted_close FROM prices p"
        "  JOIN links l USING (document_id) WHERE l.issuer_id = $issuer AND p.available_at <= $as_of"
        "   AND p.recorded_at <= $recorded_by AND p.adjusted_close > 0"
        "  QUALIFY row_number() OVER (PARTITION BY p.day ORDER BY p.recorded_at DESC, p.document_id) = 1"
        "  ORDER BY day DESC LIMIT $most) ORDER BY day",
        {"issuer": of.issuer_id, "as_of": clocks.as_of, "recorded_by": clocks.recorded_by}
        | {"most": _PRICE_DAYS},
    )


def arrived(store: Store, of: Subject, clocks: Clocks) -> pl.DataFrame:
    """Documents that became public within the period, prices left out, newest first."""
    return store.read(
        f"SELECT d.document_id, d.title, d.kind, d.available_at, {_FILE} FROM documents d"
        " JOIN links l USING (document_id) WHERE l.issuer_id = $issuer AND l.score >= $least"
        " AND d.available_at > $since AND d.available_at <= $as_of AND d.recorded_at <= $recorded_by"
        " AND d.kind <> 'price' ORDER BY d.available_at DESC, d.document_id",
        {"issuer": of.issuer_id, "least": LEAST_LINK, **clocks.params},
    )


def newest_by_kind(store: Store, of: Subject, clocks: Clocks) -> pl.DataFrame:
    """`kind`, `documents`, `newest` (when the newest became public; of prices the last day's), by kind."""
    return store.read(
        "SELECT d.kind, count(DISTINCT d.document_id) AS documents,"
        " max(CASE WHEN d.kind = 'price' THEN (SELECT max(p.available_at) FROM prices p"
        "   WHERE p.document_id = d.document_id AND p.available_at <= $as_of"
        "    AND p.recorded_at <= $recorded_by)"
        "  ELSE d.available_at END) AS newest"
        " FROM documents d JOIN links l USING (document_id) WHERE l.issuer_id = $issuer AND l.score >= $least"
        " AND d.available_at <= $as_of AND d.recorded_at <= $recorded_by GROUP BY d.kind ORDER BY d.kind",
        {"issuer": of.issuer_id, "least": LEAST_LINK, "as_of": clocks.as_of}
        | {"recorded_by": clocks.recorded_by},
    )


def places(store: Store, evidence: Collection[str]) -> dict[str, Place]:
    """Where pieces of evidence stand, by their ids."""
    rows = store.read(
        f"SELECT e.evidence_id, e.document_id, e.kind, e.locator, d.title, d.kind AS source, d.available_at,"
        f" {_FILE} FROM evidence e JOIN documents d USING (document_id)"
        " WHERE list_contains($wanted::TEXT[], e.evidence_id)",
        {"wanted": sorted(evidence)},
    )
    return {
        row["evidence_id"]: Place(**{**row, "file": row["file"] or ""}) for row in rows.iter_rows(named=True)
    }


def heads(found: Sequence[SignalView]) -> list[SignalView]:
    """The three signals, without their sub-signals."""
    return [s for s in found if "." not in s.kind]
