"""Events: who listens hears all, who comes back hears the rest, and who missed some is told."""

from __future__ import annotations

import asyncio
import threading

import polars as pl
import pytest

from smalti.platform.errors import TooMany
from smalti.service.live import MISSED, Live


def kinds(live: Live, last_id: str) -> list[str]:
    return [event.kind for event in live.since(last_id)]


def test_who_comes_back_hears_what_came_meanwhile():
    live = Live()
    live.tell("run", run_id="r1")
    heard = live.newest_id
    live.tell("signals", count=3)
    live.tell("alert", alert_id="a1")
    assert [(e.kind, dict(e.data)) for e in live.since(heard)] == [
        ("signals", {"count": 3}),
        ("alert", {"alert_id": "a1"}),
    ]
    assert live.since(live.newest_id) == []


def test_who_missed_some_is_told_so_once_and_goes_on():
    live = Live(kept=2)
    begin = live.newest_id
    for n in range(5):
        live.tell("run", n=n)
    missed, *rest = live.since(begin)
    assert (missed.kind, [e.data["n"] for e in rest]) == (MISSED, [3, 4])
    assert kinds(live, missed.id) == ["run", "run"]


@pytest.mark.parametrize("last_id", ["", "nonsense", "0123456789ab-7", "-1", "x-²", "x-" + "9" * 40])
def test_an_id_of_another_run_of_the_service_means_that_all_was_missed(last_id):
    live = Live()
    live.tell("run")
    assert kinds(live, last_id) == [MISSED, "run"]
    assert kinds(live, live.newest_id.partition("-")[0] + "-99") == [MISSED, "run"]


def test_events_told_on_another_thread_wake_a_listener_and_closing_ends_it():
    live = Live()

    async def listen() -> list[str]:
        heard = []
        teller = threading.Timer(0.05, live.tell, ("run",))
        teller.start()
        async for event in live.follow(live.newest_id, 30):
            heard.append(event.kind)
            if len(heard) == 1:
                threading.Timer(0.05, lambda: (live.tell("task"), live.close())).start()
        return heard

    assert asyncio.run(asyncio.wait_for(listen(), 10)) == ["run", "task"]


def test_listening_ends_after_its_time():
    live = Live()

    async def listen() -> list[str]:
        return [event.kind async for event in live.follow(live.newest_id, 0.05)]

    assert asyncio.run(asyncio.wait_for(listen(), 10)) == []


def test_a_loop_that_died_under_its_listener_stops_nobody():
    live = Live()
    loop = asyncio.new_event_loop()
    following = live.follow(live.newest_id, 30)
    step = loop.create_task(anext(following))  # type: ignore[arg-type]
    loop.run_until_complete(asyncio.sleep(0.01))
    step.cancel()
    live._wakers.add((loop, asyncio.Event()))
    loop.run_until_complete(asyncio.gather(step, return_exceptions=True))
    loop.close()
    live.tell("run")


def test_places_are_bounded_for_one_and_given_back():
    live = Live()
    held = [live.place("ann") for _ in range(10)]
    for place in held:
        place.__enter__()
    with pytest.raises(TooMany), live.place("ann"):
        pass
    held[0].__exit__(None, None, None)
    with live.place("ann"), live.place("bob"):
        pass


def test_a_written_batch_is_told_by_its_signals_and_ended_runs():
    live = Live()
    begin = live.newest_id
    runs = {"run_id": ["r1", "r2"], "stage": ["score"] * 2, "subject": [""] * 2, "state": ["running", "done"]}
    live.committed({"signals": pl.DataFrame({"issuer_id": ["i1", "i1", "i2"]}), "runs": pl.DataFrame(runs)})
    signals, run = live.since(begin)
    assert signals.data == {"count": 3, "issuer_ids": ["i1", "i2"], "all_named": True}
    assert (run.kind, run.data["run_id"], run.data["state"]) == ("run", "r2", "done")
