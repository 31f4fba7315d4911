"""What the model sees: a case is one issuer, one `as_of`, and a token for each piece known by then.

A token carries the *raw* features of its modality (an embedding, or named measures with NaN where one is
unknown) and, beside them, where it came from and how old it is. Scaling, and what a model does with an
unknown measure, belong to the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from smalti.platform.records import Modality, SourceKind
from smalti.platform.voice_measures import MEASURES

Floats = npt.NDArray[np.float32]
"""A float32 array; its shape is told where it is used."""

TEXT_SIZE = 384
"""Length of a MiniLM sentence embedding."""

IMAGE_SIZE = 1280
"""Length of an EfficientNet-lite0 embedding."""

VOL_WINDOWS: tuple[int, ...] = (3, 7, 15, 30, 60, 120, 250)
"""Trading days over which past volatility is measured."""

PRICE_FEATURES: tuple[str, ...] = (
    *(f"log_vol_{days}" for days in VOL_WINDOWS),
    "log_jump_1",
    "log_jump_4",
    "log_last_move",
)
"""Names of the price features, in order; see `smalti.models.prices.price_features`."""

RATIOS: tuple[str, ...] = ("ta", "roa", "cfo", "size", "lev", "mtb", "inv_at", "d_sale", "d_ar", "ppe")
"""The accounting ratios of one fiscal year, in order; see `smalti.models.checks.ratios`."""

NAMED_FEATURES: Mapping[Modality, tuple[str, ...]] = {
    Modality.VOICE: MEASURES,
    Modality.FACT: RATIOS,
    Modality.PRICE: PRICE_FEATURES,
}
"""Modalities whose features have names, and may be NaN where unknown."""

RAW_SIZES: Mapping[Modality, int] = {
    Modality.TEXT: TEXT_SIZE,
    Modality.IMAGE: IMAGE_SIZE,
    **{modality: len(names) for modality, names in NAMED_FEATURES.items()},
}
"""Length of a token's vector, by modality."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A modality as it comes from one kind of source: what the head table speaks of."""

    modality: Modality
    source: SourceKind

    def __str__(self) -> str:
        return f"{self.modality}@{self.source}"

    @classmethod
    def parse(cls, text: str) -> Pair:
        """Inverse of `str`: `voice@call`."""
        modality, source = text.split("@")
        return cls(Modality(modality), SourceKind(source))


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """One piece of evidence in one modality.

    Attributes:
        vector: (RAW_SIZES[modality],) float32; NaN marks an unknown named measure and is refused elsewhere.
        age_days: days from the evidence's `available_at` to the case's `as_of`, at least 0.
        position: where in its document it stands, from 0 (start) to 1 (end). For facts: 0 for the latest
            fiscal year, .1 for the one before, and so on.
    """

    modality: Modality
    source: SourceKind
    vector: Floats
    age_days: float
    position: float
    evidence_id: str

    def __post_init__(self) -> None:
        """Refuse what no encoder makes.

        Raises:
            ValueError: wrong length, a negative age (the future), or NaN or infinity where not allowed.
        """
        if self.vector.shape != (RAW_SIZES[self.modality],):
            raise ValueError(
                f"a {self.modality} vector has {RAW_SIZES[self.modality]} numbers, not "
                f"{self.vector.shape} ({self.evidence_id})"
            )
        if not self.age_days >= 0:
            raise ValueError(f"evidence {self.evidence_id} is {self.age_days} days old: from after as_of")
        bad = np.isinf(self.vector) if self.modality in NAMED_FEATURES else ~np.isfinite(self.vector)
        if bad.any():
            raise ValueError(f"the {self.modality} vector of {self.evidence_id} is not finite")

    @property
    def pair(self) -> Pair:
        """Modality and source kind together."""
        return Pair(self.modality, self.source)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One issuer as of one moment, with what was available by then, in any order."""

    issuer_id: str
    as_of: datetime
    tokens: Sequence[Token]


def voice_vector(measures: Mapping[str, float | None]) -> Floats:
    """Voice measures of one sentence as a (29,) float32 vector in MEASURES' order, NaN where unknown."""
    return _named(measures, MEASURES)


def _named(values: Mapping[str, float | None], names: Sequence[str]) -> Floats:
    found = (values.get(name) for name in names)
    vector = np.array([np.nan if value is None else value for value in found], np.float32)
    vector[np.isinf(vector)] = np.nan
    return vector
