"""What people do with an alert: acknowledge, assign, comment, judge. Written down and never changed.

Verdicts are kept by signal, for whoever recalibrates a model, and by rule, for whoever keeps the rules.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import polars as pl

from smalti.platform.errors import Conflict
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.service.alerts.stored import AlertDetail, EventKind, Verdict, alert_detail, find_alert

VERDICTS: tuple[Verdict, ...] = ("right", "wrong", "unclear")
_Z = 1.959964  # of 95 %
_MOST_EVENTS = 1_000
_noting = threading.Lock()


@dataclass(frozen=True, slots=True)
class RulePrecision:
    """How often people found a rule's alerts right.

    Attributes:
        precision: right among right and wrong; None where nobody said either.
        low, high: its 95 % interval (Wilson, 1927).
    """

    rule_id: str
    rule: str
    right: int
    wrong: int
    unclear: int
    precision: float | None
    low: float | None
    high: float | None


def acknowledge(store: Store, alert_id: str, by: str) -> AlertDetail:
    """Say that somebody saw it.

    Raises:
        NotFound: there is no such alert.
    """
    return _note(store, alert_id, "acknowledged", by)


def assign(store: Store, alert_id: str, to: str, by: str) -> AlertDetail:
    """Say who sees to it.

    Raises:
        NotFound: there is no such alert.
    """
    return _note(store, alert_id, "assigned", by, value=to)


def comment(store: Store, alert_id: str, text: str, by: str) -> AlertDetail:
    """Write something about it.

    Raises:
        NotFound: there is no such alert.
    """
    return _note(store, alert_id, "comment", by, text=text)


def judge(store: Store, alert_id: str, verdict: Verdict, by: str, text: str = "") -> AlertDetail:
    """Say whether it was right. Who judges again changes their mind: the newest of each person counts.

    Raises:
        NotFound: there is no such alert.
    """
    return _note(store, alert_id, "verdict", by, value=verdict, text=text)


def verdicts(store: Store) -> pl.DataFrame:
    """Signals that people judged, for recalibration.

    Returns:
        A row a signal, oldest first: `signal_id`, `issuer_id`, `kind`, `horizon_days`, `as_of`, `value`,
        `model_version`, and how many people found an alert on it `right`, `wrong` and `unclear`.
    """
    return store.read(
        f"{_JUDGED} SELECT s.signal_id, s.issuer_id, s.kind, s.horizon_days, s.as_of, s.value,"
        f" s.model_version, {_COUNTS} FROM judged j JOIN alerts a USING (alert_id)"
        " JOIN signals s USING (signal_id)"
        " GROUP BY ALL ORDER BY s.as_of, s.signal_id"
    )


def precision_by_rule(store: Store) -> list[RulePrecision]:
    """How right people found each rule's alerts, by the rule's name."""
    rows = store.read(
        f"{_JUDGED}, names AS (SELECT rule_id, arg_max(name, version) AS rule FROM alert_rules GROUP BY 1)"
        f" SELECT a.rule_id, coalesce(n.rule, '') AS rule, {_COUNTS} FROM judged j JOIN alerts a"
        " USING (alert_id) LEFT JOIN names n USING (rule_id) GROUP BY ALL ORDER BY rule, a.rule_id"
    )
    return [_precision(row) for row in rows.iter_rows(named=True)]


_JUDGED = (
    "WITH judged AS (SELECT alert_id, made_by, arg_max(value, ordinal) AS verdict FROM alert_events"
    " WHERE kind = 'verdict' GROUP BY 1, 2)"
)
_COUNTS = ", ".join(f"count(*) FILTER (j.verdict = '{one}') AS {one}" for one in VERDICTS).replace(
    "AS right", 'AS "right"'
)


def _precision(row: Mapping[str, object]) -> RulePrecision:
    right, wrong = int(str(row["right"])), int(str(row["wrong"]))
    share = wilson(right, right + wrong)
    return RulePrecision(
        str(row["rule_id"]), str(row["rule"]), right, wrong, int(str(row["unclear"])), *(share or (None,) * 3)
    )


def wilson(hits: int, cases: int) -> tuple[float, float, float] | None:
    """A share with its 95 % interval after Wilson (1927): `(share, low, high)`; None of no cases."""
    if not cases:
        return None
    share, z2 = hits / cases, _Z * _Z
    middle = (share + z2 / (2 * cases)) / (1 + z2 / cases)
    reach = _Z / (1 + z2 / cases) * sqrt(share * (1 - share) / cases + z2 / (4 * cases * cases))
    return share, max(middle - reach, 0.0), min(middle + reach, 1.0)


def _note(
    store: Store, alert_id: str, kind: EventKind, by: str, *, value: str = "", text: str = ""
) -> AlertDetail:
    alert = find_alert(store, alert_id)
    with _noting:
        known = store.read("SELECT count(*) FROM alert_events WHERE alert_id = ?", [alert.alert_id]).item()
        if known >= _MOST_EVENTS:
            raise Conflict(f"it has {_MOST_EVENTS} entries", subject=alert.alert_id, mend="write elsewhere")
        batch = Batch()
        batch.add(
            "alert_events",
            {
                "event_id": content_id("event", alert.alert_id, str(known + 1)),
                "alert_id": alert.alert_id,
                "ordinal": known + 1,
                "kind": kind,
                "value": value,
                "text": text,
                "made_by": by,
                "made_at": store.now(),
            },
        )
        store.commit(batch)
    return alert_detail(store, alert.alert_id)
