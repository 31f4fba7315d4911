"""Work in the background: its states, its bounds, and calling it off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from smalti.platform.errors import Conflict, NotFound, TooMany
from smalti.platform.telemetry import Progress
from smalti.service.live import Live
from smalti.service.tasks import Tasks, TaskView
from smalti.service.views import StageReport

NOON = datetime(2025, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks(at_once=1, most_waiting=2)
    yield made
    made.close()


@pytest.fixture
def start(tasks: Tasks, live: Live) -> Callable[..., TaskView]:
    def started(work: Callable[[Progress], object], who: str = "ann") -> TaskView:
        return tasks.start("work", who, work, clock=lambda: NOON, live=live)

    return started


def over(tasks: Tasks, task: TaskView) -> TaskView:
    """A task once it has ended."""
    for _ in range(1_000):
        if (found := tasks.find(task.task_id)).is_over:
            return found
        threading.Event().wait(0.005)
    raise AssertionError("it does not end")


class Gate:
    """Work that waits until it is let go, and tells of its progress."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> str:
        progress.start("reading", 3)
        progress.step("reading")
        self.begun.set()
        self.open.wait(10)
        progress.step("reading")
        return "read"


def test_a_task_ends_with_its_result_as_plain_values(tasks, start):
    done = over(tasks, start(lambda _: [StageReport("ingest", "r1", {"parsed": 2}, 0.5)]))
    assert done.state == "done"
    assert done.result == [{"stage": "ingest", "run_id": "r1", "counts": {"parsed": 2}, "seconds": 0.5}]
    assert (done.asked_at, done.started_at, done.finished_at, done.error) == (NOON, NOON, NOON, None)


def test_progress_is_told_while_it_runs(tasks, start):
    gate = Gate()
    task = start(gate)
    gate.begun.wait(10)
    (stage,) = tasks.find(task.task_id).stages
    assert (stage.stage, stage.done, stage.total) == ("reading", 1, 3)
    gate.open.set()
    assert over(tasks, task).result == "read"


def test_a_stage_that_begins_again_keeps_what_was_done(tasks, start):
    def pulls(progress: Progress) -> None:
        progress.start("pull", 1)
        progress.step("pull")
        progress.start("pull", 4)
        progress.step("pull")

    (stage,) = over(tasks, start(pulls)).stages
    assert (stage.done, stage.total) == (2, 5)


def test_an_error_is_kept_in_the_one_shape(tasks, start):
    def fails(_: Progress) -> None:
        raise NotFound("no such issuer", subject="Nobody", mend="known: none")

    failed = over(tasks, start(fails))
    assert failed.state == "failed"
    assert failed.error is not None
    assert (failed.error.code, failed.error.subject) == ("NotFound", "Nobody")


def test_a_defect_is_told_without_its_inside(tasks, start, capsys):
    def breaks(_: Progress) -> None:
        raise ZeroDivisionError("secret of the house")

    failed = over(tasks, start(breaks))
    assert failed.error is not None
    assert failed.error.code == "Defect"
    assert "secret" not in str(failed)


def test_what_waits_is_bounded_for_all_and_for_one(tasks, start):
    gate = Gate()
    for who in ("ann", "bob", "cid"):
        start(gate, who)
    with pytest.raises(TooMany, match="3 tasks"):
        start(gate, "dan")
    gate.open.set()


def test_one_asker_cannot_fill_the_queue(live):
    gate, tasks = Gate(), Tasks(at_once=1, most_waiting=20)
    for _ in range(8):
        tasks.start("work", "ann", gate, clock=lambda: NOON, live=live)
    with pytest.raises(TooMany):
        tasks.start("work", "ann", gate, clock=lambda: NOON, live=live)
    assert tasks.start("work", "bob", gate, clock=lambda: NOON, live=live).state == "queued"
    gate.open.set()
    tasks.close()


def test_what_waits_never_begins_once_called_off(tasks, start):
    gate, ran = Gate(), threading.Event()
    start(gate)
    second = start(lambda _: ran.set())
    assert tasks.cancel(second.task_id, "called off by ann").state == "cancelled"
    gate.open.set()
    tasks.close()
    assert not ran.is_set()


def test_what_runs_ends_at_its_next_sign_of_progress(tasks, start):
    gate = Gate()
    task = start(gate)
    gate.begun.wait(10)
    tasks.cancel(task.task_id, "called off by ann")
    gate.open.set()
    ended = over(tasks, task)
    assert (ended.state, ended.result) == ("cancelled", None)
    assert ended.error is not None
    assert ended.error.what == "called off by ann"


def test_closing_calls_all_off_and_takes_no_more(tasks, start):
    gate = Gate()
    first, second = start(gate), start(gate)
    gate.begun.wait(10)
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(tasks.close)
        while tasks.find(second.task_id).state != "cancelled":
            threading.Event().wait(0.005)
        gate.open.set()
        closing.result(10)
    assert tasks.find(first.task_id).state == "cancelled"
    with pytest.raises(Conflict):
        start(gate)


def test_the_oldest_that_ended_are_forgotten(live):
    tasks = Tasks()
    ids = [over(tasks, tasks.start("w", "a", lambda _: 1, clock=lambda: NOON, live=live)) for _ in range(203)]
    assert len(tasks.all()) <= 201
    assert tasks.all()[0].task_id == ids[-1].task_id
    with pytest.raises(NotFound):
        tasks.find(ids[0].task_id)
    tasks.close()


def test_listeners_hear_of_each_state(tasks, start, live):
    begin = live.newest_id
    over(tasks, start(lambda _: None))
    heard: list[Any] = [event.data["state"] for event in live.since(begin)]
    assert heard == ["queued", "running", "done"]
