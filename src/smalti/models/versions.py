"""Which weights would score, told without loading them: so that nothing is loaded where nothing is new."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

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
