"""Legends: names with a square, a dot or a stroke of their series' colour before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smalti.ingest.charts.printed import Text, is_period
from smalti.ingest.charts.regions import Colour, Rgb, distance
from smalti.platform.records import Box

_BREAK = re.compile(r"\s|(?<=[a-z\d)])(?=[A-Z])")
_STRONG = 28.0  # of 255: how far a sample's colour lies from the ground
_ALIKE = 30.0  # within a sample
_NEAR = 1.8  # heights of letters between a sample and its name


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a legend. `stroke`: its sample is a line rather than a square."""

    name: str
    colour: Colour
    stroke: bool
    box: Box
    texts: tuple[Text, ...]


def find_legend(rgb: Rgb, texts: Sequence[Text], ground: Colour) -> list[Entry]:
    """The names that have a sample of colour right before them, with second lines joined on."""
    boxes = [t.box for t in texts]
    entries = []
    for text in texts:
        if not any(c.isalnum() for c in text.text) or len(text.text) > 60:
            continue
        if text.figure and not is_period(text.text):
            continue
        sample = _sample(rgb, text, [b for b in boxes if b is not text.box])
        if sample is not None and distance(sample[0], ground) > 0.7 * _STRONG:
            colour, stroke, at = sample
            entries.append(Entry(_name(text.text), colour, stroke, at, (text,)))
    entries = _plausible(_parted(rgb, entries))
    return [_with_next_lines(e, entries, texts) for e in entries]


def _name(text: str) -> str:
    return text.strip(" ■□▪●◆▲•-–—_=|:")


def _parted(rgb: Rgb, entries: Sequence[Entry]) -> list[Entry]:
    """Entries, those whose words hold further squares (read as one line) cut at the squares."""
    out: list[Entry] = []
    for entry in entries:
        text = entry.texts[0]
        cuts = [] if entry.stroke else _inner_squares(rgb, text, entry.box[2])
        places = [0]
        for _, (a, _b) in cuts:
            wanted = (a - text.box[0]) / (text.box[2] - text.box[0]) * len(text.text)
            breaks = [m.start() for m in _BREAK.finditer(text.text) if m.start() > places[-1]]
            near = [k for k in breaks if abs(k - wanted) <= 4]
            if not near:
                break
            places.append(min(near, key=lambda k: abs(k - wanted)))
        if len(places) != len(cuts) + 1 or not cuts:
            out.append(entry)
            continue
        ends = [*places[1:], len(text.text)]
        for k, (start, end) in enumerate(zip(places, ends, strict=True)):
            colour = entry.colour if k == 0 else cuts[k - 1][0]
            out.append(replace(entry, name=_name(text.text[start:end]), colour=colour))
    return out


def _inner_squares(rgb: Rgb, text: Text, after: float) -> list[tuple[Colour, tuple[int, int]]]:
    """Solid squares inside a line of words, from the left: their colour and ends, in pixels."""
    x0, x1, size = int(max(text.box[0] + text.size, after + 1)), int(text.box[2]), text.size
    top, bottom = max(int(text.y - 0.95 * size), 0), min(int(text.y + 0.95 * size) + 1, rgb.shape[0])
    strip = rgb[top:bottom, x0:x1].astype(np.int16)
    if x1 - x0 < 3 * size or bottom - top < 3:
        return []
    strong = np.abs(strip - np.array(_ground_of(rgb, text))).max(axis=2) > _STRONG
    found: dict[int, tuple[Colour, tuple[int, int]]] = {}
    for row in range(strip.shape[0]):
        if abs(row + top - text.y) > 0.2 * size:
            continue
        for a, b in _runs(strip[row], strong[row], float(x1 - x0)):
            solid = _solid(strip, row, a, b, size)
            if solid is None or solid[1] or b - a < 0.28 * size or b - a > 1.2 * size:
                continue
            patch = np.abs(strip[:, a:b] - np.array(solid[0])).max(axis=2) < _ALIKE
            if patch.all(axis=1).sum() >= 0.28 * size:
                found.setdefault(round((a + b) / size), (solid[0], (a + x0, b + x0)))
    return sorted(found.values(), key=lambda pair: pair[1][0])


def _plausible(entries: list[Entry]) -> list[Entry]:
    """Those in a row or column with another, or alone; a chart's labels also stand beside its marks."""
    kept = []
    for entry in entries:
        x0, y, size = entry.box[0], entry.texts[0].y, entry.texts[0].size
        mates = [
            e
            for e in entries
            if e is not entry
            and abs(e.texts[0].size - size) < 0.5 * size
            and (abs(e.texts[0].y - y) < 0.6 * size or abs(e.box[0] - x0) < 0.8 * size)
        ]
        if mates or not entry.texts[0].figure:
            kept.append(entry)
    return kept


def _with_next_lines(entry: Entry, entries: Sequence[Entry], texts: Sequence[Text]) -> Entry:
    """A name's other lines: beside the same sample, with the same left side, without a sample."""
    taken = {id(t) for e in entries for t in e.texts}
    lines = [entry.texts[0]]
    first = entry.texts[0]
    for text in sorted(texts, key=lambda t: t.box[1]):
        if id(text) in taken or text.figure:
            continue
        under = text.box[1] - lines[-1].box[3]
        if (
            abs(text.box[0] - first.box[0]) < 1.0 * first.size
            and -0.5 * first.size < under < 0.45 * first.size
            and text.y > lines[-1].y
            and abs(text.size - first.size) < 0.35 * first.size
        ):
            lines.append(text)
    name = " ".join([entry.name, *(_name(t.text) for t in lines[1:])])
    return Entry(name, entry.colour, entry.stroke, entry.box, tuple(lines))


def _sample(rgb: Rgb, text: Text, others: Sequence[Box]) -> tuple[Colour, bool, Box] | None:
    """The solid patch or stroke of colour within some letters before a text."""
    size = text.size
    x1 = min(text.box[0] + 3.2 * size, text.x)
    x0 = text.box[0] - 3.4 * size
    for other in others:
        if other[1] < text.y < other[3] and other[0] < text.box[0] and other[2] > x0:
            x0 = max(x0, other[2] - 0.2 * size)
    left, right = max(int(x0), 0), min(int(x1), rgb.shape[1])
    top, bottom = max(int(text.y - 0.95 * size), 0), min(int(text.y + 0.95 * size) + 1, rgb.shape[0])
    if right - left < 3 or bottom - top < 3:
        return None
    strip = rgb[top:bottom, left:right].astype(np.int16)
    written_on = _ground_of(rgb, text)
    strong = np.abs(strip - np.array(written_on)).max(axis=2) > _STRONG
    seen: list[tuple[float, float, Colour, bool, Box]] = []  # end, area, colour, stroke, box
    middle = [row for row in range(strip.shape[0]) if abs(row + top - text.y) <= 0.35 * size]
    for row in sorted(middle, key=lambda r: abs(r + top - text.y)):
        runs = _runs(strip[row], strong[row], text.box[0] + 0.6 * size - left)
        for a, b in [*_with_marker(strip[row], runs, size), *runs]:
            if left + b < text.box[0] - _NEAR * size:
                continue
            found = _solid(strip, row, a, b, size)
            if found is None or distance(found[0], written_on) < _ALIKE:
                continue
            colour, stroke, thick = found
            box = (float(left + a), float(top), float(left + b), float(bottom))
            seen.append((left + b, thick * (b - a), colour, stroke, box))
    if not seen:
        return None
    last = max(end for end, *_ in seen)
    # Of what ends at about one place the largest: blurred rims of a sample are solid too.
    _, _, colour, stroke, box = max((s for s in seen if s[0] > last - 0.7 * size), key=lambda s: s[1])
    return colour, stroke, box


def _solid(
    strip: NDArray[np.int16], row: int, a: int, b: int, size: float
) -> tuple[Colour, bool, int] | None:
    """Colour of a run of pixels, whether it is a stroke, its thickness; None of neither patch nor stroke."""
    colour = np.median(strip[row, a:b], axis=0)
    alike = (np.abs(strip[:, a:b] - colour).max(axis=2) < _ALIKE).mean(axis=1) > 0.7
    thick = _thickness(alike, row)
    if thick >= min(len(alike) - 2, 1.35 * size) or (a == 0 and b - a > 3 * size):
        return None  # taller than a line of words: a bar or a band, not a sample
    square = min(thick, b - a) >= 0.22 * size and b - a < 4 * size
    if not square and not (thick < 0.5 * size and b - a >= 0.9 * size):
        return None
    r, g, bl = (float(v) for v in colour)
    return (r, g, bl), thick < 0.4 * size and b - a > 2.4 * thick, thick


def _ground_of(rgb: Rgb, text: Text) -> Colour:
    """The colour words are written on: the middle of their box's second half."""
    x0, top, x1, bottom = (max(int(v), 0) for v in text.box)
    part = rgb[top : bottom + 1, (x0 + x1) // 2 : x1 + 1].reshape(-1, 3)
    if not len(part):
        return (255.0, 255.0, 255.0)
    r, g, b = (float(v) for v in np.median(part, axis=0))
    return (r, g, b)


def _runs(row: NDArray[np.int16], strong: NDArray[np.bool_], limit: float) -> list[tuple[int, int]]:
    """Starts and ends of runs of strong, slowly changing pixels that begin before `limit`, the last first."""
    if not strong.any():
        return []
    jump = np.abs(np.diff(row, axis=0)).max(axis=1) > _ALIKE
    out: list[tuple[int, int]] = []
    start: int | None = None
    for k, on in enumerate([*strong.tolist(), False]):
        if start is not None and (not on or jump[k - 1]):
            if k - start >= 3 and start <= limit:
                out.append((start, k))
            start = None
        if on and start is None:
            start = k
    return out[::-1]


def _with_marker(
    row: NDArray[np.int16], runs: Sequence[tuple[int, int]], size: float
) -> list[tuple[int, int]]:
    """Strokes that a marker in their middle parts: runs of about one colour with small gaps, put together."""
    out = []
    for k in range(len(runs) - 1):
        end, start = runs[k][1], runs[k][0]
        for a, b in runs[k + 1 :]:
            apart = np.abs(np.median(row[a:b], axis=0) - np.median(row[start:end], axis=0)).max()
            if start - b > 0.25 * size or apart > 2 * _ALIKE:
                break
            start = a
        if start < runs[k][0] and end - start > 1.2 * size:
            out.append((start, end))
    return out


def _thickness(alike: NDArray[np.bool_], row: int) -> int:
    top = bottom = row
    while top > 0 and alike[top - 1]:
        top -= 1
    while bottom + 1 < len(alike) and alike[bottom + 1]:
        bottom += 1
    return bottom - top + 1


def entry_of(colour: Colour, legend: Sequence[Entry], *, nearer_than: float = 40.0) -> Entry | None:
    """The entry whose colour is nearest, if near enough."""
    best = min(legend, key=lambda e: distance(e.colour, colour), default=None)
    return best if best and distance(best.colour, colour) < nearer_than else None
