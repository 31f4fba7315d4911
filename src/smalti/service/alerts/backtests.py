"""Back-tests that were kept, each with the version of the rule that it is of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.service.alerts.backtest import Backtest, EventReport, backtest
from smalti.service.alerts.raised import Raised
from smalti.service.alerts.rules import find_rule
from smalti.service.engine import Engine


@dataclass(frozen=True, slots=True)
class BacktestView:
    """A stored back-test of one version of a rule."""

    backtest_id: str
    rule_id: str
    version: int
    result: Backtest
    made_by: str
    made_at: datetime


def backtest_rule(
    engine: Engine, rule_id: str, begins: datetime | None, ends: datetime | None, by: str
) -> BacktestView:
    """Back-test a stored rule and keep the result with its version.

    Raises:
        NotFound: there is no such rule, or its watchlist is gone.
        Conflict: `begins` is not before `ends`.
    """
    store = engine.store
    found = find_rule(store, rule_id)
    result = backtest(engine, found.rule, begins, ends)
    now = store.now()
    backtest_id = content_id(
        "backtest", found.rule_id, str(found.version), now.isoformat(), str(begins), str(ends)
    )
    batch = Batch()
    batch.add(
        "alert_backtests",
        {
            "backtest_id": backtest_id,
            "rule_id": found.rule_id,
            "version": found.version,
            "begins": result.begins,
            "ends": result.ends,
            "result": as_json(asdict(result)),
            "made_by": by,
            "made_at": now,
        },
    )
    store.commit(batch)
    return BacktestView(backtest_id, found.rule_id, found.version, result, by, now)


def backtests_of(store: Store, rule_id: str) -> list[BacktestView]:
    """The stored back-tests of a rule, newest first.

    Raises:
        NotFound: there is no such rule.
    """
    rows = store.read(
        "SELECT * FROM alert_backtests WHERE rule_id = ? ORDER BY made_at DESC, backtest_id LIMIT 100",
        [find_rule(store, rule_id).rule_id],
    )
    return [
        BacktestView(
            row["backtest_id"],
            row["rule_id"],
            row["version"],
            _read(json.loads(row["result"])),
            row["made_by"],
            row["made_at"],
        )
        for row in rows.iter_rows(named=True)
    ]


def _read(kept: dict[str, Any]) -> Backtest:
    """A stored back-test; those stored before alerts were kept one by one have none."""
    events = {name: EventReport(**kept[name]) for name in ("volatility", "enforcement")}
    at = ("begins", "ends", "in_sample_begins", "in_sample_ends")
    moments = {name: datetime.fromisoformat(kept[name]) if kept.get(name) else None for name in at}
    raised = [
        Raised(**one | {"as_of": datetime.fromisoformat(one["as_of"])}) for one in kept.get("raised", ())
    ]
    return Backtest(**{**kept, **events, **moments, "raised": raised})
