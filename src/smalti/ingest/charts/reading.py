"""A chart read whole: marks, scales, names and values put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from smalti.ingest.charts.axes import Scale, find_scales
from smalti.ingest.charts.bars import Bars, find_bars, weight
from smalti.ingest.charts.barvalues import BarValues, read_values
from smalti.ingest.charts.blocks import Block, find_blocks
from smalti.ingest.charts.chart import LABEL, Axis, Chart, Point, Series
from smalti.ingest.charts.legend import Entry, entry_of, find_legend
from smalti.ingest.charts.places import Place, find_places, placed
from smalti.ingest.charts.printed import Text, texts_of, turned, turned_back
from smalti.ingest.charts.regions import Rgb, background, find_regions
from smalti.platform.records import Box

_LARGEST = 1_600  # pixels of the longer side
_SMALLEST = 64


@dataclass(frozen=True, slots=True)
class View:
    """A picture and its words, upright or turned so that level bars stand upright."""

    rgb: Rgb
    texts: tuple[Text, ...]
    blocks: tuple[Block, ...]
    level: bool

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.rgb.shape[0])


def read_chart(rgb: Rgb, lines: Sequence[tuple[str, Box, float]]) -> Chart | None:
    """The chart in a picture; None where none is found.

    Args:
        rgb: uint8 (height, width, 3).
        lines: words, their box in pixels of `rgb`, and how sure they are (0 to 1).
    """
    if min(rgb.shape[:2]) < _SMALLEST:
        return None
    factor = min(1.0, _LARGEST / max(rgb.shape[:2]))
    if factor < 1:
        size = (round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        lines = [(w, (b[0] * factor, b[1] * factor, b[2] * factor, b[3] * factor), s) for w, b, s in lines]
    found = _read(rgb, tuple(texts_of(lines)))
    return found.placed((1 / factor, 1 / factor)) if found else None


def _read(rgb: Rgb, texts: tuple[Text, ...]) -> Chart | None:
    regions, _ = find_regions(rgb)
    blocks = _no_letters(find_blocks(rgb, regions, [t.box for t in texts]), texts)
    upright = View(rgb, texts, tuple(blocks), level=False)
    lying = _turned(upright)
    standing, level = _main(upright), _main(lying)
    if standing is None and level is None:
        return None
    if level is not None and (standing is None or weight(level) > 1.3 * weight(standing)):
        return _bar_chart(lying, level, _legend(upright, level, level=True))
    assert standing is not None
    return _bar_chart(upright, standing, _legend(upright, standing))


def _legend(upright: View, bars: Bars, *, level: bool = False) -> list[Entry]:
    """The legend's entries: no words inside bars."""
    boxes = [s.box for b in bars.bars for s in b.segments]
    if level:
        boxes = [_ints(turned_back(_floats(b), upright.width)) for b in boxes]
    free = [t for t in upright.texts if not any(b[0] <= t.x <= b[2] and b[1] <= t.y <= b[3] for b in boxes)]
    return find_legend(upright.rgb, free, background(upright.rgb))


def _ints(box: Box) -> tuple[int, int, int, int]:
    return (round(box[0]), round(box[1]), round(box[2]), round(box[3]))


def _no_letters(blocks: Sequence[Block], texts: Sequence[Text]) -> list[Block]:
    """Blocks less the strokes of letters and the grounds of words."""
    if not texts or not blocks:
        return list(blocks)
    words = np.array([t.box for t in texts])
    boxes = np.array([b.box for b in blocks], dtype=float)
    within = (
        (boxes[:, None, 0] >= words[:, 0] - 2)
        & (boxes[:, None, 1] >= words[:, 1] - 2)
        & (boxes[:, None, 2] <= words[:, 2] + 2)
        & (boxes[:, None, 3] <= words[:, 3] + 2)
    ).any(axis=1)
    return [b for b, inside in zip(blocks, within, strict=True) if not inside]


def _turned(view: View) -> View:
    wide = view.width
    blocks = tuple(
        Block((b.box[1], wide - b.box[2], b.box[3], wide - b.box[0]), b.colour, b.area) for b in view.blocks
    )
    rgb = np.ascontiguousarray(np.rot90(view.rgb))
    return View(rgb, tuple(turned(view.texts, wide)), blocks, level=True)


def _main(view: View) -> Bars | None:
    return max(find_bars(view.blocks, view.width, view.height), key=weight, default=None)


def _bar_chart(view: View, bars: Bars, legend: Sequence[Entry]) -> Chart | None:
    named = {t.text for e in legend for t in e.texts}
    texts = [t for t in view.texts if t.text not in named]
    xs = [b.x for b in bars.bars]
    distinct = np.unique(np.round(xs))
    pitch = float(np.diff(distinct).min()) if len(distinct) > 1 else bars.thickness
    scales = [s for s in find_scales(texts) if s.x < bars.x0 or s.x > bars.x1]
    ticks = {id(t) for s in scales for t in s.ticks}
    free = [t for t in texts if id(t) not in ticks]
    floor = max(float(bars.bottom), bars.base)
    places = find_places(free, bars.x0 - pitch, bars.x1 + pitch, floor)
    used = {id(t) for p in places for t in p.texts}
    figures = [t for t in free if id(t) not in used and t.figure and t.y < floor + 2 * t.size]
    values = read_values(bars, figures, scales)
    at = placed(xs, places, pitch)
    title = _title(view, bars, legend)
    series = _series(view, bars, values, at, legend, title)
    kind = "stacked bar" if bars.stacked else "horizontal bar" if view.level else "bar"
    axes = {}
    if values.scale is not None:
        axes["x" if view.level else "y"] = _axis(values.scale, bars)
    notes = ["truncated axis"] if any(a.truncated for a in axes.values()) else []
    return Chart(kind, title, series, axes, notes, values.agreement)


def _axis(scale: Scale, bars: Bars) -> Axis:
    at_base, at_top = scale.value(bars.base), scale.value(bars.top)
    low = scale.low if scale.ticks else min(at_base, at_top)
    high = scale.high if scale.ticks else max(at_base, at_top)
    truncated = abs(at_base) > 0.06 * abs(at_top - at_base)
    return Axis(low, high, scale.unit, "log" if scale.logarithmic else "linear", truncated)


def _series(
    view: View,
    bars: Bars,
    values: BarValues,
    at: Sequence[Place | None],
    legend: Sequence[Entry],
    title: str,
) -> list[Series]:
    points: dict[str, list[Point]] = defaultdict(list)
    alone = _alone(bars, at, legend)
    for value in values.values:
        place = at[value.bar]
        if place is None:
            continue
        if value.segment is None:
            name = "Total"
        else:
            entry = entry_of(value.segment.colour, legend)
            name = alone if alone is not None else (entry.name if entry else "")
        block = value.segment.box if value.segment else _whole(bars, value.bar)
        box = turned_back(_floats(block), view.height) if view.level else _floats(block)
        points[name or title].append(
            Point(place.name, value.value, value.unit, value.method, value.error, box)
        )
    order = {e.name: k for k, e in enumerate(legend)}
    return [Series(n, points[n]) for n in sorted(points, key=lambda n: order.get(n, 99))]


def _alone(bars: Bars, at: Sequence[Place | None], legend: Sequence[Entry]) -> str | None:
    """The one name of bars that stand alone over each category, whatever their colours; None if several."""
    names = [p.name for p in at if p]
    if bars.stacked or len(set(names)) < len(names):
        return None
    found = [entry_of(b.segments[0].colour, legend) for b in bars.bars]
    if all(found) and len({e.name for e in found if e}) > 1:
        return None
    return next((e.name for e in found if e), "")


def _whole(bars: Bars, k: int) -> tuple[int, int, int, int]:
    bar = bars.bars[k]
    return (round(bar.x0), bar.top, round(bar.x1), bar.bottom)


def _floats(box: tuple[int, int, int, int]) -> Box:
    return (float(box[0]), float(box[1]), float(box[2]), float(box[3]))


def _title(view: View, bars: Bars, legend: Sequence[Entry]) -> str:
    """The largest words over the plot, with the line under them if it is as large."""
    named = {id(t) for e in legend for t in e.texts}
    if view.level:
        top = view.width
        return ""
    over = [t for t in view.texts if t.box[3] < bars.top + 4 and not t.figure and id(t) not in named]
    over = [t for t in over if sum(c.isalpha() for c in t.text) >= 3]
    if not over:
        return ""
    largest = max(t.size for t in over)
    lines = [t for t in over if t.size > 0.75 * largest]
    return " ".join(t.text for t in sorted(lines, key=lambda t: (t.y, t.x))[:3])


__all__ = ["LABEL", "read_chart"]
