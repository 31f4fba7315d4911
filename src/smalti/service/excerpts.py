"""What is made of received bytes for people to look at and to hear: in the sandbox, once, and kept."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smalti.ingest.parse import excerpt
from smalti.platform.errors import Malformed, NotFound
from smalti.platform.records import content_id
from smalti.service.engine import Engine

_MOST_KEPT = 2_000_000_000
"""Bytes of excerpts kept; the oldest make room."""

PNG, WAV, FLAC, JSON = "image/png", "audio/wav", "audio/flac", "application/json"
_BEGINNINGS = {PNG: b"\x89PNG\r\n\x1a\n", WAV: b"RIFF", FLAC: b"fLaC", JSON: b"{"}
_ENDINGS = {PNG: "png", WAV: "wav", FLAC: "flac", JSON: "json"}

_making = threading.Lock()
"""The sandbox makes one excerpt at a time: who waits for the same one takes what was made meanwhile."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Bytes made for a person, in a file that does not change."""

    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an excerpt is made.

    Attributes:
        function: of the sandbox, as `module:name`; it leaves one file.
        objects: what it reads, in order.
        arguments: what it is told.
    """

    function: str
    objects: Sequence[str]
    arguments: Mapping[str, Any]


def kept(
    engine: Engine, subject: str, media_type: str, told_by: Sequence[str], recipe: Callable[[], Recipe]
) -> Excerpt:
    """An excerpt of something, made when it is first asked for.

    Args:
        engine: the owner's.
        subject: id of the evidence or document it is of, with which it is erased.
        media_type: of the excerpt.
        told_by: what tells it from other excerpts of the same subject.
        recipe: how it is made; asked only if it has to be.

    Raises:
        NotFound: the bytes it is made of are gone.
        InputError: they can no longer be read.
    """
    name = content_id("excerpt", excerpt.VERSION, media_type, *told_by)[:12]
    target = engine.settings.home / "excerpts" / f"{subject}-{name}.{_ENDINGS[media_type]}"
    if not target.exists():
        with _making:
            if not target.exists():
                _make(engine, recipe(), media_type, target)
    return Excerpt(target, media_type)


def _make(engine: Engine, recipe: Recipe, media_type: str, target: Path) -> None:
    given = {str(i): engine.objects.path(one) for i, one in enumerate(recipe.objects)}
    for number, path in given.items():
        if not path.exists():
            raise NotFound(
                "the bytes it was read from are gone",
                subject=recipe.objects[int(number)],
                mend="ingest its source again",
            )
    with engine.excerpts.call(recipe.function, given, recipe.arguments) as (_, out):
        made = out / excerpt.MADE
        with made.open("rb") as file:
            if not file.read(16).startswith(_BEGINNINGS[media_type]):
                raise Malformed("what was made of it is not what was asked for", subject=target.stem)
        _keep(made, target)
    _make_room(target.parent)


def _keep(made: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".made-")
    with os.fdopen(handle, "wb") as file, made.open("rb") as source:
        while block := source.read(1 << 20):
            file.write(block)
    Path(temporary).replace(target)


def _make_room(folder: Path) -> None:
    stored = sorted((p.stat().st_mtime_ns, p.stat().st_size, p) for p in folder.iterdir() if p.is_file())
    over = sum(size for _, size, _ in stored) - _MOST_KEPT
    for _, size, path in stored:
        if over <= 0:
            return
        path.unlink(missing_ok=True)
        over -= size
