"""Looking at what is new under every rule that is on, and storing the alerts that it raises.

What raised an alert names it (rule, version, issuer, and the signal, finding or outage), and each rule walks
its series from when it was switched on; so a service killed at any moment raises, after the next start, the
alerts of an undisturbed one, each once.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from smalti.platform.errors import NotFound
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.service import sources
from smalti.service.alerts import wording
from smalti.service.alerts.conditions import Contradiction, StaleSource
from smalti.service.alerts.judging import Firing, OnSignals, firings, judged
from smalti.service.alerts.notices import dispatch
from smalti.service.alerts.rules import RuleView, enabled_rules
from smalti.service.alerts.series import (
    Finding,
    findings_of,
    marked_live,
    same_contradiction,
    scope_of,
    signals_of,
    synthetic_issuers,
    with_news,
)
from smalti.service.alerts.stored import AlertView, alerts_by_id
from smalti.service.stages.pulls import subject

if TYPE_CHECKING:  # a service has a gateway, which has alerts
    from smalti.service.service import Service

_evaluating = threading.Lock()
_AT_ONCE = 20_000
"""Rows of alerts or occurrences written in one batch."""


@dataclass(slots=True)
class _Look:
    """What one rule found: alerts, every time each held, what could not be judged, how far it looked."""

    alerts: list[dict[str, Any]] = field(default_factory=list)
    occurrences: list[dict[str, Any]] = field(default_factory=list)
    unjudged: Counter[str] = field(default_factory=Counter)
    seen_through: datetime | None = None


def evaluate(service: Service, now: datetime) -> list[AlertView]:
    """Raise what the rules that are on find, and decide whom to tell; returns the alerts raised now.

    Running it again does no harm. A withheld value raises nothing; `RuleView.unjudged` counts them.

    Args:
        service: the running one.
        now: the moment, for sources' ages, quiet hours and budgets.
    """
    store = service.engine.store
    raised: list[str] = []
    with _evaluating:
        for rule in enabled_rules(store):
            raised += _store(store, rule, _look(store, rule, now), now)
        dispatch(store, now)
    views = alerts_by_id(store, raised)
    for alert in views:
        service.live.tell(
            "alert", alert_id=alert.alert_id, issuer_id=alert.issuer_id, severity=alert.severity
        )
    return views


def _look(store: Store, rule: RuleView, now: datetime) -> _Look:
    if isinstance(rule.rule.condition, StaleSource):
        return _stale_sources(store, rule, rule.rule.condition, now)
    try:
        scope = scope_of(store, rule.rule)
    except NotFound as gone:
        return _Look(unjudged=Counter({gone.what: 1}), seen_through=now)
    assert rule.enabled_at is not None
    began = rule.enabled_at
    since = rule.seen_through if rule.seen_through and rule.seen_through >= began else None
    issuers, newest = with_news(store, rule.rule, scope, since, now)
    if not issuers:
        return _Look()
    # Even a rule that found nothing has looked, and must not begin anew each time.
    look = _Look(seen_through=max(newest or began, began))
    if isinstance(rule.rule.condition, Contradiction):
        found = list(_new_contradictions(store, rule, issuers))
        look.alerts = [_of_finding(rule, finding, first) for finding, first in found if finding is first]
        look.occurrences = [_finding_again(rule, finding, first) for finding, first in found]
    else:
        walked = list(_on_signals(store, rule, issuers, since, look.unjudged))
        look.alerts = [_of_signal(rule, firing.first) for firing in walked if firing.row is firing.first]
        look.occurrences = [_signal_again(rule, firing) for firing in walked]
    return look


def _on_signals(
    store: Store, rule: RuleView, issuers: Sequence[str], since: datetime | None, unjudged: Counter[str]
) -> Iterator[Firing]:
    condition = rule.rule.condition
    assert isinstance(condition, OnSignals)
    assert rule.enabled_at is not None
    rows = judged(condition, marked_live(signals_of(store, rule.rule, issuers), rule.enabled_at))
    live = rows.filter("live")
    fresh = live if since is None else live.filter(live["recorded_at"] > since)
    unjudged.update(fresh["unjudged"].drop_nulls().to_list())
    return firings(live, timedelta(hours=rule.rule.window_hours))


def _new_contradictions(
    store: Store, rule: RuleView, issuers: Sequence[str]
) -> Iterator[tuple[Finding, Finding]]:
    """Findings that rest on nothing known when the rule was switched on, whichever moment they are of."""
    assert rule.enabled_at is not None
    found = findings_of(store, rule.rule, issuers)
    # By when they were stored: a scoring of a past moment made now does not make old findings news.
    found.sort(key=lambda one: (one.issuer_id, one.kind, one.recorded_at, one.as_of, one.signal_id))
    for finding, first in same_contradiction(found):
        if first.recorded_at > rule.enabled_at:
            yield finding, first


def _alert_id(rule: RuleView, issuer_id: str, cause: str) -> str:
    return content_id("alert", rule.rule_id, str(rule.version), issuer_id, cause)


def _of_signal(rule: RuleView, row: Mapping[str, Any]) -> dict[str, Any]:
    condition = rule.rule.condition
    assert isinstance(condition, OnSignals)
    cause = f"signal:{row['signal_id']}"
    return _alert(rule, row["issuer_id"], cause) | {
        "kind": row["kind"],
        "horizon_days": row["horizon_days"],
        "signal_id": row["signal_id"],
        "as_of": row["as_of"],
        "value_before": row["before"],
        "value_after": row["value"],
        "reason": wording.reason(condition, row),
        "details": as_json({"measure": row["measure"], "model_version": row["model_version"]}),
    }


def _signal_again(rule: RuleView, firing: Firing) -> dict[str, Any]:
    first, row = firing.first, firing.row
    return {
        "alert_id": _alert_id(rule, first["issuer_id"], f"signal:{first['signal_id']}"),
        "cause": f"signal:{row['signal_id']}",
        "signal_id": row["signal_id"],
        "as_of": row["as_of"],
        "value": row["value"],
    }


def _of_finding(rule: RuleView, finding: Finding, first: Finding) -> dict[str, Any]:
    return _alert(rule, first.issuer_id, f"finding:{first.cause}") | {
        "kind": finding.kind,
        "horizon_days": 0,
        "signal_id": finding.signal_id,
        "as_of": finding.as_of,
        "value_after": finding.strength,
        "reason": finding.reason,
        "details": as_json({"finding_id": finding.finding_id, "said": finding.said}),
    }


def _finding_again(rule: RuleView, finding: Finding, first: Finding) -> dict[str, Any]:
    return {
        "alert_id": _alert_id(rule, first.issuer_id, f"finding:{first.cause}"),
        "cause": f"finding:{finding.finding_id}",
        "signal_id": finding.signal_id,
        "as_of": finding.as_of,
        "value": finding.strength,
    }


def _stale_sources(store: Store, rule: RuleView, condition: StaleSource, now: datetime) -> _Look:
    """Each outage is one alert: it is named by the last pull that went well."""
    pulled = store.read(
        "SELECT subject, max(finished_at) AS good FROM runs WHERE stage IN ('pull', 'ingest')"
        " AND state = 'done' GROUP BY 1"
    )
    good = dict(pulled.iter_rows())
    added = dict(store.read("SELECT source_id, min(recorded_at) FROM sources GROUP BY 1").iter_rows())
    active = [s for s in sources.all_sources(store) if not s.paused and condition.source in (None, s.name)]
    look = _Look()
    if condition.source is not None and not active:
        look.unjudged["no such source, or it is paused"] += 1
    for source in active:
        last = good.get(subject(source))
        since: datetime = last or added[source.source_id]
        hours = (now - since).total_seconds() / 3600
        if hours <= condition.hours:
            continue
        cause = f"source:{source.source_id}:{since.isoformat()}"
        told = f"was last pulled well at {since:%Y-%m-%d %H:%M} UTC" if last else "was never pulled well"
        found = _alert(rule, "", cause) | {
            "subject": source.name,
            "kind": "",
            "horizon_days": 0,
            "as_of": since,
            "value_after": hours,
            "reason": f"source {source.name} {told}, {hours:.0f} hours ago",
            "details": as_json({"source_id": source.source_id}),
        }
        look.alerts.append(found)
    return look


def _alert(rule: RuleView, issuer_id: str, cause: str) -> dict[str, Any]:
    return {
        "alert_id": _alert_id(rule, issuer_id, cause),
        "rule_id": rule.rule_id,
        "version": rule.version,
        "issuer_id": issuer_id,
        "severity": rule.rule.severity,
        "cause": cause,
    }


def _store(store: Store, rule: RuleView, look: _Look, now: datetime) -> list[str]:
    """Write what is not there yet, the cursor last; returns the ids of new alerts."""
    ids = [alert["alert_id"] for alert in look.alerts]
    known = store.read(
        "SELECT alert_id FROM alerts WHERE list_contains($wanted::TEXT[], alert_id)", {"wanted": ids}
    )
    there = set(known["alert_id"].to_list())
    fresh = [alert for alert in look.alerts if alert["alert_id"] not in there]
    made_up = synthetic_issuers(store, {alert["issuer_id"] for alert in fresh})
    rows = [a | {"synthetic": a["issuer_id"] in made_up, "raised_at": now} for a in fresh]
    for start in range(0, max(len(look.occurrences), len(rows)), _AT_ONCE):
        batch = Batch()
        batch.add("alerts", *rows[start : start + _AT_ONCE])
        batch.add("alert_occurrences", *look.occurrences[start : start + _AT_ONCE])
        store.commit(batch)
    _note_progress(store, rule, look)
    return [alert["alert_id"] for alert in fresh]


def _note_progress(store: Store, rule: RuleView, look: _Look) -> None:
    counts = Counter(rule.unjudged) + look.unjudged
    if isinstance(rule.rule.condition, StaleSource):
        counts = look.unjudged  # a state of now, not a sum
    seen = look.seen_through or rule.seen_through
    if seen == rule.seen_through and counts == Counter(rule.unjudged):
        return
    batch = Batch()
    batch.add(
        "alert_cursors",
        {
            "rule_id": rule.rule_id,
            "version": rule.version,
            "seen_through": seen,
            "counts": json.dumps(dict(sorted(counts.items()))),
        },
    )
    store.commit(batch)
