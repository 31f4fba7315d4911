"""Figures kept as files, a part a file, each with what it was measured on, of which weights, and when.

`smalti evaluate` keeps them in the home folder, by the version of the weights, so that figures of other
weights are never taken for those in use; what was measured before weights were handed out stands beside them
(`figures.json`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smalti.models.evaluation.parts import PARTS
from smalti.platform.errors import Malformed

FOLDER = "evaluation"
"""Of the home folder."""

BESIDE_WEIGHTS = "figures.json"

DATA = (
    "maec/sentences.parquet",
    "maec/prices.parquet",
    "maec/published_splits.parquet",
    "fraud/firm_years.parquet",
    "sentiment/phrasebank.parquet",
    "sentiment/fiqa.parquet",
    "sentiment/gold_headlines.parquet",
    "social_sentiment/posts.jsonl",
)
"""The files that are measured on; pictures of posts are named by the last."""

_FRAME = ("version", "seeds", "retrained_seeds", "trained_through", "terms", "measured_at", "data")
_MOST_BYTES = 5_000_000
_MOST_FOLDERS = 50


@dataclass(frozen=True, slots=True)
class Measured:
    """One part as it was measured.

    Attributes:
        figures: of this part alone.
        frame: what all parts of one run have in common: version, seeds, data and more (`_FRAME`).
        here: by somebody who ran `smalti evaluate`; else it came with the weights.
    """

    part: str
    figures: Mapping[str, Any]
    frame: Mapping[str, Any]
    here: bool

    @property
    def version(self) -> str:
        """Of the weights."""
        return str(self.frame["version"])

    @property
    def measured_at(self) -> str:
        """ISO time or day, UTC; empty where it was not noted."""
        return str(self.frame.get("measured_at") or "")


def data_hashes(data: Path) -> dict[str, str]:
    """The first 12 hex digits of the SHA-256 of each file that is measured on and is there."""
    found = {}
    for name in DATA:
        if (data / name).is_file():
            with (data / name).open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    return found


def keep(home: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Keep each part of some figures, in the place of what was kept of it for the same weights.

    Args:
        home: the home folder.
        figures: as `evaluate` gives them.

    Returns the files.
    """
    folder = home / FOLDER / figures["version"]
    folder.mkdir(parents=True, exist_ok=True)
    frame = {name: figures[name] for name in _FRAME if name in figures}
    written = []
    for part in PARTS:
        if part in figures:
            file = folder / f"{part}.json"
            unfinished = file.with_suffix(".part")
            unfinished.write_text(json.dumps(frame | {part: figures[part]}), encoding="utf-8")
            unfinished.replace(file)
            written.append(file)
    return written


def kept(home: Path, weights: Path, version: str) -> list[Measured]:
    """Of each part what is known of these weights, or else of others; parts nobody measured are left out.

    Args:
        home: the home folder.
        weights: the folder of the weights in use.
        version: of the weights in use.

    Returns one a part, in the order of `PARTS`: of these weights and measured here, of these weights as they
    came, or the newest of others.

    Raises:
        Malformed: a file of figures is none.
    """
    known = sorted(_known(home, weights, version), key=lambda one: one.measured_at)
    found = []
    for part in PARTS:
        of_part = [one for one in known if one.part == part]
        own = [one for one in of_part if one.version == version]
        best = sorted(own, key=lambda one: one.here) or of_part
        found += best[-1:]
    return found


def merged(parts: Sequence[Measured]) -> dict[str, Any]:
    """Parts of one version of the weights put together, as `evaluate` gives them."""
    return {name: value for one in parts for name, value in one.frame.items()} | {
        one.part: one.figures for one in parts
    }


def _known(home: Path, weights: Path, version: str) -> Iterator[Measured]:
    beside = weights / BESIDE_WEIGHTS
    if beside.is_file():
        yield from _parts(beside, here=False)
    folders = sorted((home / FOLDER).glob("*"), key=lambda folder: folder.name != version)
    for folder in folders[:_MOST_FOLDERS]:
        for part in PARTS:
            if (folder / f"{part}.json").is_file():
                yield from _parts(folder / f"{part}.json", here=True)


def _parts(file: Path, *, here: bool) -> Iterator[Measured]:
    stated = _read(file)
    frame = {name: stated[name] for name in _FRAME if name in stated}
    for part in PARTS:
        if part in stated:
            yield Measured(part, stated[part], frame, here)


def _read(file: Path) -> dict[str, Any]:
    mend = "remove the file, or measure again with smalti evaluate"
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise Malformed("it is too large for a file of figures", subject=file.name, mend=mend)
        stated = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Malformed(f"no file of figures: {error}", subject=file.name, mend=mend) from None
    if not isinstance(stated, dict) or "version" not in stated:
        raise Malformed("no file of figures", subject=file.name, mend=mend)
    return stated


def now() -> str:
    """This moment, as figures note it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
