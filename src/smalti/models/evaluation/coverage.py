"""How often risk's intervals hold the truth, what a missing modality costs, and what abstaining saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from smalti.models import calibration
from smalti.models.calibration import risk_terms, share_below
from smalti.models.case import Floats
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import maec
from smalti.models.datasets.labelled import Sample
from smalti.models.evaluation.abstention import measure_abstention
from smalti.models.evaluation.calls import LAST, by_horizon, firsts, groups_of, targets_of
from smalti.models.evaluation.resample import mean_interval
from smalti.models.fit import outputs_of
from smalti.models.heads import HORIZONS, RISK
from smalti.models.training import held_out, show, stretches

Rows = dict[str, dict[str, Any]]

PATTERNS = range(1, 1 << len(RISK.pairs))
WHOLE = PATTERNS[-1]


def measure_coverage(
    model: HeadModel, calls: Sequence[maec.Call], closes: Mapping[str, maec.Closes]
) -> dict[str, Any]:
    """Coverage, width, gains and abstention on calls after the model's last label.

    Returns:
        Tables, each with `rows`: `patterns` (test calls), `stretches` (training calls, the interval of each
        stretch of time fitted on the others), `ages` (test calls offered later), `gains`, `kept_by_width`,
        and those of `measure_abstention`.
    """
    before = [call for call in calls if call.day <= model.trained_through]
    after = [call for call in calls if call.day > model.trained_through]
    train = firsts(before, closes, model.trained_through)
    test = firsts(after, closes, LAST)
    outputs = {p: outputs_of(model.networks, [show(s.case, p) for s in test]) for p in PATTERNS}
    return {
        "calls": len(test),
        "issuers": len({sample.group for sample in test}),
        "patterns": {"rows": {pattern_name(p): _covered(model, p, outputs[p], test) for p in PATTERNS}},
        "stretches": {"rows": _by_stretch(model, train)},
        "ages": {"rows": _by_age(model, after, closes)},
        "gains": {"rows": _gains(model, outputs, test)},
        "kept_by_width": {"rows": _kept_by_width(model, outputs[WHOLE], test)},
        **measure_abstention(model, before, after, closes),
    }


def pattern_name(pattern: int) -> str:
    """The modalities of a pattern of risk's pairs."""
    return " + ".join(str(pair.modality) for bit, pair in enumerate(RISK.pairs) if pattern >> bit & 1)


def _covered(model: HeadModel, pattern: int, outputs: Floats, samples: Sequence[Sample]) -> dict[str, Any]:
    mean, deviation = risk_terms(outputs)
    half = model.table["reach"][pattern] * deviation
    errors = np.abs(targets_of(samples) - mean)
    return {**_share_inside(errors <= half, groups_of(samples)), "half_width": by_horizon(half.mean(0))}


def _share_inside(inside: npt.NDArray[np.bool_], groups: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"cases": len(inside)}
    for column, horizon in enumerate(HORIZONS):
        row[f"inside_{horizon}"] = round(float(inside[:, column].mean()), 4)
        row[f"inside_{horizon}_interval"] = mean_interval(inside[:, column].astype(np.float64), groups)
    return row


def _by_stretch(model: HeadModel, train: Sequence[Sample]) -> Rows:
    """What the intervals would have been worth in a stretch of time nothing was calibrated on."""
    fold = stretches(train, len(model.networks))
    outputs = held_out(model.networks, fold, [sample.case for sample in train])
    mean, deviation = risk_terms(outputs)
    scaled = np.abs(targets_of(train) - mean) / deviation
    found = {}
    for member in range(len(model.networks)):
        own = fold == member
        reach = [calibration.conformal(scaled[~own, column]) for column in range(len(HORIZONS))]
        chosen = [sample for sample, here in zip(train, own, strict=True) if here]
        days = [sample.as_of for sample in chosen if sample.as_of]
        name = f"{min(days):%Y-%m-%d} to {max(days):%Y-%m-%d}"
        half = by_horizon((np.array(reach) * deviation[own]).mean(0))
        found[name] = {**_share_inside(scaled[own] <= reach, groups_of(chosen)), "half_width": half}
    return found


def _by_age(model: HeadModel, calls: Sequence[maec.Call], closes: Mapping[str, maec.Closes]) -> Rows:
    found = {}
    for later in maec.LATER[1:]:
        samples = firsts(calls, closes, LAST, later)
        outputs = outputs_of(model.networks, [sample.case for sample in samples])
        found[f"{later} trading days after the call"] = _covered(model, WHOLE, outputs, samples)
    return found


def _gains(model: HeadModel, outputs: Mapping[int, Floats], test: Sequence[Sample]) -> Rows:
    """What the table promises of each pair, beside what the pair brought on the test calls."""
    table, targets = model.table, targets_of(test)
    errors = {pattern: np.abs(targets - risk_terms(rows)[0]) for pattern, rows in outputs.items()}
    brought = calibration.error_gain(errors, len(table["reach"]), groups_of(test))
    found: Rows = {}
    for pattern in PATTERNS:
        for bit, pair in enumerate(RISK.pairs):
            more = pattern | 1 << bit
            if more == pattern:
                continue
            row: dict[str, Any] = {}
            if "half_width" in table:
                row["interval_shrinks"] = by_horizon(
                    1 - table["half_width"][more] / table["half_width"][pattern]
                )
                row["error_shrinks"] = by_horizon(table["error_gain"][pattern, bit, :, 0])
            row["error_shrinks_test"] = by_horizon(brought[pattern, bit, :, 0])
            row["error_shrinks_test_low"] = by_horizon(brought[pattern, bit, :, 1])
            row["error_shrinks_test_high"] = by_horizon(brought[pattern, bit, :, 2])
            found[f"{pattern_name(pattern)}, then {pair.modality} too"] = row
    return found


def _kept_by_width(model: HeadModel, outputs: Floats, test: Sequence[Sample]) -> Rows:
    """Error of the scores whose intervals hold the least of the reference distribution."""
    mean, deviation = risk_terms(outputs)
    half = model.table["reach"][WHOLE] * deviation
    share = np.zeros_like(mean)
    for row, column in np.ndindex(share.shape):
        levels = model.table["reference"][column]
        low, high = (float(mean[row, column] + side * half[row, column]) for side in (-1, 1))
        share[row, column] = share_below(levels, high) - share_below(levels, low)
    errors = np.abs(targets_of(test) - mean)
    found = {}
    for kept in (1.0, 0.9, 0.75, 0.5, 0.25):
        inside = share <= np.quantile(share, kept, axis=0)
        found[f"narrowest {kept:.0%}"] = {
            "kept": kept,
            "covers": by_horizon(np.quantile(share, kept, axis=0)),
            "error_kept": by_horizon([errors[inside[:, c], c].mean() for c in range(len(HORIZONS))]),
            "error_left": {}
            if inside.all()
            else by_horizon([errors[~inside[:, c], c].mean() for c in range(len(HORIZONS))]),
        }
    return found
