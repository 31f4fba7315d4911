"""The service process: one owner of the store, its API, its scheduler and its workers, from start to stop."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from smalti.platform import traces
from smalti.platform.errors import SettingsError, StoreLocked
from smalti.platform.ledger import CutShort, Run, close_interrupted
from smalti.platform.scheduler import Scheduler
from smalti.platform.settings import Settings
from smalti.platform.store import Store, utc_now
from smalti.service import dashboard, uploads
from smalti.service.api import create_app
from smalti.service.engine import open_engine
from smalti.service.health import observations
from smalti.service.jobs import scheduled
from smalti.service.listening import Server, address_of, bind, serving
from smalti.service.local import LocalGateway
from smalti.service.reach import FILE
from smalti.service.service import Service

_log = structlog.get_logger(__name__)

WHY = "the service was stopped"
_LOOK_S = 5.0
"""Seconds between two looks at whether the server lives and the clock was set back."""
_HALTED_S = 5.0
"""Seconds that halted work has to notice."""
_left: list[ExitStack] = []
"""What threads that do not end still work with: taken down, it would first wait for them."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a service says when it is up.

    Attributes:
        address: of its API.
        dashboard: address of the dashboard; empty where there is none.
        no_dashboard: why there is none.
        cut_short: runs that the last process did not finish.
        again: jobs it did not finish either, which are run again at once.
        taken_up: uploads it had accepted and not read; they are read now.
        deliveries: messages that wait to be sent.
    """

    address: str
    dashboard: str
    no_dashboard: str
    pid: int
    cut_short: Sequence[CutShort]
    again: Sequence[str]
    taken_up: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class Stopping:
    """How a service is told to stop.

    Attributes:
        asked: set: end, and let what runs come to its next stop.
        hurried: set too: do not wait.
    """

    asked: threading.Event
    hurried: threading.Event

    def signalled(self) -> None:
        """Stop at the first signal, hurry at the second."""
        (self.hurried if self.asked.is_set() else self.asked).set()


def up(
    settings: Settings,
    stopping: Stopping,
    ready: Callable[[Ready], None],
    told: Callable[[Sequence[Run]], None],
    clock: Callable[[], datetime] = utc_now,
) -> bool:
    """Run the service until it is told to stop.

    Args:
        settings: its own.
        stopping: how it is told.
        ready: hears when it answers, and what it found.
        told: hears of the runs of each finished job.
        clock: what time it is.

    Returns whether all work came to an end. If not, threads are still at it, and only the end of the process
    ends them: the store is closed, and what they did is written down as interrupted.

    Raises:
        StoreLocked: a service or a command uses the home folder.
        SettingsError: it cannot listen as set, or the home folder cannot be written.
        StoreError: the store cannot be used.
    """
    _writable(settings.home)
    with ExitStack() as opened:
        try:
            engine = opened.enter_context(open_engine(settings, clock=clock))
        except StoreLocked as error:
            raise _in_use(settings, error) from None
        listening = opened.enter_context(bind(settings))
        opened.enter_context(traces.tracing(settings.traces_endpoint))
        pages = opened.enter_context(dashboard.place(settings))
        gateway = LocalGateway(engine)
        service = Service(engine, gateway, secrets.token_urlsafe(32), dashboard=pages.address)
        service.metrics.observe(lambda: observations(service))
        server = opened.enter_context(serving(create_app(service), listening, settings, service.metrics))
        scheduler, again = opened.enter_context(scheduled(service, told))
        address = address_of(listening, settings)
        opened.enter_context(_announced(settings, address, service))
        opened.enter_context(dashboard.running(settings, pages, address))
        taken_up = len(uploads.take_up(service))
        waiting = engine.store.read("SELECT count(*) FROM deliveries WHERE ended_at IS NULL").item()
        ready(
            Ready(
                address, pages.address, pages.missing, os.getpid(), engine.cut_short, again, taken_up, waiting
            )
        )
        served = _wait(stopping, server, scheduler)
        if not _wound_up(service, server, scheduler, stopping):
            _abandon(engine.store, settings.home)
            _left.append(opened.pop_all())
            return False
    if not served:
        raise RuntimeError("the HTTP server ended by itself")
    return True


def _wait(stopping: Stopping, server: Server, scheduler: Scheduler) -> bool:
    """Until it is told to stop; False where the server ended before that."""
    while not stopping.asked.wait(_LOOK_S):
        if scheduler.mind_the_clock():
            _log.warning("the clock was set back: jobs wait for their next times by it")
        if not server.is_alive():
            return False
    return True


def _wound_up(service: Service, server: Server, scheduler: Scheduler, stopping: Stopping) -> bool:
    """End the work, gently and then not; whether it ended."""
    engine = service.engine
    service.live.close()
    server.stop()
    scheduler.pause()
    engine.running.stop(WHY)
    ending = threading.Thread(target=_end, args=(service, scheduler), daemon=True)
    ending.start()
    give_up = time.monotonic() + engine.settings.shutdown_seconds
    while ending.is_alive() and time.monotonic() < give_up and not stopping.hurried.is_set():
        ending.join(0.05)
    if ending.is_alive():
        _log.warning("work did not come to a stop in time and is halted")
        engine.workers.halt(WHY)
        engine.sandbox.halt(WHY)
        ending.join(_HALTED_S)
    return not ending.is_alive()


def _end(service: Service, scheduler: Scheduler) -> None:
    scheduler.close()
    service.tasks.close()


def _abandon(store: Store, home: Path) -> None:
    """Leave in order what cannot be waited for: it is in the ledger, and its rows are whole batches."""

    def close() -> None:
        close_interrupted(store, f"{WHY} and could not wait for it")
        store.close()

    (home / FILE).unlink(missing_ok=True)
    closing = threading.Thread(target=close, daemon=True)
    closing.start()
    closing.join(_HALTED_S)


@contextmanager
def _announced(settings: Settings, address: str, service: Service) -> Iterator[None]:
    """Say where the service is while the block runs, to whoever may read the home folder."""
    own = settings.home / FILE
    new = settings.home / f".{FILE}.{os.getpid()}"
    said = {"address": address, "local_key": service.local_key, "pid": os.getpid()}
    if service.dashboard:
        said["dashboard"] = service.dashboard
    if settings.tls_certificate:
        said["certificate"] = str(settings.tls_certificate.resolve())
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(own)
    try:
        yield
    finally:
        own.unlink(missing_ok=True)


def _in_use(settings: Settings, error: StoreLocked) -> StoreLocked:
    """The same, with where the service is that has the store, if it is one."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        said = json.loads((settings.home / FILE).read_text(encoding="utf-8"))
        pid = int(said["pid"])
        if str(pid) in error.what.split():  # else it was left behind by one that was killed
            what = f"process {pid} serves it at {said['address']}"
            mend = f"use that one (commands find it by themselves), or stop it: kill {pid}"
            return StoreLocked(what, subject=str(settings.home), mend=mend)
    return error


def _writable(home: Path) -> None:
    probe = home / f".probe.{os.getpid()}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"the home folder cannot be written: {error.strerror}", subject=str(home), mend="another --home"
        ) from None
