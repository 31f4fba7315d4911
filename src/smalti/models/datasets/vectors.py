"""Embedding training texts and pictures once, and keeping the vectors on disk between runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from smalti.models.case import IMAGE_SIZE, TEXT_SIZE, Floats

_TOGETHER = 4096
"""Texts embedded and kept together, so that stopping loses little."""


class KeptEmbeddings:
    """An `Embed` that keeps what it made, by content and model version.

    Args:
        encode: texts to (n, 384) vectors of length 1.
        version: names the encoder; vectors of another are not taken for its own.
        folder: where they are kept, as float16.
        progress: told how many of the texts at hand are embedded, and how many there are.
    """

    def __init__(
        self,
        encode: Callable[[Sequence[str]], Floats],
        version: str,
        folder: Path,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._encode = encode
        self._progress = progress
        self._folder = folder / hashlib.sha256(version.encode()).hexdigest()[:16]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._place: dict[str, int] = {}
        self._rows: list[npt.NDArray[np.float16]] = []
        for file in sorted(self._folder.glob("*.npz")):
            with np.load(file) as kept:
                self._take(kept["keys"].tolist(), kept["vectors"])

    def __call__(self, texts: Sequence[str]) -> Floats:
        """(n, 384) float32 vectors of `texts`."""
        keys = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
        new = list(
            {key: text for key, text in zip(keys, texts, strict=True) if key not in self._place}.items()
        )
        for start in range(0, len(new), _TOGETHER):
            part = dict(new[start : start + _TOGETHER])
            vectors = self._encode(list(part.values())).astype(np.float16)
            unfinished = self._folder / "unfinished.npz.part"
            with unfinished.open("wb") as file:
                np.savez(file, keys=np.array(list(part)), vectors=vectors)
            unfinished.replace(self._folder / f"{next(iter(part))}.npz")
            self._take(list(part), vectors)
            self._progress(min(start + _TOGETHER, len(new)), len(new))
        if not keys:
            return np.zeros((0, TEXT_SIZE), np.float32)
        return np.stack([self._rows[self._place[key]] for key in keys]).astype(np.float32)

    def _take(self, keys: Sequence[str], vectors: npt.NDArray[np.float16]) -> None:
        for key, row in zip(keys, vectors, strict=True):
            self._place[key] = len(self._rows)
            self._rows.append(row)


class CachedEncoders:
    """The encoders training and evaluation use, loaded when first needed, with text vectors kept on disk.

    Args:
        device: as torch names it.
        folder: where vectors are kept; by default `smalti/vectors` in the user's cache folder.
    """

    def __init__(self, device: str = "cpu", folder: Path | None = None) -> None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._folder = folder or cache / "smalti" / "vectors"
        self._device = device
        self._kept: KeptEmbeddings | None = None

    def texts(self, texts: Sequence[str]) -> Floats:
        """(n, 384) vectors of texts."""
        if self._kept is None:
            from smalti.models.encoders.text import TextEncoder

            encoder = TextEncoder(device=self._device)
            self._kept = KeptEmbeddings(encoder.encode, encoder.model_version, self._folder)
        return self._kept(texts)

    def images(self, files: Sequence[Path]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """(n, 1280) vectors of picture files, and (n,) which of them could be read."""
        from smalti.models.encoders.image import ImageEncoder

        return embed_files(ImageEncoder(device=self._device).encode, files)


def embed_files(
    encode: Callable[[Sequence[npt.NDArray[np.uint8]]], Floats], files: Sequence[Path]
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """(n, 1280) vectors of picture files, and (n,) which of them could be read."""
    vectors = np.zeros((len(files), IMAGE_SIZE), np.float32)
    readable = np.zeros(len(files), bool)
    for at, file in enumerate(files):
        try:
            with Image.open(file) as picture:
                pixels = np.asarray(picture.convert("RGB"))
        except OSError:
            continue
        vectors[at] = encode([pixels])[0]
        readable[at] = True
    return vectors, readable
