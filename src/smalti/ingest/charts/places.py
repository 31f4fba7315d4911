"""Names of the places along a category axis, from the words under it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from smalti.ingest.charts.printed import Text, is_period, read_figure

_NOUGHT = re.compile(r"[1-4][0OQ]\d\d")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Place:
    """A category: its name, its middle across in pixels, and the words it came from."""

    name: str
    x: float
    texts: tuple[Text, ...]


def rows_of(texts: Sequence[Text]) -> list[list[Text]]:
    """Texts in rows, top to bottom, each from the left."""
    rows: list[list[Text]] = []
    for text in sorted(texts, key=lambda t: t.y):
        if rows and abs(text.y - np.median([t.y for t in rows[-1]])) < 0.55 * text.size:
            rows[-1].append(text)
        else:
            rows.append([text])
    return [sorted(row, key=lambda t: t.x) for row in rows]


def find_places(
    texts: Sequence[Text], left: float, right: float, floor: float, least: int = 2
) -> list[Place]:
    """The category names under a plot from `left` to `right` that ends at `floor`, left to right.

    The first row with `least` names or more is taken, with the rows right under it: a second line of the
    names, or years that span several quarters.
    """
    under = [t for t in texts if t.y > floor + 0.1 * t.size and left <= t.x <= right]
    rows = rows_of(under)
    for k, row in enumerate(rows):
        size = float(np.median([t.size for t in row]))
        if row[0].box[1] > floor + 4.5 * size:
            return []
        if len(row) >= least:
            return _with_lower(row, rows[k + 1 :], size)
    return []


def parted(texts: Sequence[Text], xs: Sequence[float], floor: float) -> list[Text]:
    """Texts, those under a plot that name several marks at `xs` (read as one line) cut between words.

    Marks in clusters share one name, so nothing is cut under them.
    """
    middles = np.unique(np.round(np.asarray(xs)))
    gaps = np.diff(middles)
    if len(gaps) < 1 or gaps.max() > 1.25 * gaps.min():
        return list(texts)
    out: list[Text] = []
    for text in texts:
        reach = 0.25 * float(gaps.min())
        over = [float(x) for x in middles if text.box[0] - reach < x < text.box[2] + reach]
        words = text.text.split()
        if text.y <= floor or len(over) < 2 or len(words) < len(over) or text.figure:
            out.append(text)
            continue
        out += _named_apart(text, words, over) or [text]
    return out


def _named_apart(text: Text, words: Sequence[str], over: Sequence[float]) -> list[Text]:
    """The words of a text by the nearest of some places; nothing unless each name stands at its place."""
    x0, top, x1, bottom = text.box
    wide = (x1 - x0) / max(len(text.text), 1)
    columns: list[list[tuple[float, float, str]]] = [[] for _ in over]
    done = 0
    for word in words:
        start, end = x0 + done * wide, x0 + (done + len(word)) * wide
        nearest = int(np.abs(np.array(over) - (start + end) / 2).argmin())
        columns[nearest].append((start, end, word))
        done += len(word) + 1
    room = 0.25 * (over[1] - over[0])
    if any(not c or abs((c[0][0] + c[-1][1]) / 2 - x) > room for c, x in zip(columns, over, strict=True)):
        return []
    names = [(" ".join(w for _, _, w in c), (c[0][0], top, c[-1][1], bottom)) for c in columns]
    return [replace(text, text=name, box=box, figure=read_figure(name)) for name, box in names]


def find_level_places(texts: Sequence[Text], left: float, right: float, floor: float) -> list[Place]:
    """The category names of level bars, in the turned view: whatever words stand beside them, line by line.

    Names may be set to either side, so their distance from the bars says nothing; lines of one name stand
    closer than the names.
    """
    inside = [t for t in texts if t.y > floor and left <= t.x <= right]
    beside = [t for t in inside if is_period(t.text) or any(c.isalpha() for c in t.text)]
    groups: list[list[Text]] = []
    for text in sorted(beside, key=lambda t: t.x):
        if groups and text.x - groups[-1][-1].x < 1.3 * text.size:
            groups[-1].append(text)
        else:
            groups.append([text])
    return [Place(_joined(g), float(np.mean([t.x for t in g])), tuple(g)) for g in groups]


def _with_lower(first: list[Text], lower: Sequence[list[Text]], size: float) -> list[Place]:
    columns = [[t] for t in first]
    xs = np.array([t.x for t in first])
    spacing = float(np.median(np.diff(xs))) if len(xs) > 1 else 4 * size
    edge = max(t.box[3] for t in first)
    for row in lower[:3]:
        if min(t.box[1] for t in row) > edge + 0.8 * size:
            break
        aligned = all(np.abs(xs - t.x).min() < 0.25 * spacing for t in row)
        wide = any(t.box[2] - t.box[0] > 1.6 * spacing for t in row)
        spans = 2 <= len(row) < len(first) and not wide and all(_YEAR.search(t.text) for t in row)
        few = len(row) < 0.5 * len(first) and not spans
        if few and min(t.box[1] for t in row) > edge + 0.3 * size:
            break
        if aligned and not wide:
            for text in row:
                columns[int(np.abs(xs - text.x).argmin())].append(text)
        elif spans:
            middles = np.array([t.x for t in row])
            for column, x in zip(columns, xs, strict=True):
                column.append(row[int(np.abs(middles - x).argmin())])
            break
        else:
            break
        edge = max(t.box[3] for t in row)
    names = _quarters([_joined(c) for c in columns])
    return [Place(name, c[0].x, tuple(c)) for name, c in zip(names, columns, strict=True)]


def _quarters(names: Sequence[str]) -> list[str]:
    """Names with the Q of quarters put right where it was read as a nought: `3023` beside `4023` is 3Q23."""
    alike = [bool(_NOUGHT.fullmatch(n)) for n in names]
    if sum(alike) < max(3, 0.5 * len(names)) or not any(
        n[0] in "34" for n, a in zip(names, alike, strict=True) if a
    ):
        return list(names)
    return [f"{n[0]}Q{n[2:]}" if a else n for n, a in zip(names, alike, strict=True)]


def _joined(column: Sequence[Text]) -> str:
    return " ".join(t.text for t in column).strip(" -–—.,:;|")


def placed(xs: Sequence[float], places: Sequence[Place], pitch: float) -> list[Place | None]:
    """The place of each mark at `xs`; None where no name stands near.

    Marks are alone above their names, in clusters above one name, or have a name only now and then: then
    the years between two years are filled in.
    """
    if not places:
        return [None] * len(xs)
    middles = np.array([p.x for p in places])
    distinct = np.unique(np.round(np.asarray(xs)))
    spread = float(np.median(np.diff(middles))) if len(middles) > 1 else 4 * pitch
    gaps = np.diff(distinct)
    clustered = len(gaps) > 1 and gaps.max() > 1.25 * gaps.min()
    sparse = len(places) < 0.75 * len(distinct) and not clustered
    out: list[Place | None] = []
    for x in xs:
        nearest = int(np.abs(middles - x).argmin())
        off = abs(middles[nearest] - x)
        if sparse:
            own = off < 0.3 * min(pitch, spread)
            out.append(places[nearest] if own else _between(x, places))
        else:
            out.append(places[nearest] if off < 0.56 * spread else None)
    return out


def _between(x: float, places: Sequence[Place]) -> Place | None:
    for one, two in pairwise(places):
        if one.x < x < two.x:
            a, b = (_YEAR.fullmatch(p.name[:4]) for p in (one, two))
            if not a or not b:
                return None
            year = int(a[0]) + (x - one.x) / (two.x - one.x) * (int(b[0]) - int(a[0]))
            return Place(str(round(year)), x, ()) if abs(year - round(year)) < 0.2 else None
    return None
