"""What a recipient reads of one alert, or of many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from smalti.platform.store import Store
from smalti.service.alerts.conditions import SEVERITIES
from smalti.service.alerts.queueing import Message
from smalti.service.alerts.stored import AlertDetail, AlertView, alert_detail, alerts_by_id
from smalti.service.alerts.wording import number, one_line, series_name

_MOST_TITLE = 180
_IN_DIGEST = 25
"""Alerts that a digest names one by one."""
_SYNTHETIC = "MADE-UP DATA: "


def single(store: Store, alert_id: str) -> Message:
    """The message about one alert.

    Raises:
        NotFound: there is no such alert.
    """
    detail = alert_detail(store, alert_id)
    alert = detail.alert
    return Message(
        title=_title(alert),
        text="\n".join(_lines(detail)),
        link=alert.link,
        kind="alert",
        data=_data(alert),
        cites=sorted(_cited(detail)),
    )


def digest(store: Store, alert_ids: Sequence[str], severities: Counter[str]) -> Message:
    """The message about alerts that were held, most severe first.

    Args:
        store: to read from.
        alert_ids: in the order they are to be told.
        severities: how many of each.
    """
    shown = alerts_by_id(store, alert_ids[:_IN_DIGEST])
    counted = ", ".join(f"{severities[one]} {one}" for one in SEVERITIES if severities[one])
    lines = [f"{len(alert_ids)} alerts were held: {counted}.", ""]
    lines += [f"- {_title(alert)} ({alert.as_of:%Y-%m-%d}) {alert.link}" for alert in shown]
    if len(alert_ids) > len(shown):
        lines += ["", f"and {len(alert_ids) - len(shown)} more: /v1/alerts"]
    return Message(
        title=f"{len(alert_ids)} alerts held: {counted}",
        text="\n".join(lines),
        link="/v1/alerts",
        kind="digest",
        data={"alerts": len(alert_ids), "shown": [_data(alert) for alert in shown]},
        cites=sorted(_said(store, [alert.alert_id for alert in shown])),
    )


def _cited(detail: AlertDetail) -> set[str]:
    """The evidence that a message about an alert quotes."""
    found = {piece.evidence_id for piece in detail.evidence}
    for finding in detail.findings:
        found |= {place.evidence_id for place in (*finding.said, *finding.against)}
    return found


def _said(store: Store, alert_ids: Sequence[str]) -> set[str]:
    """The evidence whose words stand in the reasons of alerts about contradictions."""
    rows = store.read(
        "SELECT DISTINCT unnest(CAST(json_extract(details, '$.said') AS TEXT[])) AS evidence_id FROM alerts"
        " WHERE list_contains($wanted::TEXT[], alert_id) AND json_extract(details, '$.said') IS NOT NULL",
        {"wanted": list(alert_ids)},
    )
    return set(rows["evidence_id"].to_list())


def _title(alert: AlertView) -> str:
    label = _SYNTHETIC if alert.synthetic else ""
    title = one_line(f"[{alert.severity}] {label}{alert.subject}: {alert.reason}")
    return title if len(title) <= _MOST_TITLE else title[: _MOST_TITLE - 1] + "…"


def _lines(detail: AlertDetail) -> Iterator[str]:
    alert = detail.alert
    yield one_line(f"{alert.subject}: {alert.reason}.")
    if alert.synthetic:
        yield "The data behind this are made up."
    if alert.kind:
        yield f"{series_name(alert.kind, alert.horizon_days)}, as of {alert.as_of:%Y-%m-%d %H:%M} UTC"
    if detail.signal is not None and alert.before is not None:
        was, now = number(alert.kind, alert.before), number(alert.kind, alert.after)
        yield f"before: {was}, now: {now}"
    signal = detail.signal
    if signal is not None and signal.low is not None and signal.high is not None:
        yield f"interval: {number(signal.kind, signal.low)} to {number(signal.kind, signal.high)}"
    if signal is not None and signal.missing:
        yield f"missing: {', '.join(signal.missing)}"
    if detail.erased:
        yield "What stood behind it has been erased."
    yield from _behind(detail)
    yield f"\nRule: {one_line(alert.rule)} ({alert.rule_id[:8]}, version {alert.version})"
    yield alert.link


def _behind(detail: AlertDetail) -> Iterator[str]:
    """The pieces of evidence, and what the checks found, each with its quote and place."""
    if detail.evidence:
        yield "\nEvidence:"
    for piece in detail.evidence:
        yield one_line(f"- “{piece.quote}” ({piece.title}, {piece.where}, {piece.available_at:%Y-%m-%d})")
    if detail.findings:
        yield "\nWhat does not fit:"
    for finding in detail.findings:
        yield one_line(f"- {finding.strength:.2f} {finding.check}: {finding.reason}")
        for side, cited in (("said", finding.said), ("against", finding.against)):
            for place in cited[:1]:
                yield one_line(f"    {side}: “{place.quote}” ({place.title}, {place.where})")


def _data(alert: AlertView) -> dict[str, object]:
    """What a program that receives the message may go by."""
    return {
        "alert_id": alert.alert_id,
        "rule_id": alert.rule_id,
        "version": alert.version,
        "severity": alert.severity,
        "issuer_id": alert.issuer_id,
        "subject": alert.subject,
        "kind": alert.kind,
        "horizon_days": alert.horizon_days,
        "signal_id": alert.signal_id,
        "as_of": alert.as_of.isoformat(),
        "before": alert.before,
        "after": alert.after,
        "reason": alert.reason,
        "synthetic": alert.synthetic,
        "link": alert.link,
    }
