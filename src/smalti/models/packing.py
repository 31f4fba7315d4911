"""Cases as arrays: tokens in one canonical order, and many cases side by side with a mask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from smalti.models.case import RAW_SIZES, Case, Floats, Pair, Token
from smalti.platform.records import Modality

_PRICE = Modality.PRICE


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """The tokens of one case that one head may see.

    Tokens stand modality by modality in RAW_SIZES' order, within one by age, then position, so the same
    tokens give the same arrays whatever order they came in.

    Attributes:
        vectors: by modality, (n, RAW_SIZES[modality]); only modalities that occur.
        pairs: (N,) index of each token's pair in the head's list.
        ages: (N,) days.
        positions: (N,) 0 to 1.
        order: (N,) index of each token in the case it came from.
    """

    vectors: Mapping[Modality, Floats]
    pairs: npt.NDArray[np.int64]
    ages: Floats
    positions: Floats
    order: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def pattern(self) -> int:
        """Which pairs it shows: bit k set where pair k of the head is present."""
        return int(sum(1 << int(pair) for pair in np.unique(self.pairs)))

    def take(self, keep: npt.NDArray[np.bool_]) -> Packed:
        """The same case with only the tokens where `keep` (N,) is true."""
        vectors: dict[Modality, Floats] = {}
        start = 0
        for modality, rows in self.vectors.items():
            chosen = keep[start : start + len(rows)]
            start += len(rows)
            if chosen.any():
                vectors[modality] = rows[chosen]
        return Packed(vectors, self.pairs[keep], self.ages[keep], self.positions[keep], self.order[keep])

    def aged(self, days: Floats) -> Packed:
        """The same case with other ages (N,)."""
        return replace(self, ages=days)


def pack(case: Case, pairs: Sequence[Pair]) -> Packed:
    """The tokens of `case` whose pair is in `pairs`; all others are left out.

    A price history has no place in a document and is taken to end at `as_of`: that is all training showed.
    """
    number = {pair: index for index, pair in enumerate(pairs)}
    modalities = list(RAW_SIZES)
    chosen = [(index, token) for index, token in enumerate(case.tokens) if token.pair in number]

    def rank(entry: tuple[int, Token]) -> tuple[int, float, float, str, int]:
        token = entry[1]
        return (
            modalities.index(token.modality),
            token.age_days,
            token.position,
            token.evidence_id,
            number[token.pair],
        )

    chosen.sort(key=rank)
    vectors = {
        modality: np.stack(rows)
        for modality in modalities
        if (rows := [token.vector for _, token in chosen if token.modality == modality])
    }
    return Packed(
        vectors,
        np.array([number[token.pair] for _, token in chosen], np.int64),
        np.array([0.0 if token.modality == _PRICE else token.age_days for _, token in chosen], np.float32),
        np.array([1.0 if token.modality == _PRICE else token.position for _, token in chosen], np.float32),
        np.array([index for index, _ in chosen], np.int64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """B packed cases side by side, padded to the longest (N tokens).

    Attributes:
        vectors: by modality, (n, size) rows of all cases.
        slots: by modality, (n,) where each row belongs in the flat (B * N) grid.
        pairs: (B, N) int64, 0 in padding.
        ages, positions: (B, N) float32, 0 in padding.
        mask: (B, N) bool, true for a real token.
    """

    vectors: Mapping[Modality, torch.Tensor]
    slots: Mapping[Modality, torch.Tensor]
    pairs: torch.Tensor
    ages: torch.Tensor
    positions: torch.Tensor
    mask: torch.Tensor

    def to(self, device: torch.device) -> Batch:
        """The same batch on another device."""
        return Batch(
            {key: value.to(device) for key, value in self.vectors.items()},
            {key: value.to(device) for key, value in self.slots.items()},
            *(part.to(device) for part in (self.pairs, self.ages, self.positions, self.mask)),
        )


def collate(cases: Sequence[Packed]) -> Batch:
    """Put cases side by side; at least one column, so that a batch of empty cases is a batch too."""
    width = max([1, *(len(case) for case in cases)])
    pairs = np.zeros((len(cases), width), np.int64)
    ages, positions = np.zeros((2, len(cases), width), np.float32)
    mask = np.zeros((len(cases), width), bool)
    vectors: dict[Modality, list[Floats]] = {}
    slots: dict[Modality, list[npt.NDArray[np.int64]]] = {}
    for row, case in enumerate(cases):
        count = len(case)
        pairs[row, :count], ages[row, :count], positions[row, :count] = case.pairs, case.ages, case.positions
        mask[row, :count] = True
        start = row * width
        for modality, found in case.vectors.items():
            vectors.setdefault(modality, []).append(found)
            slots.setdefault(modality, []).append(np.arange(start, start + len(found)))
            start += len(found)
    return Batch(
        {key: torch.from_numpy(np.concatenate(rows).astype(np.float32)) for key, rows in vectors.items()},
        {key: torch.from_numpy(np.concatenate(rows)) for key, rows in slots.items()},
        *(torch.from_numpy(part) for part in (pairs, ages, positions, mask)),
    )


def merge(cases: Sequence[Packed]) -> Packed:
    """Many cases as one, tokens modality by modality."""
    order = {m: index for index, m in enumerate(RAW_SIZES)}
    kinds = [np.concatenate([np.full(len(rows), order[m]) for m, rows in c.vectors.items()]) for c in cases]
    placed = np.argsort(np.concatenate(kinds), kind="stable")
    vectors = {
        m: np.concatenate(rows)
        for m in RAW_SIZES
        if (rows := [case.vectors[m] for case in cases if m in case.vectors])
    }
    return Packed(
        vectors,
        np.concatenate([case.pairs for case in cases])[placed],
        np.concatenate([case.ages for case in cases])[placed],
        np.concatenate([case.positions for case in cases])[placed],
        np.arange(len(placed)),
    )
