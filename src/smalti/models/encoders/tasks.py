"""Worker tasks: encoders loaded once a process, given plain values, giving plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from smalti.models.encoders.image import ImageEncoder
from smalti.models.encoders.text import TextEncoder

Encoded = tuple[str, NDArray[np.float32]]
"""The encoder's `model_version` and one row an input."""


def encode_texts(texts: Sequence[str], device: str) -> Encoded:
    """Vectors of texts, (texts, 384)."""
    encoder = _texts(device)
    return encoder.model_version, encoder.encode(texts)


def encode_pictures(rgb_paths: Sequence[Path], device: str) -> Encoded:
    """Vectors of pictures that the sandbox decoded (`.npy`, uint8, (H, W, 3)): (pictures, 1280)."""
    encoder = _pictures(device)
    return encoder.model_version, encoder.encode([np.load(path, allow_pickle=False) for path in rgb_paths])


@lru_cache(maxsize=1)
def _texts(device: str) -> TextEncoder:
    return TextEncoder(device=device)


@lru_cache(maxsize=1)
def _pictures(device: str) -> ImageEncoder:
    return ImageEncoder(device=device)
