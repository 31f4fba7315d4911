"""Pulling a source of any kind, and the stages that follow new documents."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from pathlib import Path

from smalti.ingest.feeds.source import FOLDER, Source
from smalti.platform.ledger import Run
from smalti.service.engine import Engine
from smalti.service.stages.compare import compare_all
from smalti.service.stages.dedupe import dedupe_all
from smalti.service.stages.embed import embed
from smalti.service.stages.ingest import ingest
from smalti.service.stages.likeness import compare_pictures
from smalti.service.stages.link import link_all
from smalti.service.stages.pull import open_web, pull

_QUIET_S = 2.0
"""Seconds a dropped file must have lain still: somebody may be copying it."""
_one_at_a_time = threading.Lock()  # what follows reading looks at the whole store


def pull_source(engine: Engine, source: Source, again: Collection[str] = ()) -> Run:
    """Take in what is new in a source.

    Raises:
        SettingsError: the source or the settings cannot be used.
        Unreadable: the source is a folder that is not there.
    """
    if source.kind == FOLDER:
        return ingest(engine, Path(source.address), again, time.time_ns() - int(_QUIET_S * 1e9))
    with open_web(engine.settings) as web:
        return pull(engine, source, web, again)


def subject(source: Source) -> str:
    """What the ledger calls the runs of a source."""
    return source.address if source.kind == FOLDER else source.name


def after_reading(engine: Engine) -> list[Run]:
    """What follows new documents: whose they are, what they tell again, what encoders make of them."""
    stages = (link_all, dedupe_all, compare_pictures, compare_all, embed)
    with _one_at_a_time:
        return [stage(engine) for stage in stages]


def is_news(engine: Engine) -> bool:
    """Whether documents came in that `after_reading` has not been over, or it was cut short."""
    linked, embedded, newest = engine.store.read(
        "SELECT max(started_at) FILTER (stage = 'link'), max(started_at) FILTER (stage = 'embed'),"
        " greatest((SELECT max(recorded_at) FROM documents), (SELECT max(recorded_at) FROM evidence))"
        " FROM runs WHERE state = 'done'"
    ).row(0)
    if newest is None:
        return False
    return linked is None or embedded is None or embedded < linked or newest >= linked
