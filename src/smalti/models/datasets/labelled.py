"""What every data set gives: cases with labels, whose they are, and on what terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from smalti.models.case import Floats
from smalti.models.packing import Packed
from smalti.platform.errors import SettingsError

Embed = Callable[[Sequence[str]], Floats]
"""Texts to their (n, TEXT_SIZE) embeddings."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A training set's origin and licence, as stated by its publisher.

    Attributes:
        commercial: whether the stated terms allow commercial use; a set that states none does not.
    """

    name: str
    origin: str
    licence: str
    commercial: bool


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One labelled case.

    Attributes:
        targets: (head.targets,) float32; NaN where the data set says nothing.
        group: samples of one group (a firm, near-identical texts) never stand on both sides of a split.
        as_of: the moment it speaks of, where the data set says so.
        label_end: the last day its label looks at or became known on, likewise.
        name: what it is called in its data set.
    """

    case: Packed
    targets: Floats
    group: str
    as_of: date | None
    label_end: date | None
    name: str


def need(path: Path) -> Path:
    """`path`, if it is there.

    Raises:
        SettingsError: it is not.
    """
    if not path.exists():
        raise SettingsError(
            "this training set is not there",
            subject=str(path),
            mend="point SMALTI_DATA at the folder of data",
        )
    return path


def folds(groups: Sequence[str], count: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """A fold from 0 to `count` - 1 for each sample; whole groups, dealt in random order, largest first."""
    names, inverse, sizes = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    filled = np.zeros(count, np.int64)
    fold_of = np.zeros(len(names), np.int64)
    for group in order:
        fold_of[group] = filled.argmin()
        filled[fold_of[group]] += sizes[group]
    return fold_of[inverse]
