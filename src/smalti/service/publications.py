"""What analysts have published to customers, who see that and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from smalti.platform.auth import Principal
from smalti.platform.errors import NotFound
from smalti.platform.objects import Objects
from smalti.platform.store import Batch, Store
from smalti.service.signals import newest_signals
from smalti.service.views import SignalView


class Published(StrEnum):
    """What can be published."""

    ISSUER = "issuer"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class PublicationView:
    """Something that customers may see, and who lets them since when."""

    kind: Published
    subject_id: str
    title: str
    published_by: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedIssuer:
    """An issuer as customers see it. `synthetic`: documents about it are made up."""

    issuer_id: str
    name: str
    scored_as_of: datetime | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class PublishedSignal:
    """A signal as customers see it: its value with its interval, and what it did without.

    Attributes:
        low, high: ends of the interval; null where the model gives none.
        missing, stale, not_trained: kinds of sources that it lacked, that were too old, or that it never
            learned from.
        in_sample: the model had seen the outcome, so that this is no forecast.
        reason: why there is no value, where there is none.
        synthetic: documents about the issuer are made up.
    """

    kind: str
    as_of: datetime
    horizon_days: int
    value: float | None
    low: float | None
    high: float | None
    percentile: float | None
    missing: Sequence[str]
    stale: Sequence[str]
    not_trained: Sequence[str]
    in_sample: bool
    reason: str | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A report as customers see it; `synthetic`: some of its data are made up."""

    report_id: str
    title: str
    headline: str
    since: datetime
    as_of: datetime
    synthetic: bool


PUBLICATIONS = (
    "SELECT p.kind, p.subject_id, coalesce(i.name, r.title, '') AS title, p.published_by, p.published_at"
    " FROM publications p LEFT JOIN issuers i ON p.kind = 'issuer' AND i.issuer_id = p.subject_id"
    " LEFT JOIN reports r ON p.kind = 'report' AND r.report_id = p.subject_id"
)
ISSUERS = (
    "SELECT i.issuer_id, i.name,"
    " (SELECT max(s.as_of) FROM signals s WHERE s.issuer_id = i.issuer_id) AS scored_as_of,"
    " EXISTS (SELECT 1 FROM links l JOIN documents d USING (document_id) WHERE l.issuer_id = i.issuer_id"
    "  AND json_extract_string(d.hints, '$.synthetic') IS NOT NULL) AS synthetic"
    " FROM publications p JOIN issuers i ON i.issuer_id = p.subject_id WHERE p.kind = 'issuer'"
)
REPORTS = (
    "SELECT r.* FROM publications p JOIN reports r ON r.report_id = p.subject_id WHERE p.kind = 'report'"
)
_EXISTS = {
    Published.ISSUER: "SELECT 1 FROM issuers WHERE issuer_id = ?",
    Published.REPORT: "SELECT 1 FROM reports WHERE report_id = ?",
}
_ONE = f"{PUBLICATIONS} WHERE p.kind = ? AND p.subject_id = ?"


def publish(store: Store, who: Principal, kind: Published, subject_id: str) -> PublicationView:
    """Let customers see an issuer's signals, or a report. Doing it again changes nothing.

    Raises:
        NotFound: there is no such issuer or report.
    """
    if not store.read(_EXISTS[kind], [subject_id]).height:
        raise NotFound(f"no such {kind}", subject=subject_id, mend="give its whole id")
    if not store.read(_ONE, [kind, subject_id]).height:
        batch = Batch()
        row = {"kind": kind.value, "subject_id": subject_id, "published_by": who.name}
        batch.add("publications", {**row, "published_at": store.now()})
        store.commit(batch)
    return publication_view(store.read(_ONE, [kind, subject_id]).row(0, named=True))


def withdraw(store: Store, kind: Published, subject_id: str) -> None:
    """Let customers see something no more.

    Raises:
        NotFound: it is not published.
    """
    _needs_published(store, kind, subject_id)
    batch = Batch()
    batch.drop("publications", kind=kind.value, subject_id=subject_id)
    store.commit(batch)


def published_signals(store: Store, issuer_id: str) -> list[PublishedSignal]:
    """The newest signals of a published issuer.

    Raises:
        NotFound: it is not published, or not known; not told which.
    """
    _needs_published(store, Published.ISSUER, issuer_id)
    return [_signal(signal) for signal in newest_signals(store, issuer_id, store.now(), None)]


def published_pdf(store: Store, objects: Objects, report_id: str) -> bytes:
    """The PDF of a published report.

    Raises:
        NotFound: it is not published, or not known; not told which.
    """
    _needs_published(store, Published.REPORT, report_id)
    found = store.read("SELECT pdf_id FROM reports WHERE report_id = ?", [report_id])
    if not found.height:
        raise _not_published(report_id)
    return objects.get(found.item())


def publication_view(row: Mapping[str, Any]) -> PublicationView:
    """A row of `PUBLICATIONS` as shown."""
    told = {name: row[name] for name in PublicationView.__slots__}
    return PublicationView(**{**told, "kind": Published(row["kind"])})


def issuer_view(row: Mapping[str, Any]) -> PublishedIssuer:
    """A row of `ISSUERS` as shown."""
    return PublishedIssuer(**{name: row[name] for name in PublishedIssuer.__slots__})


def report_view(row: Mapping[str, Any]) -> PublishedReport:
    """A row of `REPORTS` as shown."""
    return PublishedReport(**{name: row[name] for name in PublishedReport.__slots__})


def _signal(signal: SignalView) -> PublishedSignal:
    return PublishedSignal(**{name: getattr(signal, name) for name in PublishedSignal.__slots__})


def _needs_published(store: Store, kind: Published, subject_id: str) -> None:
    known = "SELECT 1 FROM publications WHERE kind = ? AND subject_id = ?"
    if not store.read(known, [kind, subject_id]).height:
        raise _not_published(subject_id)


def _not_published(subject_id: str) -> NotFound:
    # Names nothing that is there: whoever asks may be a customer.
    return NotFound("nothing published has this id", subject=subject_id, mend="GET /v1/published lists it")
