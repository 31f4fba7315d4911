"""Workers run named functions elsewhere and hand back results and errors whole."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest

from smalti.platform.errors import SandboxKilled, WeightsError
from smalti.platform.local_workers import LocalWorkers
from smalti.platform.workers import in_threads


def do(name: str, values: list[Any]) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)(*values)


def test_a_task_runs_in_another_process():
    workers = LocalWorkers(1)
    try:
        assert workers.call("os:getpid") != os.getpid()
    finally:
        workers.close()


def test_an_error_of_ours_crosses_whole():
    workers = LocalWorkers(1)
    try:
        with pytest.raises(WeightsError, match="no such weights") as caught:
            workers.call("smalti.platform.weights:resolve", name="nonesuch")
        assert caught.value.mend
    finally:
        workers.close()


def test_a_task_that_kills_its_process_is_named_and_the_others_are_done():
    workers = LocalWorkers(2)
    tasks = [("os:_exit", {"status": 9}), *[("operator:pow", {"a": 2, "b": n}) for n in range(6)]]
    found = []

    def ask(task: tuple[str, dict[str, int]]) -> object:
        try:
            return workers.call("tests.platform.test_workers:do", name=task[0], values=list(task[1].values()))
        except SandboxKilled as error:
            return error

    try:
        found = [result for _, result in in_threads(ask, tasks, 2)]
    finally:
        workers.close()
    assert [r for r in found if isinstance(r, SandboxKilled)]
    assert sorted(r for r in found if isinstance(r, int)) == [1, 2, 4, 8, 16, 32]


def test_a_task_that_takes_too_long_is_ended():
    workers = LocalWorkers(1)
    try:
        with pytest.raises(SandboxKilled, match="longer than 1 s"):
            workers.call("tests.platform.test_workers:do", timeout=1.0, name="time:sleep", values=[60])
        assert workers.call("tests.platform.test_workers:do", name="operator:add", values=[1, 2]) == 3
    finally:
        workers.close()


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
