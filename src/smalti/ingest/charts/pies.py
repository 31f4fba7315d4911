"""Pies and rings: a disc of wedges, their parts of the turn, and the labels that state them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from smalti.ingest.charts.blocks import nearest, palette_of
from smalti.ingest.charts.chart import LABEL, MEASURED
from smalti.ingest.charts.legend import Entry, entry_of
from smalti.ingest.charts.printed import Text, named_figure
from smalti.ingest.charts.regions import Colour, Region, Rgb, background, distance
from smalti.platform.records import Box

_TURN = 720  # samples of a turn
_LEAST = 0.12  # of the picture's shorter side: the smallest radius
_OFF = 0.03  # of a turn by which a printed percentage may miss its wedge
_AROUND = 0.35  # of the circle a little outside a disc: colour of words, leaders, a shadow
_SEAM = 0.025  # of the picture's shorter side: the widest border between wedges
_HOLE = 0.6  # of an outline's area: a larger hole makes it a frame
_ROUND = 0.75  # of its smallest circle that a ring's hole fills
_SPECK = 0.002  # of the picture: a hole as small is a letter's
_MOST_OUTLINES = 5_000
_THIN = 4  # samples; a narrower wedge is a border


@dataclass(frozen=True, slots=True)
class Wedge:
    """A wedge: where it begins and how long it is, in turns clockwise from the top, and its colour."""

    start: float
    part: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Pie:
    """A disc: its middle and radius in pixels, its wedges, and whether it is a ring."""

    x: float
    y: float
    radius: float
    wedges: tuple[Wedge, ...]
    ring: bool


@dataclass(frozen=True, slots=True)
class WedgeValue:
    """What a wedge is called and states."""

    name: str
    value: float
    unit: str
    method: str
    error: float
    box: Box


def find_pies(rgb: Rgb, regions: Sequence[Region]) -> list[Pie]:
    """Discs of two wedges or more, largest first."""
    ground = background(rgb)
    area = rgb.shape[0] * rgb.shape[1]
    out: list[Pie] = []
    flat = [r for r in regions if r.area < 0.4 * area and distance(r.colour, ground) > 16]
    palette = palette_of(rgb, flat, ground)
    which = nearest(rgb, [ground, (255.0, 255.0, 255.0), *palette])
    for x, y, radius in _discs(which):
        pie = _pie(which, palette, x, y, radius)
        if pie is not None:
            out.append(pie)
    return sorted(out, key=lambda p: -p.radius)[:4]


def _discs(which: NDArray[np.int16]) -> list[tuple[float, float, float]]:
    """Middle and radius of discs: the largest circles inside coloured areas, with little colour around."""
    height, width = which.shape
    least = _LEAST * min(height, width)
    coloured = (which >= 2) & ~np.isin(which, _of_ground(which))
    seam = max(7, round(_SEAM * min(height, width))) | 1
    closed = cv2.morphologyEx(coloured.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((seam, seam), np.uint8))
    filled = cv2.copyMakeBorder(
        _without_holes(np.asarray(closed, dtype=np.uint8)), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0
    )
    out: list[tuple[float, float, float]] = []
    for _ in range(8):
        inside = cv2.distanceTransform(filled, cv2.DIST_L2, 5)
        _, radius, _, (x, y) = cv2.minMaxLoc(inside)
        if radius < least:
            break
        turns = np.linspace(0, 2 * math.pi, 180, endpoint=False)
        rows = (y + 1.07 * radius * np.sin(turns)).round().astype(int).clip(0, height + 1)
        columns = (x + 1.07 * radius * np.cos(turns)).round().astype(int).clip(0, width + 1)
        if filled[rows, columns].mean() < _AROUND:
            out.append((float(x - 1), float(y - 1), float(radius)))
        cv2.circle(filled, (x, y), int(1.1 * radius) + 1, 0, cv2.FILLED)
    return out


def _of_ground(which: NDArray[np.int16]) -> list[int]:
    """Colours that run along two sides of the picture, or fill much of it: panels, shades of the ground."""
    rim = max(2, min(which.shape) // 50)
    sides = [which[:rim], which[-rim:], which[:, :rim], which[:, -rim:]]
    out = []
    for k in range(2, int(which.max()) + 1):
        along = sum(bool((side == k).mean() > 0.25) for side in sides)
        if along >= 2 or (which == k).mean() > 0.4:
            out.append(k)
    return out


def _without_holes(shapes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shapes with the round holes of rings and the specks of letters filled, but not what frames enclose."""
    outlines, tree = cv2.findContours(shapes, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    out = shapes.copy()
    for k in range(min(len(outlines), _MOST_OUTLINES)):
        outer = int(tree[0][k][3])
        if outer < 0:
            continue
        hole, (_, radius) = cv2.contourArea(outlines[k]), cv2.minEnclosingCircle(outlines[k])
        round_hole = hole > _ROUND * math.pi * radius * radius and hole < _HOLE * cv2.contourArea(
            outlines[outer]
        )
        if round_hole or hole < _SPECK * shapes.size:
            cv2.drawContours(out, outlines, k, 1, cv2.FILLED)
    return np.asarray(out, dtype=np.uint8)


def _pie(
    which: NDArray[np.int16], palette: Sequence[Colour], x: float, y: float, radius: float
) -> Pie | None:
    angles = np.arange(_TURN) * 2 * math.pi / _TURN
    rings = np.linspace(0.62, 0.92, 13) * radius
    rows = (y - np.outer(rings, np.cos(angles))).round().astype(int).clip(0, which.shape[0] - 1)
    columns = (x + np.outer(rings, np.sin(angles))).round().astype(int).clip(0, which.shape[1] - 1)
    samples = which[rows, columns]
    known = np.where(samples >= 2, samples, -1)
    common = np.array([_commonest(known[:, k]) for k in range(_TURN)])
    if (common < 0).mean() > 0.15:
        return None
    wedges = _wedges(_filled(common), palette)
    if len(wedges) < 2 or len(wedges) > 24 or max(w.part for w in wedges) > 0.97:
        return None
    middle = which[
        int(y - 0.15 * radius) : int(y + 0.15 * radius), int(x - 0.15 * radius) : int(x + 0.15 * radius)
    ]
    inner = (middle < 2).mean() if middle.size else 0.0
    return Pie(x, y, radius, tuple(wedges), bool(inner > 0.5))


def _commonest(column: NDArray[np.int16]) -> int:
    seen = column[column >= 0]
    if len(seen) < 0.25 * len(column):
        return -1
    counts = np.bincount(seen)
    return int(counts.argmax())


def _filled(common: NDArray[np.int64]) -> NDArray[np.int64]:
    """Gaps (borders, words) given to the wedges on their sides, and hairs to their neighbours."""
    out = common.copy()
    for _ in range(2):
        edges = np.flatnonzero(out != np.roll(out, 1))
        if len(edges) < 2:
            return out
        out = np.roll(out, -int(edges[0]))
        shift = int(edges[0])
        starts = np.flatnonzero(np.concatenate([[True], out[1:] != out[:-1]]))
        ends = np.append(starts[1:], len(out))
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True):
            if out[a] < 0 or b - a < _THIN:
                middle = (a + b) // 2
                out[a:middle] = out[a - 1]
                out[middle:b] = out[b % len(out)]
        out = np.roll(out, shift)
    return out


def _wedges(common: NDArray[np.int64], palette: Sequence[Colour]) -> list[Wedge]:
    edges = np.flatnonzero(common != np.roll(common, 1))
    out = []
    for k, start in enumerate(edges.tolist()):
        end = int(edges[(k + 1) % len(edges)])
        length = (end - start) % _TURN
        index = int(common[start])
        if index >= 2 and length >= _THIN:
            out.append(Wedge(start / _TURN, length / _TURN, palette[index - 2]))
    return out


# --- values ------------------------------------------------------------------------------------------


def read_pie(pie: Pie, texts: Sequence[Text], legend: Sequence[Entry]) -> list[WedgeValue]:
    """Name and value of each wedge.

    A label is a wedge's when it lies in or beyond it and its percentage (or its part of all labels) is the
    wedge's part of the turn. Without one, a wedge that a legend or a word names is measured, in percent.
    """
    labels = _labels(pie, texts)
    chosen = _chosen(pie, labels)
    if sum(entry_of(w.colour, legend) is not None for w in pie.wedges) < 0.6 * len(pie.wedges):
        legend = ()  # some word beside a patch of colour, not a legend
    out = []
    for k, wedge in enumerate(pie.wedges):
        label = chosen.get(k)
        entry = entry_of(wedge.colour, legend)
        name = (
            entry.name if entry else (label.name if label and label.name else _word_beside(pie, wedge, texts))
        )
        if not name:
            continue
        box = _box(pie, wedge)
        if label is not None:
            out.append(WedgeValue(name, label.value, label.unit, LABEL, label.half_digit, box))
        elif not chosen and wedge.part > 0.06:
            out.append(WedgeValue(name, 100 * wedge.part, "%", MEASURED, 0.5, box))
    return out


@dataclass(frozen=True, slots=True)
class _Label:
    text: Text
    name: str
    value: float
    unit: str
    half_digit: float
    turn: float
    distance: float


def _labels(pie: Pie, texts: Sequence[Text]) -> list[_Label]:
    out = []
    for text in texts:
        found = named_figure(text.text)
        if found is None:
            continue
        name, figure = found
        turn, far = _polar(pie, text.x, text.y)
        if far > 2.2:
            continue
        words = name or _name_near(text, texts)
        out.append(_Label(text, words, figure.value, figure.unit, figure.half_digit, turn, far))
    return out


def _name_near(text: Text, texts: Sequence[Text]) -> str:
    """Words right over or under a figure, with its middle: the name printed with it."""
    near = [
        t
        for t in texts
        if t is not text
        and not t.figure
        and abs(t.x - text.x) < max(1.2 * text.size, 0.3 * (t.box[2] - t.box[0]))
        and min(abs(t.box[3] - text.box[1]), abs(t.box[1] - text.box[3])) < 0.7 * text.size
        and any(c.isalpha() for c in t.text)
    ]
    above = [t for t in near if t.y < text.y]
    more = [
        t
        for t in texts
        if above
        and t not in near
        and not t.figure
        and abs(t.x - text.x) < 1.2 * text.size
        and abs(t.box[3] - above[0].box[1]) < 0.5 * text.size
    ]
    lines = above or near
    return " ".join(t.text for t in sorted([*more, *lines], key=lambda t: t.y)).strip(" ,:-")


def _polar(pie: Pie, x: float, y: float) -> tuple[float, float]:
    """Turn (0 to 1, clockwise from the top) and distance in radii of a place."""
    dx, dy = x - pie.x, y - pie.y
    return (math.atan2(dx, -dy) / (2 * math.pi)) % 1.0, math.hypot(dx, dy) / pie.radius


def _chosen(pie: Pie, labels: Sequence[_Label]) -> dict[int, _Label]:
    """The label of each wedge: percentages by their size and place, other units by one rate for all."""
    percent = [n for n in labels if n.unit == "%" and 0 < n.value <= 100]
    found = _matched(pie, percent, 0.01)
    others = [n for n in labels if n.unit != "%" and n.value > 0]
    best: dict[int, _Label] = {}
    for label in others[:24]:
        for wedge in pie.wedges:
            if _off(wedge, label) < 0.02:
                trial = _matched(pie, others, wedge.part / label.value)
                best = trial if len(trial) > len(best) else best
    if len(best) < max(2, 0.6 * len(pie.wedges)):
        best = {}
    if found and len(found) >= 0.5 * len(pie.wedges):
        return found
    return best or found


def _matched(pie: Pie, labels: Sequence[_Label], rate: float) -> dict[int, _Label]:
    out: dict[int, _Label] = {}
    used: set[int] = set()
    pairs = []
    for k, wedge in enumerate(pie.wedges):
        for n, label in enumerate(labels):
            miss = abs(label.value * rate - wedge.part)
            off = _off(wedge, label)
            if miss <= max(_OFF, 0.5 * rate) and off < 0.06 and label.distance < 1.9:
                pairs.append((miss + 2 * off + 0.01 * label.distance, k, n))
    for _, k, n in sorted(pairs):
        if k not in out and n not in used:
            out[k] = labels[n]
            used.add(n)
    return out


def _off(wedge: Wedge, label: _Label) -> float:
    """Turns by which a label misses its wedge; 0 inside it."""
    past = (label.turn - wedge.start) % 1.0
    return 0.0 if past <= wedge.part else min(past - wedge.part, 1.0 - past)


def _word_beside(pie: Pie, wedge: Wedge, texts: Sequence[Text]) -> str:
    """The one text without a figure that lies in or right beyond a wedge."""
    near = []
    for text in texts:
        if text.figure or not any(c.isalpha() for c in text.text):
            continue
        turn, far = _polar(pie, text.x, text.y)
        if (turn - wedge.start) % 1.0 <= wedge.part and far < 1.7:
            near.append(text)
    return near[0].text if len(near) == 1 else ""


def _box(pie: Pie, wedge: Wedge) -> Box:
    turns = np.linspace(wedge.start, wedge.start + wedge.part, 16) * 2 * math.pi
    xs = np.append(pie.x + pie.radius * np.sin(turns), pie.x)
    ys = np.append(pie.y - pie.radius * np.cos(turns), pie.y)
    return (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
