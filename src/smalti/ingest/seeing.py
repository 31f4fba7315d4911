"""Worker task: what is written and drawn in a picture. Plain arrays only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from smalti.ingest.parse.contract import Parsed
from smalti.platform import weights
from smalti.platform.errors import WeightsError
from smalti.platform.records import EvidenceKind
from smalti.platform.settings import Settings


def model(settings: Settings) -> str | None:
    """Name of the model pictures are read with, for the document's version; None where there is none."""
    return _model() if settings.ocr else None


def read_picture(rgb_path: Path) -> list[dict[str, Any]]:
    """Worker task: the lines of text in a picture (`.npy`, uint8, (H, W, 3)), with box and score."""
    from smalti.ingest import ocr

    return [
        {"text": line.text, "box": list(line.box), "score": round(line.score, 4)}
        for line in ocr.read(np.load(rgb_path, allow_pickle=False))
    ]


def with_text(parsed: Parsed, lines: Sequence[Mapping[str, Any]]) -> Parsed:
    """The picture's own piece says what OCR read in it, so that picture and words are cited together."""
    (document,) = parsed.documents
    text = "\n".join(str(line["text"]) for line in lines)
    named = [
        replace(p, text=text, payload={**p.payload, "ocr": list(lines)})
        if p.kind is EvidenceKind.IMAGE
        else p
        for p in document.pieces
    ]
    return replace(parsed, documents=[replace(document, pieces=named)])


@cache
def _model() -> str | None:
    try:
        return f"rapidocr-{weights.resolve('rapidocr').sha256[:8]}"
    except WeightsError:
        return None
