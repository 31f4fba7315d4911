"""Value axes: figures in one column at even steps, and the scale they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from smalti.ingest.charts.printed import Text

_MOST = 120  # figures looked at
_MOST_COLUMNS = 60
_MOST_PAIRS = 500  # of one column: of thirty ticks all, of more a part
_OFF = 0.14  # of a step by which a tick may miss its place


@dataclass(frozen=True, slots=True)
class Scale:
    """What a height in pixels means: `value = start + slope * y`.

    Attributes:
        ticks: the figures it was read from.
        residual: standard error of the fit, in values.
    """

    start: float
    slope: float
    unit: str
    ticks: tuple[Text, ...] = ()
    residual: float = 0.0
    logarithmic: bool = False

    def value(self, y: float) -> float:
        """The value at a height."""
        plain = self.start + self.slope * y
        return float(10.0**plain) if self.logarithmic else plain

    def step(self, y: float) -> float:
        """Values a pixel at a height."""
        return abs(self.value(y + 0.5) - self.value(y - 0.5))

    @property
    def low(self) -> float:
        """The smallest tick."""
        return min(_value(t) for t in self.ticks)

    @property
    def high(self) -> float:
        """The largest tick."""
        return max(_value(t) for t in self.ticks)

    @property
    def x(self) -> float:
        """Where the ticks stand, across."""
        return float(np.median([t.x for t in self.ticks]))


def find_scales(texts: Sequence[Text]) -> list[Scale]:
    """Upright value axes, most ticks first; no text is in two."""
    waiting = [t for t in texts if t.figure is not None][:_MOST]
    out: list[Scale] = []
    while len(out) < 4:
        found = _best(waiting)
        if found is None:
            break
        out.append(found)
        waiting = [t for t in waiting if t not in found.ticks]
    return out


def _best(figures: Sequence[Text]) -> Scale | None:
    best: Scale | None = None
    for column in _columns(figures):
        for logarithmic in (False, True):
            found = _fitted(column, logarithmic=logarithmic)
            if found and (best is None or len(found.ticks) > len(best.ticks) + logarithmic):
                best = found
    return best


def _columns(figures: Sequence[Text]) -> list[list[Text]]:
    """Figures one above the other: with one right side, one left side, or one middle."""
    out: list[list[Text]] = []
    for side in (2, 0, None):
        place = [(t.x if side is None else t.box[side]) for t in figures]
        seen: set[frozenset[int]] = set()
        for k, text in enumerate(figures):
            if len(out) >= _MOST_COLUMNS:
                break
            near = frozenset(i for i, p in enumerate(place) if abs(p - place[k]) <= 0.35 * text.size + 1)
            if len(near) >= 3 and near not in seen:
                seen.add(near)
                out.append([figures[i] for i in sorted(near)])
    return out


def _fitted(column: Sequence[Text], *, logarithmic: bool) -> Scale | None:
    values = np.array([_value(t) for t in column])
    if logarithmic:
        if (values <= 0).any() or values.max() < 50 * values.min():
            return None
        values = np.log10(values)
    y = np.array([t.y for t in column])
    best: np.ndarray | None = None
    for i, j in islice(combinations(range(len(column)), 2), _MOST_PAIRS):
        if abs(y[i] - y[j]) < 4 or values[i] == values[j]:
            continue
        slope = (values[i] - values[j]) / (y[i] - y[j])
        if slope >= 0:
            continue
        fits = np.abs(values - values[i] - slope * (y - y[i])) <= abs(slope) * 2.5
        if best is None or fits.sum() > best.sum():
            best = fits
    if best is None or best.sum() < 3:
        return None
    chosen = np.flatnonzero(best)
    slope, start = np.polyfit(y[chosen], values[chosen], 1)
    order = chosen[np.argsort(y[chosen])]
    steps = -np.diff(values[order])
    if not _even(steps) or len(order) < 3:
        return None
    residual = float(np.sqrt(np.mean((values[order] - start - slope * y[order]) ** 2) / len(order)))
    ticks = tuple(column[i] for i in order)
    return Scale(float(start), float(slope), _unit(ticks), ticks, residual, logarithmic)


def _even(steps: np.ndarray) -> bool:
    """Whether steps between ticks are one step or small whole multiples of it (a tick may be unread)."""
    if (steps <= 0).any():
        return False
    unit = float(steps.min())
    parts = steps / unit
    return bool((np.abs(parts - parts.round()) < _OFF).all() and (parts < 1.5).mean() >= 0.5)


def _unit(ticks: Sequence[Text]) -> str:
    units = [t.figure.unit for t in ticks if t.figure and t.figure.unit]
    return max(set(units), key=units.count) if units else ""


def _value(text: Text) -> float:
    return text.figure.value if text.figure else 0.0
