"""Hashes of texts and pictures whose distance says how alike two of them are.

SimHash tells near-identical short texts; MinHash estimates what share of their shingles two texts have in
common, whatever their lengths, and finds candidates among many by its bands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_NOISE = re.compile(r"https?://\S+|\bURL\b|\bAT_USER\b|@\w+|^\s*rt\b:?", re.I)
_WORD = re.compile(r"\w+(?:[.,]\d+)*", re.UNICODE)
_BITS = 64
_SHINGLE = 3  # words
_ROWS = 4  # of a signature in one band
_AT_ONCE = 4_096  # shingles: a cap on memory
_ODD = np.uint64(0x9E37_79B9_7F4A_7C15)
_PATCH = 32  # pixels a side before the cosine transform
_LOW = 8  # lowest frequencies kept a side: 8 x 8 = 64 bits

SIGNATURE = 64
"""Numbers in a MinHash signature."""
NEAR_TEXT = 14
"""Bits: posts this close say the same with a few words changed. Of 28,657 pairs of real posts that share less
than half their words none is closer than 16; of 260 pairs that share 70 % none is further than 11."""
NEAR_IMAGE = 10
"""Bits: pictures this close are one picture rescaled, recompressed or lightly edited."""


def distance(one: int, other: int) -> int:
    """Hamming distance of two 64-bit hashes, 0 (alike) to 64; 32 is what unrelated inputs have on average."""
    return (one ^ other).bit_count()


def text_hash(text: str) -> int | None:
    """SimHash (Charikar 2002) over words and word pairs; links, mentions, case and retweet marks ignored.

    Returns:
        An unsigned 64-bit number, or None for fewer than four words, where likeness means nothing.
    """
    words = [word.lower() for word in _WORD.findall(_NOISE.sub(" ", text))]
    if len(words) < 4:
        return None
    features = set(words) | {f"{a} {b}" for a, b in pairwise(words)}
    digests = b"".join(hashlib.blake2b(one.encode(), digest_size=8).digest() for one in features)
    bits = np.unpackbits(np.frombuffer(digests, np.uint8).reshape(-1, 8), axis=1)
    return _pack(bits.sum(axis=0, dtype=np.int64) * 2 > len(features))


def shingles(words: Sequence[str]) -> NDArray[np.uint64]:
    """A 64-bit hash of each run of three words, each once, sorted; of the whole where there are fewer."""
    if not words:
        return np.zeros(0, np.uint64)
    hashes = np.fromiter((_word_hash(word) for word in words), np.uint64, len(words))
    width = min(_SHINGLE, len(hashes))
    mixed = np.zeros(len(hashes) - width + 1, np.uint64)
    for place in range(width):
        mixed = (mixed ^ hashes[place : place + len(mixed)]) * _ODD  # order counts; wraps at 64 bits
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def minhash(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """MinHash (Broder 1997): the least of `SIGNATURE` random linear maps of the shingles.

    Args:
        hashes: 64-bit shingle hashes, (n,), n > 0.

    Returns:
        (64,); the share of places in which two agree estimates their Jaccard similarity, within 0.06.
    """
    slopes, offsets = _maps()
    lowest = np.full(SIGNATURE, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(hashes), _AT_ONCE):
        part = hashes[start : start + _AT_ONCE]
        lowest = np.minimum(lowest, (slopes[:, None] * part[None, :] + offsets[:, None]).min(axis=1))
    return lowest


def bands(signature: NDArray[np.uint64]) -> list[bytes]:
    """Keys of which texts as alike as Jaccard 0.5 share one with probability 0.64, at 0.7 with 0.99."""
    return [signature[at : at + _ROWS].tobytes() for at in range(0, SIGNATURE, _ROWS)]


@cache
def _maps() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    drawn = np.random.default_rng(1997).integers(0, 2**63, (2, SIGNATURE), np.uint64)
    return drawn[0] * np.uint64(2) + np.uint64(1), drawn[1]


@lru_cache(maxsize=100_000)
def _word_hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(errors="replace"), digest_size=8).digest(), "big")


def image_hash(rgb: NDArray[np.uint8]) -> int:
    """Perceptual hash: the 8 x 8 lowest cosine frequencies of a 32 x 32 grey copy, above their median or not.

    The scheme of Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions* (2010).

    Args:
        rgb: pixels, uint8, (height, width, 3).

    Returns:
        An unsigned 64-bit number.
    """
    grey = rgb.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)  # Rec. 601 luma
    small = _shrink(_shrink(grey).T).T
    basis = _cosines()
    low = (basis @ small @ basis.T)[:_LOW, :_LOW].ravel()
    return _pack(low > np.median(low[1:]))  # the first is mean brightness, which says nothing


def _shrink(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows averaged down (or repeated up) to `_PATCH`."""
    height = grey.shape[0]
    edges = np.arange(_PATCH + 1) * height / _PATCH
    starts = np.minimum(edges[:-1].astype(int), height - 1)
    counts = np.maximum(np.diff(np.append(starts, height)), 1)  # 0 where a row is repeated
    means: NDArray[np.float32] = (np.add.reduceat(grey, starts, axis=0) / counts[:, None]).astype(np.float32)
    return means


@cache
def _cosines() -> NDArray[np.float32]:
    """DCT-II basis, (8, 32): row k is cos(pi k (2n + 1) / 64)."""
    k, n = np.arange(_LOW)[:, None], np.arange(_PATCH)[None, :]
    basis: NDArray[np.float32] = np.cos(np.pi * k * (2 * n + 1) / (2 * _PATCH)).astype(np.float32)
    return basis


def _pack(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits.reshape(_BITS)).tobytes(), "big")
