"""From a network's raw outputs to values a person can read, with intervals learned from held-out data.

Everything here is fitted on outputs for cases that the network giving them had not been trained on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_softmax, softmax
from sklearn.linear_model import LogisticRegression

from smalti.models.case import Floats
from smalti.models.heads import CLASSES, FRAUD, HORIZONS, LOG_VARIANCE_RANGE, RISK, Head

Table = Mapping[str, Floats]
"""Fitted numbers by name; what a checkpoint stores of a calibration."""

COVERAGE = 0.9
"""Share of cases whose interval is to hold the truth."""

TRADING_DAYS = 252
"""A year's trading days, to annualise daily volatility."""

_LEVELS = np.linspace(0, 1, 101)


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of a head, in the units of a signal.

    Attributes:
        horizon_days: trading days ahead; 0 for about now.
        value, low, high: risk: annualised volatility as a fraction; fraud: probability; sentiment: score.
        percentile: 0-100 against the stored reference distribution; None for sentiment.
    """

    horizon_days: int
    value: float
    low: float
    high: float
    percentile: float | None
    details: Mapping[str, float] = field(default_factory=dict)


def read(head: Head, outputs: Floats, pattern: int, table: Table) -> list[Reading]:
    """Readings of one case.

    Args:
        head: whose outputs they are.
        outputs: (members, head.outputs), one row from each network.
        pattern: bit k set where pair k of the head is present.
        table: the head's calibration.
    """
    if head is RISK:
        return _read_risk(outputs, pattern, table)
    return [_read_fraud(outputs, table) if head is FRAUD else _read_sentiment(outputs, pattern, table)]


def risk_terms(outputs: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of log daily volatility, (..., horizons) each, of risk outputs."""
    mean, log_variance = np.split(outputs, 2, axis=-1)
    return mean, np.exp(np.clip(log_variance, *LOG_VARIANCE_RANGE) / 2)


def fit_risk(outputs: Mapping[int, Floats], targets: Floats, groups: Sequence[str]) -> Table:
    """Split conformal half-widths, in predicted standard deviations (Lei et al. 2018).

    Args:
        outputs: by pattern, held-out (cases, outputs) with only that pattern's pairs shown.
        targets: (cases, horizons), NaN where unknown.
        groups: (cases,) what is drawn anew as a whole to see how sure the gains are.

    Returns:
        `reach`: (patterns, horizons); a pattern that lacks a pair is never narrower than one that has it.
        `half_width`: (patterns, horizons) mean half-width in log volatility.
        `error_gain`: see `error_gain`.
        `reference`: (horizons, 101) percentiles of the targets.
    """
    reach = np.full((max(outputs) + 1, targets.shape[1]), np.nan, np.float32)
    errors, spread = {}, np.full_like(reach, np.nan)
    for pattern, rows in outputs.items():
        mean, deviation = risk_terms(rows)
        errors[pattern] = np.abs(targets - mean)
        spread[pattern] = deviation.mean(0)
        for column in range(targets.shape[1]):
            scaled = errors[pattern][:, column] / deviation[:, column]
            reach[pattern, column] = conformal(scaled[~np.isnan(scaled)])
    reach = widen(reach)
    reference = np.stack([np.nanquantile(column, _LEVELS) for column in targets.T]).astype(np.float32)
    return {
        "reach": reach,
        "half_width": (reach * spread).astype(np.float32),
        "error_gain": error_gain(errors, len(reach), groups),
        "reference": reference,
    }


def _read_risk(outputs: Floats, pattern: int, table: Table) -> list[Reading]:
    mean, deviation = risk_terms(outputs.mean(0))
    year = np.sqrt(TRADING_DAYS)
    readings = []
    for column, horizon in enumerate(HORIZONS):
        reach = table["reach"][pattern, column] * deviation[column]
        value, low, high = (float(np.exp(mean[column] + side * reach) * year) for side in (0, -1, 1))
        share = share_below(table["reference"][column], float(mean[column]))
        readings.append(Reading(horizon, value, low, high, 100 * share))
    return readings


def fit_fraud(logits: Floats, labels: Floats, groups: Sequence[str], seed: int) -> Table:
    """Platt scaling, and how far it moves when firms are drawn anew.

    Args:
        logits: (cases,), held out by firm.
        labels: (cases,) 0 or 1.
        groups: (cases,) firms.
        seed: of the draws.

    Returns:
        `platt`: (2,) slope and intercept; `platt_draws`: (200, 2) the same on firms drawn with replacement;
        `reference`: (101,) percentiles of the calibrated probabilities.
    """
    names, inverse = np.unique(np.asarray(groups), return_inverse=True)
    rng = np.random.default_rng(seed)
    draws: list[tuple[float, float]] = []
    while len(draws) < 200:
        weights = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))[inverse]
        if weights[labels > 0.5].sum() > 0:
            draws.append(_platt(logits, labels, weights.astype(np.float64)))
    slope, intercept = _platt(logits, labels, np.ones(len(labels)))
    reference = np.quantile(expit(slope * logits + intercept), _LEVELS)
    return {
        "platt": np.array([slope, intercept], np.float32),
        "platt_draws": np.array(draws, np.float32),
        "reference": reference.astype(np.float32),
    }


def _platt(logits: Floats, labels: Floats, weights: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Slope and intercept; the slope is kept from turning the ranking round."""
    model = LogisticRegression(C=1.0).fit(logits[:, None], labels > 0.5, sample_weight=weights)
    return max(float(model.coef_[0, 0]), 0.05), float(model.intercept_[0])


def _read_fraud(outputs: Floats, table: Table) -> Reading:
    logit = float(outputs.mean())
    slope, intercept = table["platt"]
    value = float(expit(slope * logit + intercept))
    slopes, intercepts = table["platt_draws"].T
    possible = expit(slopes[:, None] * outputs[:, 0] + intercepts[:, None])
    low, high = np.quantile(possible, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    share = share_below(table["reference"], value)
    return Reading(0, value, min(float(low), value), max(float(high), value), 100 * share)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Held-out answers to labelled cases.

    Attributes:
        outputs: (cases, outputs).
        targets: (cases, targets), NaN where unknown.
        patterns: (cases,) which pairs each showed.
    """

    outputs: Floats
    targets: Floats
    patterns: npt.NDArray[np.int64]

    def take(self, rows: npt.NDArray[Any]) -> Answers:
        """Those of some cases, by number or by mask."""
        return Answers(self.outputs[rows], self.targets[rows], self.patterns[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The same labelled cases under several patterns.

    Attributes:
        outputs: by pattern, held-out (cases, outputs).
        targets: (cases, targets).
        groups: (cases,).
    """

    outputs: Mapping[int, Floats]
    targets: Floats
    groups: Sequence[str]


def fit_sentiment(single: Answers, bags: Answers, both: Shown, count: int) -> Table:
    """Temperature of the classes, and half-widths of the score.

    Args:
        single: texts by themselves.
        bags: a few texts together, for the patterns that no single text has.
        both: the cases that have more than one pair, with and without each.
        count: how many patterns there are.

    Returns:
        `temperature`: (1,); `reach`: (count,), of single texts where there are 100, else of bags, else the
        widest of all; `half_width`: (count, 1) of the score on `both`; `error_gain`: see `error_gain`.
    """
    split = len(CLASSES)
    reach = np.full(count, np.nan, np.float32)
    for answers in (single, bags):
        errors = np.abs(np.tanh(answers.outputs[:, split]) - answers.targets[:, split])
        for pattern in np.flatnonzero(np.isnan(reach)).tolist():
            own = errors[(answers.patterns == pattern) & ~np.isnan(errors)]
            if len(own) >= 100:
                reach[pattern] = conformal(own)
    reach[np.isnan(reach)] = np.nanmax(reach) if not np.isnan(reach).all() else 2.0
    known = ~np.isnan(single.targets[:, 0])
    temperature = _temperature(single.outputs[known, :split], single.targets[known, :split])
    half_width = np.full((count, 1), np.nan, np.float32)
    paired = {
        p: np.abs(np.tanh(rows[:, split:]) - both.targets[:, split:]) for p, rows in both.outputs.items()
    }
    for pattern, each in paired.items():
        half_width[pattern] = conformal(each[~np.isnan(each)])
    return {
        "temperature": np.array([temperature], np.float32),
        "reach": reach,
        "half_width": half_width,
        "error_gain": error_gain(paired, count, both.groups),
    }


def _temperature(logits: Floats, shares: Floats) -> float:
    """The temperature under which held-out labels are likeliest (Guo et al. 2017), of a fixed grid."""
    if not len(logits):
        return 1.0
    grid = np.geomspace(0.3, 4, 60)
    costs = [-(shares * log_softmax(logits / heat, axis=-1)).sum(-1).mean() for heat in grid]
    return float(grid[int(np.argmin(costs))])


def _read_sentiment(outputs: Floats, pattern: int, table: Table) -> Reading:
    split = len(CLASSES)
    mean = outputs.mean(0)
    value = float(np.tanh(mean[split]))
    shares = softmax(mean[:split] / table["temperature"][0])
    reach = float(table["reach"][pattern])
    details = dict(zip(CLASSES, map(float, shares), strict=True))
    return Reading(0, value, max(-1.0, value - reach), min(1.0, value + reach), None, details)


def widen(reach: Floats) -> Floats:
    """No pattern narrower than one that shows all it shows and more: (patterns, ...)."""
    wide = reach.copy()
    for pattern in range(len(reach)):
        for other in range(len(reach)):
            if pattern & other == pattern and not np.isnan(reach[other]).any():
                wide[pattern] = np.fmax(wide[pattern], reach[other])
    return wide


def error_gain(errors: Mapping[int, Floats], count: int, groups: Sequence[str], seed: int = 0) -> Floats:
    """How much of the mean absolute error goes when one more pair is shown.

    Args:
        errors: by pattern, (cases, columns) absolute errors of the same cases; NaN where unknown.
        count: how many patterns there are.
        groups: (cases,) drawn anew as wholes.
        seed: of the draws.

    Returns:
        (count, pairs, columns, 3): the share, and its 95% bootstrap interval; NaN where either pattern was
        not measured.
    """
    names, inverse = np.unique(np.asarray(groups, str), return_inverse=True)
    size = max(1, len(names))
    draws = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), 500)
    drawn = np.concatenate([np.ones((1, size)), draws])
    sums = {}
    for pattern, rows in errors.items():
        by_group = np.zeros((size, rows.shape[1]))
        np.add.at(by_group, inverse, np.nan_to_num(rows.astype(np.float64)))
        sums[pattern] = drawn @ by_group
    columns = max((rows.shape[1] for rows in errors.values()), default=1)
    found = np.full((count, count.bit_length() - 1, columns, 3), np.nan, np.float32)
    for pattern, bit in np.ndindex(found.shape[:2]):
        more = pattern | 1 << bit
        if more != pattern and pattern in sums and more in sums:
            shares = 1 - sums[more] / sums[pattern]
            found[pattern, bit] = np.stack([shares[0], *np.quantile(shares[1:], [0.025, 0.975], axis=0)], -1)
    return found


def conformal(errors: npt.ArrayLike) -> float:
    """The COVERAGE quantile of held-out absolute errors, with the finite-sample correction."""
    ordered = np.sort(np.asarray(errors, np.float64))
    rank = int(np.ceil((len(ordered) + 1) * COVERAGE))
    return float(ordered[min(rank, len(ordered)) - 1])


def share_below(percentiles: Floats, value: float) -> float:
    """Share of a distribution, told by its (101,) percentiles, below `value`: 0 to 1."""
    return float(np.interp(value, percentiles, _LEVELS))
