"""How the service is, and what became of what a run dealt with, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from tests.service.api.furnished import ANVIL, DAY, PARAGRAPH, PDF, furnish

from smalti.ingest.feeds.source import Source
from smalti.platform.store import Batch
from smalti.service import sources
from smalti.service.condition import condition
from smalti.service.engine import Engine
from smalti.service.service import Service


@pytest.fixture
def told(admin: TestClient, engine: Engine) -> TestClient:
    furnish(engine)
    return admin


def test_a_run_tells_what_each_file_became_and_where_it_is(told: TestClient, engine: Engine) -> None:
    batch = Batch()
    batch.add(
        "dispositions",
        {"source_id": "s1", "path": "bad.pdf", "record": "", "artifact_id": "0" * 64}
        | {"outcome": "quarantined", "parser": "", "detail": "Malformed", "run_id": "r1"},
    )
    engine.store.commit(batch)
    items = told.get("/v1/runs/r1/outcomes").json()["items"]
    found = {item["path"]: item for item in items}
    assert found["bad.pdf"]["aside"] == {
        "quarantine_id": "q1", "code": "Malformed", "reason": "cut short", "mend": "fetch it again",
    }  # fmt: skip
    assert found["bad.pdf"]["document"] is None
    read = found["report.pdf"]
    assert (read["outcome"], read["aside"], read["evidence_id"]) == ("parsed", None, PARAGRAPH)
    assert read["document"]["document_id"] == PDF
    assert [one["issuer_id"] for one in read["document"]["issuers"]] == [ANVIL]


def test_outcomes_come_in_pages_of_a_run_that_is_there(told: TestClient) -> None:
    first = told.get("/v1/runs/r1/outcomes?limit=2").json()
    second = told.get(f"/v1/runs/r1/outcomes?limit=2&cursor={first['next']}").json()
    assert len({item["path"] for item in first["items"] + second["items"]}) == 3
    assert second["next"] is None
    assert told.get("/v1/runs/nosuch/outcomes").status_code == 404


def test_the_condition_names_parts_disk_workers_and_what_is_set_aside(told: TestClient) -> None:
    found = told.get("/v1/condition").json()
    assert found["ready"] == (not any(found["parts"].values()))
    assert {"store", "disk", "objects", "workers"} <= set(found["parts"])
    assert 0 < found["disk_free"] < found["disk_total"]
    assert found["store_bytes"] > 0
    assert found["quarantine"] == {"Malformed": 1}
    assert found["workers"]["waiting"] == 0


def test_a_source_is_overdue_by_its_own_schedule(service: Service, engine: Engine) -> None:
    now = engine.store.now()
    for name, schedule, paused in (
        ("slow", "every 30d", False),
        ("quick", "every 1m", False),
        ("held", "every 1m", True),
    ):
        sources.add(engine.store, Source(name, "news", f"https://{name}.example/", schedule, {}, paused))
    batch = Batch()
    for name in ("slow", "quick", "held"):
        ended = {"started_at": now - timedelta(hours=1), "finished_at": now - timedelta(hours=1)}
        batch.add(
            "runs",
            {"run_id": name, "stage": "pull", "subject": name, "state": "done", "counts": "{}", "error": None}
            | ended,
        )
    engine.store.commit(batch)
    ages = {one.name: one for one in condition(service).sources}
    assert {name: one.overdue for name, one in ages.items()} == {"slow": False, "quick": True, "held": False}
    assert ages["held"].due is None
    assert ages["slow"].last_success == now - timedelta(hours=1)


def test_a_source_that_was_never_pulled_was_due_when_it_was_added(service: Service, engine: Engine) -> None:
    sources.add(engine.store, Source("new", "news", "https://new.example/", "every 1d"))
    (age,) = condition(service).sources
    assert (age.last_success, age.overdue) == (None, False)
    assert age.due is not None
    assert DAY < age.due <= datetime.now(UTC)
