"""Scoring cases with trained heads, one case at a time so that no case can depend on its batch-mates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch

from smalti.models import checkpoint
from smalti.models.calibration import Reading, read
from smalti.models.case import Case, Floats, Pair
from smalti.models.checkpoint import HeadModel
from smalti.models.heads import HEADS, HORIZONS, Head
from smalti.models.packing import Batch, collate, pack
from smalti.models.versions import SHIPPED, weights_files
from smalti.platform.errors import WeightsError
from smalti.platform.records import SignalKind


@dataclass(frozen=True, slots=True)
class Score:
    """One number of one case.

    Attributes:
        kind: risk, fraud or sentiment.
        horizon_days: trading days ahead; 0 for about now.
        value: risk: annualised volatility as a fraction; fraud: probability; sentiment: [-1, 1]; None when
            there is nothing to go on, with `reason` saying why.
        low, high: 90% interval.
        percentile: 0-100 against the reference distribution stored with the model, where it has one.
        used: pairs that were looked at, as `text@call`.
        missing: pairs the head knows and the case has not.
        not_trained: pairs the case has and the head was never taught; they cannot have moved it.
        in_sample: `as_of` is not after `trained_through`.
        details: sentiment: probability of each class.
    """

    kind: SignalKind
    horizon_days: int
    value: float | None
    low: float | None
    high: float | None
    percentile: float | None
    used: tuple[str, ...]
    missing: tuple[str, ...]
    not_trained: tuple[str, ...]
    trained_through: date | None
    in_sample: bool
    reason: str | None
    details: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Prediction:
    """All scores of one case: risk at each horizon, fraud, sentiment."""

    issuer_id: str
    scores: tuple[Score, ...]


class Predictor:
    """Trained heads, ready to score.

    Attributes:
        version: names the weights; the same bytes, the same version.
        trained: for each head, the pairs it was trained on; empty for a head whose weights are not there.
        trained_through: last label date, by head that is there.
    """

    def __init__(self, models: Sequence[HeadModel], version: str, device: str = "cpu") -> None:
        self.version = version
        self.models = {model.head.kind: model for model in models}
        self.trained: dict[SignalKind, tuple[Pair, ...]] = {
            head.kind: head.pairs if head.kind in self.models else () for head in HEADS
        }
        self.trained_through = {kind: model.trained_through for kind, model in self.models.items()}
        self._device = torch.device(device)
        for model in models:
            for network in model.networks:
                network.to(self._device)

    @classmethod
    def load(cls, path: Path | None = None, device: str = "cpu") -> Predictor:
        """Load the weights in folder `path`, or those that come with the package.

        Raises:
            WeightsError: there are none, or they cannot be used.
        """
        files = weights_files(path)
        if not files:
            raise WeightsError("no weights there", subject=str(path or SHIPPED), mend="run smalti train")
        found = [checkpoint.read(file) for file in files]
        version = "+".join(f"{file.stem}-{digest}" for file, (_, digest) in zip(files, found, strict=True))
        return cls([model for models, _ in found for model in models], version, device)

    def predict(self, cases: Sequence[Case]) -> list[Prediction]:
        """Score cases, in order. A case's scores depend on that case alone, to the last bit."""
        return [
            Prediction(case.issuer_id, tuple(score for head in HEADS for score in self._scores(head, case)))
            for case in cases
        ]

    def _scores(self, head: Head, case: Case) -> Iterator[Score]:
        model = self.models.get(head.kind)
        here = {token.pair for token in case.tokens}
        known = [] if model is None else [pair for pair in head.pairs if pair in here]
        missing = () if model is None else tuple(str(p) for p in head.pairs if p not in here)
        foreign = tuple(sorted(str(pair) for pair in here if pair not in known))
        through = None if model is None else model.trained_through
        seen = through is not None and case.as_of.date() <= through
        readings: Sequence[Reading | None] = [None] * len(horizons(head))
        reason = None
        if model is None:
            reason = f"the weights of the {head.kind} head are not installed"
        elif not known:
            reason = f"nothing of what {head.kind} is scored from: {', '.join(map(str, head.pairs))}"
        else:
            packed = pack(case, head.pairs)
            batch = collate([packed]).to(self._device)
            readings = read(head, _outputs(model, batch), packed.pattern, model.table)
        for reading, horizon in zip(readings, horizons(head), strict=True):
            yield Score(
                kind=head.kind,
                horizon_days=horizon,
                value=None if reading is None else reading.value,
                low=None if reading is None else reading.low,
                high=None if reading is None else reading.high,
                percentile=None if reading is None else reading.percentile,
                used=tuple(map(str, known)),
                missing=missing,
                not_trained=foreign,
                trained_through=through,
                in_sample=seen,
                reason=reason,
                details={} if reading is None else reading.details,
            )


def _outputs(model: HeadModel, batch: Batch) -> Floats:
    """(members, outputs) of one case."""
    with torch.inference_mode():
        return torch.stack([network(batch)[0] for network in model.networks]).cpu().numpy()


def horizons(head: Head) -> tuple[int, ...]:
    """Trading days ahead of each score of a head; 0 for about now."""
    return HORIZONS if head.kind is SignalKind.RISK else (0,)
