"""Which weights would score, told without loading them: so that nothing is loaded where nothing is new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from smalti.platform.errors import WeightsError

CORE, RESEARCH = "core.safetensors", "research.safetensors"
"""Heads taught with data that may be used commercially; the others."""

SHIPPED = Path(__file__).parent / "weights"
"""The folder of the weights that come with the package."""

SCORING = "2"
"""Version of what turns knowledge into signals beside the weights: cases, checks, attribution."""

CHECKS_VERSION = f"checks-{SCORING}"


def weights_files(folder: Path | None = None) -> list[Path]:
    """The weights in a folder (the shipped one if None), core first."""
    folder = folder or SHIPPED
    return [folder / name for name in (CORE, RESEARCH) if (folder / name).is_file()]


@cache
def weights_version(folder: Path | None = None) -> str:
    """Names the weights by the first 12 hex digits of each file's SHA-256; empty where there are none."""
    digests = ((f.stem, hashlib.sha256(f.read_bytes()).hexdigest()[:12]) for f in weights_files(folder))
    return "+".join(f"{stem}-{digest}" for stem, digest in digests)


_MOST_STATED = 10_000_000
"""Bytes of a header; what is larger was not written by us."""


@cache
def stated_heads(folder: Path | None = None) -> Sequence[Mapping[str, Any]]:
    """What the weights in a folder (the shipped one if None) say of their heads, read from their headers.

    Returns a mapping a head: `kind`, `pairs`, `members`, `trained_through` (ISO day), `terms` (of each set it
    learned from `name`, `origin`, `licence`, `commercial`), `seed`, and `file`.

    Raises:
        WeightsError: a file states nothing that can be read.
    """
    return [{**head, "file": file.name} for file in weights_files(folder) for head in _stated(file)]


def _stated(file: Path) -> Sequence[Mapping[str, Any]]:
    try:
        with file.open("rb") as opened:
            size = int.from_bytes(opened.read(8), "little")
            header = json.loads(opened.read(size)) if size <= _MOST_STATED else {}
        heads: Sequence[Mapping[str, Any]] = json.loads(header["__metadata__"]["smalti"])["heads"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        mend = "train again with this version, or remove the file"
        raise WeightsError(f"not usable weights: {error}", subject=str(file), mend=mend) from None
    return heads
