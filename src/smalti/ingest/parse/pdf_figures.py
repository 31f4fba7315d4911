"""Figures of a PDF page: raster pictures and charts drawn as vectors, each cut out as a PNG."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image

from smalti.ingest.parse.pdf_bars import find_bars
from smalti.ingest.parse.pdf_cells import Cell, cells_of
from smalti.ingest.parse.pdf_shapes import Shapes
from smalti.ingest.parse.pdf_text import Canvas, Floats, Word, bounds, visual_rows
from smalti.platform.records import Box

MAX_PIXELS = 4_000_000  # of one crop
READ_SIDE = 1_600  # pixels; of the copy in which words and charts are read
_SIDE = 48.0  # points; anything smaller is a logo, a bullet or an icon
_CHART = (100.0, 70.0)  # points; the smallest chart drawn as vectors
_REACH = 14.0  # points between marks of one chart
_MOST_MARKS = 5_000
_RIM = 3.0  # points of the page kept around a chart
_TITLE = 40.0  # points above a chart in which its title stands
_LABEL = 14  # words; a longer line beside a chart is prose


@dataclass(frozen=True, slots=True)
class Figure:
    """Where a figure lies. `key` is the same for the same picture on another page."""

    box: Box
    origin: str  # "raster" | "vector"
    key: tuple[int, ...]
    scale: float  # pixels a point at which nothing is lost


def find_figures(words: Sequence[Word], shapes: Shapes, canvas: Canvas) -> list[Figure]:
    """Raster pictures large enough to say something, and vector charts: curves or bars with numbers."""
    figures = [f for f in _rasters(shapes, canvas) if not (words and _covers(f.box, canvas))]
    for box in _charts(words, shapes, canvas):
        if not any(_overlap(box, f.box) > 0.5 for f in figures):
            figures.append(Figure(box, "vector", (), 2.0))
    return figures


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a page: its PNG and its pixels, uint8 (height, width, 3)."""

    png: bytes
    rgb: NDArray[np.uint8]


def cut_out(page: pdfium.PdfPage, canvas: Canvas, box: Box, scale: float) -> Crop:
    """A part of the page as a picture of at most `MAX_PIXELS`.

    Raises:
        PdfiumError: the page cannot be drawn.
    """
    x0, top = max(0.0, box[0]), max(0.0, box[1])
    x1, bottom = min(canvas.width, box[2]), min(canvas.height, box[3])
    area = max((x1 - x0) * (bottom - top), 1.0)
    # The whole page is drawn at this scale before the crop, so both are kept under the limit.
    scale = min(scale, math.sqrt(MAX_PIXELS / area), 16_000 / max(canvas.width, canvas.height))
    crop = (x0, canvas.height - bottom, canvas.width - x1, top)
    bitmap = page.render(scale=scale, crop=crop)
    try:
        image = bitmap.to_pil().convert("RGB")
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=4)
        return Crop(out.getvalue(), np.asarray(image, dtype=np.uint8))
    finally:
        bitmap.close()


def to_be_read(crop: Crop) -> NDArray[np.uint8]:
    """The pixels a chart is read from: at most `READ_SIDE` a side."""
    factor = READ_SIDE / max(crop.rgb.shape[:2])
    if factor >= 1:
        return crop.rgb
    size = (max(1, round(crop.rgb.shape[1] * factor)), max(1, round(crop.rgb.shape[0] * factor)))
    return np.asarray(Image.fromarray(crop.rgb).resize(size, Image.Resampling.BOX), dtype=np.uint8)


def lines_within(words: Sequence[Word], box: Box, rgb: NDArray[np.uint8]) -> list[dict[str, Any]]:
    """The page's own words in a figure as a chart's reader takes them: `text`, `box` in pixels, `score` 1."""
    across, down = rgb.shape[1] / (box[2] - box[0]), rgb.shape[0] / (box[3] - box[1])
    out: list[dict[str, Any]] = []
    for row in visual_rows(words):
        for cell in cells_of(row, gap=0.7):
            x0, top, x1, bottom = cell.box
            placed = [(x0 - box[0]) * across, (top - box[1]) * down, (x1 - box[0]) * across]
            placed.append((bottom - box[1]) * down)
            out.append({"text": cell.text, "box": [round(v, 1) for v in placed], "score": 1.0})
    return out


def _rasters(shapes: Shapes, canvas: Canvas) -> list[Figure]:
    page = (0.0, 0.0, canvas.width, canvas.height)
    figures = []
    for box, pixels in _joined(shapes):
        shown = _common(box, page)
        if shown is None or min(shown[2] - shown[0], shown[3] - shown[1]) < _SIDE or min(pixels) < _SIDE:
            continue
        scale = min(max(pixels[0] / (box[2] - box[0]), 1.0), 3.0)
        key = (*pixels, round(shown[2] - shown[0]), round(shown[3] - shown[1]))
        figures.append(Figure(shown, "raster", key, scale))
    return figures


def _joined(shapes: Shapes) -> list[tuple[Box, tuple[int, int]]]:
    """Pictures, those cut into touching strips put together again."""
    out: list[tuple[Box, tuple[int, int]]] = []
    for row, pixels in zip(shapes.pictures.tolist(), shapes.pixels, strict=True):
        x0, top, x1, bottom = row
        if out:
            (a, b, c, d), (wide, high) = out[-1]
            if abs(a - x0) < 1 and abs(c - x1) < 1 and abs(d - top) < 1.5:
                out[-1] = ((a, b, c, bottom), (max(wide, pixels[0]), high + pixels[1]))
                continue
        out.append(((x0, top, x1, bottom), pixels))
    return out


def _charts(words: Sequence[Word], shapes: Shapes, canvas: Canvas) -> list[Box]:
    sets = find_bars(words, shapes)
    bars = np.array([_around(one) for one in sets]).reshape(-1, 4)
    charts: list[Box] = []
    for group in _groups(np.vstack([bars, _big_enough(shapes.marks)])[:_MOST_MARKS]):
        barred = (group[:, None] == bars).all(axis=2).any()
        if len(group) < 3 and not barred:
            continue
        box = _with_axes(_around(group), shapes)
        if box[2] - box[0] < _CHART[0] or box[3] - box[1] < _CHART[1]:
            continue
        near = _labels(words, box)
        if sum(any(ch.isdigit() for ch in w.text) for w in near) < 3 or len(near) > 200:
            continue  # a drawing without numbers is decoration; a frame around prose is no chart
        x0, top, x1, bottom = bounds([box, *near])
        whole = (0.0, 0.0, canvas.width, canvas.height)
        shown = _common((x0 - _RIM, top - _RIM, x1 + _RIM, bottom + _RIM), whole)
        if shown:
            charts.append(shown)
    return charts


def _around(boxes: Floats) -> Box:
    return bounds([tuple(row) for row in boxes.tolist()])


def _big_enough(marks: Floats) -> Floats:
    side = np.maximum(marks[:, 2] - marks[:, 0], marks[:, 3] - marks[:, 1])
    return marks[side > 2.0]


def _labels(words: Sequence[Word], box: Box) -> list[Word]:
    """Words in a chart's box or close to it and its title, less lines of prose beside it."""
    out: list[Word] = []
    for row in visual_rows([w for w in words if box[1] - _TITLE < w.top and w.bottom < box[3] + 24]):
        for cell in cells_of(row, gap=1.5):
            own = [w for w in row if w.order in cell.orders]
            near = all(_near(w, box) for w in own) or _is_title(cell, box)
            if near and len(own) <= _LABEL:
                out += own
    return out


def _is_title(cell: Cell, box: Box) -> bool:
    off = abs(cell.x0 + cell.x1 - box[0] - box[2]) / 2
    return cell.box[3] < box[1] + 2 and cell.x0 > box[0] and off < 0.1 * (box[2] - box[0])


def _groups(boxes: Floats) -> list[Floats]:
    """Boxes parted into groups no box of which is within `_REACH` of another group's."""
    waiting = np.ones(len(boxes), dtype=bool)
    groups = []
    while waiting.any():
        inside = np.zeros(len(boxes), dtype=bool)
        inside[np.flatnonzero(waiting)[0]] = True
        while True:
            part = boxes[inside]
            x0, top = part[:, :2].min(axis=0) - _REACH
            x1, bottom = part[:, 2:].max(axis=0) + _REACH
            touching = (boxes[:, 0] < x1) & (boxes[:, 2] > x0) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
            grown = inside | (touching & waiting)
            if (grown == inside).all():
                break
            inside = grown
        waiting &= ~inside
        groups.append(boxes[inside])
    return groups


def _with_axes(box: Box, shapes: Shapes) -> Box:
    """The box with the rules that touch it, and the rules that touch those: grid, then axes."""
    rules = np.vstack([shapes.across, shapes.down])
    wide, high = 2 * (box[2] - box[0]), 2 * (box[3] - box[1])
    rules = rules[(rules[:, 2] - rules[:, 0] < wide) & (rules[:, 3] - rules[:, 1] < high)]
    for _ in range(2):
        x0, top, x1, bottom = box
        close = (
            (rules[:, 0] < x1 + 8)
            & (rules[:, 2] > x0 - 8)
            & (rules[:, 1] < bottom + 8)
            & (rules[:, 3] > top - 8)
        )
        box = bounds([box, *(tuple(r) for r in rules[close].tolist())])
    return box


def _near(word: Word, box: Box) -> bool:
    return (
        box[0] - 40 < word.x0
        and word.x1 < box[2] + 40
        and box[1] - 24 < word.top
        and word.bottom < box[3] + 24
    )


def _covers(box: Box, canvas: Canvas) -> bool:
    return (box[2] - box[0]) * (box[3] - box[1]) > 0.85 * canvas.width * canvas.height


def _common(one: Box, two: Box) -> Box | None:
    x0, top, x1, bottom = max(one[0], two[0]), max(one[1], two[1]), min(one[2], two[2]), min(one[3], two[3])
    return (round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2)) if x0 < x1 and top < bottom else None


def _overlap(one: Box, two: Box) -> float:
    """Shared area as a part of the first box."""
    both = _common(one, two)
    if both is None:
        return 0.0
    return (both[2] - both[0]) * (both[3] - both[1]) / max((one[2] - one[0]) * (one[3] - one[1]), 1e-6)
