"""Workers run named functions elsewhere and hand back results and errors whole."""

from __future__ import annotations

import os

import pytest

from smalti.platform.errors import WeightsError
from smalti.platform.workers import LocalWorkers, in_threads


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
