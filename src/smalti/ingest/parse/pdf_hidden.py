"""Words of a page that its readers cannot see: in the colour of what is behind them, or too small to read.

A text layer over a scan is drawn invisibly too, but there the scan shows the words; so what counts is whether
anything of a word is to be seen where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from smalti.ingest.parse.pdf_text import Canvas, Word

__all__ = ["SAME_COLOUR", "TOO_SMALL", "Seen", "told_apart"]

SAME_COLOUR = "its words have the colour of what is behind them"
TOO_SMALL = "its words are too small to be read"

_TINY = 2.2
"""Points of height below which nobody reads: a font size of 2."""
_SCALE = 1.5
_LEAST_CONTRAST = 16
"""Of 255, between the lightest and the darkest pixel of a word's box; the faintest grey print has 25."""
_MOST_PIXELS = 40_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """The words of a page that can be seen, and those that cannot, by why not."""

    words: Sequence[Word]
    hidden: dict[str, list[Word]]


def told_apart(page: pdfium.PdfPage, canvas: Canvas, words: Sequence[Word]) -> Seen:
    """Tell words that can be seen from those that cannot.

    The page is drawn only where some word is light or transparent; dark words on a dark ground are not found.
    """
    doubtful = [word for word in words if word.faint]
    grey = _drawn(page, canvas) if doubtful else None
    hidden: dict[str, list[Word]] = {}
    kept: list[Word] = []
    for word in words:
        if word.size < _TINY:
            hidden.setdefault(TOO_SMALL, []).append(word)
        elif word.faint and grey is not None and not _shows(word, grey):
            hidden.setdefault(SAME_COLOUR, []).append(word)
        else:
            kept.append(word)
    return Seen(kept, hidden)


def _drawn(page: pdfium.PdfPage, canvas: Canvas) -> NDArray[np.uint8] | None:
    if canvas.width * canvas.height * _SCALE**2 > _MOST_PIXELS:
        return None
    return np.asarray(page.render(scale=_SCALE, grayscale=True).to_numpy(), dtype=np.uint8)


def _shows(word: Word, grey: NDArray[np.uint8]) -> bool:
    left, top, right, bottom = (round(v * _SCALE) for v in (word.x0, word.top, word.x1, word.bottom))
    box = grey[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
    return box.size == 0 or int(box.max()) - int(box.min()) >= _LEAST_CONTRAST
