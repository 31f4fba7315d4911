"""Measure the shipped weights and write their figures and model card beside them.

Run from the repository's root: `python bench/fusion.py [folder of weights]`. Needs SMALTI_DATA (default
../shared/data) and, the first time, some minutes to embed 110,000 sentences.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import torch

from smalti.models.datasets.vectors import CachedEncoders
from smalti.models.evaluation.card import model_card
from smalti.models.evaluation.report import evaluate
from smalti.models.versions import SHIPPED


def main() -> None:
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    data = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[2] / "shared" / "data"))
    encoders = CachedEncoders()
    figures = evaluate(data, folder, encoders.texts, encoders.images)
    (folder / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    (folder / "MODEL_CARD.md").write_text(model_card(figures), encoding="utf-8")
    print(model_card(figures))


if __name__ == "__main__":
    main()
