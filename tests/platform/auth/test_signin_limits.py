"""Budgets refill, waits grow, and neither can be made to fill the memory."""

from __future__ import annotations

import pytest

from smalti.platform.auth import limits
from smalti.platform.auth.limits import Backoff, Budgets
from smalti.platform.errors import TooMany


class Clock:
    time = 100.0

    def __call__(self):
        return self.time


def test_a_budget_is_spent_and_refills_at_its_rate():
    clock = Clock()
    budgets = Budgets(rate=2.0, burst=3.0, clock=clock)
    assert [budgets.wait("ada") for _ in range(4)] == [0, 0, 0, 0.5]
    assert budgets.wait("bob") == 0
    clock.time += 0.5
    assert [budgets.wait("ada"), budgets.wait("ada")] == [0, 0.5]
    budgets.give_back("ada")
    assert budgets.wait("ada") == 0


def test_many_askers_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(limits, "_MOST_KNOWN", 100)
    budgets, backoff = Budgets(1.0, 1.0), Backoff()
    for i in range(1_000):
        budgets.wait(str(i))
        with backoff.attempt(str(i)):
            pass
    assert len(budgets._left) == len(backoff._failed) == 100


def failing(backoff, clock):
    """Fails until it has to wait; returns how long, by asking until it may try again."""
    start = clock.time
    while True:
        try:
            with backoff.attempt("ada"):
                return clock.time - start
        except TooMany:
            clock.time += 0.5


def test_waits_double_up_to_a_minute_and_success_forgives():
    clock = Clock()
    backoff = Backoff(clock)
    assert [failing(backoff, clock) for _ in range(13)] == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    clock.time += 60
    with backoff.attempt("ada") as attempt:
        attempt.succeeded()
    assert failing(backoff, clock) == 0
    with backoff.attempt("bob"):  # others never waited
        pass


def test_tries_at_once_are_counted_before_any_of_them_has_failed():
    backoff = Backoff(Clock())
    open_tries = [backoff.attempt("ada") for _ in range(5)]
    for one in open_tries:
        one.__enter__()
    with pytest.raises(TooMany), backoff.attempt("ada"):
        pass
