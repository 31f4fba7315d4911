"""What a score does not know: what another modality would bring, and when no score is the better answer.

A score is withheld when one of four rules holds; each says so in words:

1. nothing fresh and readable is there to score from;
2. too much of what carries the score lies beyond what training showed (`OUTSIDE`): a network clips such
   features, so its answer is that of the edge of its experience;
3. fewer than KNOWN of the newest fiscal year's ratios are known;
4. the interval is so wide (`COVERS`) that it says nothing.

How the limits were chosen stands beside them. What they cost and save on later calls is measured by
`smalti evaluate --part coverage`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import torch

from smalti.models.calibration import TRADING_DAYS, Table, share_below
from smalti.models.case import NAMED_FEATURES, Case, Floats
from smalti.models.checkpoint import HeadModel
from smalti.models.heads import FRAUD, HEADS, HORIZONS, RISK, SENTIMENT, Head
from smalti.models.predict import Score
from smalti.platform.records import Modality

OUTSIDE: Mapping[int, float] = {3: 1.0, 7: 0.7, 15: 0.6, 30: 0.4}
"""By risk's horizon: share of the known features beyond the training range past which no score is given.

The tenth past which the 90% interval held under three quarters of the truths, on held-out calls of the
training years and their copies with every return multiplied by 1.5, 2, 3 and 5."""

OUTSIDE_ELSEWHERE = 0.5
"""The same for fraud, and for risk without prices. No labels are there to choose it by."""

KNOWN = 0.5
"""Share of the newest fiscal year's ratios that must be known. No labels are there to choose it by."""

COVERS = 0.95
"""Share of all values past which an interval says nothing: of the reference distribution, or of the scale."""

SINGLE = 2
"""Tokens of one post: its text and its picture. Sentiment's intervals are those of single texts, wider than
the mean of many deserves, so more tokens are not held to COVERS."""

LITTLE = 0.05
"""Share of the error under which a gain is called next to nothing."""


class Verdict(StrEnum):
    """What held-out cases say of adding a modality: it helps where it takes LITTLE or more off the error."""

    HELPS = "helps"
    LITTLE = "next to nothing"
    NEEDED = "would give a score"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Gain:
    """What a missing pair would be expected to bring: measured on held-out cases with and without it.

    Attributes:
        pair: as `text@call`.
        interval_shrinks_by: share of the mean half-width that would go; None where not measured.
        error_shrinks_by: share of the mean absolute error that would go; None where not measured.
        error_low, error_high: 95% bootstrap interval of that, over months or near-identical texts.
        verdict: `helps` where the gain is not LITTLE and its interval does not reach 0.
    """

    pair: str
    interval_shrinks_by: float | None
    error_shrinks_by: float | None
    error_low: float | None
    error_high: float | None
    verdict: Verdict


def expected_gain(head: Head, used: Sequence[str], horizon_days: int, table: Table) -> list[Gain]:
    """What each pair the head knows and the case lacks would bring.

    Args:
        head: whose score it is.
        used: the pairs the score was made from, as in `Score.used`.
        horizon_days: of the score.
        table: the head's calibration; one without `half_width` and `error_gain` measured nothing.
    """
    column = HORIZONS.index(horizon_days) if head is RISK else 0
    present = [str(pair) in used for pair in head.pairs]
    pattern = sum(1 << bit for bit, here in enumerate(present) if here)
    return [
        _gain(str(pair), table, pattern, bit, column)
        for bit, pair in enumerate(head.pairs)
        if not present[bit]
    ]


def _gain(pair: str, table: Table, pattern: int, bit: int, column: int) -> Gain:
    if not pattern:
        return Gain(pair, None, None, None, None, Verdict.NEEDED)
    unknown = Gain(pair, None, None, None, None, Verdict.NOT_MEASURED)
    if "error_gain" not in table:
        return unknown
    error, low, high = (round(float(v), 4) for v in table["error_gain"][pattern, bit, column])
    if np.isnan(error):
        return unknown
    before, after = (float(table["half_width"][p, column]) for p in (pattern, pattern | 1 << bit))
    verdict = Verdict.HELPS if low > 0 and error >= LITTLE else Verdict.LITTLE
    return Gain(pair, round(1 - after / before, 4), error, low, high, verdict)


@dataclass(frozen=True, slots=True)
class Grounds:
    """How far what a head looked at is like what it was taught with.

    Attributes:
        outside: for each pair with named features, share of the known ones beyond the training range.
        known: share of the newest token's named features that are known, likewise.
        tokens: how many the head looked at.
    """

    outside: Mapping[str, float]
    known: Mapping[str, float]
    tokens: int


def grounds(model: HeadModel, case: Case) -> Grounds:
    """How far a case is like those the model was taught with."""
    outside, known = {}, {}
    for pair in model.head.pairs:
        tokens = [token for token in case.tokens if token.pair == pair]
        if pair.modality not in NAMED_FEATURES or not tokens:
            continue
        newest = min(tokens, key=lambda token: (token.age_days, token.position))
        rows = np.stack([token.vector for token in tokens])
        outside[str(pair)] = outside_share(model, pair.modality, rows)
        known[str(pair)] = float((~np.isnan(newest.vector)).mean())
    count = sum(token.pair in model.head.pairs for token in case.tokens)
    return Grounds(outside, known, count)


def outside_share(model: HeadModel, modality: Modality, rows: Floats) -> float:
    """Share of the known features in (n, raw size) rows that the networks clip, in the mean of them."""
    shares = []
    for network in model.networks:
        features = dict(network.features())[modality]
        chosen = torch.from_numpy(rows)[:, features.columns]
        known = ~chosen.isnan()
        clipped = known & ((chosen < features.low) | (chosen > features.high))
        shares.append(float(clipped.sum()) / max(1, int(known.sum())))
    return float(np.mean(shares))


@dataclass(frozen=True, slots=True)
class Doubt:
    """How sure a score is, beside its interval.

    Attributes:
        reason: why no score is to be given; None where one is.
        covers: share of all values that its interval holds; None where there is none.
        outside: see `Grounds`.
        gains: what each missing pair would bring.
    """

    reason: str | None
    covers: float | None
    outside: Mapping[str, float]
    gains: Sequence[Gain]

    def details(self) -> dict[str, Any]:
        """As it is kept among a signal's details."""
        return {
            "abstains": self.reason,
            "covers": None if self.covers is None else round(self.covers, 3),
            "outside": {pair: round(share, 3) for pair, share in self.outside.items()},
            "gains": [asdict(gain) for gain in self.gains],
        }


def doubt(
    score: Score,
    model: HeadModel | None,
    case: Case,
    stale: Mapping[str, float],
    unread: Mapping[str, int],
) -> Doubt:
    """How sure one score of a case is.

    Args:
        score: as predicted.
        model: its head; None where its weights are not installed.
        case: what it was made from.
        stale: days of age of the head's pairs of which there is only evidence past its freshness.
        unread: how many pieces were not read, by reason.
    """
    if model is None:
        return Doubt(score.reason, None, {}, ())
    found = grounds(model, case)
    share = covers(score, model.table)
    gains = expected_gain(model.head, score.used, score.horizon_days, model.table)
    return Doubt(abstain(score, found, share, stale, unread), share, found.outside, gains)


def abstain(
    score: Score,
    found: Grounds,
    share: float | None,
    stale: Mapping[str, float],
    unread: Mapping[str, int],
) -> str | None:
    """Why a score is not to be given, or None; the rules stand at the top of this module."""
    if score.value is None:
        return _nothing(score, stale, unread)
    far = _far(score, found)
    if far:
        told = ", ".join(f"{part:.0%} of {pair}" for pair, part in far.items())
        return f"out of range: {told} lies beyond what training showed"
    if score.kind is FRAUD.kind:
        thin = {pair: part for pair, part in found.known.items() if part < KNOWN}
        if thin:
            told = ", ".join(f"{part:.0%} of {pair}" for pair, part in thin.items())
            return f"too little known: only {told}"
    few = score.kind is not SENTIMENT.kind or found.tokens <= SINGLE
    if share is not None and share > COVERS and few:
        return f"too wide: the interval holds {share:.0%} of all values there are"
    return None


def _far(score: Score, found: Grounds) -> dict[str, float]:
    """The pairs past their limit: of those that carry the score, the baseline's where it is there."""
    base = next(str(head.baseline) for head in HEADS if head.kind is score.kind)
    if score.kind is RISK.kind and base in found.outside:
        limit = OUTSIDE[score.horizon_days]
        return {base: found.outside[base]} if found.outside[base] > limit else {}
    return {pair: part for pair, part in found.outside.items() if part > OUTSIDE_ELSEWHERE}


def _nothing(score: Score, stale: Mapping[str, float], unread: Mapping[str, int]) -> str | None:
    reasons = [score.reason] if score.reason else []
    if stale:
        told = ", ".join(f"{pair} of {days:.0f} days ago" for pair, days in sorted(stale.items()))
        reasons.append(f"only stale evidence: {told}")
    reasons += [f"not read, of all evidence: {count} pieces, {why}" for why, count in sorted(unread.items())]
    return "; ".join(reasons) or None


def covers(score: Score, table: Table) -> float | None:
    """Share of the reference distribution inside the interval; of sentiment, its wider half on a scale of 1.

    An interval cut off at the end of the scale is no surer for it.
    """
    if score.value is None or score.low is None or score.high is None:
        return None
    if "reference" not in table:
        return max(score.high - score.value, score.value - score.low)
    low, high, levels = score.low, score.high, table["reference"]
    if score.kind is RISK.kind:
        year = np.sqrt(TRADING_DAYS)
        low, high = (float(np.log(edge / year)) for edge in (low, high))
        levels = levels[HORIZONS.index(score.horizon_days)]
    return share_below(levels, high) - share_below(levels, low)


def withheld(score: Score, reason: str) -> Score:
    """The score as it is given when it is to be withheld."""
    return replace(score, value=None, low=None, high=None, percentile=None, reason=reason)
