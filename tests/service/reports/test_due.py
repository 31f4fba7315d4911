"""Scheduled reports: due by the clock of a place, made once, sent once, quiet where nothing changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.service.newsroom import ISSUER, publish

from smalti.platform.errors import NotFound, SettingsError, StoreError
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.engine import Engine, open_engine
from smalti.service.local import LocalGateway
from smalti.service.reports import making, schedules, stored
from smalti.service.reports.due import make_due
from smalti.service.reports.rendering import Rendered
from smalti.service.reports.schedules import dues
from smalti.service.reports.views import Form, Schedule, SubjectKind, WhenUnchanged
from smalti.service.service import Service


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(cron: str, zone: str, after: str, until: str) -> list[str]:
    return [f"{due:%m-%d %H:%M}" for due in dues(cron, zone, at(after), at(until))]


def test_summer_time_moves_what_is_due_by_utc() -> None:
    found = wall("0 7 * * *", "Europe/Berlin", "2026-03-27T12:00", "2026-03-30T12:00")
    assert found == ["03-28 06:00", "03-29 05:00", "03-30 05:00"]


def test_a_wall_time_that_spring_leaves_out_comes_due_once_after_it() -> None:
    found = wall("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-30T12:00")
    assert found == ["03-29 01:30", "03-30 00:30"]  # 03:30 summer time, then 02:30


def test_a_wall_time_that_comes_twice_in_autumn_is_taken_once() -> None:
    found = wall("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-26T12:00")
    assert found == ["10-25 00:30", "10-26 01:30"]


def test_weeks_are_counted_by_the_place() -> None:
    # Monday 08:00 in Auckland is Sunday 19:00 or 20:00 UTC.
    assert wall("0 8 * * 1", "Pacific/Auckland", "2026-06-01T00:00", "2026-06-15T00:00") == [
        "06-07 20:00",
        "06-14 20:00",
    ]


def test_a_moment_is_due_once_however_often_one_looks() -> None:
    due = at("2026-06-07T20:00")
    assert dues("0 8 * * 1", "Pacific/Auckland", due, due + timedelta(hours=1)) == []
    assert dues("0 8 * * 1", "Pacific/Auckland", due - timedelta(seconds=1), due) == [due]


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(at("2025-02-10T00:00"))


@pytest.fixture
def service(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    # What is set and how is held elsewhere; here it counts when, and how often.
    monkeypatch.setattr(making, "rendered", lambda _, content, __: Rendered(content.encode(), b"html"))
    settings = Settings(home=tmp_path / "home", workers=1)
    with open_engine(settings, clock=clock) as engine:
        batch = Batch()
        batch.add("issuers", {"issuer_id": ISSUER, "name": "Anvil Corporation"})
        batch.add("alert_channels", {"channel_id": "mail"})
        engine.store.commit(batch)
        publish(engine, "old", "2025-02-01")
        yield Service(engine, LocalGateway(engine), "key")


def scheduled(service: Service, **more: Any) -> str:
    wanted = Schedule("Anvil daily", SubjectKind.ISSUER, ISSUER, "0 7 * * *", "UTC", **more)
    return schedules.add(service.engine.store, wanted).schedule_id


def told(engine: Engine) -> list[dict[str, Any]]:
    """The messages that wait to be delivered."""
    rows = engine.store.read("SELECT message FROM deliveries ORDER BY title, delivery_id")
    return [json.loads(row) for row in rows["message"]]


def day(service: Service, clock: Clock, text: str) -> list[str]:
    """Let it be 08:00 of a day, and make what is due."""
    clock.now = at(f"{text}T08:00")
    return [report.report_id for report in make_due(service, clock.now)]


def test_a_due_report_is_made_once_and_sent_once(service: Service, clock: Clock) -> None:
    scheduled(service, channels=["mail"], formats=[Form.PDF, Form.HTML])
    assert make_due(service, clock.now) == []
    (first,) = day(service, clock, "2025-02-10")
    assert day(service, clock, "2025-02-10") == []
    report = stored.find(service.engine.store, first)
    assert report.as_of == report.due_at == at("2025-02-10T07:00")
    assert report.since == at("2025-02-09T07:00")
    (message,) = told(service.engine)
    assert message["title"] == "Risk report: Anvil Corporation"
    assert [file["name"].rpartition(".")[2] for file in message["files"]] == ["pdf", "html"]
    assert [file["object_id"] for file in message["files"]] == [report.pdf_id, report.html_id]


def test_of_missed_moments_the_newest_is_made_and_the_others_are_named(
    service: Service, clock: Clock
) -> None:
    scheduled(service)
    (first,) = day(service, clock, "2025-02-13")
    report = stored.find(service.engine.store, first)
    assert report.due_at == at("2025-02-13T07:00")
    assert [one[:10] for one in report.skipped] == ["2025-02-10", "2025-02-11", "2025-02-12"]
    content = service.gateway.reports.file(first, Form.JSON).decode()
    assert "3 scheduled runs before this one did not take place" in content
    assert service.gateway.reports.reproduce(first).verdict == "identical"


@pytest.mark.parametrize(
    ("unchanged", "reports", "messages"),
    [(WhenUnchanged.NOTHING, 0, 0), (WhenUnchanged.LINE, 0, 1), (WhenUnchanged.REPORT, 1, 1)],
)
def test_where_nothing_changed_it_does_what_is_wanted(
    service: Service, clock: Clock, unchanged: WhenUnchanged, reports: int, messages: int
) -> None:
    scheduled(service, channels=["mail"], when_unchanged=unchanged)
    assert len(day(service, clock, "2025-02-10")) == 1
    assert len(day(service, clock, "2025-02-11")) == reports
    assert len(told(service.engine)) == 1 + messages
    if unchanged is WhenUnchanged.LINE:
        assert any(one["title"] == "Anvil Corporation: nothing changed" for one in told(service.engine))
    publish(service.engine, "news", "2025-02-11")
    assert len(day(service, clock, "2025-02-12")) == 1


def test_killed_before_it_was_written_it_is_made_under_the_same_id(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(service, channels=["mail"])
    store = service.engine.store
    with monkeypatch.context() as broken:
        broken.setattr(store, "commit", _killed)
        with pytest.raises(StoreError):
            day(service, clock, "2025-02-10")
    assert stored.reports(store) == []
    assert told(service.engine) == []
    again = day(service, clock, "2025-02-10")
    assert [report.report_id for report in stored.reports(store)] == again
    assert len(told(service.engine)) == 1


def _killed(*_: object, **__: object) -> None:
    raise StoreError("killed")


def test_a_channel_that_is_gone_stops_no_report(service: Service, clock: Clock) -> None:
    scheduled(service, channels=["gone", "mail"])
    assert len(day(service, clock, "2025-02-10")) == 1
    assert len(told(service.engine)) == 1


def test_a_schedule_that_fails_stops_no_other(service: Service, clock: Clock) -> None:
    store = service.engine.store
    schedules.add(store, Schedule("a", SubjectKind.ISSUER, "nobody", "0 7 * * *"))
    scheduled(service)
    with pytest.raises(NotFound):
        day(service, clock, "2025-02-10")
    assert len(stored.reports(store)) == 1


def test_a_changed_schedule_begins_anew_and_makes_nothing_of_the_past(service: Service, clock: Clock) -> None:
    scheduled(service)
    assert len(day(service, clock, "2025-02-10")) == 1
    clock.now = at("2025-02-20T12:00")
    schedules.add(
        service.engine.store, Schedule("anvil DAILY", SubjectKind.ISSUER, ISSUER, "0 6 * * *", "Europe/Paris")
    )
    (only,) = schedules.schedules(service.engine.store)
    assert only.cron == "0 6 * * *"
    assert only.next_due == at("2025-02-21T05:00")
    assert make_due(service, clock.now) == []


def test_a_removed_schedule_makes_nothing_and_its_reports_stay(service: Service, clock: Clock) -> None:
    scheduled(service)
    assert len(day(service, clock, "2025-02-10")) == 1
    schedules.remove(service.engine.store, "anvil daily")
    assert day(service, clock, "2025-02-15") == []
    assert len(stored.reports(service.engine.store)) == 1


@pytest.mark.parametrize(
    ("cron", "zone", "what"),
    [
        ("every 1d", "UTC", "by the clock"),
        ("0 25 * * *", "UTC", "no schedule"),
        ("* * * * *", "UTC", "more than once an hour"),
        ("0 7 30 2 *", "UTC", "never comes due"),
        ("0 7 * * *", "Mars/Olympus", "no such time zone"),
        ("0 7 * * *", "../../etc/passwd", "no such time zone"),
    ],
)
def test_what_is_no_schedule_is_refused(service: Service, cron: str, zone: str, what: str) -> None:
    with pytest.raises(SettingsError, match=what):
        schedules.add(service.engine.store, Schedule("x", SubjectKind.ISSUER, ISSUER, cron, zone))
