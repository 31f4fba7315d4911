"""What the gateway answers with: plain frozen records that a table, a JSON text or a page can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.models.independence import Independence


@dataclass(frozen=True, slots=True)
class StageReport:
    """One finished run of one stage: what it counted and how long it took."""

    stage: str
    run_id: str
    counts: Mapping[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class SignalView:
    """A stored signal with its issuer's name; fields as in `platform.records.Signal`.

    Attributes:
        erased: how what was erased since belongs to it: `cited` as evidence, or `read` when it was made.
    """

    signal_id: str
    issuer_id: str
    issuer: str
    kind: str
    as_of: datetime
    horizon_days: int
    value: float | None
    low: float | None
    high: float | None
    percentile: float | None
    model_version: str
    used: Sequence[str]
    missing: Sequence[str]
    not_trained: Sequence[str]
    stale: Sequence[str]
    in_sample: bool
    reason: str | None
    details: Mapping[str, Any]
    synthetic: bool
    recorded_at: datetime
    erased: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A piece of evidence behind a signal, so that a person can check it in the source.

    Attributes:
        effect: what the signal's value would lose without it; None where `method` says what else it is.
        method: `integrated-gradients` (a share of the score's way from nothing known), `leave-one-out` (of a
            token, or of a named ratio), `input` of a computed sub-signal, `driver: <check>` (a share of
            the contradiction index), or `context`: it bears on the matter but the model was never taught
            to use it.
        where: page, table cell, second, line: for people.
        quote: what it says, shortened.
        file: path of the source file as it was sighted.
    """

    rank: int
    evidence_id: str
    document_id: str
    modality: str
    effect: float | None
    method: str
    kind: str
    where: str
    quote: str
    title: str
    source: str
    file: str
    available_at: datetime


@dataclass(frozen=True, slots=True)
class GroupView:
    """What one document, or one modality (`by`), moved a signal by: the sum over its pieces.

    Attributes:
        key: the document's id, or the modality.
        name: the document's file or title, or the modality.
    """

    by: str
    key: str
    name: str
    effect: float
    pieces: int


@dataclass(frozen=True, slots=True)
class CitedView:
    """A place in a piece of evidence that a finding cites; `quote` is what it says there."""

    evidence_id: str
    document_id: str
    kind: str
    where: str
    quote: str
    title: str
    source: str
    file: str
    available_at: datetime


@dataclass(frozen=True, slots=True)
class FindingView:
    """What a check found (`finding`), or could not judge (`cannot compare`), with both sides.

    Attributes:
        check: the sub-signal it belongs to: `fraud.claim_against_fact`.
        strength: up to 1; None of what could not be judged.
    """

    finding_id: str
    signal_id: str
    check: str
    verdict: str
    strength: float | None
    reason: str
    said: Sequence[CitedView]
    against: Sequence[CitedView]
    details: Mapping[str, Any]
    as_of: datetime
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Why:
    """A signal and all that stands behind it.

    Attributes:
        evidence: what moved it, best first; then what drives the contradiction index; then context.
        groups: sums of effects by document and by modality.
        beside: its sub-signals of the same case.
        findings: what the check behind a sub-signal found.
        independence: who stands behind it, and the shares of it that anybody could forge.
    """

    signal: SignalView
    evidence: Sequence[EvidenceView]
    groups: Sequence[GroupView]
    beside: Sequence[SignalView]
    findings: Sequence[FindingView]
    independence: Independence


@dataclass(frozen=True, slots=True)
class QuarantineView:
    """An input or record that was set aside, and why."""

    quarantine_id: str
    source_id: str
    source: str
    path: str
    record: str
    stage: str
    code: str
    reason: str
    mend: str
    attempts: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class LastRun:
    """One of the newest runs; `counts` is JSON."""

    stage: str
    subject: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    counts: str


@dataclass(frozen=True, slots=True)
class StatusView:
    """What the store holds.

    Attributes:
        rows: rows in each table.
        dispositions: files, and records inside files, by outcome.
        runs: the newest runs, newest first.
        unfinished: runs that a crash cut short.
    """

    store: str
    rows: Mapping[str, int]
    files: Mapping[str, int]
    records: Mapping[str, int]
    runs: Sequence[LastRun]
    unfinished: int
    newest_evidence: datetime | None


@dataclass(frozen=True, slots=True)
class SourceView:
    """A configured source and how its last pull went."""

    name: str
    kind: str
    address: str
    schedule: str
    paused: bool
    options: Mapping[str, str]
    last_pull: datetime | None
    last_state: str | None
    last_counts: Mapping[str, int]
    last_error: str | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One thing that a source would give."""

    name: str
    url: str
    title: str
    published_at: datetime | None
    is_list: bool


@dataclass(frozen=True, slots=True)
class SourceTest:
    """What a source answered when it was tried; nothing was stored.

    Attributes:
        asked: the addresses asked, after redirects.
        entries: what its first list names, or the one thing it is.
        problems: entries that cannot be used, and why.
    """

    asked: Sequence[str]
    entries: Sequence[EntryView]
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What became of one risk factor: `new`, `dropped`, `changed` or `same`, and which sentences changed."""

    verdict: str
    heading: str
    likeness: float
    added: Sequence[str]
    removed: Sequence[str]
    reworded: Sequence[tuple[str, str]]
    evidence_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class RiskDiffView:
    """Risk factors of two annual filings side by side; `drift` as in `checks.risk_factors.RiskDiff`."""

    old_title: str
    old_available_at: datetime
    new_title: str
    new_available_at: datetime
    drift: float
    changes: Sequence[ChangeView]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """One number told twice: in a print, a chart or a call (`ours`), and in another piece (`theirs`)."""

    verdict: str
    item: str
    ours: float
    theirs: float
    evidence_id: str
    where: str
    title: str
    quote: str
    with_evidence: str
    with_where: str
    with_title: str
    available_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a score's change, and what brought it."""

    name: str
    amount: float


@dataclass(frozen=True, slots=True)
class SignalChange:
    """One signal at two moments; its parts sum to the difference, or `reason` says why there are none."""

    kind: str
    horizon_days: int
    before: float | None
    after: float | None
    parts: Sequence[Part]
    reason: str | None


@dataclass(frozen=True, slots=True)
class ChangedDocument:
    """A document that came, or whose evidence no longer counts; `corrects`: it takes another's place."""

    document_id: str
    title: str
    kind: str
    file: str
    available_at: datetime
    corrects: bool


@dataclass(frozen=True, slots=True)
class ScoreChangeView:
    """Why an issuer's signals differ between two moments."""

    issuer_id: str
    before: datetime
    after: datetime
    signals: Sequence[SignalChange]
    arrived: Sequence[ChangedDocument]
    aged_out: Sequence[ChangedDocument]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One signal with a document and without it; `reason` says why there is none without it."""

    kind: str
    horizon_days: int
    value: float | None
    without: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class WhatIfView:
    """Every signal of an issuer as it would be had one document, or all of a file, not been published."""

    issuer_id: str
    as_of: datetime
    documents: Sequence[ChangedDocument]
    signals: Sequence[WhatIf]


@dataclass(frozen=True, slots=True)
class ReplayView:
    """A stored signal made again; see `service.replay.replay` for the verdicts."""

    signal_id: str
    kind: str
    horizon_days: int
    as_of: datetime
    recorded_at: datetime
    value: float | None
    again: float | None
    off: float | None
    verdict: str
    reason: str
