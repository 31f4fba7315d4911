"""What is done on the way to an answer, told to whoever waits for it while it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from smalti.assistant.records import Step

Told = Callable[[Step], None]
"""Hears of each step."""

_hearing: ContextVar[Told | None] = ContextVar("who hears of steps", default=None)


@contextmanager
def heard_by(told: Told | None) -> Iterator[None]:
    """Let somebody hear of the steps that are taken in the block."""
    before = _hearing.set(told)
    try:
        yield
    finally:
        _hearing.reset(before)


def tell(step: Step) -> None:
    """Tell a step, if anybody listens."""
    if (told := _hearing.get()) is not None:
        told(step)
