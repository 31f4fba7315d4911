"""What others published on the same data, to stand beside our figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A figure of somebody else's.

    Attributes:
        name: of the method.
        figures: by name of the figure, as in the table it stands beside.
        source: who published it.
        differs: how it was measured otherwise than ours; empty where the protocol is the same.
    """

    name: str
    figures: Mapping[str, float]
    source: str
    differs: str = ""


_NEW_TEXTS = "fine-tuned on a training part of this set; ours judges held-out folds with a frozen encoder"

PUBLISHED: Mapping[str, Sequence[Published]] = {
    "published.maec16": (
        Published("MDRM", {"mse": 0.618}, "Qin and Yang 2019"),
        Published("HTML", {"mse": 0.556}, "Yang et al. 2020"),
        Published("KeFVP", {"mse": 0.318}, "Niu et al. 2023"),
    ),
    "sentiment.PhraseBank": (
        Published("FinBERT", {"accuracy": 0.86, "macro_f1": 0.84}, "Araci 2019", _NEW_TEXTS),
    ),
    "sentiment.FiQA": (Published("FinBERT", {"mse": 0.07, "r2": 0.55}, "Araci 2019", _NEW_TEXTS),),
    "fraud": (
        Published(
            "RUSBoost",
            {"auc": 0.725, "ndcg_1pct": 0.049},
            "Bao et al. 2020",
            "on 28 raw line items of many more firm-years, 2003 to 2008",
        ),
    ),
}
"""By the key of our table (`Section.key`)."""
