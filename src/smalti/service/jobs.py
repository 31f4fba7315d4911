"""What runs by itself while the service is up: named functions that can be run again at no harm.

The scheduler keeps jobs by the names of these functions, so the process they run in says once which engine
is its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from smalti.ingest.feeds.source import Source
from smalti.platform.errors import SmaltiError
from smalti.platform.ledger import Run
from smalti.platform.scheduler import Scheduler
from smalti.service import sources
from smalti.service.engine import Engine
from smalti.service.stages.pulls import after_reading, pull_source, subject

_log = structlog.get_logger(__name__)
_after = threading.Lock()  # linking and embedding look at the whole store: one at a time
_AT_ONCE = 32
"""Pulls at once; they mostly wait for servers, and parsing has a pool of its own."""
_serving: tuple[Engine, Callable[[Sequence[Run]], None]] | None = None


def pull_by_schedule(name: str) -> None:
    """Pull one source and do what follows from new documents. What fails is logged, and tried next time."""
    if _serving is None:
        raise RuntimeError("no service runs in this process")
    engine, told = _serving
    try:
        run = pull_source(engine, sources.find(engine.store, name))
        with _after:
            runs = [run, *after_reading(engine)]
    except SmaltiError as error:
        _log.error("pull failed", source=name, error=str(error))
    else:
        told(runs)


@contextmanager
def scheduled(engine: Engine, told: Callable[[Sequence[Run]], None]) -> Iterator[Scheduler]:
    """Pull every source that is not paused by its schedule while the block runs.

    A pull that a crash cut short is made up at once.

    Args:
        engine: the owner's.
        told: hears of each finished pull and the stages after it.

    Raises:
        StoreLocked: another scheduler runs on this home folder.
    """
    global _serving  # noqa: PLW0603 - jobs are found by name, so their engine is too
    active = [source for source in sources.all_sources(engine.store) if not source.paused]
    scheduler = Scheduler(engine.settings.home, at_once=min(len(active), _AT_ONCE) or 1)
    try:
        _serving = engine, told
        pulls = {s.name: (s.schedule, pull_by_schedule, {"name": s.name}) for s in active}
        waiting = scheduler.start(pulls)
        for source in _cut_short(engine, active):
            if source.name in waiting:
                scheduler.soon(source.name)
        yield scheduler
    finally:
        scheduler.close()
        _serving = None


def _cut_short(engine: Engine, active: Sequence[Source]) -> list[Source]:
    """Sources whose last pull did not come to its end, or that were due and never began."""
    last = engine.store.read(
        "SELECT subject, state FROM runs WHERE stage IN ('pull', 'ingest')"
        " QUALIFY row_number() OVER (PARTITION BY subject ORDER BY started_at DESC) = 1"
    )
    states = dict(last.iter_rows())
    return [source for source in active if states.get(subject(source), "interrupted") == "interrupted"]
