"""Worker tasks: what is written and drawn in pictures, and in the figures of a PDF. Plain arrays only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from smalti.ingest.parse.contract import Parsed, Piece
from smalti.platform import weights
from smalti.platform.errors import WeightsError
from smalti.platform.records import EvidenceKind, Json
from smalti.platform.settings import Settings

CHARTS = "2"
"""Version of the chart reader, part of the version of what it reads."""
_LEAST_POINTS = 2  # a chart of fewer values says nothing that its words do not


def model(settings: Settings) -> str | None:
    """Name of the models pictures are read with, for the document's version; None where there are none."""
    name = _model() if settings.ocr else None
    return f"{name}-charts-{CHARTS}" if name else None


def read_picture(rgb_path: Path, *, lossy: bool, width: int) -> dict[str, Any]:
    """Worker task: the words, charts and hints of forgery in a picture (`.npy`, uint8, (H, W, 3)).

    Args:
        rgb_path: the decoded picture, perhaps smaller than it came.
        lossy: it came as JPEG or WebP.
        width: pixels across as it came.

    Returns:
        `lines` (text, box, score), `charts` (payload, text, box), `picture_kind` (kind, score), `forensics`;
        boxes in pixels of the array, those of charts in pixels of the picture as it came.
    """
    from smalti.ingest.forensics import forensics
    from smalti.ingest.picture_kind import picture_kind

    rgb = np.load(rgb_path, allow_pickle=False)
    lines = _written(rgb)
    hints = forensics(rgb, lossy=lossy, shrunk=width != rgb.shape[1], lines=lines)
    kind, score = picture_kind(rgb, lines)
    charts = _drawn(rgb, lines, width / rgb.shape[1]) if kind != "photo" else []
    looks = {"kind": kind, "score": round(score, 4)}
    return {"lines": lines, "charts": charts, "picture_kind": looks, "forensics": hints}


def read_figures(figures: Sequence[tuple[Path, Sequence[Mapping[str, Any]]]]) -> list[dict[str, Any]]:
    """Worker task: the words and charts of a PDF's figures.

    Args:
        figures: each an array (`.npy`, uint8, (H, W, 3)) and its lines (text, box, score in its pixels) where
            the PDF has them; without any, they are read from the pixels.

    Returns:
        `lines` and `charts` of each, as of `read_picture`.
    """
    out = []
    for path, known in figures:
        rgb = np.load(path, allow_pickle=False)
        lines = list(known) or _written(rgb)
        out.append({"lines": lines, "charts": _drawn(rgb, lines)})
    return out


def with_findings(parsed: Parsed, found: Mapping[str, Any]) -> Parsed:
    """The picture's own piece says what was read in it; each chart in it is a piece of its own."""
    (document,) = parsed.documents
    text = "\n".join(str(line["text"]) for line in found["lines"])
    more = {"ocr": list(found["lines"]), **{k: found[k] for k in ("picture_kind", "forensics")}}
    pieces = [
        replace(p, text=text, payload={**p.payload, **more}) if p.kind is EvidenceKind.IMAGE else p
        for p in document.pieces
    ]
    pictures = [p for p in pieces if p.kind is EvidenceKind.IMAGE]
    charts = [
        Piece(
            EvidenceKind.CHART, replace(p.locator, box=tuple(chart["box"])), chart["text"], chart["payload"]
        )
        for p in pictures[:1]
        for chart in found["charts"]
    ]
    return replace(parsed, documents=[replace(document, pieces=[*pieces, *charts])])


def figures_of(parsed: Parsed) -> list[tuple[str, Json]]:
    """Array name and payload of each figure of a PDF whose pixels were handed over."""
    return [
        (name, piece.payload)
        for document in parsed.documents
        for piece in document.pieces
        if (name := _array(piece)) in parsed.arrays
    ]


def with_figures(parsed: Parsed, found: Mapping[str, Mapping[str, Any]]) -> Parsed:
    """Figures that are charts become charts, the others say what is written in them.

    Args:
        parsed: a PDF's documents.
        found: array name to what `read_figures` found in it.
    """

    def read(piece: Piece) -> Piece:
        finding = found.get(_array(piece))
        payload = {k: v for k, v in piece.payload.items() if k != "lines"}
        if finding is None:
            return replace(piece, payload=payload)
        text = piece.text or "\n".join(str(line["text"]) for line in finding["lines"])
        if not finding["charts"]:
            return replace(piece, text=text, payload=payload)
        first, *others = finding["charts"]
        payload = {**payload, **first["payload"]}
        if others:
            payload["more"] = [c["payload"] for c in others]
        words = "\n".join([c["text"] for c in finding["charts"]])
        return replace(piece, kind=EvidenceKind.CHART, text=words, payload=payload)

    documents = [replace(d, pieces=[read(p) for p in d.pieces]) for d in parsed.documents]
    return replace(parsed, documents=documents)


def _array(piece: Piece) -> str:
    number = piece.payload.get("figure")
    return f"figure_{number}" if isinstance(number, int) else ""


def _written(rgb: Any) -> list[dict[str, Any]]:
    from smalti.ingest import ocr

    return [
        {"text": line.text, "box": list(line.box), "score": round(line.score, 4)} for line in ocr.read(rgb)
    ]


def _drawn(rgb: Any, lines: Sequence[Mapping[str, Any]], scale: float = 1.0) -> list[dict[str, Any]]:
    from smalti.ingest.charts.reading import read_charts
    from smalti.ingest.ocr import Line

    words = [Line(str(n["text"]), tuple(n["box"]), float(n["score"])) for n in lines]
    charts = [c for c in read_charts(rgb, words) if sum(len(s.points) for s in c.series) >= _LEAST_POINTS]
    placed = [c.placed((scale, scale)) for c in charts]
    return [{"payload": c.payload(), "text": c.text(), "box": list(c.box)} for c in placed]


@cache
def _model() -> str | None:
    try:
        return f"rapidocr-{weights.resolve('rapidocr').sha256[:8]}"
    except WeightsError:
        return None
