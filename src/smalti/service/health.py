"""Whether the service can do its work, tried and not assumed, and what Prometheus is told of its state."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from prometheus_client.metrics_core import Metric

from smalti.platform.errors import SmaltiError, StoreError
from smalti.platform.metrics import gauge
from smalti.platform.store import Batch

if TYPE_CHECKING:  # it has a `Health`
    from smalti.service.service import Service

_KEPT_S = 2.0
"""Anybody may ask: no more often than this are the parts really tried."""
_TASK_S = 30.0
"""Seconds an idle worker has for a task that does nothing, its start included."""
_BUSY_S = 3_600.0
"""Seconds after which workers that are all busy count as stuck."""
_STORE_FAULTS = (StoreError, duckdb.Error, OSError)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the service needs, and why it cannot be used; empty where it can."""

    name: str
    fault: str


class Health:
    """Tries what the service needs."""

    def __init__(self) -> None:
        self._trying = threading.Lock()
        self._parts: list[Part] = []
        self._tried_at = float("-inf")
        self._probe: threading.Thread | None = None
        self._probe_since = 0.0
        self._probe_fault = ""

    def parts(self, service: Service) -> list[Part]:
        """How each part is."""
        with self._trying:
            if time.monotonic() - self._tried_at > _KEPT_S:
                ways: dict[str, Callable[[Service], str]] = {
                    "store": _store,
                    "disk": _disk,
                    "objects": _objects,
                    "scheduler": _scheduler,
                    "workers": self._workers,
                }
                self._parts = [Part(name, way(service)) for name, way in ways.items()]
                self._tried_at = time.monotonic()
            return self._parts

    def _workers(self, service: Service) -> str:
        """A worker does a task that does nothing; while all are busy with others, they are given time."""

        def probe() -> None:
            try:
                service.engine.workers.call("os:getpid", timeout=_TASK_S)
            except (SmaltiError, MemoryError) as error:
                self._probe_fault = str(error)
            else:
                self._probe_fault = ""

        if self._probe is None or not self._probe.is_alive():
            self._probe = threading.Thread(target=probe, daemon=True)
            self._probe_since = time.monotonic()
            self._probe.start()
        self._probe.join(_KEPT_S)
        waited = time.monotonic() - self._probe_since
        if self._probe.is_alive() and waited > _BUSY_S:
            return f"all have been busy for {waited:.0f} s"
        return self._probe_fault


def _store(service: Service) -> str:
    store = service.engine.store
    batch = Batch()
    batch.add("jobs", {"job": "readiness", "state": "done", "started_at": store.now(), "failures": 0})
    try:
        store.commit(batch)
        store.read("SELECT started_at FROM jobs WHERE job = 'readiness'").item()
    except _STORE_FAULTS as error:
        return f"cannot be written or read: {error}"
    return ""


def _disk(service: Service) -> str:
    settings = service.engine.settings
    free = shutil.disk_usage(settings.home).free // 2**20
    return f"only {free} MB are free" if free < settings.disk_floor_mb else ""


def _objects(service: Service) -> str:
    folder = service.engine.settings.objects
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"written")
        probe.unlink()
    except OSError as error:
        return f"cannot be written: {error.strerror}"
    return ""


def _scheduler(service: Service) -> str:
    from smalti.service.jobs import stuck  # it needs the service, which needs this

    try:
        return stuck(service)
    except _STORE_FAULTS as error:
        return f"its jobs cannot be read: {error}"


def owns_store(service: Service) -> bool:
    """Whether this process is still the one that the store's lock names."""
    try:
        owner = Path(f"{service.engine.store.path}.owner").read_text(encoding="utf-8")
    except OSError:
        return False
    return owner.strip() == str(os.getpid())


def observations(service: Service) -> Iterable[Metric]:
    """The state of the service at this moment, for a scrape."""
    engine = service.engine
    read = engine.store.read
    runs = read("SELECT stage, state, count(*) FROM runs GROUP BY ALL ORDER BY ALL").iter_rows()
    yield gauge("smalti_runs", "Runs in the ledger.", ("stage", "state"), [((s, t), n) for s, t, n in runs])
    rows = sorted(engine.store.counts().items())
    yield gauge("smalti_rows", "Rows of each table.", ("table",), [((name,), n) for name, n in rows])
    aside = read("SELECT code, count(*) FROM quarantine GROUP BY ALL ORDER BY ALL").iter_rows()
    yield gauge("smalti_quarantine", "Inputs set aside.", ("code",), [((code,), n) for code, n in aside])
    now = engine.store.now()
    jobs = read("SELECT job, succeeded_at, failures FROM jobs WHERE job <> 'readiness' ORDER BY job").rows()
    pulls = [(name.removeprefix("pull "), at) for name, at, _ in jobs if name.startswith("pull ")]
    yield gauge(
        "smalti_source_age_seconds",
        "Since a source was last pulled to the end.",
        ("source",),
        [((name,), (now - at).total_seconds()) for name, at in pulls if at is not None],
    )
    yield gauge(
        "smalti_job_failures",
        "Failures of a job in a row, up to now.",
        ("job",),
        [((name,), failures) for name, _, failures in jobs],
    )
    load = engine.workers.load()
    doing = [("running", load.running), ("waiting", load.waiting), ("processes", load.processes)]
    yield gauge("smalti_workers", "Tasks of workers.", ("what",), [((name,), n) for name, n in doing])
    under_way = engine.running.under_way()
    todo = [((one.stage, one.subject), one.total - one.done) for one in under_way]
    yield gauge(
        "smalti_items_to_do", "Items that runs under way have before them.", ("stage", "subject"), todo
    )
    size = sum(_size(Path(f"{engine.store.path}{end}")) for end in ("", ".wal"))
    yield gauge("smalti_store_bytes", "Size of the store's file and log.", (), [((), size)])
    free = shutil.disk_usage(engine.settings.home).free
    yield gauge("smalti_disk_free_bytes", "Free where the home folder lies.", (), [((), free)])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
