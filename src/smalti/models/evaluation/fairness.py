"""Whom the scores serve worse: errors, coverage and alarms by voice, issuer size and sector.

Groups, stated before any figure was seen:

- *Voice*: a call's median of the mean pitch of its sentences, under 165 Hz or not, the lower end of the range
  usually given for women's speaking voices. Calls name no speaker, so a call, not a person, is low or high; a
  call in which both speak stands where most of its sentences do.
- *Size*: for firm-years thirds of the logarithm of market value. The table of calls tells nothing of size;
  its row says so and stands for every call.
- *Sector*: for calls what `sectors.toml` says, labelled by hand. Nothing tells that of firm-years.

The more groups, the likelier that one strays by chance: with eleven sectors, one interval of 95% misses the
truth in two tables of five.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from smalti.models.calibration import risk_terms
from smalti.models.case import RATIOS, Floats
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import maec
from smalti.models.datasets.frauds import read_firm_years
from smalti.models.datasets.labelled import Sample, folds
from smalti.models.evaluation.resample import interval
from smalti.models.fit import outputs_of
from smalti.platform.records import Modality
from smalti.platform.voice_measures import MEASURES

PITCH_SPLIT = 165.0
"""Hz between a low and a high voice."""

ALARM_SHARE = 0.1
"""Of the forecasts, those in the highest tenth count as an alarm."""

FRAUD_SHARES = (0.01, 0.05)
"""Shares of firm-years that are alarms of fraud, by their score."""

NOT_KNOWN = "not known"

Flags = npt.NDArray[np.bool_]
_LEAST = 10
"""A group of fewer cases has no figures worth printing."""


def measure_risk_fairness(
    model: HeadModel,
    calls: Sequence[maec.Call],
    closes: Mapping[str, maec.Closes],
    sectors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Errors, coverage and alarms of the risk head on calls after its last label, by group.

    Args:
        model: the risk head.
        calls: `maec.read_calls`.
        closes: `maec.read_closes`.
        sectors: sector by ticker, where known; those of `known_sectors` if None.

    Returns:
        `pitch_split_hz`, `alarm_share`, and `rows` by `trait: group`: `cases`, `groups` (tickers), and each
        with its interval over tickers: `mse` over horizons, `bias` (forecast less truth, mean log volatility
        of 30 days), `coverage` of the 90% interval, `alarm_rate` (share of the group among the highest tenth
        of 30-day forecasts), `false_alarm_rate` (that share among those that did not become a highest
        tenth). A group of under 10 calls has its counts only.
    """
    after = [call for call in calls if call.day > model.trained_through]
    taken = [s for (s, *_) in filter(None, maec.later_samples(after, closes, _LAST_LABEL, (0,)))]
    samples = [sample for sample in taken if not np.isnan(sample.targets).any()]
    truth = np.stack([sample.targets for sample in samples])
    mean, deviation = risk_terms(outputs_of(model.networks, [sample.case for sample in samples]))
    reach = model.table["reach"][[sample.case.pattern for sample in samples]] * deviation
    pitch = {call.call_id: median_pitch(call.voice) for call in after}
    tickers = [sample.group for sample in samples]
    sector_of = known_sectors() if sectors is None else sectors
    traits = {
        "voice": [_voice(pitch[sample.name]) for sample in samples],
        "sector": [sector_of.get(ticker, NOT_KNOWN) for ticker in tickers],
        "size": [NOT_KNOWN] * len(tickers),
    }
    figures = risk_figures(mean, truth, reach)
    return {
        "pitch_split_hz": PITCH_SPLIT,
        "alarm_share": ALARM_SHARE,
        "rows": by_group(figures, traits, tickers),
    }


def known_sectors() -> dict[str, str]:
    """Sector by ticker of the issuers whose calls of 2017 are in the MAEC table."""
    text = files("smalti.models.evaluation").joinpath("sectors.toml").read_text("utf-8")
    return {ticker: sector for sector, tickers in tomllib.loads(text).items() for ticker in tickers.split()}


_LAST_LABEL = date.max - timedelta(60)


def risk_figures(mean: Floats, truth: Floats, reach: Floats) -> dict[str, Floats]:
    """What each case adds to each figure; NaN where it has no part in it.

    Args:
        mean: (n, horizons) forecasts of log volatility, the last of 30 days.
        truth: likewise.
        reach: (n, horizons) half-widths of the intervals.
    """
    alarm, came = (top_share(values[:, -1], ALARM_SHARE) for values in (mean, truth))
    return {
        "mse": ((mean - truth) ** 2).mean(1),
        "bias": (mean - truth)[:, -1],
        "coverage": (np.abs(mean - truth) <= reach).mean(1),
        "alarm_rate": alarm.astype(np.float32),
        "false_alarm_rate": np.where(came, np.nan, alarm).astype(np.float32),
    }


def measure_fraud_fairness(model: HeadModel, data: Path) -> dict[str, Any]:
    """Alarms of the fraud head among firm-years that were not misstated, by size of the firm.

    Each member judges the firms of the fold it never saw. The head reads no voice, and no sector is known.

    Returns:
        `misstated` (how many there are in each third) and `rows` by `size: third`: `cases`, `groups` (firms),
        `alarm_rate_1pct` and `alarm_rate_5pct` (shares among the highest 1% and 5% of all scores), with
        intervals over firms.

    Raises:
        SettingsError: the data set is not there.
    """
    samples = read_firm_years(data)
    firms = [sample.group for sample in samples]
    fold = folds(firms, len(model.networks), model.seed)
    scores = np.zeros(len(samples), np.float32)
    for member, network in enumerate(model.networks):
        own = np.flatnonzero(fold == member)
        scores[own] = outputs_of([network], [samples[int(at)].case for at in own])[:, 0]
    misstated = np.array([sample.targets[0] > 0.5 for sample in samples])
    sizes = np.array([_size(sample) for sample in samples])
    thirds = in_thirds(sizes, ("smallest third", "middle third", "largest third"))
    figures = {
        f"alarm_rate_{round(100 * share)}pct": np.where(misstated, np.nan, top_share(scores, share))
        for share in FRAUD_SHARES
    }
    traits = {"size": thirds, "sector": [NOT_KNOWN] * len(samples)}
    return {
        "misstated": {
            name: int(misstated[[t == name for t in thirds]].sum()) for name in sorted(set(thirds))
        },
        "rows": by_group(figures, traits, firms),
    }


def by_group(
    figures: Mapping[str, npt.NDArray[np.floating]],
    traits: Mapping[str, Sequence[str]],
    groups: Sequence[str],
    draws: int = 500,
) -> dict[str, dict[str, Any]]:
    """The mean of each figure over all cases and over each group of each trait, with intervals.

    Args:
        figures: (n,) what each case adds, NaN where it has no part.
        traits: (n,) group of each case, by trait.
        groups: (n,) whose each case is: what the bootstrap draws.
        draws: how many.
    """
    whose = np.asarray(groups)
    rows = {"all": _row(figures, np.ones(len(whose), bool), whose, draws)}
    for trait, names in traits.items():
        kinds = np.asarray(names)
        for name in sorted(set(names), key=lambda each: (each == NOT_KNOWN, each)):
            rows[f"{trait}: {name}"] = _row(figures, kinds == name, whose, draws)
    return rows


def _row(
    figures: Mapping[str, npt.NDArray[np.floating]], own: Flags, whose: npt.NDArray[Any], draws: int
) -> dict[str, Any]:
    row: dict[str, Any] = {"cases": int(own.sum()), "groups": len(set(whose[own]))}
    if row["cases"] < _LEAST:
        return row
    for name, values in figures.items():
        has = own & ~np.isnan(values)
        if has.any():
            row[name] = round(float(values[has].mean()), 4)
            row[f"{name}_interval"] = interval(_mean_of(values[has]), list(whose[has]), draws=draws)
    return row


def _mean_of(values: npt.NDArray[np.floating]) -> Callable[[npt.NDArray[np.int64]], float]:
    return lambda rows: float(values[rows].mean())


def top_share(values: npt.ArrayLike, share: float) -> Flags:
    """Which of the values are among the highest `share` of them."""
    numbers = np.asarray(values, float)
    found: Flags = numbers >= np.quantile(numbers, 1 - share)
    return found


def in_thirds(values: npt.NDArray[np.floating], names: tuple[str, str, str]) -> list[str]:
    """Which third of the known values each lies in, or `NOT_KNOWN`."""
    low, high = np.nanquantile(values, [1 / 3, 2 / 3])
    return [NOT_KNOWN if np.isnan(v) else names[int(v > low) + int(v > high)] for v in values]


def median_pitch(voice: Floats) -> float:
    """Median over sentences of their mean pitch, Hz; NaN where none has one. `voice` is (n, 29)."""
    pitch = voice[:, MEASURES.index("pitch_mean")]
    heard = pitch[~np.isnan(pitch)]
    return float(np.median(heard)) if len(heard) else float("nan")


def _voice(pitch: float) -> str:
    if np.isnan(pitch):
        return NOT_KNOWN
    return f"low, under {PITCH_SPLIT:.0f} Hz" if pitch < PITCH_SPLIT else f"high, from {PITCH_SPLIT:.0f} Hz"


def _size(sample: Sample) -> float:
    return float(sample.case.vectors[Modality.FACT][0][RATIOS.index("size")])
