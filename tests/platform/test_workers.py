"""Workers keep one contract, whoever runs the tasks; and work that flows through threads and batches."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.platform.workers_contract import TASKS, Contract, Remote

from smalti.platform.errors import SandboxKilled
from smalti.platform.ledger import Run, count
from smalti.platform.local_workers import LocalWorkers
from smalti.platform.store import Store
from smalti.platform.workers import Need, Workers, in_batches, in_threads


@pytest.fixture
def pid() -> int:
    return os.getpid()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.duckdb") as opened:
        yield opened


class TestLocalWorkers(Contract):
    @pytest.fixture
    def workers(self) -> Iterator[Workers]:
        opened = LocalWorkers(2)
        yield opened
        opened.close()

    def test_waiting_for_a_core_is_not_computing(self, workers: Workers):
        began, ended = workers.call(TASKS + "sleep", timeout=0.5, seconds=0.8)
        assert ended - began > 0.5
        with pytest.raises(SandboxKilled, match="longer than"):
            workers.call(TASKS + "compute", timeout=0.5, seconds=60.0)


class TestACluster(Contract):
    @pytest.fixture
    def workers(self) -> Iterator[Workers]:
        yield Remote(2)


def test_tasks_that_need_more_memory_together_than_there_is_run_one_after_another():
    workers = LocalWorkers(2, memory_mb=1_000)
    try:
        big = Need("cpu", 600)
        spans = [
            span
            for _, span in in_threads(
                lambda _: workers.call(TASKS + "sleep", need=big, seconds=0.05), range(3), 3
            )
        ]
    finally:
        workers.close()
    first, second, third = sorted(spans)
    assert first[1] <= second[0]
    assert second[1] <= third[0]


def test_a_worker_that_did_a_task_does_the_next_and_is_gone_once_closed():
    workers = LocalWorkers(2)
    first, second = (workers.call(TASKS + "pid") for _ in range(2))
    assert first == second
    workers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_every_item_is_done_once_however_many_threads():
    done = dict(in_threads(lambda n: n * n, range(50), 4))
    assert done == {n: n * n for n in range(50)}


def test_the_first_error_stops_what_has_not_begun():
    begun = []

    def work(n: int) -> int:
        begun.append(n)
        if n == 3:
            raise ValueError("three")
        return n

    with pytest.raises(ValueError, match="three"):
        list(in_threads(work, range(1000), 1))
    assert len(begun) < 10


def test_threads_work_for_the_run_of_whoever_asked(store: Store):
    with Run(store, "embed", "") as run:
        list(in_threads(lambda n: count("done", n), [1, 2, 3], 2))
    count("done")  # for nobody
    assert run.counts["done"] == 6


def test_batches_form_across_items_and_no_item_is_taken_before_it_is_needed():
    taken: list[int] = []

    def items() -> Iterator[int]:
        for n in (3, 3, 5, 9, 1):
            taken.append(n)
            yield n

    batches = in_batches(items(), lambda n: n, 6)
    assert next(batches) == [3, 3]
    assert taken == [3, 3, 5]
    assert list(batches) == [[5], [9], [1]]


def test_a_chain_of_steps_holds_little_however_long_its_list():
    ahead: list[int] = []
    stored: list[int] = []

    def decode(n: int) -> int:
        ahead.append(n)
        return n

    decoded = (n for _, n in in_threads(decode, range(500), 2))
    for _, batch in in_threads(lambda batch: batch, in_batches(decoded, lambda _: 1, 4), 2):
        stored += batch
        time.sleep(0.001)
        assert len(ahead) - len(stored) <= 4 * 4 + 4 + 4  # batches under way, one that forms, items decoded
    assert sorted(stored) == list(range(500))
