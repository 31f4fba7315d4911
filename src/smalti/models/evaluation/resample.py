"""Bootstrap intervals over whole groups: firms and near-identical texts do not vote twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]

DRAWS = 500


def interval(
    measure: Callable[[Rows], float], groups: Sequence[str], seed: int = 0, draws: int = DRAWS
) -> list[float]:
    """95% bootstrap interval of `measure` over groups drawn with replacement.

    Args:
        measure: takes row numbers, with repeats; NaN where it is not defined on them.
        groups: (n,) group of each row.
        seed: of the draws.
        draws: how many.

    Returns:
        Two numbers, [low, high].
    """
    _, inverse = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    starts = np.searchsorted(inverse[order], np.arange(inverse.max() + 2))
    rows_of = [order[a:b] for a, b in pairwise(starts)]
    rng = np.random.default_rng(seed)
    values = [
        measure(np.concatenate([rows_of[g] for g in rng.integers(len(rows_of), size=len(rows_of))]))
        for _ in range(draws)
    ]
    return [round(float(v), 4) for v in np.nanquantile(values, [0.025, 0.975])]


def mean_interval(errors: npt.NDArray[np.floating], groups: Sequence[str]) -> list[float]:
    """95% bootstrap interval of the mean of (n, ...) errors."""
    return interval(lambda rows: float(errors[rows].mean()), groups)
