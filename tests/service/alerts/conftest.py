"""A service on a store of its own, whose clock a test moves, and signals made up row by row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest

from smalti.platform.records import content_id
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.store.store import as_json
from smalti.service.alerts.rules import RuleView, add_rule, read_rule, switch_rule
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

START = datetime(2024, 3, 4, 12, tzinfo=UTC)  # a Monday
MODEL = "model-1"


class World:
    """The service and what happens to it."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.now = START
        self.settings = Settings(home=home, workers=1, ocr=False, data=home / "data", **settings)
        self._opened = open_engine(self.settings, clock=lambda: self.now)
        self.engine = self._opened.__enter__()
        self.service = Service(self.engine, LocalGateway(self.engine), "local-key")
        self.store = self.engine.store

    def close(self) -> None:
        self._opened.__exit__(None, None, None)

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def issuer(self, name: str, cik: str | None = None) -> str:
        batch = Batch()
        batch.add("issuers", {"issuer_id": name, "name": name.title(), "cik": cik})
        self.store.commit(batch)
        return name

    def signal(
        self,
        issuer: str,
        value: float | None,
        *,
        kind: str = "risk",
        horizon: int = 30,
        as_of: datetime | None = None,
        **columns: Any,
    ) -> str:
        """Store one signal as of now; returns its id."""
        batch = Batch()
        moment = as_of or self.now
        signal_id = content_id(issuer, kind, str(horizon), moment.isoformat(), str(value), str(columns))
        row = {
            "signal_id": signal_id,
            "case_id": content_id("case", issuer, moment.isoformat()),
            "issuer_id": issuer,
            "kind": kind,
            "as_of": moment,
            "horizon_days": horizon,
            "value": value,
            "model_version": MODEL,
            "used": [],
            "missing": [],
            "not_trained": [],
            "stale": [],
            "in_sample": False,
            "details": "{}",
        }
        batch.add("signals", row | columns)
        self.store.commit(batch)
        return signal_id

    def finding(
        self,
        issuer: str,
        said: list[str],
        strength: float,
        check: str = "fraud.crowd",
        as_of: datetime | None = None,
    ) -> str:
        """A scoring now of one check that found one thing; returns the sub-signal's id."""
        signal_id = self.signal(issuer, strength, kind=check, horizon=0, as_of=as_of)
        batch = Batch()
        batch.add(
            "findings",
            {
                "finding_id": content_id("finding", signal_id, *said),
                "signal_id": signal_id,
                "verdict": "finding",
                "rank": 1,
                "strength": strength,
                "reason": f"{', '.join(said)} does not fit",
                "said": as_json([{"evidence_id": one, "quote": "said so"} for one in said]),
                "against": as_json([]),
                "details": "{}",
            },
        )
        self.store.commit(batch)
        return signal_id

    def prices(self, issuer: str, first: date, returns: list[float]) -> list[date]:
        """Daily closes on weekdays from `first` on, linked to an issuer; returns their days."""
        days = [
            d.astype(date) for d in np.arange(np.datetime64(first), len(returns) * 2 + 10) if np.is_busday(d)
        ]
        closes = 100 * np.cumprod(1 + np.array([0.0, *returns]))
        document = content_id("prices", issuer)
        batch = Batch()
        batch.add("links", {"document_id": document, "issuer_id": issuer, "score": 1.0, "method": "test"})
        for day, close in zip(days, closes, strict=False):
            known = datetime(day.year, day.month, day.day, 22, tzinfo=UTC)
            row = {"ticker": issuer, "day": day, "close": float(close), "adjusted_close": float(close)}
            batch.add("prices", row | {"volume": 1.0, "document_id": document, "available_at": known})
        self.store.commit(batch)
        return days[: len(closes)]

    def rule(self, condition: dict[str, Any], **told: Any) -> RuleView:
        """A rule that is on."""
        made = add_rule(self.store, read_rule({"name": "a rule", "condition": condition, **told}), "ann")
        return switch_rule(self.store, made.rule_id, on=True, by="ann", force=True)


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose store has its tables: copying it is quicker than making them."""
    home = tmp_path_factory.mktemp("alerts") / "home"
    World(home).close()
    return home


@pytest.fixture
def world(tmp_path: Path, empty_home: Path) -> Iterator[World]:
    made = World(copytree(empty_home, tmp_path / "home"))
    yield made
    made.close()
