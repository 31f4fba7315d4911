"""Workers on this machine: child processes, each with its own pipe, so that none takes another along."""

from __future__ import annotations

import multiprocessing
import pickle
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psutil
import structlog

from smalti.platform import traces
from smalti.platform.errors import SandboxKilled, Stopped
from smalti.platform.worker_child import serve
from smalti.platform.workers import SMALL, Load, Need, note_task

_log = structlog.get_logger(__name__)


_ENDING = 5.0
"""Seconds that a child which has nothing to do is given to end by itself."""


_PATIENCE = 4
"""Times as long as it may compute, by the clock: others may have the cores, but it may also just hang."""


class _Lost(Exception):
    """A worker's process died under its task, or was killed for taking too long."""

    def __init__(self, *, hung: bool) -> None:
        super().__init__()
        self.hung = hung


class _Process:
    """One worker: a child process that does one task after another."""

    def __init__(self, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=serve, args=(far, threads), daemon=True)
        self._process.start()
        self._threads = threads
        far.close()

    def ask(self, function: str, arguments: Mapping[str, Any], timeout: float | None) -> Any:
        """The task's result; raises what it raised, or `_Lost`."""
        try:
            self._pipe.send((function, arguments))
            if not self._answers(timeout):
                self.kill()
                raise _Lost(hung=True)
            whole, noted = pickle.loads(self._pipe.recv_bytes())  # noqa: S301 - from our own process
        except (EOFError, OSError):
            raise _Lost(hung=False) from None
        note_task(function, noted)
        if isinstance(whole, BaseException):
            raise whole
        return whole

    def _answers(self, timeout: float | None) -> bool:
        """Wait for an answer until `timeout` seconds were computed, which on a busy machine takes longer."""
        if timeout is None:
            return self._pipe.poll(None)
        begun, last = self._computed(), time.monotonic() + timeout * _PATIENCE
        left = timeout
        while not self._pipe.poll(min(left, last - time.monotonic())):
            left = timeout - (self._computed() - begun)
            if left <= 0 or time.monotonic() >= last:
                return False
            left = max(left, 0.1)
        return True

    def _computed(self) -> float:
        """Seconds that all its threads together had a core."""
        try:
            spent = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:
            return 0.0  # gone: its pipe ends too
        return float(spent.user + spent.system) / self._threads

    def kill(self) -> None:
        """End it in whatever it does; whoever waits for its answer sees it die."""
        self._process.kill()
        self._process.join()

    def end(self) -> None:
        """Close its pipe, upon which it ends by itself."""
        self._pipe.close()
        self._process.join(_ENDING)
        if self._process.is_alive():
            self.kill()


class LocalWorkers:
    """Processes on this machine, each started when first needed.

    Args:
        size: tasks at once on the CPU.
        threads: of a model in one of them.
        attempts: how often a task is tried whose process dies or that takes too long. From the second time on
            it runs with no other beside it, so that it does not suffer for their hunger.
        memory_mb: what the tasks running at once may need together; 0: no limit. One that needs more than
            that alone runs alone.
        gpu_tasks: tasks at once on a GPU, each in a process that keeps its models there.
    """

    def __init__(
        self, size: int, threads: int = 1, attempts: int = 2, memory_mb: int = 0, gpu_tasks: int = 1
    ) -> None:
        self.size = size
        self._threads = threads
        self._attempts = attempts
        self._room = _Room(memory_mb)
        self._places = {"cpu": size, "cuda": gpu_tasks}
        # Those that ran last go first: they have their models at hand.
        self._free: dict[str, queue.LifoQueue[_Process | None]] = {d: queue.LifoQueue() for d in self._places}
        for device, places in self._places.items():
            for _ in range(places):
                self._free[device].put(None)
        self._alive: set[_Process] = set()
        self._changing = threading.Lock()
        self._waiting = 0
        self._stopped = ""

    def call(
        self, function: str, *, timeout: float | None = None, need: Need = SMALL, **arguments: Any
    ) -> Any:
        """See `Workers.call`. Blocks the calling thread, not the others."""
        with traces.span(f"task {function}", device=need.device):
            for attempt in range(1, self._attempts + 1):
                with self._place(need, alone=attempt > 1) as process:
                    try:
                        return process.ask(function, arguments, timeout)
                    except _Lost as error:
                        self._forget(process)
                        self._go_on()
                        hung = error.hung
                        _log.warning("a worker was lost", task=function, attempt=attempt, hung=hung)
        tried = f" (tried {self._attempts} times)" if self._attempts > 1 else ""
        if hung:
            mend = "split the file, or raise sandbox_seconds"
            raise SandboxKilled(f"a model took longer than {timeout:.0f} s over it{tried}", mend=mend)
        what = f"its worker process died, perhaps for want of memory{tried}"
        raise SandboxKilled(what, mend="split or repair the file")

    def load(self) -> Load:
        """See `Workers.load`."""
        with self._changing:
            return Load(self._room.running, self._waiting, len(self._alive))

    def halt(self, why: str) -> None:
        """End what runs, at once: it and all that is asked later raises `Stopped`."""
        self._stopped = why
        with self._changing:
            alive = list(self._alive)
        for process in alive:
            process.kill()

    def close(self) -> None:
        """See `Workers.close`."""
        for device, places in self._places.items():
            for process in [self._free[device].get() for _ in range(places)]:
                if process is not None:
                    self._alive.discard(process)
                    process.end()
                self._free[device].put(None)

    @contextmanager
    def _place(self, need: Need, *, alone: bool) -> Iterator[_Process]:
        """A worker, and room for what the task needs; waits until there are both."""
        free = self._free[need.device]
        with self._changing:
            self._waiting += 1
        try:
            process = free.get()
        finally:
            with self._changing:
                self._waiting -= 1
        try:
            with self._room.taken(need, alone=alone):
                self._go_on()
                if process is None:
                    process = _Process(self._threads)
                    with self._changing:
                        self._alive.add(process)
                    self._go_on()  # halted while it began, it was not among those that were killed
                yield process
        finally:
            free.put(process if process in self._alive else None)

    def _forget(self, process: _Process) -> None:
        with self._changing:
            self._alive.discard(process)
        process.kill()
        process.end()

    def _go_on(self) -> None:
        if self._stopped:
            raise Stopped(self._stopped, mend="the next start goes on from there")


class _Room:
    """What the tasks that run take together."""

    def __init__(self, memory_mb: int) -> None:
        self.running = 0
        self._limit = memory_mb
        self._taken = 0
        self._alone = 0  # tasks that run alone, or wait to
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, need: Need, *, alone: bool) -> Iterator[None]:
        """Room for one task while the block runs; waits for it."""
        wanted = need.memory_mb if need.device == "cpu" else 0

        def fits() -> bool:
            if not self.running:
                return True
            over = self._limit and self._taken + wanted > self._limit
            return not (alone or self._alone or over)

        with self._changed:
            self._alone += alone
            self._changed.wait_for(fits)
            self.running += 1
            self._taken += wanted
        try:
            yield
        finally:
            with self._changed:
                self.running -= 1
                self._taken -= wanted
                self._alone -= alone
                self._changed.notify_all()
