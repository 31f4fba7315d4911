"""Readiness is tried, and says which part fails; metrics are for who may read them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

import duckdb
import pytest
from fastapi.testclient import TestClient
from tests.service.api.conftest import HERE, made

from smalti.service.health import Health
from smalti.service.jobs import scheduled
from smalti.service.service import Service


class Idle:
    """A worker with nothing to do."""

    size = 1

    def call(self, function: str, **_: object) -> int:
        assert function == "os:getpid"
        return os.getpid()


@pytest.fixture
def asked(service: Service) -> Iterator[Callable[[], tuple[int, dict[str, str]]]]:
    idle = replace(service, engine=replace(service.engine, workers=Idle()))
    with (
        scheduled(idle, lambda _: None),
        TestClient(made(idle), HERE, raise_server_exceptions=False) as client,
    ):

        def ask() -> tuple[int, dict[str, str]]:
            idle.health.__init__()  # it keeps its answer for a moment
            answer = client.get("/readyz")
            faults = {part: fault for part, fault in answer.json()["parts"].items() if fault}
            assert answer.json()["ready"] == (not faults)
            return answer.status_code, faults

        yield ask


def test_all_is_well_where_all_can_be_used(asked):
    assert asked() == (200, {})


def test_a_store_that_cannot_be_written_is_said(asked, service, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr(type(service.engine.store), "commit", full)
    status, faults = asked()
    assert status == 503
    assert faults["store"] == "cannot be written or read: No space left on device"


def test_an_objects_folder_that_cannot_be_written_is_said(asked, service):
    folder = service.engine.settings.objects
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("a file in its place")
    assert set(asked()[1]) == {"objects"}


def test_a_disk_that_is_nearly_full_is_said(asked, monkeypatch):
    usage = type("Usage", (), {"free": 3 * 2**20})
    monkeypatch.setattr("smalti.service.health.shutil.disk_usage", lambda _: usage)
    assert asked() == (503, {"disk": "only 3 MB are free"})


def test_workers_that_do_not_answer_are_said(asked, monkeypatch):
    from smalti.platform.errors import SandboxKilled

    def dies(*_: object, **__: object) -> None:
        raise SandboxKilled("its worker process died")

    monkeypatch.setattr(Idle, "call", dies)
    assert asked() == (503, {"workers": "its worker process died"})


def test_a_service_without_its_scheduler_is_not_ready(service):
    parts = Health().parts(replace(service, engine=replace(service.engine, workers=Idle())))
    assert {part.name: part.fault for part in parts if part.fault} == {"scheduler": "no scheduler runs"}


def test_it_lives_as_long_as_it_holds_the_store(nobody, service):
    assert nobody.get("/healthz").json() == {"status": "alive"}
    owner = service.engine.store.path.with_name(service.engine.store.path.name + ".owner")
    owner.write_text("1")
    answer = nobody.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "lost the store")


def test_metrics_are_for_viewers(nobody, viewer, customer):
    assert nobody.get("/metrics").status_code == 401
    assert customer.get("/metrics").status_code == 403
    answer = viewer.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
