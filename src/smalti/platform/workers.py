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
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol, TypeVar

from smalti.platform.errors import SandboxKilled

T = TypeVar("T")
R = TypeVar("R")


class Workers(Protocol):
    """Runs named functions somewhere else."""

    @property
    def size(self) -> int:
        """How many tasks run at once."""

    def call(self, function: str, *, timeout: float | None = None, **arguments: Any) -> Any:
        """Run `module:function(**arguments)` to its end and return its (picklable) result.

        Raises:
            SandboxKilled: it took longer than `timeout` seconds, or its process died.
        """

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
        self._making = threading.Lock()
        self._alone = threading.Lock()

    def call(self, function: str, *, timeout: float | None = None, **arguments: Any) -> Any:
        """See `Workers.call`. Blocks the calling thread, not the others."""
        try:
            return self._try(function, timeout, arguments)
        except BrokenProcessPool:
            # One task that kills its process takes all others with it. Tried again one at a time, only the
            # guilty one does so a second time.
            with self._alone:
                try:
                    return self._try(function, timeout, arguments)
                except BrokenProcessPool:
                    raise SandboxKilled(
                        "its worker process died, perhaps for want of memory", mend="split or repair the file"
                    ) from None

    def close(self) -> None:
        """See `Workers.close`."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _try(self, function: str, timeout: float | None, arguments: Mapping[str, Any]) -> Any:
        pool = self._current()
        try:
            return pool.submit(_run, function, arguments).result(timeout)
        except TimeoutError:
            for process in list(pool._processes.values()):  # it has no public way to end a running task
                process.kill()
            self._drop(pool)
            raise SandboxKilled(
                f"a model took longer than {timeout:.0f} s over it",
                mend="split the file, or raise sandbox_seconds",
            ) from None
        except BrokenProcessPool:
            self._drop(pool)
            raise

    def _current(self) -> ProcessPoolExecutor:
        with self._making:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self.size,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_begin,
                    initargs=(self._threads,),
                )
                # All begin now: the pool stumbles over a process that begins while another dies.
                for _ in range(self.size):
                    self._pool.submit(os.getpid)
            return self._pool

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        with self._making:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False, cancel_futures=True)


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
