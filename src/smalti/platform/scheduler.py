"""When things run by themselves: APScheduler, jobs that survive a restart, one scheduler a home folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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

    def __init__(self, home: Path, at_once: int = 4) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(home / "scheduler.lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            mend = "stop it, or use another home folder"
            raise StoreLocked("another scheduler runs on it", subject=str(home), mend=mend) from None
        self._scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{home.resolve() / 'jobs.sqlite'}")},
            executors={"default": ThreadPoolExecutor(at_once)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _MISFIRE_GRACE},
            timezone=UTC,
        )

    def start(self, jobs: Mapping[str, tuple[str, Callable[..., None], Mapping[str, Any]]]) -> set[str]:
        """Begin with exactly these jobs: name to schedule, importable function and its arguments.

        A job that is known with the same schedule keeps its next time; the others are due at once.

        Returns:
            The names of those that wait for their time.
        """
        waiting = set()
        self._scheduler.start(paused=True)
        known = {job.id: job for job in self._scheduler.get_jobs()}
        for name in known.keys() - jobs.keys():
            self._scheduler.remove_job(name)
        for name, (schedule, function, arguments) in jobs.items():
            due = trigger(schedule)
            if name in known and str(known[name].trigger) == str(due):
                self._scheduler.modify_job(name, func=function, kwargs=dict(arguments))
                waiting.add(name)
            else:
                self._scheduler.add_job(
                    function,
                    due,
                    id=name,
                    kwargs=dict(arguments),
                    next_run_time=datetime.now(UTC),
                    replace_existing=True,
                )
        self._scheduler.resume()
        return waiting

    def soon(self, name: str) -> None:
        """Let a job run now."""
        self._scheduler.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(milliseconds=1))

    def next_times(self) -> dict[str, datetime]:
        """When each job comes due."""
        return {job.id: job.next_run_time for job in self._scheduler.get_jobs() if job.next_run_time}

    def close(self) -> None:
        """Let running jobs finish, then stop."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._lock.release()
