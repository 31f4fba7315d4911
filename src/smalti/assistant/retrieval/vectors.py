"""Vectors of evidence in memory, compared with a query's one by one.

Brute force over eight-bit numbers: half a gigabyte holds a million texts, and a query reads them once. An
approximate index would save time only far beyond that, and cost recall.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_BLOCK = 2_048  # rows turned to float32 at a time: they stay in a core's cache
_GROWTH = 1.5


@dataclass(slots=True)
class Vectors:
    """Unit vectors by content id, in eight bits a number with one scale a row.

    Args:
        width: numbers in a vector.
        most: rows kept; what comes after is left out and counted in `left_out`.
    """

    width: int
    most: int
    left_out: int = 0
    _ids: dict[str, int] = field(default_factory=dict)
    _rows: NDArray[np.int8] = field(init=False)
    _scales: NDArray[np.float32] = field(init=False)
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._rows = np.empty((0, self.width), np.int8)
        self._scales = np.empty(0, np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def places(self, content_ids: Iterable[str]) -> NDArray[np.int64]:
        """The row of each content; -1 of one that is not held."""
        return np.fromiter((self._ids.get(one, -1) for one in content_ids), np.int64)

    def add(self, content_ids: list[str], vectors: NDArray[np.float32]) -> None:
        """Append rows of length one, shape (contents, width); those already held are kept as they are."""
        with self._changing:
            fresh = [i for i, one in enumerate(content_ids) if one not in self._ids]
            room = max(self.most - len(self._ids), 0)
            self.left_out += max(len(fresh) - room, 0)
            fresh = fresh[:room]
            if not fresh:
                return
            n = len(self._ids)
            self._make_room(n + len(fresh))
            new = vectors[fresh]
            scales = np.maximum(np.abs(new).max(axis=1), 1e-9) / 127.0
            self._rows[n : n + len(fresh)] = np.round(new / scales[:, None]).astype(np.int8)
            self._scales[n : n + len(fresh)] = scales
            self._ids.update((content_ids[i], n + k) for k, i in enumerate(fresh))

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of every row with a query of length one, shape (rows,); within .01 of the unrounded ones."""
        n = len(self._ids)
        rows, scales = self._rows, self._scales
        out = np.empty(n, np.float32)
        block = np.empty((_BLOCK, self.width), np.float32)
        for start in range(0, n, _BLOCK):
            stop = min(start + _BLOCK, n)
            part = block[: stop - start]
            np.copyto(part, rows[start:stop])
            np.dot(part, query, out=out[start:stop])
        return out * scales[:n]

    def _make_room(self, rows: int) -> None:
        if rows > len(self._rows):
            capacity = min(max(rows, int(len(self._rows) * _GROWTH), _BLOCK), max(self.most, rows))
            grown = np.empty((capacity, self.width), np.int8)
            grown[: len(self._rows)] = self._rows
            scales = np.empty(capacity, np.float32)
            scales[: len(self._scales)] = self._scales
            self._rows, self._scales = grown, scales
