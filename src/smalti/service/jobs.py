"""What runs by itself while the service is up: named jobs that can be run again at no harm.

The scheduler keeps jobs by the names of functions, so the process they run in says once which service is its
own. How each job last went stands in the table `jobs`; one that a crash or a stop cut short is found there at
the next start and run again at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

import polars as pl
import structlog

from smalti.ingest.feeds.source import Source
from smalti.platform import traces
from smalti.platform.errors import NotFound, Stopped
from smalti.platform.ledger import Run
from smalti.platform.scheduler import Entry, Scheduler
from smalti.platform.store import Batch
from smalti.service import alerts, care, search, sources
from smalti.service.chat.answering import answering
from smalti.service.reports.due import make_due
from smalti.service.service import Service
from smalti.service.stages.pulls import after_reading, is_news, pull_source
from smalti.service.stages.score import score_daily, score_news

_log = structlog.get_logger(__name__)

Told = Callable[[Sequence[Run]], None]

_PULL = "pull "
_PULLS_AT_ONCE = 32
"""They mostly wait for servers, and parsing has a pool of its own."""
_JOBS_AT_ONCE = 8
_BEAT = "tend"
"""The job that keeps the schedule up to date, which shows too that the scheduler and the store work."""
_THEN = {"pull": "follow", "follow": "alerts", "score daily": "alerts"}
"""Which job need not wait for its time once one that ran stages has ended: it may have something to do."""
_BEAT_LIMIT = 300.0
"""Seconds after which a beat is missed."""


@dataclass(frozen=True, slots=True)
class Job:
    """When it is due, and what it does; `work` gets the service and the time.

    Attributes:
        at_once: on a first start it does not wait for its time.
    """

    schedule: str
    work: Callable[[Service, datetime], Sequence[Run]]
    at_once: bool = True


def jobs_of(service: Service) -> dict[str, Job]:
    """All jobs of a service by name, pulls of the sources that are not paused among them."""
    active = [source for source in sources.all_sources(service.engine.store) if not source.paused]
    pulls = {_PULL + source.name: Job(source.schedule, _pulling(source)) for source in active}
    return {
        _BEAT: Job("every 1m", tend),
        **pulls,
        "follow": Job("every 1m", follow),
        "search index": Job("every 1m", index),
        "score daily": Job(service.engine.settings.daily_score, aged, at_once=False),
        "alerts": Job("every 1m", warn),
        "deliveries": Job("every 1m", deliver),
        "chat": Job("every 1m", reply),
        "reports": Job("every 1m", report),
        "care": Job("15 3 * * *", tidy, at_once=False),
        "snapshot": Job("every 15m", publish),
    }


def _pulling(source: Source) -> Callable[[Service, datetime], Sequence[Run]]:
    def pull(service: Service, _: datetime) -> Sequence[Run]:
        return [pull_source(service.engine, source)]

    return pull


def follow(service: Service, now: datetime) -> Sequence[Run]:
    """What follows new documents: link, compare and embed them, and score the issuers they concern."""
    engine = service.engine
    runs = after_reading(engine) if is_news(engine) else []
    scored = score_news(engine, now)
    return [*runs, scored] if scored else runs


def index(service: Service, _: datetime) -> Sequence[Run]:
    """Bring the search index up to date; it mends itself after a kill."""
    search.refresh(service.engine)
    return []


def aged(service: Service, now: datetime) -> Sequence[Run]:
    """Score all issuers as of now, though nothing new came in: what is known of them has aged."""
    return [score_daily(service.engine, now)]


def warn(service: Service, now: datetime) -> Sequence[Run]:
    """Raise the alerts that the rules ask for."""
    alerts.evaluate(service, now)
    return []


def deliver(service: Service, now: datetime) -> Sequence[Run]:
    """Send what is due to the alert channels."""
    alerts.deliver_due(service, now)
    return []


def reply(service: Service, now: datetime) -> Sequence[Run]:
    """Answer messages of other systems that a start, or a failure, left unanswered."""
    answering(service).due(service, now)
    return []


def report(service: Service, now: datetime) -> Sequence[Run]:
    """Make and send the reports that are due."""
    make_due(service, now)
    return []


def tidy(service: Service, now: datetime) -> Sequence[Run]:
    """Let go of what was kept long enough."""
    care.daily(service, now)
    return []


def publish(service: Service, now: datetime) -> Sequence[Run]:
    """Publish the snapshot for notebooks, where the settings ask for one and it is due."""
    care.publish_snapshot_due(service, now)
    return []


def tend(service: Service, _: datetime) -> Sequence[Run]:
    """Have the schedule say what the sources say."""
    if _serving is not None and _serving.service is service:
        _serving.scheduler.set(entries(service))
    return []


def run_job(service: Service, name: str, now: datetime) -> Sequence[Run]:
    """Run one job, and write down how it went; returns the runs of the stages it did.

    Raises:
        NotFound: no such job, or no longer.
    """
    job = jobs_of(service).get(name)
    if job is None:
        raise NotFound("no such job", subject=name, mend="it was removed or paused meanwhile")
    with _Written(service, name, now):
        return job.work(service, now)


class _Written:
    """One execution of a job: its row in `jobs`, its place in the metrics, and its failure in the log."""

    def __init__(self, service: Service, name: str, now: datetime) -> None:
        self._service = service
        self._name = name
        self._started = now
        self._clock = time.monotonic()
        self._span = traces.span(f"job {_kind(name)}", job=name)
        before = service.engine.store.read("SELECT succeeded_at, failures FROM jobs WHERE job = ?", [name])
        self._succeeded, self._failures = before.row(0) if before.height else (None, 0)

    def __enter__(self) -> None:
        self._write("running")
        self._span.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._span.__exit__(kind, error, trace)
        outcome = "done" if error is None else "interrupted" if isinstance(error, Stopped) else "failed"
        metrics = self._service.metrics
        metrics.jobs.labels(_kind(self._name), outcome).inc()
        metrics.job_seconds.labels(_kind(self._name)).observe(time.monotonic() - self._clock)
        if outcome == "done":
            self._succeeded, self._failures = self._started, 0
        if outcome == "failed":
            self._failures += 1
            _log.error("a job failed", job=self._name, in_a_row=self._failures, exc_info=error)
        self._write(outcome, str(error) if error else None)

    def _write(self, state: str, error: str | None = None) -> None:
        batch = Batch()
        row = {"job": self._name, "state": state, "started_at": self._started, "error": error}
        batch.add("jobs", row | {"succeeded_at": self._succeeded, "failures": self._failures})
        self._service.engine.store.commit(batch)


def _kind(name: str) -> str:
    """A job's name without that of its source: metrics have few labels."""
    return "pull" if name.startswith(_PULL) else name


@dataclass(frozen=True, slots=True)
class _Serving:
    service: Service
    scheduler: Scheduler
    told: Told


_serving: _Serving | None = None


def scheduled_job(name: str) -> None:
    """Run a job of the service of this process; what the scheduler calls."""
    if _serving is None:
        raise RuntimeError("no service runs in this process")
    service = _serving.service
    runs = run_job(service, name, service.engine.store.now())
    if runs:
        _serving.told(runs)
    if runs and (following := _THEN.get(_kind(name))):
        _serving.scheduler.soon(following)


def entries(service: Service) -> dict[str, Entry]:
    """The jobs of a service as the scheduler takes them."""

    def entry(name: str, job: Job) -> Entry:
        lane = "pulls" if name.startswith(_PULL) else "default"
        return Entry(job.schedule, scheduled_job, {"name": name}, lane, job.at_once)

    return {name: entry(name, job) for name, job in jobs_of(service).items()}


@contextmanager
def scheduled(service: Service, told: Told) -> Iterator[tuple[Scheduler, list[str]]]:
    """Run all jobs by their schedules while the block runs.

    Args:
        service: the one of this process.
        told: hears of the runs of each finished job.

    Yields the scheduler, and the names of jobs that were cut short and are run again at once.

    Raises:
        StoreLocked: another scheduler runs on this home folder.
    """
    global _serving  # noqa: PLW0603 - jobs are found by name, so their service is too
    lanes = {"default": _JOBS_AT_ONCE, "pulls": _PULLS_AT_ONCE}
    scheduler = Scheduler(service.engine.settings.home, lanes)
    service.engine.store.watch(_sources_changed)
    try:
        _serving = _Serving(service, scheduler, told)
        again, due = _unfinished(service)
        for name in scheduler.start(entries(service)).intersection([*again, *due]):
            scheduler.soon(name)
        yield scheduler, again
    finally:
        scheduler.close()
        _serving = None


def _sources_changed(frames: Mapping[str, pl.DataFrame]) -> None:
    if _serving is not None and "sources" in frames:
        _serving.scheduler.soon(_BEAT)


def _unfinished(service: Service) -> tuple[list[str], list[str]]:
    """Jobs that were cut short; and those that never ran, or failed, which a start may have mended."""
    states = dict(service.engine.store.read("SELECT job, state FROM jobs").iter_rows())
    known = jobs_of(service)
    return (
        [name for name in known if states.get(name) in ("running", "interrupted")],
        [n for n, job in known.items() if states.get(n) == "failed" or (n not in states and job.at_once)],
    )


@dataclass(frozen=True, slots=True)
class JobView:
    """How a job last went.

    Attributes:
        state: `running`, `done`, `failed` or `interrupted`.
        failures: in a row, up to now.
        error: of the last, where it failed.
    """

    job: str
    state: str
    started_at: datetime
    succeeded_at: datetime | None
    failures: int
    error: str | None


def job_views(service: Service) -> list[JobView]:
    """How each job last went, by name."""
    rows = service.engine.store.read(
        "SELECT job, state, started_at, succeeded_at, failures, error FROM jobs ORDER BY job"
    )
    names = jobs_of(service)
    return [JobView(*row) for row in rows.iter_rows() if row[0] in names]


def stuck(service: Service) -> str:
    """Why jobs do not run as they should; empty where they do."""
    if _serving is None or _serving.service is not service:
        return "no scheduler runs"
    if not _serving.scheduler.is_alive():
        return "the scheduler stands still, or jobs are long due"
    beat = next((view for view in job_views(service) if view.job == _BEAT), None)
    if beat is None or beat.succeeded_at is None:
        return ""  # it has only begun
    late = (service.engine.store.now() - beat.succeeded_at).total_seconds()
    return f"no job of the scheduler came to its end for {late:.0f} s" if late > _BEAT_LIMIT else ""
