"""Labelled calls as the tables on risk need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from smalti.models.case import Floats
from smalti.models.datasets import maec
from smalti.models.datasets.labelled import Sample
from smalti.models.heads import HORIZONS

LAST = date.max - timedelta(60)
"""As a last label day: any day there are prices of."""


def firsts(
    calls: Sequence[maec.Call], closes: Mapping[str, maec.Closes], last: date, later: int = 0
) -> list[Sample]:
    """Each call so many trading days after its own moment, if all its labels are known by `last`."""
    found = (first for (first, *_) in filter(None, maec.later_samples(calls, closes, last, (later,))))
    return [sample for sample in found if not np.isnan(sample.targets).any()]


def targets_of(samples: Sequence[Sample]) -> Floats:
    """(samples, targets)."""
    return np.stack([sample.targets for sample in samples])


def groups_of(samples: Sequence[Sample]) -> list[str]:
    """Whose each sample is."""
    return [sample.group for sample in samples]


def by_horizon(values: npt.ArrayLike) -> dict[str, float]:
    """(horizons,) numbers by their horizon in days."""
    return {str(h): round(float(v), 4) for h, v in zip(HORIZONS, np.asarray(values, float), strict=True)}
