"""Which pictures are nearly the same as an earlier one by someone else, from their hashes alone.

Every picture is held against every earlier one, a row at a time: 100,000 pictures take about five seconds of
one core, whatever hashes an adversary chooses, where an index by parts of the hash would degenerate.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smalti.platform.similarity import NEAR_IMAGE

NEAR_DRAWN = 1
"""Bits: charts and pages of one design have nearly one hash. Of 292 company charts, two that differ by one
quarter lie 2 bits apart and a score of pairs within 10; of 740 photos and posters no two do."""
_LEAST_BITS = 12
"""A hash with fewer bits set, or unset, is of a nearly blank picture, which is like every other such."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What likeness needs of an image.

    Attributes:
        evidence_id: its id.
        phash: `similarity.image_hash` of it.
        author: who posted it; None where unknown, which counts as someone else.
        available_at: when the public could know it.
        drawn: it is a chart or a screenshot, by `picture_kind`.
    """

    evidence_id: str
    phash: int
    author: str | None
    available_at: datetime
    drawn: bool = False


def likenesses(pictures: Sequence[Picture], new: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Rows of the table `likenesses`: each picture with the earliest near one by another author.

    Args:
        pictures: all there are, in any order.
        new: ids of those added since the last call; only rows that these bring are given, the same as a call
            without `new` would give for them. All of them if left out.

    Returns:
        At most one row a picture, `evidence_id` the later, `of_evidence` the earlier (by `available_at`, then
        id), `distance` in bits; in the order of the later ones.
    """
    ordered = sorted(pictures, key=lambda picture: (picture.available_at, picture.evidence_id))
    hashes = np.array([picture.phash for picture in ordered], np.uint64)
    bits = np.bitwise_count(hashes)
    telling = (bits >= _LEAST_BITS) & (bits <= 64 - _LEAST_BITS)
    authors = _numbered([picture.author for picture in ordered])
    drawn = np.array([picture.drawn for picture in ordered], np.bool_)
    looked = [i for i in _to_look_at(ordered, hashes, new) if telling[i]]
    rows = []
    for i in looked:
        apart = np.bitwise_count(hashes[:i] ^ hashes[i])
        near = np.flatnonzero(apart <= NEAR_IMAGE)
        if not len(near):
            continue
        near = near[telling[near] & ((authors[near] != authors[i]) | (authors[i] < 0))]
        near = near[(apart[near] <= NEAR_DRAWN) | ~(drawn[near] | drawn[i])]
        if len(near):
            first = int(near[0])
            rows.append(
                {
                    "evidence_id": ordered[i].evidence_id,
                    "of_evidence": ordered[first].evidence_id,
                    "distance": int(apart[first]),
                }
            )
    return rows


def _to_look_at(
    ordered: Sequence[Picture], hashes: NDArray[np.uint64], new: Collection[str] | None
) -> Sequence[int]:
    """Places of the new pictures, and of older ones for which a new one may now be the earliest like them."""
    if new is None:
        return range(len(ordered))
    places = [i for i, picture in enumerate(ordered) if picture.evidence_id in new]
    chosen = np.zeros(len(ordered), np.bool_)
    for i in places:
        chosen[i] = True
        chosen[i + 1 :] |= np.bitwise_count(hashes[i + 1 :] ^ hashes[i]) <= NEAR_IMAGE
    return [int(i) for i in np.flatnonzero(chosen)]


def _numbered(authors: Sequence[str | None]) -> NDArray[np.int64]:
    """One number an author, below 0 for the unknown."""
    numbers: dict[str, int] = {}
    return np.array([-1 if a is None else numbers.setdefault(a, len(numbers)) for a in authors], np.int64)
