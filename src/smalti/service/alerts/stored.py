"""Stored alerts as people ask for them: what fired, on what evidence, what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from smalti.platform.errors import NotFound
from smalti.platform.store import Store
from smalti.service.alerts.conditions import Severity
from smalti.service.signals import findings, why
from smalti.service.views import EvidenceView, FindingView, SignalView

EventKind = Literal["acknowledged", "assigned", "comment", "verdict"]
Verdict = Literal["right", "wrong", "unclear"]

_TOP_EVIDENCE = 5
_TOP_FINDINGS = 5
_MOST_OCCURRENCES = 50


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """Something that somebody did with an alert.

    Attributes:
        value: whom it was assigned to, or the verdict.
        text: what they wrote.
    """

    ordinal: int
    kind: EventKind
    value: str
    text: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert.

    Attributes:
        subject: the issuer's name, or the source's.
        kind: the signal it is about; empty of a source.
        as_of: of the signal that raised it, or the last good pull.
        before: the series' value before, or what a change is held against.
        after: the value that raised it; a finding's strength; hours without a pull.
        count: how often the condition was met in all; `last_as_of`, when last.
        synthetic: made-up data stand behind it.
        state: `new` or `acknowledged`.
        verdict: the newest.
        link: path of the alert in the API.
    """

    alert_id: str
    rule_id: str
    version: int
    rule: str
    severity: Severity
    issuer_id: str
    subject: str
    kind: str
    horizon_days: int
    signal_id: str | None
    as_of: datetime
    before: float | None
    after: float | None
    reason: str
    synthetic: bool
    raised_at: datetime
    count: int
    last_as_of: datetime
    state: str
    assignee: str | None
    verdict: Verdict | None
    link: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Once that an alert's condition was met.

    Attributes:
        signal_id: where it was met; None of a source.
        value: the signal's then.
    """

    as_of: datetime
    value: float | None
    signal_id: str | None


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """An alert with what stands behind it and what became of it.

    Attributes:
        signal: that raised it.
        evidence: the pieces that weigh most, with quote and place.
        findings: what checks found, strongest first; of a new contradiction, that one.
        erased: the signal or its evidence is not there any more.
        occurrences: the times its condition was met, newest first; of many the newest.
    """

    alert: AlertView
    signal: SignalView | None
    evidence: Sequence[EvidenceView]
    findings: Sequence[FindingView]
    history: Sequence[AlertEvent]
    erased: bool
    occurrences: Sequence[Occurrence]


ALERTS = (
    "SELECT a.*, coalesce(r.name, '') AS rule, coalesce(nullif(a.subject, ''), i.name, a.issuer_id) AS shown,"
    " greatest(coalesce(o.n, 0), 1) AS n, coalesce(o.last_as_of, a.as_of) AS last_as_of,"
    " e.acknowledged, e.assignee, e.verdict"
    " FROM alerts a LEFT JOIN issuers i USING (issuer_id)"
    " LEFT JOIN alert_rules r ON r.rule_id = a.rule_id AND r.version = a.version"
    " LEFT JOIN (SELECT alert_id, count(*) AS n, max(as_of) AS last_as_of FROM alert_occurrences"
    "  GROUP BY 1) o USING (alert_id)"
    " LEFT JOIN (SELECT alert_id, bool_or(kind = 'acknowledged') AS acknowledged,"
    "  arg_max(value, ordinal) FILTER (kind = 'assigned') AS assignee,"
    "  arg_max(value, ordinal) FILTER (kind = 'verdict') AS verdict"
    "  FROM alert_events GROUP BY 1) e USING (alert_id)"
)
"""All alerts; `view` makes an `AlertView` of a row."""


def view(row: Mapping[str, Any]) -> AlertView:
    """An alert out of a row of `ALERTS`."""
    return AlertView(
        alert_id=row["alert_id"],
        rule_id=row["rule_id"],
        version=row["version"],
        rule=row["rule"],
        severity=row["severity"],
        issuer_id=row["issuer_id"],
        subject=row["shown"],
        kind=row["kind"],
        horizon_days=row["horizon_days"],
        signal_id=row["signal_id"],
        as_of=row["as_of"],
        before=row["value_before"],
        after=row["value_after"],
        reason=row["reason"],
        synthetic=row["synthetic"],
        raised_at=row["raised_at"],
        count=row["n"],
        last_as_of=row["last_as_of"],
        state="acknowledged" if row["acknowledged"] else "new",
        assignee=row["assignee"],
        verdict=row["verdict"],
        link=f"/v1/alerts/{row['alert_id']}",
    )


def alerts_by_id(store: Store, ids: Sequence[str]) -> list[AlertView]:
    """Some alerts, in the order of their ids as given."""
    if not ids:
        return []
    rows = store.read(
        f"SELECT * FROM ({ALERTS}) WHERE list_contains($wanted::TEXT[], alert_id)", {"wanted": list(ids)}
    )
    found = {row["alert_id"]: view(row) for row in rows.iter_rows(named=True)}
    return [found[one] for one in ids if one in found]


def list_alerts(
    store: Store,
    *,
    issuer: str | None = None,
    rule: str | None = None,
    state: str | None = None,
    limit: int = 100,
) -> list[AlertView]:
    """The newest alerts.

    Args:
        store: to read from.
        issuer: id of the issuer they are about.
        rule: id of the rule that raised them.
        state: `new` or `acknowledged`.
        limit: most alerts.
    """
    rows = store.read(
        f"SELECT * FROM ({ALERTS}) WHERE ($issuer IS NULL OR issuer_id = $issuer)"
        " AND ($rule IS NULL OR rule_id = $rule)"
        " AND ($state IS NULL OR coalesce(acknowledged, false) = ($state = 'acknowledged'))"
        f" ORDER BY raised_at DESC, alert_id LIMIT {int(limit)}",
        {"issuer": issuer, "rule": rule, "state": state},
    )
    return [view(row) for row in rows.iter_rows(named=True)]


def find_alert(store: Store, alert_id: str) -> AlertView:
    """The alert whose id begins so.

    Raises:
        NotFound: none, or several.
    """
    rows = store.read(f"SELECT * FROM ({ALERTS}) WHERE starts_with(alert_id, ?) LIMIT 2", [alert_id])
    if rows.height != 1 or not alert_id:
        what = "no alert has this id" if not rows.height else "several alerts begin so"
        raise NotFound(what, subject=alert_id, mend="`smalti alerts list` has their ids")
    return view(rows.row(0, named=True))


def alert_detail(store: Store, alert_id: str) -> AlertDetail:
    """An alert with its evidence and history.

    Raises:
        NotFound: no alert, or several, have an id that begins so.
    """
    alert = find_alert(store, alert_id)
    signal, evidence, found = _behind(store, alert)
    erased = alert.signal_id is not None and signal is None
    events, times = history(store, alert.alert_id), occurrences(store, alert.alert_id)
    return AlertDetail(alert, signal, evidence, found, events, erased, times)


def _behind(
    store: Store, alert: AlertView
) -> tuple[SignalView | None, Sequence[EvidenceView], Sequence[FindingView]]:
    if alert.signal_id is None:
        return None, (), ()
    try:
        behind = why(store, alert.signal_id)
    except NotFound:
        return None, (), ()
    beside = behind.findings
    if not beside and "." not in alert.kind:
        checks = [one for one in behind.beside if not one.kind.endswith(".contradiction")]
        beside = findings(store, checks)
    strong = [one for one in beside if one.strength is not None]
    raised_by = store.read("SELECT details FROM alerts WHERE alert_id = ?", [alert.alert_id]).item()
    its_own = json.loads(raised_by).get("finding_id")
    strong.sort(key=lambda one: (one.finding_id != its_own, -(one.strength or 0)))
    pieces = {piece.evidence_id: piece for piece in reversed(behind.evidence)}  # told by two methods: once
    best_first = sorted(pieces.values(), key=behind.evidence.index)
    return behind.signal, best_first[:_TOP_EVIDENCE], strong[:_TOP_FINDINGS]


def history(store: Store, alert_id: str) -> list[AlertEvent]:
    """What people did with an alert, oldest first."""
    rows = store.read(
        "SELECT ordinal, kind, value, text, made_by, made_at FROM alert_events WHERE alert_id = ?"
        " ORDER BY ordinal",
        [alert_id],
    )
    return [AlertEvent(**row) for row in rows.iter_rows(named=True)]


def occurrences(store: Store, alert_id: str) -> list[Occurrence]:
    """When an alert's condition was met, newest first; of many the newest."""
    rows = store.read(
        "SELECT as_of, value, signal_id FROM alert_occurrences WHERE alert_id = ?"
        f" ORDER BY as_of DESC, signal_id LIMIT {_MOST_OCCURRENCES}",
        [alert_id],
    )
    return [Occurrence(**row) for row in rows.iter_rows(named=True)]
