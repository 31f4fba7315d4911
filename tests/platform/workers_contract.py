"""What every implementation of `Workers` keeps to, and one more of them: a process for each task."""

from __future__ import annotations

import multiprocessing
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from smalti.platform.errors import SandboxKilled, Stopped, WeightsError
from smalti.platform.ledger import Run
from smalti.platform.store import Store
from smalti.platform.worker_child import run_task
from smalti.platform.workers import SMALL, Load, Need, Workers, note_task, on_device

TASKS = "tests.platform.worker_tasks:"
GPU = Need("cuda", 1_000)


class Remote:
    """Stands for a cluster: knows tasks by their names, ships plain values, and keeps no process."""

    def __init__(self, size: int, attempts: int = 2) -> None:
        self.size = size
        self._attempts = attempts
        self._places = threading.Semaphore(size)
        self._stopped = ""
        self._running: set[Any] = set()

    def call(
        self, function: str, *, timeout: float | None = None, need: Need = SMALL, **arguments: Any
    ) -> Any:
        shipped = pickle.dumps((function, arguments))
        for _ in range(self._attempts):
            with self._places:
                answer = self._once(shipped, timeout)
            if self._stopped:
                raise Stopped(self._stopped)
            if answer is not None:
                found, noted = answer
                note_task(function, noted)
                if isinstance(found, BaseException):
                    raise found
                return found
        raise SandboxKilled("its worker died, or took longer than it may")

    def _once(self, shipped: bytes, timeout: float | None) -> Any:
        near, far = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=_do, args=(far, shipped), daemon=True)
        if not self._stopped:
            process.start()
            self._running.add(process)
        far.close()
        try:
            return pickle.loads(near.recv_bytes()) if near.poll(timeout) else None
        except EOFError:
            return None
        finally:
            near.close()
            if process.pid:
                process.kill()
                process.join()
            self._running.discard(process)

    def load(self) -> Load:
        return Load(len(self._running), 0, len(self._running))

    def halt(self, why: str) -> None:
        self._stopped = why
        for process in list(self._running):
            process.kill()

    def close(self) -> None:
        pass


def _do(far: Connection, shipped: bytes) -> None:
    function, arguments = pickle.loads(shipped)
    try:
        answer = run_task(function, arguments)
    except Exception as error:
        answer = error, []
    far.send_bytes(pickle.dumps(answer))


class Contract:
    """Tests of one implementation; a subclass gives `workers`, two at once and two attempts a task."""

    @pytest.fixture
    def workers(self) -> Iterator[Workers]:
        raise NotImplementedError

    def test_a_task_runs_elsewhere_and_gives_its_result(self, workers: Workers, pid: int):
        assert workers.call(TASKS + "add", a=2, b=3) == 5
        assert workers.call(TASKS + "pid") != pid

    def test_errors_cross_as_what_the_caller_knows(self, workers: Workers):
        with pytest.raises(WeightsError, match="no such weights") as caught:
            workers.call(TASKS + "miss_weights")
        assert caught.value.mend == "install it"
        with pytest.raises(ValueError, match="a value"):
            workers.call(TASKS + "break_built_in")
        with pytest.raises(RuntimeError, match="ForeignError: its own words"):
            workers.call(TASKS + "break_foreign")

    def test_what_kills_or_hangs_its_worker_is_named_and_the_others_are_done(self, workers: Workers):
        def ask(task: tuple[str, dict[str, Any]]) -> object:
            try:
                return workers.call(TASKS + task[0], timeout=0.5 if task[0] == "sleep" else None, **task[1])
            except SandboxKilled:
                return task[0]

        tasks = [("die", {}), ("sleep", {"seconds": 60}), *[("add", {"a": n, "b": 1}) for n in range(4)]]
        with ThreadPoolExecutor(len(tasks)) as pool:
            assert list(pool.map(ask, tasks)) == ["die", "sleep", 1, 2, 3, 4]

    def test_what_killed_its_worker_by_bad_luck_is_tried_again(self, workers: Workers, tmp_path: Path):
        assert workers.call(TASKS + "die_the_first_time", mark=str(tmp_path / "mark")) == "done"

    def test_no_more_run_at_once_than_it_says(self, workers: Workers):
        with ThreadPoolExecutor(6) as pool:
            spans = list(pool.map(lambda _: workers.call(TASKS + "sleep", seconds=0.05), range(6)))
        at_once = [sum(began <= at < ended for began, ended in spans) for at, _ in spans]
        assert max(at_once) <= workers.size

    def test_batches_shrink_to_what_a_gpu_holds_and_the_run_says_so(self, workers: Workers, store: Store):
        texts = ["a" * 40] * 8
        with Run(store, "embed", "") as run:
            device, rows = on_device(workers, TASKS + "lengths", GPU, texts=texts, memory=100)
        assert (device, rows[:, 0].tolist()) == ("cuda", [40.0] * 8)
        assert run.counts["batches made smaller for want of memory"] == 3  # 8, 4, 4 did not fit

    def test_what_no_gpu_holds_is_done_on_the_cpu_and_the_run_says_so(self, workers: Workers, store: Store):
        with Run(store, "embed", "") as run:
            device, rows = on_device(workers, TASKS + "lengths", GPU, texts=["a" * 40] * 2, memory=10)
        assert (device, rows[:, 0].tolist()) == ("cpu", [40.0] * 2)
        assert run.counts["on the CPU for want of cuda memory"] == 1

    def test_halted_it_ends_what_runs_and_takes_no_more(self, workers: Workers):
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(workers.call, TASKS + "sleep", seconds=60)
            while not workers.load().running:
                assert not running.done()
            workers.halt("enough")
            with pytest.raises(Stopped, match="enough"):
                running.result()
        with pytest.raises(Stopped, match="enough"):
            workers.call(TASKS + "add", a=1, b=1)
