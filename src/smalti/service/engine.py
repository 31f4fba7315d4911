"""What every stage works with: the settings, the store, the objects, the sandbox and the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from smalti.platform.ledger import close_interrupted
from smalti.platform.objects import Objects
from smalti.platform.sandbox import Sandbox, SandboxLimits
from smalti.platform.settings import Settings
from smalti.platform.store import Store, utc_now
from smalti.platform.telemetry import NoProgress, Progress
from smalti.platform.workers import LocalWorkers, Workers


@dataclass(frozen=True, slots=True)
class Engine:
    """The owner's hands: one per process that owns the store."""

    settings: Settings
    store: Store
    objects: Objects
    sandbox: Sandbox
    workers: Workers
    progress: Progress


@contextmanager
def open_engine(
    settings: Settings, progress: Progress | None = None, clock: Callable[[], datetime] = utc_now
) -> Iterator[Engine]:
    """Own the store while the block runs.

    Raises:
        StoreLocked: another process owns it.
    """
    with Store(settings.store, clock) as store:
        close_interrupted(store)
        limits = SandboxLimits(settings.sandbox_memory_mb, settings.sandbox_seconds, settings.sandbox_inputs)
        sandbox = Sandbox(settings.spool, settings.workers, limits)
        workers = LocalWorkers(settings.workers, settings.threads)
        try:
            yield Engine(
                settings, store, Objects(settings.objects), sandbox, workers, progress or NoProgress()
            )
        finally:
            workers.close()
            sandbox.close()
