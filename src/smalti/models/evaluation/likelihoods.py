"""Fraud: whether its probabilities and their intervals fit the share that was misstated.

The truth of one firm-year is yes or no, which no interval of a probability can hold; what can be held
against it is the share misstated among many of like probability.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from smalti.models import calibration
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets.frauds import read_firm_years
from smalti.models.datasets.labelled import folds
from smalti.models.evaluation.resample import mean_interval
from smalti.models.heads import FRAUD
from smalti.models.training import held_out

_PARTS = 5


def measure_fraud_intervals(model: HeadModel, data: Path) -> dict[str, Any]:
    """Held-out firm-years in fifths of their probability, which was calibrated on the firms of other folds.

    Returns:
        `rows` by fifth: `cases`, mean `probability`, means of the intervals' ends `low` and `high`, and the
        `share` misstated with its interval over firms.

    Raises:
        SettingsError: the data set is not there.
    """
    samples = read_firm_years(data)
    labels = np.array([sample.targets[0] for sample in samples], np.float32)
    groups = np.array([sample.group for sample in samples])
    fold = folds(groups.tolist(), len(model.networks), model.seed)
    logits = held_out(model.networks, fold, [sample.case for sample in samples])
    told = np.zeros((len(samples), 3))
    for member in range(len(model.networks)):
        others = fold != member
        table = calibration.fit_fraud(logits[others, 0], labels[others], groups[others].tolist(), model.seed)
        for at in np.flatnonzero(~others):
            (reading,) = calibration.read(FRAUD, logits[at][None], 1, table)
            told[at] = reading.value, reading.low, reading.high
    rank = np.argsort(np.argsort(told[:, 0], kind="stable"), kind="stable") * _PARTS // len(samples)
    rows = {}
    for part in range(_PARTS):
        own = rank == part
        value, low, high = (round(float(each), 5) for each in told[own].mean(0))
        rows[f"fifth {part + 1} of {_PARTS}"] = {
            "cases": int(own.sum()),
            "probability": value,
            "low": low,
            "high": high,
            "share": round(float(labels[own].mean()), 5),
            "share_interval": mean_interval(labels[own], groups[own].tolist()),
        }
    return {"rows": rows}
