"""What sort of picture it is: chart, photo, screenshot or other, from its pixels and the words read in it.

Rules on a handful of measures, with constants fitted by eye on the tuning half of
`bench/labels/pictures.json`; `bench/results/pictures.json` says how they do on the other half. A chart has
numbers in most of its words and ink between them; a page, post or app on a screen has words and little else,
or the words of an app's buttons; a photo changes softly from pixel to pixel where drawn areas do not change
at all. `other` is what is drawn: posters, covers, maps, cartoons, logos.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

KINDS = ("chart", "photo", "screenshot", "other")

_SMALL = 480  # pixels; the copy on which colours and ink are counted
_CROP = 700  # pixels of the middle, at full size, in which changes from pixel to pixel are counted
_NUMBER = re.compile(
    r"[\s$€£¥(+\-–−]*\d[\d.,]*\s*[%xKMBkmb)n]*[*)]?"
    r"|(?:[1-4]?Q[1-4]?|FY|H[12]|[12]H)[\s\-'’]*\d{0,4}[AE]?"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[-'’ /.]*\d{0,4}"
)
_BUTTONS = re.compile(
    r"@\w{3,}|\b(?:retweets?|likes?|repl(?:y|ies)|follow(?:ing|ers)?|subscribed?|subscribers|views|comments?|share"
    r"|shuffle|repeat|log ?in|sign (?:in|up)|search|settings|inbox)\b"
    r"|^\d{1,2}:\d\d(?:\s?[AP]M)?$|^\d{1,3}\s?%$|\b\d{1,2}:\d\d\s?[AP]M\b|\b(?:LTE|4G|5G)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Looks:
    """Shares are of all pixels or lines, 0 to 1."""

    flat: float  # neighbouring pixels alike
    shades: int  # coarse colours that cover nine tenths
    soft: float  # changes small but not none, among pixels that are not background
    ink: float  # far from the background's colour and outside words
    numbers: int  # lines that are a number, a quarter or a month
    number_share: float
    characters: int
    buttons: int  # lines with words of an app or page


def picture_kind(rgb: NDArray[np.uint8], lines: Sequence[Mapping[str, Any]]) -> tuple[str, float]:
    """One of `KINDS`, and how sure of it the rules are.

    Args:
        rgb: (height, width, 3).
        lines: what OCR read: `text`, and `box` (x0, top, x1, bottom) in pixels of `rgb`.

    Returns:
        The kind, and a score from 0.5 (could be another) to 1; a score, not a calibrated probability.
    """
    looks = _looks(rgb, lines)
    for kind, evidence in (("chart", _chart(looks)), ("screenshot", _screenshot(looks))):
        if evidence > 0:
            return kind, _score(evidence)
    photo = 8.0 * looks.soft + 2.0 * math.log10(looks.shades) - 7.7
    return ("photo", _score(photo)) if photo > 0 else ("other", _score(-photo))


def _chart(looks: _Looks) -> float:
    if looks.numbers < 4 or looks.ink < 0.007 or looks.flat < 0.6 or looks.characters > 900:
        return -1.0
    return 0.6 * (min(looks.numbers, 14) - 4.5) + 8.0 * (looks.number_share - 0.35)


def _screenshot(looks: _Looks) -> float:
    if looks.flat < 0.6:
        return -1.0
    page = (looks.characters - 40) / 40 if looks.ink < 0.007 else -1.0
    return max(page, 1.5 * (looks.buttons - 1.5), (looks.characters - 700) / 200)


def _score(evidence: float) -> float:
    return round(1 / (1 + math.exp(-min(abs(evidence), 30.0))), 3)


def _looks(rgb: NDArray[np.uint8], lines: Sequence[Mapping[str, Any]]) -> _Looks:
    texts = [str(line["text"]).strip() for line in lines]
    numbers = sum(_NUMBER.fullmatch(text[:40]) is not None for text in texts)
    small = _shrunk(rgb, Image.Resampling.NEAREST)
    alike = [(_steps(small, axis) <= 4).mean() for axis in (0, 1) if small.shape[axis] > 1]
    counts = np.sort(np.unique(_coarse(small, 3), return_counts=True)[1])[::-1]
    shades = int(np.searchsorted(np.cumsum(counts), 0.9 * counts.sum())) + 1
    return _Looks(
        flat=float(np.mean(alike)) if alike else 1.0,
        shades=shades,
        soft=_soft(rgb),
        ink=_ink(rgb, lines),
        numbers=numbers,
        number_share=numbers / max(len(texts), 1),
        characters=sum(map(len, texts)),
        buttons=sum(_BUTTONS.search(text[:200]) is not None for text in texts),
    )


def _soft(rgb: NDArray[np.uint8]) -> float:
    top, left = (max(0, (side - _CROP) // 2) for side in rgb.shape[:2])
    middle = rgb[top : top + _CROP, left : left + _CROP].astype(np.int16)
    if middle.shape[1] < 3:
        return 0.0
    steps, coarse = _steps(middle, 1), _coarse(middle, 4)
    ground = _ground(middle, coarse)
    drawn = (np.abs(middle - ground).max(axis=2) >= 24)[:, :-1]
    drawn &= np.roll(drawn, 1, axis=1) & np.roll(drawn, -1, axis=1)  # edges of the background are no content
    return float(((steps >= 3) & (steps <= 24) & drawn).sum() / max(int(drawn.sum()), 1))


def _ink(rgb: NDArray[np.uint8], lines: Sequence[Mapping[str, Any]]) -> float:
    small = _shrunk(rgb, Image.Resampling.BOX)
    scale = small.shape[1] / rgb.shape[1]
    bare = np.ones(small.shape[:2], np.bool_)
    for line in lines:
        x0, top, x1, bottom = (float(side) * scale for side in line["box"])
        bare[max(0, int(top) - 1) : int(bottom) + 2, max(0, int(x0) - 1) : int(x1) + 2] = False
    far = np.abs(small - _ground(small, _coarse(small, 4))).max(axis=2) > 60
    return float((far & bare).mean())


def _shrunk(rgb: NDArray[np.uint8], filtering: Image.Resampling) -> NDArray[np.int16]:
    picture = Image.fromarray(rgb)
    picture.thumbnail((_SMALL, _SMALL), filtering)
    return np.asarray(picture).astype(np.int16)


def _coarse(pixels: NDArray[np.int16], bits: int) -> NDArray[np.int64]:
    """Colours with their lowest `bits` left out, as one number each."""
    codes: NDArray[np.int64] = (pixels >> bits).astype(np.int64) @ np.array([65536, 256, 1])
    return codes


def _ground(pixels: NDArray[np.int16], coarse: NDArray[np.int64]) -> NDArray[np.float64]:
    """The mean of the commonest colour, which is the background where there is one."""
    colours, counts = np.unique(coarse, return_counts=True)
    mean: NDArray[np.float64] = pixels[coarse == colours[counts.argmax()]].mean(axis=0)
    return mean


def _steps(pixels: NDArray[np.int16], axis: int) -> NDArray[np.int16]:
    """The largest change of a channel from each pixel to the next."""
    steps: NDArray[np.int16] = np.abs(np.diff(pixels, axis=axis)).max(axis=2)
    return steps
