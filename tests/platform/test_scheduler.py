"""Schedules as people write them, and jobs that are there again after a restart."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smalti.platform.errors import SettingsError, StoreLocked
from smalti.platform.scheduler import Entry, Scheduler, trigger

ran: list[str] = []
done = threading.Event()


def job(name: str) -> None:
    ran.append(name)
    done.set()


@pytest.fixture(autouse=True)
def _fresh():
    ran.clear()
    done.clear()


def due(schedule: str, after: datetime) -> datetime:
    found = trigger(schedule).get_next_fire_time(after, after)
    assert isinstance(found, datetime)
    return found


def test_intervals_and_crontab_fields_are_schedules_in_utc():
    noon = datetime(2026, 5, 15, 12, tzinfo=UTC)  # a Friday
    assert timedelta(minutes=14) < due("every 15m", noon) - noon < timedelta(minutes=16)
    assert timedelta(hours=5.5) < due("Every 6H", noon) - noon < timedelta(hours=6.5)
    assert due("30 6 * * *", noon) == datetime(2026, 5, 16, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekdays", "day"), [("0", 17), ("7", 17), ("1-5", 18), ("2", 19), ("0-1", 17), ("mon", 18), ("6,3", 16)]
)
def test_weekdays_count_as_crontab_counts_them(weekdays: str, day: int):
    friday_noon = datetime(2026, 5, 15, 12, tzinfo=UTC)
    assert due(f"0 6 * * {weekdays}", friday_noon) == datetime(2026, 5, day, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "schedule", ["", "every", "every 0m", "every 5x", "61 * * * *", "* * * *", "0 6 * * 8", "daily"]
)
def test_what_is_no_schedule_says_what_one_is(schedule: str):
    with pytest.raises(SettingsError, match="every 15m"):
        trigger(schedule)


def test_a_new_job_runs_at_once(tmp_path: Path):
    scheduler = Scheduler(tmp_path)
    scheduler.start({"wire": Entry("every 1d", job, {"name": "wire"})})
    assert done.wait(10)
    scheduler.close()
    assert ran == ["wire"]


def test_a_new_job_that_is_not_to_run_at_once_waits_for_its_first_time(tmp_path: Path):
    scheduler = Scheduler(tmp_path)
    scheduler.start({"later": Entry("0 0 1 1 *", job, {"name": "later"}, at_once=False)})
    due_at = scheduler.next_times()["later"]
    scheduler.close()
    assert due_at > datetime.now(UTC)
    assert (due_at.month, due_at.day) == (1, 1)
    assert not ran


def test_a_known_job_keeps_its_time_over_a_restart_and_a_forgotten_one_is_gone(tmp_path: Path):
    jobs = {name: Entry("every 1d", job, {"name": name}) for name in ("wire", "prices")}
    first = Scheduler(tmp_path)
    first.start(jobs)
    assert done.wait(10)
    first.close()
    ran.clear()
    second = Scheduler(tmp_path)
    second.start({"wire": jobs["wire"]})
    times = second.next_times()
    assert set(times) == {"wire"}
    assert times["wire"] > datetime.now(UTC) + timedelta(hours=20)
    assert not ran
    done.clear()
    second.soon("wire")
    assert done.wait(10)
    second.close()


holding: list[Scheduler] = []
asked = threading.Event()


def asks_the_scheduler() -> None:
    done.set()
    assert asked.wait(10)
    ran.extend(holding[0].next_times())


def test_a_job_that_asks_the_scheduler_while_it_is_closed_is_let_end(tmp_path: Path):
    scheduler = Scheduler(tmp_path)
    holding[:] = [scheduler]
    scheduler.start({"asks": Entry("every 1d", asks_the_scheduler)})
    assert done.wait(10)
    closing = threading.Thread(target=scheduler.close)
    closing.start()
    asked.set()
    closing.join(20)
    assert not closing.is_alive()
    assert ran == ["asks"]


def test_a_clock_set_back_does_not_put_jobs_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scheduler = Scheduler(tmp_path)
    scheduler.start({"wire": Entry("every 1h", job, {"name": "wire"})})
    assert done.wait(10)
    assert not scheduler.mind_the_clock()
    behind = timedelta(days=30)

    class SetBack(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) - behind

    monkeypatch.setattr("smalti.platform.scheduler.datetime", SetBack)
    monkeypatch.setattr(time, "time", lambda real=time.time: real() - behind.total_seconds())
    assert scheduler.mind_the_clock()
    due_in = scheduler.next_times()["wire"] - SetBack.now()
    scheduler.close()
    assert due_in < timedelta(hours=1.1)


def test_only_one_scheduler_runs_on_a_home_folder(tmp_path: Path):
    first = Scheduler(tmp_path)
    with pytest.raises(StoreLocked, match="another scheduler"):
        Scheduler(tmp_path)
    first.close()
    Scheduler(tmp_path).close()
