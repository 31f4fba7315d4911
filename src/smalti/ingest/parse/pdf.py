"""PDF filings: paragraphs, tables and figures with their page and box, in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from smalti.ingest.annotate import annotate
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Request
from smalti.ingest.parse.pdf_cover import read_cover, read_date
from smalti.ingest.parse.pdf_figures import (
    Crop,
    Figure,
    cut_out,
    find_figures,
    lines_within,
    to_be_read,
)
from smalti.ingest.parse.pdf_hidden import Seen, told_apart
from smalti.ingest.parse.pdf_shapes import read_shapes
from smalti.ingest.parse.pdf_tables import find_tables
from smalti.ingest.parse.pdf_text import Canvas, Word, paragraphs, read_words, visual_rows
from smalti.platform.errors import Empty, Encrypted, Malformed, TooLarge
from smalti.platform.records import Box, DateMethod, EvidenceKind, Locator, SourceKind

PARSER = "pdf"
VERSION = "5"

MAX_SCANS = 40
"""Pages without text kept as pictures, for OCR; further ones are only named in `partial`."""
MAX_FIGURES = 150
MAX_READ, MAX_READ_PIXELS = 30, 30_000_000
"""Figures, and pixels of them in all, that are handed over for reading the charts in them."""
_SCAN_SCALE = 2.0  # pixels a point: 144 dpi
_REPEATS = 3  # pages; a picture seen on as many is a logo
_MARGIN = 0.1  # of the page height, where running heads and feet stand


@dataclass(slots=True)
class _Item:
    """A piece before its characters are counted."""

    order: float
    piece: Piece
    margin: str = ""  # a line in the page's margin, digits blanked, to find running heads
    key: tuple[int, ...] = ()  # a raster picture's, to find logos


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    request: Request
    items: list[_Item] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    cover: list[list[str]] = field(default_factory=list)
    seen: Counter[tuple[int, ...]] = field(default_factory=Counter)
    scans: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    crops: dict[str, NDArray[np.uint8]] = field(default_factory=dict)


def parse(raw: bytes, request: Request) -> Parsed:
    """One document with a piece for each paragraph, table and figure.

    Offsets in `Locator.chars` count in the pieces' texts joined by a blank line, pieces without text left
    out. Pages count from 0; boxes are points of the page as shown, origin at the top left. A table's header
    cell set over several columns has `span` in its payload. Figures are PNG crops with payload `width`,
    `height` (pixels) and `origin` (`raster`, `vector`, or `scan` for a whole page without text); the first
    also have `figure`, the number n of their pixels in `arrays["figure_n"]`, and `lines`, the page's own
    words in those pixels, for reading the charts in them. Paragraphs that readers cannot see have `hidden`,
    which says why. All payloads
    tell of section and heading, those of tables of paths, periods and scale too, as `annotate` says.

    Raises:
        Empty: no bytes, or no page with anything on it.
        Malformed: not a PDF, or cut short so that it cannot be read.
        Encrypted: a password is needed.
        TooLarge: over `request.limits` in bytes or pages.
    """
    if len(raw) > request.limits.max_bytes:
        raise TooLarge(
            f"{len(raw)} bytes, the limit is {request.limits.max_bytes}",
            subject=request.name,
            mend="raise the byte limit or split the file",
        )
    document = _open(raw, request)
    try:
        count = len(document)
        if count > request.limits.max_pages:
            raise TooLarge(
                f"{count} pages, the limit is {request.limits.max_pages}",
                subject=request.name,
                mend="raise the page limit or split the file",
            )
        reading = _Reading(request)
        for number in range(count):
            _read_page_safely(document, number, reading)
    finally:
        document.close()
    if b"%%EOF" not in raw[-4096:]:
        reading.faults.append("the file has no end mark and may be cut short")
    whole = _finish(reading, count)
    wanted = {f"figure_{p.payload['figure']}" for p in whole.pieces if "figure" in p.payload}
    return Parsed([whole], arrays={k: v for k, v in reading.crops.items() if k in wanted})


def _open(raw: bytes, request: Request) -> pdfium.PdfDocument:
    if not raw:
        raise Empty("the file has no bytes", subject=request.name, mend="fetch it again")
    if b"%PDF-" not in raw[:1024]:
        raise Malformed(
            "not a PDF: it does not begin with %PDF-", subject=request.name, mend="check what was saved"
        )
    try:
        document = pdfium.PdfDocument(raw)
        count = len(document)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise Encrypted(
                "a password is needed", subject=request.name, mend="save a copy without a password"
            ) from error
        what = "damaged" if b"%%EOF" in raw[-4096:] else "cut short: its end is missing"
        raise Malformed(f"the PDF is {what}", subject=request.name, mend="fetch it again") from error
    if count == 0:
        document.close()
        raise Empty("the PDF has no pages", subject=request.name, mend="check what was saved")
    return document


def _read_page_safely(document: pdfium.PdfDocument, number: int, reading: _Reading) -> None:
    """Read one page; a page that fails costs that page."""
    reading.texts.append("")
    if number < 2:
        reading.cover.append([])
    try:
        page = document[number]
    except pdfium.PdfiumError as error:
        reading.faults.append(f"page {number + 1} could not be read ({error})")
        return
    try:
        _read_page(page, number, reading)
    except (pdfium.PdfiumError, ValueError) as error:
        reading.faults.append(f"page {number + 1} could not be read ({error})")
    finally:
        page.close()


def _read_page(page: pdfium.PdfPage, number: int, reading: _Reading) -> None:
    canvas = Canvas(page)
    seen = told_apart(page, canvas, read_words(page, canvas))
    words = list(seen.words)
    _keep_hidden(seen, number, reading)
    shapes = read_shapes(page, canvas)
    if shapes.cut_short:
        reading.faults.append(f"page {number + 1} has more drawn objects than are read")
    if any(w * h > reading.request.limits.max_pixels for w, h in shapes.pixels):
        reading.faults.append(f"page {number + 1} has a picture over the pixel limit, left out")
        figures = []
    else:
        figures = find_figures(words, shapes, canvas)
        if not words and (len(shapes.pictures) or len(shapes.marks)):
            _keep_scan(page, canvas, number, reading)
            return
    rows = [" ".join(w.text for w in row) for row in visual_rows(words)]
    reading.texts[number] = "\n".join(rows)
    if number < 2:
        reading.cover[number] = rows
    charted = [f for f in figures if f.origin == "vector"]
    free = [w for w in words if not any(_inside(w, f.box) for f in charted)]
    tables = find_tables(free, shapes, canvas.width)
    taken = set().union(*(t.orders for t in tables)) if tables else set()
    base = number * 1e6
    for table in tables:
        locator = Locator(page=number, box=table.box)
        piece = Piece(EvidenceKind.TABLE, locator, table.text(), table.payload())
        reading.items.append(_Item(base + min(table.orders), piece))
    for part in paragraphs([w for w in free if w.order not in taken]):
        piece = Piece(EvidenceKind.PARAGRAPH, Locator(page=number, box=part.box), part.text)
        edge = part.box[3] < _MARGIN * canvas.height or part.box[1] > (1 - _MARGIN) * canvas.height
        margin = re.sub(r"\d+", "#", part.text) if edge and len(part.text) < 200 else ""
        reading.items.append(_Item(base + part.order, piece, margin))
    for figure in figures:
        _keep_figure(page, canvas, number, figure, words, reading)


def _keep_hidden(seen: Seen, number: int, reading: _Reading) -> None:
    """What nobody sees is kept apart from what is said: no cover, table or date is read of it."""
    for why, words in seen.hidden.items():
        for part in paragraphs(words):
            locator = Locator(page=number, box=part.box)
            piece = Piece(EvidenceKind.PARAGRAPH, locator, part.text, {"hidden": why, "unverified": why})
            reading.items.append(_Item(number * 1e6 + part.order, piece))


def _keep_scan(page: pdfium.PdfPage, canvas: Canvas, number: int, reading: _Reading) -> None:
    reading.scans.append(number)
    if len(reading.scans) > MAX_SCANS:
        return
    box = (0.0, 0.0, round(canvas.width, 2), round(canvas.height, 2))
    piece = _picture(cut_out(page, canvas, box, _SCAN_SCALE), number, box, "scan", "")
    reading.items.append(_Item(number * 1e6, piece))


def _keep_figure(
    page: pdfium.PdfPage,
    canvas: Canvas,
    number: int,
    figure: Figure,
    words: Sequence[Word],
    reading: _Reading,
) -> None:
    if figure.key:
        reading.seen[figure.key] += 1
        if reading.seen[figure.key] >= _REPEATS:
            return
    if sum(item.piece.media is not None for item in reading.items) >= MAX_FIGURES:
        fault = f"more than {MAX_FIGURES} figures, the rest left out"
        if fault not in reading.faults:
            reading.faults.append(fault)
        return
    inside = [w for w in words if _inside(w, figure.box)]
    text = "\n".join(" ".join(w.text for w in row) for row in visual_rows(inside))
    before = [w.order for w in words if w.bottom <= figure.box[1] + 1]
    order = min((w.order for w in inside), default=max(before, default=-1)) + 0.5
    crop = cut_out(page, canvas, figure.box, figure.scale)
    drawn = figure.origin == "vector"
    piece = _picture(crop, number, figure.box, figure.origin, text if drawn else "")
    piece = _handed_over(piece, crop, inside if drawn else [], reading)
    reading.items.append(_Item(number * 1e6 + order, piece, key=figure.key))


def _picture(crop: Crop, number: int, box: Box, origin: str, text: str) -> Piece:
    payload = {"width": crop.rgb.shape[1], "height": crop.rgb.shape[0], "origin": origin}
    return Piece(EvidenceKind.IMAGE, Locator(page=number, box=box), text, payload, crop.png)


def _handed_over(piece: Piece, crop: Crop, words: Sequence[Word], reading: _Reading) -> Piece:
    """The piece with its pixels set aside for reading, while there is room for them."""
    rgb = to_be_read(crop)
    used = sum(a.shape[0] * a.shape[1] for a in reading.crops.values())
    if len(reading.crops) >= MAX_READ or used + rgb.shape[0] * rgb.shape[1] > MAX_READ_PIXELS:
        return piece
    number = len(reading.crops)
    reading.crops[f"figure_{number}"] = rgb
    box = piece.locator.box or (0.0, 0.0, 1.0, 1.0)
    lines = lines_within(words, box, rgb)
    return replace(piece, payload={**piece.payload, "figure": number, "lines": lines})


def _inside(word: Word, box: Box) -> bool:
    x = (word.x0 + word.x1) / 2
    return box[0] <= x <= box[2] and box[1] <= word.middle <= box[3]


def _finish(reading: _Reading, pages: int) -> ParsedDocument:
    pieces = _counted(_without_running(reading.items, reading.seen, pages))
    request = reading.request
    if not pieces:
        if reading.faults:
            raise Malformed(
                f"nothing could be read: {'; '.join(reading.faults[:3])}",
                subject=request.name,
                mend="open and save it anew",
            )
        raise Empty("no page has text or pictures", subject=request.name, mend="check what was saved")
    cover = read_cover(reading.cover, reading.texts)
    date = request.published_at or read_date(reading.texts)
    stated = request.date_method if request.published_at else DateMethod.TEXT
    return ParsedDocument(
        part="",
        kind=request.kind or SourceKind.FILING,
        title=cover.title or request.name,
        pieces=annotate(pieces, cover.hints.get("form", "")),
        published_at=date,
        date_method=stated if date else None,
        url=request.hints.get("url"),
        partial=_partial(reading),
        hints=cover.hints,
    )


def _without_running(items: list[_Item], seen: Counter[tuple[int, ...]], pages: int) -> list[Piece]:
    """Pieces in reading order, less running heads, page numbers and logos."""
    margins = Counter(item.margin for item in items if item.margin)
    often = max(_REPEATS, pages // 10)
    kept = [
        item
        for item in items
        if not (item.margin and (margins[item.margin] >= often or not any(c.isalpha() for c in item.margin)))
        and not (item.key and seen[item.key] >= _REPEATS)
    ]
    return [item.piece for item in sorted(kept, key=lambda item: item.order)]


def _counted(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with their place in the document's plain text."""
    out = []
    offset = 0
    for piece in pieces:
        if piece.text:
            end = offset + len(piece.text)
            out.append(replace(piece, locator=replace(piece.locator, chars=(offset, end))))
            offset = end + 2
        else:
            out.append(piece)
    return out


def _partial(reading: _Reading) -> str | None:
    faults = list(reading.faults)
    if reading.scans:
        named = ", ".join(str(n + 1) for n in reading.scans[:20]) + (
            " ..." if len(reading.scans) > 20 else ""
        )
        kept = f"; only the first {MAX_SCANS} are kept as pictures" if len(reading.scans) > MAX_SCANS else ""
        faults.append(f"no text on page {named}{kept}")
    return "; ".join(faults[:10]) or None
