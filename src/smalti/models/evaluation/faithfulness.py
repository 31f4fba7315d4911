"""Are explanations true of the model: do contributions add up, and do the largest matter most?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from smalti.models.attribution import Exact, Shares, integrated_gradients, values_under
from smalti.models.case import Pair
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets.labelled import Sample
from smalti.models.evaluation.resample import mean_interval
from smalti.models.packing import Packed
from smalti.models.predict import horizons

Places = npt.NDArray[np.int64]

DELETED = 5
"""Tokens taken away at once."""

DRAWS = 20
"""Random sets of as many tokens that each case's largest are held against."""

_LARGEST, _LOSSES, _RANDOM = "largest contributions", "largest by leave-one-out", "at random"
_RAISING, _LOWERING = "raising it most", "lowering it most"
_SIGNS = {_RAISING: 1, _LOWERING: -1}


def measure_faithfulness(
    model: HeadModel, samples: Sequence[Sample], seed: int = 0, draws: int = DRAWS
) -> dict[str, Any]:
    """Completeness of contributions, and how far scores move without the tokens they say matter most.

    In the deletion test (of the kind of Samek et al. 2017) the DELETED largest of a score are taken away and
    the score made anew; `at random` is the mean over draws. The largest may pull both ways and undo each
    other, so those that raise and that lower a score most are taken away apart, too, and count how far it
    goes the way that they say. It is made of all tokens, and of those beside the linear baseline's, which
    alone may decide a score. A case with no more tokens than are taken away is left out of it.

    Args:
        model: the head.
        samples: labelled cases; their groups are drawn whole for the intervals.
        seed: of the draws.
        draws: random sets a case.

    Returns:
        `cases`; `completeness` and `deletion`, each `{"rows": {name: {figure: number}}}`. Completeness, a
        row a horizon: `error`, mean, with `error_p95` and `error_max`, as a share of the score's way from
        nothing known, and `steps`, mean. Deletion: `move`, mean, in the score's unit, over
        horizons, with `move_interval`; `beats_random`, share of scores that move more than at random do on
        average, with `beats_random_interval`; `cases`.
    """
    rng = np.random.default_rng(seed)
    found: list[Shares] = []
    moves: dict[str, dict[str, list[Exact]]] = {}
    groups: dict[str, list[str]] = {}
    for sample in samples:
        shares = integrated_gradients(model, sample.case)
        losses = _losses(model, sample.case, shares)
        found.append(shares)
        for pool, places in _pools(model, sample.case).items():
            if len(places) > DELETED:
                sets = _sets(places, shares, losses, draws, rng)
                told = moves.setdefault(pool, {})
                for name, move in _moves(model, sample.case, shares.value, sets).items():
                    told.setdefault(name, []).append(move)
                groups.setdefault(pool, []).append(sample.group)
    return {
        "cases": len(samples),
        "draws": draws,
        "deleted": DELETED,
        "completeness": {"rows": _completeness(model, found)},
        "deletion": {
            "rows": {
                f"{pool}, {name}": _moved(np.array(rows), groups[pool])
                | ({} if name == _RANDOM else _beaten(np.array(rows), np.array(told[_RANDOM]), groups[pool]))
                for pool, told in moves.items()
                for name, rows in told.items()
            }
        },
    }


def _pools(model: HeadModel, packed: Packed) -> dict[str, Places]:
    """Places of the tokens that may be taken away."""
    pools = {"of all": np.arange(len(packed))}
    base: Pair | None = model.head.baseline
    if base is not None:
        pools[f"beside {base}"] = np.flatnonzero(packed.pairs != model.head.pairs.index(base))
    return pools


def _losses(model: HeadModel, packed: Packed, shares: Shares) -> Exact:
    """(S, N) what each score loses without each token."""
    without = values_under(model, packed, ~np.eye(len(packed), dtype=bool))
    return (shares.value - without).T


def _sets(
    places: Places, shares: Shares, losses: Exact, draws: int, rng: np.random.Generator
) -> dict[str, Sequence[Places]]:
    """Sets of places: one for each score by each measure, and the random draws."""
    return {
        _LARGEST: [places[np.argsort(-np.abs(row[places]))[:DELETED]] for row in shares.tokens],
        _LOSSES: [places[np.argsort(-np.abs(row[places]))[:DELETED]] for row in losses],
        _RAISING: [places[np.argsort(-row[places])[:DELETED]] for row in shares.tokens],
        _LOWERING: [places[np.argsort(row[places])[:DELETED]] for row in shares.tokens],
        _RANDOM: [rng.choice(places, DELETED, replace=False) for _ in range(draws)],
    }


def _moves(
    model: HeadModel, packed: Packed, value: Exact, sets: Mapping[str, Sequence[Places]]
) -> dict[str, Exact]:
    """(S,) how far each score moves without its own set, or on average over random ones."""
    every = [places for group in sets.values() for places in group]
    shown = np.ones((len(every), len(packed)), bool)
    for row, places in enumerate(every):
        shown[row, places] = False
    lost = value - values_under(model, packed, shown)
    found = {}
    for name, group in sets.items():
        own, lost = lost[: len(group)], lost[len(group) :]
        if name == _RANDOM:
            found[name] = np.abs(own).mean(0)
        elif name in _SIGNS:
            found[name] = _SIGNS[name] * np.diagonal(own)
        else:
            found[name] = np.abs(np.diagonal(own))
    return found


def _completeness(model: HeadModel, found: Sequence[Shares]) -> dict[str, dict[str, float]]:
    errors = np.array([shares.error for shares in found])
    steps = float(np.mean([shares.steps for shares in found]))
    return {
        f"{model.head.kind} {horizon}d" if horizon else str(model.head.kind): {
            "error": float(column.mean()),
            "error_p95": float(np.quantile(column, 0.95)),
            "error_max": float(column.max()),
            "steps": steps,
        }
        for horizon, column in zip(horizons(model.head), errors.T, strict=True)
    }


def _moved(moves: Exact, groups: Sequence[str]) -> dict[str, Any]:
    return {
        "cases": len(moves),
        "move": round(float(moves.mean()), 5),
        "move_interval": mean_interval(moves, groups),
    }


def _beaten(moves: Exact, random: Exact, groups: Sequence[str]) -> dict[str, Any]:
    beaten = (moves > random).astype(np.float64)
    return {
        "beats_random": round(float(beaten.mean()), 4),
        "beats_random_interval": mean_interval(beaten, groups),
    }
