"""Where stages run: `Workers` hands tasks to processes and gives back what they made, as it comes.

Model code runs in child processes, so that the process that owns the store never loads a model. Tasks
are named functions of plain values, which is what lets another implementation (a cluster) stand here.
"""

from __future__ import annotations

import importlib
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Workers(Protocol):
    """Runs named functions somewhere else."""

    @property
    def size(self) -> int:
        """How many tasks run at once."""

    def call(self, function: str, **arguments: Any) -> Any:
        """Run `module:function(**arguments)` to its end and return its (picklable) result."""

    def close(self) -> None:
        """Let running tasks finish, then stop."""


def _run(function: str, arguments: Mapping[str, Any]) -> Any:
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)(**arguments)


def _die_with_parent() -> None:
    """End this process when its parent is gone, even killed: a model left in memory serves nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _begin(threads: int) -> None:
    threading.Thread(target=_die_with_parent, daemon=True).start()
    # Read by OpenMP, BLAS and torch when they load; several workers share the cores.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)


class LocalWorkers:
    """A pool of processes on this machine, started when first needed."""

    def __init__(self, size: int, threads: int = 1) -> None:
        self.size = size
        self._threads = threads
        self._pool: ProcessPoolExecutor | None = None

    def call(self, function: str, **arguments: Any) -> Any:
        """See `Workers.call`. Blocks the calling thread, not the others."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.size,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._threads,),
            )
        return self._pool.submit(_run, function, arguments).result()

    def close(self) -> None:
        """See `Workers.close`."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def in_threads(work: Callable[[T], R], items: Sequence[T], size: int) -> Iterator[tuple[T, R]]:
    """Do `work` on each item with `size` threads, yielding results as they come.

    At most `2 * size` are under way, so a long list of inputs does not pile up results; the first error
    stops what has not begun and is raised.
    """
    todo = iter(items)
    with ThreadPoolExecutor(size) as pool:
        running: dict[Future[R], T] = {}
        try:
            while True:
                while len(running) < 2 * size and (item := next(todo, None)) is not None:
                    running[pool.submit(work, item)] = item
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            for future in running:
                future.cancel()
