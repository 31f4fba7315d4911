"""What every stage works with: the settings, the store, the objects, the sandbox and the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from smalti.platform.ledger import CutShort, Running, close_interrupted
from smalti.platform.local_workers import LocalWorkers
from smalti.platform.objects import Objects
from smalti.platform.sandbox import Sandbox, SandboxLimits
from smalti.platform.settings import Settings
from smalti.platform.store import Store, utc_now
from smalti.platform.telemetry import Progress
from smalti.platform.workers import Workers
from smalti.service.tombstones import Tombstones

_LOOK_S = 60.0
"""Seconds that making one excerpt may take: somebody waits for it."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The owner's hands: one per process that owns the store.

    Attributes:
        tombstones: what was erased, and is not taken in again.
        excerpts: a sandbox for what people look at, which must not wait for what is taken in.
        running: the runs under way, where `progress` is told to it.
        cut_short: the runs that were found unfinished when the store was opened.
    """

    settings: Settings
    store: Store
    objects: Objects
    sandbox: Sandbox
    excerpts: Sandbox
    workers: Workers
    progress: Progress
    tombstones: Tombstones
    running: Running = field(default_factory=Running)
    cut_short: Sequence[CutShort] = ()


@contextmanager
def open_engine(
    settings: Settings, progress: Progress | None = None, clock: Callable[[], datetime] = utc_now
) -> Iterator[Engine]:
    """Own the store while the block runs.

    Raises:
        StoreLocked: another process owns it.
    """
    with Store(settings.store, clock) as store:
        cut_short = close_interrupted(store)
        limits = SandboxLimits(
            settings.sandbox_memory_mb, settings.sandbox_seconds, settings.sandbox_inputs, settings.attempts
        )
        sandbox = Sandbox(settings.spool, settings.workers, limits)
        looked_at = SandboxLimits(settings.sandbox_memory_mb, _LOOK_S, settings.sandbox_inputs)
        excerpts = Sandbox(settings.spool / "excerpts", 1, looked_at)
        workers = LocalWorkers(
            settings.workers,
            settings.threads,
            settings.attempts,
            settings.worker_memory_mb,
            settings.gpu_tasks,
        )
        running = Running(progress)
        tombstones = Tombstones(store)
        objects = Objects(settings.objects, tombstones.holds_object)
        objects.clear_unfinished()
        tombstones.finish(objects)
        try:
            yield Engine(
                settings, store, objects, sandbox, excerpts, workers, running, tombstones, running, cut_short
            )
        finally:
            workers.close()
            excerpts.close()
            sandbox.close()
