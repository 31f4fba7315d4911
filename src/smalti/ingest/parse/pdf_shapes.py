"""What is drawn on a PDF page beside its text: rules, shaded bands, pictures and other marks.

All coordinates are PDF points in the page as shown, origin at the top left.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from smalti.ingest.parse.pdf_text import Canvas, Floats

MAX_OBJECTS = 60_000  # on one page, nested ones included
MAX_SEGMENTS = 4_000  # of one path
_THIN = 2.0  # points; a filled box no thicker than this is a rule
_DEPTH = 6  # of forms within forms
_PLAIN = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])


@dataclass(slots=True)
class Shapes:
    """Boxes of what is drawn, each an (N, 4) array of x0, top, x1, bottom.

    Attributes:
        across: horizontal rules (their height is about 0).
        down: vertical rules (their width is about 0).
        bands: filled boxes that are not white.
        marks: everything with a slope or a curve.
        pictures: raster images, with `pixels` (width, height) beside each.
        cut_short: the page has more objects than `MAX_OBJECTS`.
    """

    across: Floats
    down: Floats
    bands: Floats
    marks: Floats
    pictures: Floats
    pixels: list[tuple[int, int]]
    cut_short: bool = False


@dataclass(slots=True)
class _Found:
    strokes: list[tuple[float, float, float, float]] = field(default_factory=list)
    bands: list[tuple[float, float, float, float]] = field(default_factory=list)
    marks: list[tuple[float, float, float, float]] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float]] = field(default_factory=list)
    pixels: list[tuple[int, int]] = field(default_factory=list)


def read_shapes(page: pdfium.PdfPage, canvas: Canvas) -> Shapes:
    """All shapes of a page, those inside forms too."""
    found = _Found()
    seen = 0
    for kind, obj, matrix in _walk(page):
        seen += 1
        if seen > MAX_OBJECTS:
            break
        if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            _read_path(obj, matrix, found)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            _read_picture(obj, matrix, found)
    strokes = _to_page(found.strokes, canvas)
    wide, high = strokes[:, 2] - strokes[:, 0], strokes[:, 3] - strokes[:, 1]
    return Shapes(
        across=strokes[(high <= _THIN) & (wide > 2 * _THIN)],
        down=strokes[(wide <= _THIN) & (high > 2 * _THIN)],
        bands=_to_page(found.bands, canvas),
        marks=_to_page(found.marks, canvas),
        pictures=_to_page(found.pictures, canvas),
        pixels=found.pixels,
        cut_short=seen > MAX_OBJECTS,
    )


def _to_page(corners: list[tuple[float, float, float, float]], canvas: Canvas) -> Floats:
    return canvas.boxes(np.array(corners, dtype=np.float64).reshape(-1, 4))


def _walk(page: pdfium.PdfPage) -> Iterator[tuple[int, Any, Floats]]:
    """Each drawn object with its kind and the matrix from its container to the page."""
    raw, get = page.raw, pdfium_c.FPDFPage_GetObject
    objects = (get(raw, i) for i in range(pdfium_c.FPDFPage_CountObjects(raw)))
    yield from _unfold(objects, _PLAIN, 0)


def _unfold(objects: Iterable[Any], matrix: Floats, depth: int) -> Iterator[tuple[int, Any, Floats]]:
    kind_of, text, form = (
        pdfium_c.FPDFPageObj_GetType,
        pdfium_c.FPDF_PAGEOBJ_TEXT,
        pdfium_c.FPDF_PAGEOBJ_FORM,
    )
    for obj in objects:
        kind = kind_of(obj)
        if kind == text:
            continue
        if kind != form:
            yield kind, obj, matrix
        elif depth < _DEPTH:
            count = max(0, pdfium_c.FPDFFormObj_CountObjects(obj))
            inside = (pdfium_c.FPDFFormObj_GetObject(obj, i) for i in range(count))
            yield from _unfold(inside, _multiply(_matrix_of(obj), matrix), depth + 1)


def _matrix_of(obj: Any) -> Floats:
    raw = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(obj, raw):
        return _PLAIN
    return np.array([raw.a, raw.b, raw.c, raw.d, raw.e, raw.f])


def _multiply(first: Floats, then: Floats) -> Floats:
    a, b, c, d, e, f = first.tolist()
    x, y = _apply(then, e, f)
    p, q, r, s = then[:4].tolist()
    return np.array([a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, x, y])


def _apply(matrix: Floats, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix.tolist()
    return a * x + c * y + e, b * x + d * y + f


def _box_of(obj: Any, matrix: Floats) -> tuple[float, float, float, float] | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium_c.FPDFPageObj_GetBounds(obj, *sides):
        return None
    left, bottom, right, top = (s.value for s in sides)
    if matrix is _PLAIN:
        return left, bottom, right, top
    corners = [_apply(matrix, x, y) for x in (left, right) for y in (bottom, top)]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _read_picture(obj: Any, matrix: Floats, found: _Found) -> None:
    box = _box_of(obj, matrix)
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    if box and pdfium_c.FPDFImageObj_GetImagePixelSize(obj, wide, high):
        found.pictures.append(box)
        found.pixels.append((wide.value, high.value))


def _read_path(obj: Any, matrix: Floats, found: _Found) -> None:
    box = _box_of(obj, matrix)
    if box is None:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(obj, fill, stroke)
    if not fill.value and not stroke.value:
        return  # a clipping path
    if (fill.value and not stroke.value) and _is_white(obj):
        return
    if box[2] - box[0] <= _THIN or box[3] - box[1] <= _THIN:
        found.strokes.append(box)
        return
    edges = _edges(obj, matrix)
    if edges is None:
        found.marks.append(box)
    elif fill.value:
        found.bands.append(box) if len(edges) <= 5 else found.bands.extend(_boxes_of_edges(edges))
        if stroke.value:
            found.strokes.extend(edges)
    else:
        found.strokes.extend(edges)


def _is_white(obj: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetFillColor(obj, red, green, blue, alpha):
        return False
    return alpha.value < 8 or min(red.value, green.value, blue.value) > 250


def _edges(obj: Any, matrix: Floats) -> list[tuple[float, float, float, float]] | None:
    """The path's segments if all are upright or level, else None."""
    count = pdfium_c.FPDFPath_CountSegments(obj)
    if not 0 < count <= MAX_SEGMENTS:
        return None
    own = _matrix_of(obj)
    whole = own if matrix is _PLAIN else _multiply(own, matrix)
    edges: list[tuple[float, float, float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for i in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(obj, i)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_BEZIERTO:
            return None
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        point = _apply(whole, x.value, y.value)
        steps = []
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            start = point
        else:
            steps.append((last, point))
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            steps.append((point, start))
        for (ax, ay), (bx, by) in steps:
            if abs(ax - bx) > 0.7 and abs(ay - by) > 0.7:
                return None
            edges.append((ax, ay, bx, by))
        last = point
    return edges


def _boxes_of_edges(
    edges: list[tuple[float, float, float, float]],
) -> list[tuple[float, float, float, float]]:
    """The boxes drawn one after another by one path, four edges each."""
    boxes = []
    for i in range(0, len(edges) - 3, 4):
        xs = [v for e in edges[i : i + 4] for v in (e[0], e[2])]
        ys = [v for e in edges[i : i + 4] for v in (e[1], e[3])]
        boxes.append((min(xs), min(ys), max(xs), max(ys)))
    return boxes
