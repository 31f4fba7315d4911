"""Series of labels whose marks were not traced: one figure a category, of one unit, and one name left.

Marks are a check only; where a line is too thin or too crossed to be followed its labels still stand one
over each category.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from smalti.ingest.charts.chart import LABEL, Point, Series
from smalti.ingest.charts.legend import Entry
from smalti.ingest.charts.places import Place
from smalti.ingest.charts.printed import Text
from smalti.ingest.charts.regions import Colour, Rgb, distance

_LEAST = 3
_COVER = 0.75  # of the categories
_CHROMA = 45.0  # of 255: difference of channels from which on ink is coloured
_INK = 70.0  # of 255 by which the ink of a label may differ from its series' sample


def loose_series(
    rgb: Rgb,
    figures: Sequence[Text],
    places: Sequence[Place],
    legend: Sequence[Entry],
    given: Sequence[str],
) -> list[Series]:
    """Series stated by labels alone.

    Args:
        rgb: the picture.
        figures: figures in the plot that belong to no mark yet.
        places: the categories.
        legend: all names of the chart.
        given: names of the series that were read already.
    """
    if len(places) < _LEAST or len({p.name for p in places}) < len(places):
        return []
    rows: dict[tuple[str, str], list[tuple[int, Text]]] = defaultdict(list)
    for k, text in _over(figures, places):
        entry = _by_ink(rgb, text, legend)
        unit = text.figure.unit if text.figure else ""
        rows[entry.name if entry else "", unit].append((k, text))
    missing = [e.name for e in legend if e.name not in given]
    out: list[Series] = []
    for (ink, _), row in rows.items():
        name = ink or (missing[0] if len(missing) == 1 else "")
        one_each = len({k for k, _ in row}) == len(row)
        wanted = max(_LEAST, _COVER * len(places))
        if one_each and len(row) >= wanted and name not in [*given, *(s.name for s in out)]:
            if legend and not name:
                continue  # which of several it is nobody can say
            out.append(Series(name, [_point(places[k], t) for k, t in sorted(row, key=lambda p: p[0])]))
    return out


def _over(figures: Sequence[Text], places: Sequence[Place]) -> list[tuple[int, Text]]:
    """Figures with the index of the category they stand over."""
    xs = np.array([p.x for p in places])
    spacing = float(np.median(np.diff(xs)))
    out = []
    for text in figures:
        k = int(np.abs(xs - text.x).argmin())
        if abs(xs[k] - text.x) <= 0.3 * spacing:
            out.append((k, text))
    return out


def _by_ink(rgb: Rgb, text: Text, legend: Sequence[Entry]) -> Entry | None:
    """The entry in whose colour a label is written, if it is written in a colour."""
    ink = ink_of(rgb, text)
    if ink is None or max(ink) - min(ink) < _CHROMA:
        return None
    coloured = [e for e in legend if max(e.colour) - min(e.colour) >= _CHROMA]
    best = min(coloured, key=lambda e: distance(e.colour, ink), default=None)
    return best if best and distance(best.colour, ink) < _INK else None


def ink_of(rgb: Rgb, text: Text) -> Colour | None:
    """The colour words are written in: of their box the pixels farthest from the ground."""
    x0, top, x1, bottom = (max(int(v), 0) for v in text.box)
    part = rgb[top : bottom + 1, x0 : x1 + 1].reshape(-1, 3).astype(np.int16)
    if len(part) < 12:
        return None
    ground = np.median(part, axis=0)
    away = np.abs(part - ground).max(axis=1)
    if away.max() < 40:
        return None
    r, g, b = (float(v) for v in np.median(part[away > 0.75 * away.max()], axis=0))
    return (r, g, b)


def _point(place: Place, text: Text) -> Point:
    value, unit, half = (
        (text.figure.value, text.figure.unit, text.figure.half_digit) if text.figure else (0.0, "", 0.0)
    )
    return Point(place.name, value, unit, LABEL, half, text.box)
