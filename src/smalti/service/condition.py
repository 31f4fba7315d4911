"""How the service is, for who works with it: what it needs, what it does, and which sources are overdue."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from smalti.ingest.feeds.source import Source
from smalti.platform.scheduler import trigger
from smalti.service import sources
from smalti.service.service import Service
from smalti.service.stages.pulls import subject

_GRACE = timedelta(minutes=10)
"""A pull takes its time, and schedules are jittered: so long after it was due, a source is overdue."""


@dataclass(frozen=True, slots=True)
class WorkersView:
    """Tasks of workers that run and that wait, and processes alive."""

    running: int
    waiting: int
    processes: int


@dataclass(frozen=True, slots=True)
class SourceAge:
    """When a source was last pulled to the end.

    Attributes:
        last_success: end of the last pull that went well; null if none did.
        due: when the next was to come after that, by its schedule; null while it is paused.
        overdue: whether that moment has passed by more than some minutes.
    """

    name: str
    paused: bool
    last_success: datetime | None
    due: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class ConditionView:
    """How the service is.

    Attributes:
        ready: whether all it needs can be used.
        parts: what it needs, and of each why it cannot be used; empty where it can.
        disk_free, disk_total, store_bytes: bytes, where the home folder lies.
        unfinished: runs that were cut short.
        quarantine: what is set aside, by the error's name.
        now: the service's clock.
    """

    ready: bool
    parts: Mapping[str, str]
    disk_free: int
    disk_total: int
    store_bytes: int
    workers: WorkersView
    sources: Sequence[SourceAge]
    unfinished: int
    quarantine: Mapping[str, int]
    newest_evidence: datetime | None
    now: datetime


def condition(service: Service) -> ConditionView:
    """How the service is at this moment."""
    engine = service.engine
    read = engine.store.read
    parts = service.health.parts(service)
    disk = shutil.disk_usage(engine.settings.home)
    load = engine.workers.load()
    aside = read("SELECT code, count(*) FROM quarantine GROUP BY 1 ORDER BY 2 DESC, 1").iter_rows()
    return ConditionView(
        not any(part.fault for part in parts),
        {part.name: part.fault for part in parts},
        disk.free,
        disk.total,
        sum(file.stat().st_size for file in _files(engine.store.path) if file.is_file()),
        WorkersView(load.running, load.waiting, load.processes),
        _ages(service),
        read("SELECT count(*) FROM runs WHERE state = 'interrupted'").item(),
        dict(aside),
        read("SELECT max(available_at) FROM documents WHERE available_method <> 'recorded'").item(),
        engine.store.now(),
    )


def _files(store: Path) -> Sequence[Path]:
    return [store, store.with_name(f"{store.name}.wal")]


def _ages(service: Service) -> list[SourceAge]:
    store = service.engine.store
    good = dict(
        store.read(
            "SELECT subject, max(finished_at) FROM runs WHERE stage IN ('pull', 'ingest') AND state = 'done'"
            " GROUP BY 1"
        ).iter_rows()
    )
    added = dict(store.read("SELECT name, min(recorded_at) FROM sources GROUP BY 1").iter_rows())
    now = store.now()
    return [
        _age(source, good.get(subject(source)), added[source.name], now)
        for source in sources.all_sources(store)
    ]


def _age(source: Source, last: datetime | None, added: datetime, now: datetime) -> SourceAge:
    if source.paused:
        return SourceAge(source.name, source.paused, last, None, overdue=False)
    # A source that was never pulled well was due when it was added.
    due = trigger(source.schedule).get_next_fire_time(last, last) if last else added
    return SourceAge(source.name, source.paused, last, due, due is not None and now > due + _GRACE)
