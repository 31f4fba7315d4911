"""Where stages run: `Workers` hands tasks to processes and gives back what they made, as it comes.

Model code runs in child processes, so that the process that owns the store never loads a model. Tasks
are named functions of plain values that say what they need, which is what lets another implementation (a
cluster) stand here: whoever writes one keeps the contract in `tests/platform/workers_contract.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeVar

import structlog

from smalti.platform import ledger

_log = structlog.get_logger(__name__)

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Need:
    """What a task of one kind takes while it runs.

    Attributes:
        device: `cpu` or `cuda`, as torch says it.
        memory_mb: about how much of that device's memory.
        budget: most units (tokens, pictures) in one task; larger batches use a GPU better.
    """

    device: Literal["cpu", "cuda"] = "cpu"
    memory_mb: int = 256
    budget: int = 1


SMALL = Need()
"""A task that says nothing of itself."""


@dataclass(frozen=True, slots=True)
class Load:
    """What workers are doing: tasks that run and that wait for their turn, processes alive."""

    running: int
    waiting: int
    processes: int


class Workers(Protocol):
    """Runs named functions somewhere else."""

    @property
    def size(self) -> int:
        """How many tasks run at once."""

    def call(
        self, function: str, *, timeout: float | None = None, need: Need = SMALL, **arguments: Any
    ) -> Any:
        """Run `module:function(**arguments)` to its end and return its (picklable) result.

        Blocks the calling thread while all places are taken, which is what keeps callers from piling up work.
        What the task noted of how it ran (`inference.note`) is added to the counts of the caller's run.

        Args:
            function: what to run, by name.
            timeout: seconds it may compute; it may wait for a core for a few times as long.
            need: what it takes.
            **arguments: its own; picklable.

        Raises:
            SandboxKilled: it took longer than that, or its process died, as often as is tried.
            MemoryError: it does not fit in the memory of its device.
            Stopped: the workers are being stopped.
        """

    def load(self) -> Load:
        """What goes on at the moment."""

    def halt(self, why: str) -> None:
        """End what runs, at once: it and all that is asked later raises `Stopped`."""

    def close(self) -> None:
        """Let running tasks finish, then stop."""


def on_device(
    workers: Workers, function: str, need: Need, *, timeout: float | None = None, **arguments: Any
) -> Any:
    """Run a task that takes a `device` on the one it needs, and on the CPU where that lacks the memory.

    Raises:
        MemoryError: it does not fit on the CPU either.
    """
    try:
        return workers.call(function, timeout=timeout, need=need, device=need.device, **arguments)
    except MemoryError as error:
        if need.device == "cpu":
            raise
        _log.warning("out of memory: done on the CPU", task=function, device=need.device, error=str(error))
        ledger.count(f"on the CPU for want of {need.device} memory")
        on_cpu = replace(need, device="cpu")
        return workers.call(function, timeout=timeout, need=on_cpu, device="cpu", **arguments)


def note_task(function: str, noted: Iterable[str]) -> None:
    """Log what a task noted, and count it in the caller's run; what every implementation does with it."""
    for note in noted:
        _log.warning(note, task=function)
        ledger.count(note)


def in_threads(work: Callable[[T], R], items: Iterable[T], size: int) -> Iterator[tuple[T, R]]:
    """Do `work` on each item with `size` threads, yielding results as they come.

    At most `2 * size` are under way, and no further item is taken before one of them is done and handed on:
    a long list of inputs does not pile up results, and one chain of these in another holds as little. The
    first error stops what has not begun and is raised. The threads work for the caller's run.
    """
    todo = iter(items)
    with ThreadPoolExecutor(size) as pool:
        running: dict[Future[R], T] = {}
        try:
            while True:
                while len(running) < 2 * size:
                    try:
                        item = next(todo)
                    except StopIteration:
                        break
                    running[pool.submit(copy_context().run, work, item)] = item
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            for future in running:
                future.cancel()


def in_batches(items: Iterable[T], units: Callable[[T], int], budget: int) -> Iterator[list[T]]:
    """Items in lists of at most `budget` units together, in their order, whichever document they are of.

    An item of more units than that goes alone. Takes no item before it is needed.
    """
    batch: list[T] = []
    held = 0
    for item in items:
        own = units(item)
        if batch and held + own > budget:
            yield batch
            batch, held = [], 0
        batch.append(item)
        held += own
    if batch:
        yield batch
