"""Jobs are written down, fail alone, and do nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smalti.ingest.feeds.source import Source
from smalti.platform.errors import NotFound, Stopped, Unreachable
from smalti.service import jobs
from smalti.service import sources as configured
from smalti.service.engine import Engine
from smalti.service.jobs import JobView, job_views, jobs_of, run_job, scheduled, stuck
from smalti.service.local import LocalGateway
from smalti.service.service import Service
from smalti.service.stages.score import score_daily, score_news
from tests.service.newsroom import ISSUER, moment, newsroom, publish

NOON = datetime(2026, 5, 11, 12, tzinfo=UTC)


@pytest.fixture
def service(engine: Engine) -> Service:
    return Service(engine, LocalGateway(engine), "local key")


def view(service: Service, name: str) -> JobView:
    return next(one for one in job_views(service) if one.job == name)


def test_each_source_that_is_not_paused_has_a_job_by_its_schedule(service: Service, tmp_path: Path):
    store = service.engine.store
    configured.add(store, Source("drop", "folder", str(tmp_path), "every 1h"))
    configured.add(store, Source("other", "folder", str(tmp_path / "o"), "every 2h"))
    configured.pause(store, "other", True)
    found = jobs_of(service)
    assert found["pull drop"].schedule == "every 1h"
    assert "pull other" not in found
    with pytest.raises(NotFound, match="pull other"):
        run_job(service, "pull other", NOON)


def test_a_failure_is_written_down_counted_and_forgotten_once_it_works(
    service: Service, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object) -> None:
        raise Unreachable("the hook is down", mend="try later")

    monkeypatch.setattr(jobs.alerts, "deliver_due", fails)
    for _ in range(2):
        with pytest.raises(Unreachable):
            run_job(service, "deliveries", NOON)
    run_job(service, "alerts", NOON)
    failed = view(service, "deliveries")
    assert (failed.state, failed.failures, failed.succeeded_at) == ("failed", 2, None)
    assert failed.error == "the hook is down (try later)"
    assert view(service, "alerts").state == "done"
    assert b'smalti_jobs_total{job="deliveries",outcome="failed"} 2.0' in service.metrics.text()
    monkeypatch.undo()
    run_job(service, "deliveries", NOON)
    well = view(service, "deliveries")
    assert (well.state, well.failures, well.succeeded_at, well.error) == ("done", 0, NOON, None)


def test_a_job_that_was_stopped_is_no_failure_and_is_run_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
):
    def stops(*_: object) -> None:
        raise Stopped("the service was stopped")

    monkeypatch.setattr(jobs.alerts, "evaluate", stops)
    with pytest.raises(Stopped):
        run_job(service, "alerts", NOON)
    assert (view(service, "alerts").state, view(service, "alerts").failures) == ("interrupted", 0)
    monkeypatch.undo()
    with scheduled(service, lambda _: None) as (_, again):
        assert again == ["alerts"]


def test_a_source_added_or_removed_while_it_runs_is_scheduled_and_forgotten(service: Service, tmp_path: Path):
    with scheduled(service, lambda _: None) as (scheduler, _):
        configured.add(service.engine.store, Source("drop", "folder", str(tmp_path), "every 1d"))
        jobs.tend(service, NOON)
        assert "pull drop" in scheduler.next_times()
        configured.remove(service.engine.store, "drop")
        jobs.tend(service, NOON)
        assert "pull drop" not in scheduler.next_times()
        assert stuck(service) == ""
    assert stuck(service) == "no scheduler runs"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Engine]:
    with newsroom(tmp_path) as engine:
        yield engine


def scored(engine: Engine) -> list[datetime]:
    rows = engine.store.read("SELECT DISTINCT as_of FROM signals WHERE issuer_id = ? ORDER BY 1", [ISSUER])
    return rows["as_of"].to_list()


def test_an_issuer_with_something_new_is_scored_as_of_now_and_then_left_alone(office: Engine):
    now = [moment("2025-02-12")]
    office.store._clock, office.store._latest = lambda: now[0], None
    publish(office, "call", "2025-02-10", kind="call", recorded="2025-02-11")
    first = score_news(office, now[0])
    assert first is not None
    assert first.counts["cases"] == 1
    assert scored(office) == [moment("2025-02-12")]
    now[0] = moment("2025-02-13")
    assert score_news(office, now[0]) is None
    publish(office, "story", "2025-02-13", recorded="2025-02-13")
    now[0] = moment("2025-02-14")
    assert score_news(office, now[0]) is not None
    assert scored(office) == [moment("2025-02-12"), moment("2025-02-14")]


def test_what_was_scored_as_of_today_is_not_scored_again_because_it_aged(office: Engine):
    publish(office, "call", "2025-02-10", kind="call")
    score_news(office, moment("2025-02-12"))
    assert not score_daily(office, moment("2025-02-12")).counts
    assert score_daily(office, moment("2025-02-13")).counts["cases"] == 1
    assert scored(office) == [moment("2025-02-12"), moment("2025-02-13")]


def test_an_issuer_of_which_only_old_things_are_known_is_scored_as_of_its_newest(office: Engine):
    publish(office, "call", "2017-02-10", kind="call")
    assert score_news(office, moment("2026-02-12")) is not None
    assert scored(office) == [moment("2017-02-10")]


def test_an_issuer_whose_scoring_kills_its_worker_does_not_keep_others_from_theirs(
    office: Engine, monkeypatch: pytest.MonkeyPatch
):
    from smalti.platform.errors import SandboxKilled

    def dies(*_: object, **__: object) -> None:
        raise SandboxKilled("its worker process died")

    publish(office, "call", "2025-02-10", kind="call")
    monkeypatch.setattr("smalti.service.stages.score.on_device", dies)
    run = score_news(replace(office), moment("2025-02-12"))
    assert run is not None
    assert run.counts["could not be scored"] == 1
    assert scored(office) == []
