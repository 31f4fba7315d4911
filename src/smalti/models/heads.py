"""The three heads: what each may look at, what its outputs mean, and how it is taught.

Each head has a network of its own. No data set has labels for two heads and their trained pairs do not
overlap, so a shared trunk would teach nothing across them; and a head that learned from non-commercial data
shares no number with one that did not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from smalti.models.case import Pair
from smalti.platform.records import Modality, SignalKind, SourceKind

HORIZONS: tuple[int, ...] = (3, 7, 15, 30)
"""Trading days ahead for which risk is forecast."""

CLASSES: tuple[str, ...] = ("negative", "neutral", "positive")
"""Sentiment classes, in the order of the outputs."""


@dataclass(frozen=True, slots=True)
class Head:
    """One row of the head table.

    Attributes:
        pairs: what it was trained on; a token of any other pair never reaches its network.
        outputs: numbers its network gives. Risk: mean, then log variance, of log daily volatility at each
            of HORIZONS. Fraud: one logit. Sentiment: a logit for each of CLASSES, then the score.
        targets: numbers its labels have: one a horizon; one; a share for each class, then the score.
        baseline: the pair whose newest token feeds the linear model that the network corrects, if any.
    """

    kind: SignalKind
    pairs: tuple[Pair, ...]
    outputs: int
    targets: int
    baseline: Pair | None = None


RISK = Head(
    SignalKind.RISK,
    (
        Pair(Modality.PRICE, SourceKind.PRICE),
        Pair(Modality.TEXT, SourceKind.CALL),
        Pair(Modality.VOICE, SourceKind.CALL),
    ),
    outputs=2 * len(HORIZONS),
    targets=len(HORIZONS),
    baseline=Pair(Modality.PRICE, SourceKind.PRICE),
)
FRAUD = Head(
    SignalKind.FRAUD,
    (Pair(Modality.FACT, SourceKind.FILING),),
    outputs=1,
    targets=1,
    baseline=Pair(Modality.FACT, SourceKind.FILING),
)
SENTIMENT = Head(
    SignalKind.SENTIMENT,
    (
        Pair(Modality.TEXT, SourceKind.NEWS),
        Pair(Modality.TEXT, SourceKind.SOCIAL),
        Pair(Modality.IMAGE, SourceKind.SOCIAL),
    ),
    outputs=len(CLASSES) + 1,
    targets=len(CLASSES) + 1,
)
HEADS: Sequence[Head] = (RISK, FRAUD, SENTIMENT)

LOG_VARIANCE_RANGE = (-5.0, 2.0)
"""Log variances are kept here, so that one odd input cannot claim certainty."""


def loss(head: Head, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean loss of (B, outputs) against (B, targets), where a NaN target teaches nothing."""
    if head is RISK:
        return _volatility_loss(outputs, targets)
    known = ~targets.isnan()
    filled = targets.nan_to_num(0.0)
    if head is FRAUD:
        each = functional.binary_cross_entropy_with_logits(outputs, filled, reduction="none")
        return _masked_mean(each, known)
    split = len(CLASSES)
    cross = -(filled[:, :split] * outputs[:, :split].log_softmax(-1)).sum(-1)
    score = (outputs[:, split].tanh() - filled[:, split]).square()
    return _masked_mean(cross, known[:, 0]) + 2.0 * _masked_mean(score, known[:, split])


def _volatility_loss(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Squared error for the mean, Gaussian likelihood for the variance alone.

    The likelihood sees the mean as given: taught by it too, the mean would stop fitting what it finds hard
    (Seitzer et al. 2022).
    """
    mean, log_variance = split_risk(outputs)
    known = ~targets.isnan()
    error = (mean - targets.nan_to_num(0.0)).square()
    likelihood = log_variance + error.detach() * torch.exp(-log_variance)
    return _masked_mean(error, known) + 0.1 * _masked_mean(likelihood, known)


def split_risk(outputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Means and bounded log variances, (B, horizons) each, of risk outputs."""
    mean, log_variance = outputs.chunk(2, -1)
    return mean, log_variance.clamp(*LOG_VARIANCE_RANGE)


def _masked_mean(each: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    return (each * known).sum() / known.sum().clamp(min=1)
