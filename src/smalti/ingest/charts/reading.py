"""A picture's charts read: marks, scales, names and values put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from smalti.ingest.charts.bars import Bars, find_bars, weight
from smalti.ingest.charts.chart import Chart, Point, Series
from smalti.ingest.charts.legend import find_legend
from smalti.ingest.charts.pies import Pie, find_pies, read_pie
from smalti.ingest.charts.plots import read_plot
from smalti.ingest.charts.printed import texts_of
from smalti.ingest.charts.regions import Rgb, find_regions
from smalti.ingest.charts.segments import segmented
from smalti.ingest.charts.titles import title_of
from smalti.ingest.charts.view import View, legend_of, turned_view, view_of
from smalti.ingest.ocr import Line

_LARGEST = 1_600  # pixels of the longer side
_SMALLEST = 64


def read_charts(rgb: Rgb, lines: Sequence[Line]) -> list[Chart]:
    """The charts in a picture; none where none is found.

    Args:
        rgb: uint8 (height, width, 3).
        lines: its words with their boxes in pixels, as OCR or a PDF gives them.
    """
    if min(rgb.shape[:2]) < _SMALLEST:
        return []
    factor = min(1.0, _LARGEST / max(rgb.shape[:2]))
    if factor < 1:
        size = (round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    words = [
        (n.text, (n.box[0] * factor, n.box[1] * factor, n.box[2] * factor, n.box[3] * factor), n.score)
        for n in lines
    ]
    texts = texts_of(words)
    regions = find_regions(rgb)
    view = view_of(rgb, texts, regions)
    found = [_pie_chart(view, pie) for pie in find_pies(rgb, regions)]
    if not found:
        chart = _plot(view)
        found = [chart] if chart else []
    whole = (0.0, 0.0, float(view.width), float(view.height))
    return [replace(c, box=whole).placed((1 / factor, 1 / factor)) for c in found]


def _plot(upright: View) -> Chart | None:
    lying = turned_view(upright)
    standing, level = _main(upright), _main(lying)
    if level is not None and (standing is None or weight(level) > 1.3 * weight(standing)):
        barred = read_plot(lying, level, legend_of(upright, level, level=True))
    elif standing is not None:
        barred = read_plot(upright, standing, legend_of(upright, standing, level=False))
    else:
        barred = None
    if barred is not None and _points(barred) >= 2:
        return barred
    lined = read_plot(upright, None, legend_of(upright, None, level=False))
    return lined if lined is not None and (barred is None or _points(lined) >= 3) else barred


def _points(chart: Chart) -> int:
    return sum(len(s.points) for s in chart.series)


def _main(view: View) -> Bars | None:
    """The bars that fill most of a view, if they are large enough for bars."""
    sets = [b for b in find_bars(view.painted.blocks, view.width, view.height) if _substantial(b, view)]
    best = max(sets, key=weight, default=None)
    return segmented(best, view.painted) if best else None


def _substantial(bars: Bars, view: View) -> bool:
    """Whether bars are more than letters, markers and arrow heads."""
    lengths = [abs(b.end - bars.base) for b in bars.bars]
    covered = sum(lengths) * bars.thickness
    return max(lengths) > 0.06 * view.height and covered > 0.004 * view.height * view.width


def _pie_chart(view: View, pie: Pie) -> Chart:
    beyond = [t for t in view.texts if math.hypot(t.x - pie.x, t.y - pie.y) > 0.97 * pie.radius]
    legend = find_legend(view.rgb, beyond, view.ground)
    values = read_pie(pie, view.texts, legend)
    title = title_of(view, pie.y - pie.radius, legend)
    points = [Point(v.name, v.value, v.unit, v.method, v.error, v.box) for v in values]
    agreement = len(points) / len(pie.wedges)
    series = [Series(title, points)] if points else []
    return Chart("donut" if pie.ring else "pie", title, series, confidence=min(agreement, 1.0))
