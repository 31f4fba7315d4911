"""A report set in a worker process, with an end to its patience: the owner of the store draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smalti.service.engine import Engine

if TYPE_CHECKING:  # charts and typesetting are loaded in the worker
    from smalti.service.reports.rendering import Rendered

_SECONDS = 120.0


def rendered(engine: Engine, content: str, pictures: Sequence[str]) -> Rendered:
    """A report's content as PDF and HTML.

    Args:
        engine: whose workers and objects.
        content: as `content.to_json` wrote it.
        pictures: ids of the objects it shows.

    Raises:
        SandboxKilled: it took longer than two minutes.
        NotFound: a picture is gone.
    """
    made: Rendered = engine.workers.call(
        "smalti.service.reports.rendering:render",
        timeout=_SECONDS,
        content=content,
        pictures={one: engine.objects.get(one) for one in pictures},
    )
    return made
