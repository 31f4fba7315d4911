"""What abstaining where the prices are out of range costs and saves, on calls and their stressed copies.

The calls at hand are of calm years. The crisis they lack is made by multiplying every return of an issuer:
its past features and its label then move by the same factor, and a right answer is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from smalti.models.calibration import risk_terms
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import maec
from smalti.models.doubt import OUTSIDE, outside_share
from smalti.models.evaluation.calls import LAST, by_horizon, firsts, targets_of
from smalti.models.fit import outputs_of
from smalti.models.heads import HORIZONS
from smalti.models.training import held_out, stretches
from smalti.platform.records import Modality

STRESS: tuple[float, ...] = (1, 1.5, 2, 3, 5)
"""What every return is multiplied by; 1 is the call as it was."""

_BANDS = (-1.0, 0.0, *(tenth / 10 for tenth in range(1, 11)))

Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Calls and their stressed copies as the model judges them.

    Attributes:
        errors: (n, horizons) absolute errors of log volatility.
        inside: (n, horizons) whether the interval held the truth.
        outside: (n,) share of the price features beyond the training range.
        factors: (n,) which of STRESS made each.
    """

    errors: npt.NDArray[np.float64]
    inside: npt.NDArray[np.bool_]
    outside: npt.NDArray[np.float64]
    factors: npt.NDArray[np.float64]


def measure_abstention(
    model: HeadModel,
    before: Sequence[maec.Call],
    after: Sequence[maec.Call],
    closes: Mapping[str, maec.Closes],
) -> dict[str, Any]:
    """Tables: `range_training` (what the limits were chosen on), `range_test`, and `abstention` (test)."""
    train = judged(model, before, closes, held=True)
    test = judged(model, after, closes, held=False)
    return {
        "range_training": {"rows": _by_band(train)},
        "range_test": {"rows": _by_band(test)},
        "abstention": {"rows": _kept(test)},
    }


def judged(
    model: HeadModel, calls: Sequence[maec.Call], closes: Mapping[str, maec.Closes], held: bool
) -> Judged:
    """The calls under each stress; if `held`, each judged by the member that was not fitted on it."""
    last = model.trained_through if held else LAST
    errors, inside, outside, factors = [], [], [], []
    for factor in STRESS:
        samples = firsts(calls, {name: stressed(one, factor) for name, one in closes.items()}, last)
        cases = [sample.case for sample in samples]
        if held:
            outputs = held_out(model.networks, stretches(samples, len(model.networks)), cases)
        else:
            outputs = outputs_of(model.networks, cases)
        mean, deviation = risk_terms(outputs)
        errors.append(np.abs(targets_of(samples) - mean))
        inside.append(errors[-1] <= model.table["reach"][-1] * deviation)
        outside += [outside_share(model, Modality.PRICE, case.vectors[Modality.PRICE]) for case in cases]
        factors += [factor] * len(samples)
    return Judged(np.concatenate(errors), np.concatenate(inside), np.array(outside), np.array(factors))


def stressed(closes: maec.Closes, factor: float) -> maec.Closes:
    """The same days with every return multiplied, none under -90%."""
    returns = np.maximum(np.diff(closes.levels) / closes.levels[:-1] * factor, -0.9)
    return replace(closes, levels=100 * np.concatenate([[1.0], np.cumprod(1 + returns)]))


def _by_band(found: Judged) -> Rows:
    rows: Rows = {}
    for low, high in pairwise(_BANDS):
        own = (found.outside > low) & (found.outside <= high)
        if own.any():
            rows[f"up to {high:.0%}" if high else "none"] = {
                "cases": int(own.sum()),
                "as_they_were": int((own & (found.factors == 1)).sum()),
                "error": by_horizon(found.errors[own].mean(0)),
                "inside": by_horizon(found.inside[own].mean(0)),
            }
    return rows


def _kept(found: Judged) -> Rows:
    rows: Rows = {}
    for column, horizon in enumerate(HORIZONS):
        kept = found.outside <= OUTSIDE[horizon]
        row: dict[str, Any] = {
            "limit": OUTSIDE[horizon],
            **{
                f"kept_x{f:g}": round(float(kept[found.factors == f].mean()), 4)
                for f in np.unique(found.factors)
            },
        }
        for name, own in (("kept", kept), ("withheld", ~kept)):
            if own.any():
                row[f"error_{name}"] = round(float(found.errors[own, column].mean()), 4)
                row[f"inside_{name}"] = round(float(found.inside[own, column].mean()), 4)
        rows[f"{horizon} days"] = row
    return rows
