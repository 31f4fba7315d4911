"""Words, visual rows and paragraphs of a PDF page, from pypdfium2's characters.

All coordinates are PDF points in the page as shown (rotation applied), origin at the top left.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from smalti.platform.records import Box

MAX_CHARS = 200_000  # on one page; a dense filing page has 10,000
_SPACES = {0, 9, 10, 13, 32, 0xA0, 0x200B, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000, 0xFEFF}
_AS_HYPHEN = {2, 0xAD, 0x2010, 0x2011, 0xFFFE}  # PDFium's own mark for a hyphen at a line's end is 2 or FFFE
_LEADER = re.compile(r"^[.…·_]{2,}$|^\.$")
_BULLET = re.compile(r"^(?:[•●▪◦·■□○*]|[-–—]|\(?[a-z0-9]{1,3}\)|\d{1,2}\.)$", re.IGNORECASE)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space between them; `order` is its place in the page's content stream.

    `faint`: it is drawn in a light colour, nearly transparent, or not at all.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    order: int
    faint: bool = False

    @property
    def size(self) -> float:
        """Height of the character box in points, about 1.1 times the font size."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Consecutive lines of running text."""

    text: str
    box: Box
    order: int
    lines: int


class Canvas:
    """The map from a page's own coordinates to the page as shown.

    Attributes:
        width, height: size of the page as shown, in points.
    """

    def __init__(self, page: pdfium.PdfPage) -> None:
        self.width, self.height = (float(v) for v in page.get_size())
        origin, right, up = (self._device(page, x, y) for x, y in ((0, 0), (1000, 0), (0, 1000)))
        self._shift = origin
        self._linear: Floats = np.array([right - origin, up - origin]) / 1000

    def _device(self, page: pdfium.PdfPage, x: float, y: float) -> Floats:
        fine = 100  # device units are whole numbers
        out_x, out_y = ctypes.c_int(), ctypes.c_int()
        size = (round(self.width * fine), round(self.height * fine))
        pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, out_x, out_y)
        return np.array([out_x.value / fine, out_y.value / fine])

    def boxes(self, corners: Floats) -> Floats:
        """Turn (N, 4) rows of two opposite corners x, y, x, y into (N, 4) boxes x0, top, x1, bottom."""
        first = corners[:, :2] @ self._linear + self._shift
        second = corners[:, 2:] @ self._linear + self._shift
        return np.hstack([np.minimum(first, second), np.maximum(first, second)])


def read_words(page: pdfium.PdfPage, canvas: Canvas) -> list[Word]:
    """The words of a page in content order.

    Raises:
        PdfiumError: the page's text cannot be read.
        ValueError: more than `MAX_CHARS` characters on the page.
    """
    textpage = page.get_textpage()
    try:
        codes, boxes = _characters(textpage, canvas)
        if not len(codes):
            return []
        space = np.isin(codes, list(_SPACES))
        begins = np.zeros(len(codes), dtype=bool)
        begins[_word_starts(space, boxes)] = True
        number = np.cumsum(begins)[~space]  # of the word each character is in
        if not len(number):
            return []
        starts = np.flatnonzero(np.append(True, number[1:] != number[:-1]))
        faint = [_faint(textpage.raw, int(i)) for i in np.flatnonzero(~space)[starts]]
    finally:
        textpage.close()
    ends = np.append(starts[1:], len(number)).tolist()
    codes, boxes = codes[~space], boxes[~space]
    low = np.minimum.reduceat(boxes[:, :2], starts, axis=0)
    high = np.maximum.reduceat(boxes[:, 2:], starts, axis=0)
    words: list[Word] = []
    for start, end, (x0, top), (x1, bottom), light in zip(
        starts.tolist(), ends, low.tolist(), high.tolist(), faint, strict=True
    ):
        text = _spell(codes[start:end])
        hidden = x1 < -1 or bottom < -1 or x0 > canvas.width + 1 or top > canvas.height + 1
        if text and not hidden:  # words off the page can be seen by nobody
            words.append(Word(text, x0, top, x1, bottom, len(words), light))
    return words


_LIGHT = 190  # of 255, the darkest part of a colour that is called light
_INVISIBLE = {pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP}


def _faint(handle: Any, index: int) -> bool:
    parts = [ctypes.c_uint() for _ in range(4)]
    if not pdfium_c.FPDFText_GetFillColor(handle, index, *parts):
        return False
    red, green, blue, alpha = (part.value for part in parts)
    if min(red, green, blue) >= _LIGHT or alpha < 60:
        return True
    drawn = pdfium_c.FPDFText_GetTextObject(handle, index)
    return bool(drawn) and pdfium_c.FPDFTextObj_GetTextRenderMode(drawn) in _INVISIBLE


def _characters(textpage: Any, canvas: Canvas) -> tuple[npt.NDArray[np.int64], Floats]:
    count = max(0, pdfium_c.FPDFText_CountChars(textpage.raw))
    if count > MAX_CHARS:
        raise ValueError(f"{count} characters on one page, the limit is {MAX_CHARS}")
    rects = (pdfium_c.FS_RECTF * count)()
    handle, unicode, loose = textpage.raw, pdfium_c.FPDFText_GetUnicode, pdfium_c.FPDFText_GetLooseCharBox
    for i, rect in enumerate(rects):
        loose(handle, i, rect)
    codes = np.array([unicode(handle, i) for i in range(count)], dtype=np.int64)
    raw = np.frombuffer(rects, dtype=np.float32).reshape(-1, 4).astype(np.float64)
    return codes, canvas.boxes(raw)


def _word_starts(space: npt.NDArray[np.bool_], boxes: Floats) -> npt.NDArray[np.int64]:
    """Indices at which a word begins: after white space, a wide gap, a step back or to another line."""
    begin = np.zeros(len(space), dtype=bool)
    begin[0] = True
    begin[1:] = space[:-1]
    before, after = boxes[:-1], boxes[1:]
    size = np.maximum(np.minimum(before[:, 3] - before[:, 1], after[:, 3] - after[:, 1]), 1.0)
    gap = after[:, 0] - before[:, 2]
    middle = np.abs((after[:, 1] + after[:, 3]) - (before[:, 1] + before[:, 3])) / 2
    jump = (gap > 0.3 * size) | (gap < -1.0 * size) | (middle > 0.6 * size)
    begin[1:] |= jump & ~space[1:] & ~space[:-1]
    return np.flatnonzero(begin)


def _spell(codes: npt.NDArray[np.int64]) -> str:
    chars = []
    for code in codes.tolist():
        if code in _AS_HYPHEN:
            chars.append("-")
        elif 0xFB00 <= code <= 0xFB06:  # ligatures
            chars.append(unicodedata.normalize("NFKC", chr(code)))
        elif code > 31 and not 0xD800 <= code <= 0xDFFF and code <= 0x10FFFF:
            chars.append(chr(code))
    return "".join(chars)


def is_leader(text: str) -> bool:
    """Whether a word is only the dots that lead the eye from a label to its number."""
    return bool(_LEADER.match(text))


def bounds(boxes: Iterable[Word | Box]) -> Box:
    """The smallest box around words or boxes; at least one is needed."""
    rows = [(b.x0, b.top, b.x1, b.bottom) if isinstance(b, Word) else b for b in boxes]
    x0, top, x1, bottom = zip(*rows, strict=True)
    return (round(min(x0), 2), round(min(top), 2), round(max(x1), 2), round(max(bottom), 2))


def visual_rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words grouped by height on the page, rows top down, words left to right."""
    rows: list[list[Word]] = []
    middle = 0.0
    for word in sorted(words, key=lambda w: w.middle):
        if rows and abs(word.middle - middle) < 0.4 * min(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
            middle = word.middle
    for row in rows:
        row.sort(key=lambda w: w.x0)
    return rows


def paragraphs(words: Sequence[Word]) -> list[Paragraph]:
    """Running text in content order: lines joined where they follow closely, in one size and column."""
    lines = _content_lines(words)
    if not lines:
        return []
    steps = [b[0].top - a[0].top for a, b in pairwise(lines)]
    near = [s for s, line in zip(steps, lines, strict=False) if 0 < s < 2.5 * line[0].size]
    pitch = float(np.median(near)) if near else 0.0
    groups: list[list[list[Word]]] = [[lines[0]]]
    for line in lines[1:]:
        if _continues(groups[-1][-1], line, pitch):
            groups[-1].append(line)
        else:
            groups.append([line])
    out = []
    for group in groups:
        flat = [w for line in group for w in line]
        text = _join_lines([" ".join(w.text for w in line) for line in group])
        out.append(Paragraph(text, bounds(flat), flat[0].order, len(group)))
    return out


def _content_lines(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        if last is not None and (
            abs(last.middle - word.middle) < 0.45 * max(last.size, word.size) and word.x0 > last.x0
        ):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _continues(line: Sequence[Word], following: Sequence[Word], pitch: float) -> bool:
    size = max(w.size for w in line)
    step = following[0].top - line[0].top
    if not 0 < step <= 1.25 * max(pitch, size):
        return False
    if abs(max(w.size for w in following) - size) > 0.2 * size:
        return False
    if following[-1].x1 < line[0].x0 or following[0].x0 > line[-1].x1:
        return False  # another column
    if _BULLET.match(following[0].text) and len(following) > 1:
        return False
    # A line that stops far short of the next one's end and closes a sentence ends its paragraph.
    short = line[-1].x1 < following[-1].x1 - 0.25 * (following[-1].x1 - following[0].x0)
    return not (short and line[-1].text[-1:] in ".:;?!")


def _join_lines(lines: Sequence[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        text += line if text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower() else " " + line
    return text
