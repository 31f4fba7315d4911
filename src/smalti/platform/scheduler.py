"""When things run by themselves: APScheduler, jobs that survive a restart, one scheduler a home folder."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from filelock import FileLock, Timeout

from smalti.platform.errors import SettingsError, StoreLocked

_EVERY = re.compile(r"every\s+(\d{1,5})\s*([smhd])", re.IGNORECASE)
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_JITTER_SHARE = 0.05  # of the interval, so that a hundred sources do not all ask in one second
_MISFIRE_GRACE = 7 * 86400
"""Seconds: a pull missed while the machine was off is made up once when it is back."""
_SET_BACK = 60.0
"""Seconds by which a clock must have gone back to count as set back."""

# Whoever runs a job tells what became of it; these would tell it a second time.
logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One job: when, and which importable function with which arguments.

    Attributes:
        lane: jobs of one lane wait for each other when too many are due; those of another do not.
        at_once: a job that is new is due now, and not at its first time only.
    """

    schedule: str
    function: Callable[..., None]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    lane: str = "default"
    at_once: bool = True


def trigger(schedule: str) -> BaseTrigger:
    """When a schedule comes due: `every 15m` (s, m, h, d) or five crontab fields, UTC.

    Raises:
        SettingsError: it is neither.
    """
    text = schedule.strip()
    if every := _EVERY.fullmatch(text):
        seconds = int(every[1]) * _SECONDS[every[2].lower()]
        if seconds:
            return IntervalTrigger(seconds=seconds, jitter=int(seconds * _JITTER_SHARE) or None, timezone=UTC)
    else:
        try:
            minute, hour, day, month, weekday = text.split()
            return CronTrigger(
                minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=UTC
            )
        except ValueError:
            pass
    raise SettingsError(
        "no schedule",
        subject=schedule,
        mend="`every 15m`, `every 6h`, or five crontab fields such as `0 6 * * 1-5`",
    )


def _weekdays(field: str) -> str:
    """Crontab's numbers, where 0 and 7 are Sunday, as names: to APScheduler 0 is Monday.

    Raises:
        ValueError: no number from 0 to 7.
    """
    if not re.fullmatch(r"[0-7](?:-[0-7])?(?:,[0-7](?:-[0-7])?)*", field):
        if re.search(r"\d", field.partition("/")[0]):
            raise ValueError(field)
        return field
    ranges = [part.partition("-") for part in field.split(",")]
    numbers = {n % 7 for low, _, high in ranges for n in range(int(low), int(high or low) + 1)}
    return ",".join(_DAYS[n] for n in sorted(numbers))


class Scheduler:
    """Runs named functions on schedules, as long as it is open.

    Jobs are kept in `home/jobs.sqlite`: one whose time passed while nothing ran is done once at the next
    start. A job never runs beside itself.

    Raises:
        StoreLocked: another scheduler runs on this home folder.
    """

    def __init__(self, home: Path, lanes: Mapping[str, int] | None = None) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(home / "scheduler.lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            mend = "stop it, or use another home folder"
            raise StoreLocked("another scheduler runs on it", subject=str(home), mend=mend) from None
        self._lanes = {lane: ThreadPoolExecutor(size) for lane, size in (lanes or {"default": 4}).items()}
        self._scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{home.resolve() / 'jobs.sqlite'}")},
            executors=self._lanes,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _MISFIRE_GRACE},
            timezone=UTC,
        )
        self._offset = time.time() - time.monotonic()

    def start(self, jobs: Mapping[str, Entry]) -> set[str]:
        """Begin with exactly these jobs, by name.

        A job that is known with the same schedule keeps its next time; the others are due at once or, where
        they are not to be, at their first time.

        Returns:
            The names of those that wait for their time.
        """
        self._scheduler.start(paused=True)
        waiting = self.set(jobs)
        self._scheduler.resume()
        return waiting

    def set(self, jobs: Mapping[str, Entry]) -> set[str]:
        """Have exactly these jobs from now on; see `start`."""
        waiting = set()
        known = {job.id: job for job in self._scheduler.get_jobs()}
        for name in known.keys() - jobs.keys():
            self._scheduler.remove_job(name)
        for name, entry in jobs.items():
            due = trigger(entry.schedule)
            own = {"func": entry.function, "kwargs": dict(entry.arguments), "executor": entry.lane}
            if name in known and str(known[name].trigger) == str(due):
                if (known[name].kwargs, known[name].executor) != (own["kwargs"], own["executor"]):
                    self._scheduler.modify_job(name, **own)
                waiting.add(name)
            else:
                now = datetime.now(UTC)
                first = now if entry.at_once else due.get_next_fire_time(None, now)
                self._scheduler.add_job(
                    trigger=due, id=name, next_run_time=first, replace_existing=True, **own
                )
        return waiting

    def soon(self, name: str) -> None:
        """Let a job run now."""
        self._scheduler.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(milliseconds=1))

    def next_times(self) -> dict[str, datetime]:
        """When each job comes due."""
        return {job.id: job.next_run_time for job in self._scheduler.get_jobs() if job.next_run_time}

    def mind_the_clock(self) -> bool:
        """Have what waits for a time that was put off by a clock set back wait for its next one instead.

        Returns whether the clock was set back since this was last asked.
        """
        before, self._offset = self._offset, time.time() - time.monotonic()
        if before - self._offset < _SET_BACK:
            return False
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            if job.next_run_time is not None:
                job.modify(next_run_time=min(job.next_run_time, job.trigger.get_next_fire_time(now, now)))
        return True

    def is_alive(self) -> bool:
        """Whether it runs, and nothing has long been due without being begun."""
        thread = self._scheduler._thread  # it has no public way to ask
        late = datetime.now(UTC) - timedelta(seconds=_SET_BACK)
        return bool(thread and thread.is_alive()) and all(at > late for at in self.next_times().values())

    def pause(self) -> None:
        """Begin no further job."""
        if self._scheduler.running:
            self._scheduler.pause()

    def close(self) -> None:
        """Let running jobs finish, then stop."""
        if self._scheduler.running:
            self._scheduler.pause()
            # It would itself wait with its locks held, which a running job may need.
            for lane in self._lanes.values():
                lane._pool.shutdown(wait=True)
            self._scheduler.shutdown(wait=False)
        self._lock.release()
