"""Labels and marks held against each other: the scale that most of them agree on.

A label belongs to a mark when its value is what the mark's height says. The scale comes from the value
axis where there is one, else from the labels themselves, as the one that most marks agree with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from smalti.ingest.charts.axes import Scale
from smalti.ingest.charts.printed import Text

_MOST_PAIRS = 4_000
_OFF_PIXELS = 3.5
_OFF_PART = 0.025  # of the tallest mark


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: the pixel height it reaches, and the figures that may be its label, nearest first."""

    y: float
    candidates: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A scale and the label of each mark under it.

    Attributes:
        labels: one a mark; None where no candidate agrees.
        agreed: how many marks have one.
        scaled: whether the labels agree with a scale at all; else they were told by place alone.
    """

    scale: Scale | None
    labels: tuple[Text | None, ...]
    agreed: int
    scaled: bool


def fit(marks: Sequence[Mark], scales: Sequence[Scale], base: float | None, reach: float) -> Fit:
    """The scale that most marks agree with.

    Args:
        marks: heights and candidate labels.
        scales: value axes that were read.
        base: height at which bars stand, or None for lines; a scale of zero there is preferred.
        reach: pixels from the lowest to the highest mark or, of bars, the longest bar.
    """
    slack = max(_OFF_PIXELS, _OFF_PART * reach)
    best = Fit(None, (None,) * len(marks), 0, scaled=False)
    best_score = 0.0
    for scale, bonus in _models(marks, scales, base):
        labels = tuple(_agreeing(m, scale, slack) for m in marks)
        agreed = sum(label is not None for label in labels)
        needed = 2 if bonus >= 1 else 3
        if agreed < needed or _flat(labels):
            continue
        score = agreed + bonus * 0.9 - 0.001 * _misses(marks, labels, scale)
        if score > best_score:
            best, best_score = Fit(scale, labels, agreed, scaled=True), score
    return best


def _models(marks: Sequence[Mark], scales: Sequence[Scale], base: float | None) -> list[tuple[Scale, float]]:
    """Scales to try, each with what speaks for it beforehand: an axis most, zero at the base next."""
    out: list[tuple[Scale, float]] = [(s, 2.0) for s in scales]
    pairs = [(m.y, c) for m in marks for c in m.candidates[:4]]
    if base is not None:
        for y, text in pairs[:400]:
            if abs(base - y) > 6 and text.figure and text.figure.value:
                slope = text.figure.value / (y - base)
                if slope < 0:
                    out.append((Scale(-slope * base, slope, text.figure.unit), 1.0))
    pairs = pairs[:60]
    for (y1, t1), (y2, t2) in list(product(pairs, pairs))[:_MOST_PAIRS]:
        if y1 - y2 < 8 or t1 is t2 or not t1.figure or not t2.figure or t1.figure.unit != t2.figure.unit:
            continue
        slope = (t1.figure.value - t2.figure.value) / (y1 - y2)
        if slope < 0:
            out.append((Scale(t1.figure.value - slope * y1, slope, t1.figure.unit), 0.0))
    return out


def _agreeing(mark: Mark, scale: Scale, slack: float) -> Text | None:
    wanted = scale.value(mark.y)
    room = slack * scale.step(mark.y)
    near = [
        (abs(c.figure.value - wanted), k)
        for k, c in enumerate(mark.candidates)
        if c.figure and abs(c.figure.value - wanted) <= room + c.figure.half_digit
    ]
    return mark.candidates[min(near)[1]] if near else None


def _flat(labels: Sequence[Text | None]) -> bool:
    """Whether one text was given to two marks."""
    own = [id(t) for t in labels if t is not None]
    return len(set(own)) < len(own)


def _misses(marks: Sequence[Mark], labels: Sequence[Text | None], scale: Scale) -> float:
    off = [
        abs(t.figure.value - scale.value(m.y)) / max(scale.step(m.y), 1e-12)
        for m, t in zip(marks, labels, strict=True)
        if t is not None and t.figure
    ]
    return float(np.mean(off)) if off else 0.0
