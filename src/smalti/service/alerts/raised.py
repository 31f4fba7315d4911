"""The alerts that a back-test raised, one by one: of whom, when, why, and what followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from smalti.platform.store import Store
from smalti.service.alerts.judging import OnSignals
from smalti.service.alerts.outcomes import Judged
from smalti.service.alerts.series import Finding
from smalti.service.alerts.wording import reason

MOST_RAISED = 500
"""Alerts told one by one; of more, the newest."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that a rule would have raised.

    Attributes:
        issuer: the issuer's name.
        signal_id: of the signal it would have been raised at.
        before: the series' value before, or what a change is held against.
        after: the value that raised it; a finding's strength.
        volatility: whether high volatility followed; null where nobody can tell.
        lead_days: calendar days until it did.
        enforcement: whether an enforcement release names the fiscal year, or the one before; null where
            nobody can tell.
    """

    issuer_id: str
    issuer: str
    signal_id: str
    kind: str
    horizon_days: int
    as_of: datetime
    before: float | None
    after: float | None
    reason: str
    volatility: bool | None = None
    lead_days: int | None = None
    enforcement: bool | None = None


def at_signal(condition: OnSignals, row: Mapping[str, Any]) -> Raised:
    """The alert of a judged signal at which a rule fired; nothing is known of what followed."""
    return Raised(
        row["issuer_id"], "", row["signal_id"], row["kind"], row["horizon_days"], row["as_of"],
        row["before"], row["value"], reason(condition, row),
    )  # fmt: skip


def at_finding(found: Finding) -> Raised:
    """The alert of a contradiction that was not there before."""
    return Raised(
        found.issuer_id, "", found.signal_id, found.kind, 0, found.as_of, None, found.strength, found.reason
    )


def told(
    store: Store, raised: Sequence[Raised], volatility: Sequence[Judged], enforcement: Sequence[Judged]
) -> list[Raised]:
    """Alerts with their issuers' names and what followed, newest first, `MOST_RAISED` at most.

    Args:
        store: with the issuers.
        raised: the alerts.
        volatility: of each, whether high volatility followed.
        enforcement: of each, whether a release names its year.
    """
    judged = zip(raised, volatility, enforcement, strict=True)
    newest = sorted(judged, key=lambda one: (one[0].as_of, one[0].signal_id), reverse=True)[:MOST_RAISED]
    names = dict(
        store.read(
            "SELECT issuer_id, name FROM issuers WHERE list_contains($wanted::TEXT[], issuer_id)",
            {"wanted": sorted({one.issuer_id for one, _, _ in newest})},
        ).iter_rows()
    )
    return [
        replace(
            one,
            issuer=names.get(one.issuer_id, one.issuer_id),
            volatility=swung.hit,
            lead_days=swung.lead_days,
            enforcement=named.hit,
        )
        for one, swung, named in newest
    ]
