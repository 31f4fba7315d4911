"""How long rules take to look at a million signals, and to be back-tested on them.

    python bench/alerts.py

The store holds 10,000 made-up issuers with a risk signal on each of 100 days, and prices of 500 of them.
Seconds are of this process's wall clock, on one store in a temporary folder.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from smalti.platform.settings import load_settings
from smalti.platform.store import Batch, Store
from smalti.service.alerts import evaluate
from smalti.service.alerts.backtest import backtest
from smalti.service.alerts.rules import add_rule, read_rule, switch_rule
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

ISSUERS, DAYS, PRICED = 10_000, 100, 500
START = datetime(2024, 1, 1, 23, tzinfo=UTC)
RESULTS = Path(__file__).parent / "results" / "alerts.json"
RULES: dict[str, dict[str, Any]] = {
    "level": {"when": "level", "signal": "risk", "horizon": 30, "above": 0.6},
    "change": {"when": "change", "signal": "risk", "horizon": 30, "by": 0.3, "days": 7},
    "own percentile": {"when": "percentile", "signal": "risk", "horizon": 30, "above": 99, "of": "own"},
}


def signals(day: int, rng: np.random.Generator) -> pl.DataFrame:
    """One risk signal of every issuer on a day."""
    moment = START + timedelta(days=day)
    empty = pl.Series([[]] * ISSUERS, dtype=pl.List(pl.String))
    return pl.DataFrame(
        {
            "signal_id": [f"{day:04d}-{i:06d}" for i in range(ISSUERS)],
            "case_id": [f"case-{day:04d}-{i:06d}" for i in range(ISSUERS)],
            "issuer_id": [f"issuer-{i:06d}" for i in range(ISSUERS)],
            "value": rng.lognormal(-1.2, 0.25, ISSUERS),
        }
    ).with_columns(
        kind=pl.lit("risk"),
        as_of=pl.lit(moment),
        horizon_days=pl.lit(30),
        low=pl.lit(None, pl.Float64),
        high=pl.lit(None, pl.Float64),
        percentile=pl.lit(None, pl.Float64),
        model_version=pl.lit("m"),
        used=empty,
        missing=empty,
        not_trained=empty,
        stale=empty,
        in_sample=pl.lit(value=False),
        reason=pl.lit(None, pl.String),
        details=pl.lit("{}"),
    )


def prices(store: Store, rng: np.random.Generator) -> None:
    """Daily closes of some issuers, from a year before the signals to two months after."""
    days = [date(2023, 1, 2) + timedelta(days=i) for i in range(520)]
    days = [day for day in days if day.weekday() < 5]
    batch = Batch()
    for i in range(PRICED):
        closes = 100 * np.cumprod(1 + rng.normal(0, 0.02, len(days)))
        frame = pl.DataFrame({"day": days, "close": closes}).with_columns(
            ticker=pl.lit(f"T{i}"),
            adjusted_close=pl.col("close"),
            volume=pl.lit(1.0),
            document_id=pl.lit(f"prices-{i}"),
            available_at=pl.col("day").cast(pl.Datetime("us", "UTC")) + timedelta(hours=22),
        )
        batch.add_frame("prices", frame)
        batch.add("links", {"document_id": f"prices-{i}", "issuer_id": f"issuer-{i:06d}", "score": 1.0})
    store.commit(batch)


def store_day(store: Store, day: int, rng: np.random.Generator) -> None:
    batch = Batch()
    batch.add_frame("signals", signals(day, rng))
    store.commit(batch)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return round(time.perf_counter() - began, 2), found


def measure(home: Path) -> list[dict[str, Any]]:
    """A row for each rule: seconds of each kind of look, and what it found."""
    rng = np.random.default_rng(1)
    clock = [START]
    rows = []
    with open_engine(load_settings(home=home, workers=1), clock=lambda: clock[0]) as engine:
        service = Service(engine, LocalGateway(engine), "key")
        for day in range(0, DAYS, 25):
            clock[0] = START + timedelta(days=day + 24)
            batch = Batch()
            for one in range(day, day + 25):
                batch.add_frame("signals", signals(one, rng))
            engine.store.commit(batch)
        prices(engine.store, rng)
        for at, (name, condition) in enumerate(RULES.items()):
            made = read_rule({"name": name, "condition": condition})
            tested, result = seconds(partial(backtest, engine, made, None, None))
            rule = add_rule(engine.store, made, "bench")
            switch_rule(engine.store, rule.rule_id, on=True, by="bench", force=True)
            first, raised = seconds(lambda: evaluate(service, clock[0]))
            nothing, _ = seconds(lambda: evaluate(service, clock[0] + timedelta(minutes=2)))
            clock[0] = START + timedelta(days=DAYS + at)
            store_day(engine.store, DAYS + at, rng)
            one_day, more = seconds(lambda: evaluate(service, clock[0]))
            switch_rule(engine.store, rule.rule_id, on=False, by="bench")
            rows.append(
                {
                    "rule": name,
                    "back-test s": tested,
                    "alerts in it": result.alerts,
                    "judged": result.volatility.cases,
                    "first look s": first,
                    "raised": len(raised),
                    "nothing new s": nothing,
                    "10,000 new s": one_day,
                    "raised then": len(more),
                }
            )
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        rows = measure(Path(home))
    table = Table(*rows[0], title=f"{ISSUERS * DAYS:,} signals of {ISSUERS:,} issuers")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)
    RESULTS.write_text(json.dumps({"signals": ISSUERS * DAYS, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
