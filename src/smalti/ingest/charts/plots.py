"""One plot on a category axis: bars, lines, or both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from smalti.ingest.charts.axes import Scale, find_scales
from smalti.ingest.charts.bars import Bars
from smalti.ingest.charts.barvalues import BarValues, read_values
from smalti.ingest.charts.chart import LABEL, Axis, Chart, Point, Series
from smalti.ingest.charts.legend import Entry, entry_of
from smalti.ingest.charts.lines import Line, find_lines
from smalti.ingest.charts.linevalues import LineValue, LineValues, read_line
from smalti.ingest.charts.loose import loose_series
from smalti.ingest.charts.places import Place, find_level_places, find_places, parted, placed, rows_of
from smalti.ingest.charts.printed import Text, is_period
from smalti.ingest.charts.regions import distance
from smalti.ingest.charts.titles import axis_name, title_of
from smalti.ingest.charts.view import View, floats

_CUT = 0.06  # of an axis: the value at its foot that makes it truncated
_BAR_COLOUR = 60.0  # of 255 by which a bar may differ from its sample: bars are shaded, samples small


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a plot lies: its categories, its scales, the figures left to be labels, and its floor."""

    places: tuple[Place, ...]
    scales: tuple[Scale, ...]
    figures: tuple[Text, ...]
    floor: float
    pitch: float


def read_plot(view: View, bars: Bars | None, legend: Sequence[Entry]) -> Chart | None:
    """The plot of a view with the bars that were found in it, or of lines alone."""
    named = {t.text for e in legend for t in e.texts}
    texts = [t for t in view.texts if t.text not in named]
    frame = _frame_of_bars(view, bars, texts) if bars else _frame_of_lines(view, texts)
    if frame is None:
        scales = find_scales(texts)
        if not scales or view.level:
            return None
        return Chart(
            "line",
            title_of(view, view.height / 2, legend),
            [],
            {"y": _axis(scales[0], None, float(view.height))},
        )
    title = title_of(view, bars.top if bars else frame.floor / 2, legend)
    values = read_values(bars, frame.figures, frame.scales) if bars else BarValues((), None, 0.0)
    used = {id(v.text) for v in values.values if v.text}
    left = [t for t in frame.figures if id(t) not in used]
    lines = [] if view.level else _lines(view, bars, frame, legend)
    read: list[tuple[Line, LineValues]] = []
    over: list[tuple[Line, LineValues]] = []  # labels over stacks, found along their upper edges
    for line in lines:
        scales = _scales_for(frame, values) if bars else list(frame.scales)
        own = _other_axis(frame, values) if bars else None
        if bars and own is None:
            scales = [replace(s, ticks=()) for s in scales]  # for labels only: it may be the bars'
        said = read_line(line, frame.places, left, scales, frame.pitch, own)
        if said.points and _believed(line, said, bars, frame, legend):
            totals = bars is not None and bars.stacked and _follows_ends(line, bars)
            (over if totals else read).append((line, said))
            taken = {id(p.text) for p in said.points if p.text}
            left = [t for t in left if id(t) not in taken]
    series: list[Series] = []
    if bars:
        series += _bar_series(view, bars, values, frame, legend, title)
    series += _line_series(read, legend, "" if bars else title)
    series += [Series("Total", _line_points(v.points)) for _, v in over]
    if not view.level:
        open_names = [e for e in legend if e.stroke] if bars and bars.stacked else legend
        series += loose_series(view.rgb, left, frame.places, open_names, [s.name for s in series])
    strokes = _strokes_without_bars(bars, legend)
    kind = _kind(view, bars, len(read) + strokes)
    axes = _axes(view, bars, values, frame, read)
    notes = [
        f"{note} axis"
        for note, on in (("truncated", any(a.truncated for a in axes.values())), ("dual", "y2" in axes))
        if on
    ]
    agreement = [values.agreement] * bool(bars) + [v.agreement for _, v in read]
    return Chart(kind, title, series, axes, notes, float(np.mean(agreement)) if agreement else 0.0)


def _strokes_without_bars(bars: Bars | None, legend: Sequence[Entry]) -> int:
    """How many strokes the legend shows in colours that no bar has: lines, traced or not."""
    if bars is None:
        return 0
    own = [s.colour for b in bars.bars for s in b.segments]
    return sum(e.stroke and all(distance(e.colour, c) > _BAR_COLOUR for c in own) for e in legend)


# --- where things are --------------------------------------------------------------------------------


def _frame_of_bars(view: View, bars: Bars, texts: Sequence[Text]) -> Frame:
    distinct = np.unique(np.round([b.x for b in bars.bars]))
    pitch = float(np.diff(distinct).min()) if len(distinct) > 1 else bars.thickness
    scales = [s for s in find_scales(texts) if s.x < bars.x0 or s.x > bars.x1]
    free = _less_ticks(texts, scales)
    floor = max(float(bars.bottom), bars.base)
    find = find_level_places if view.level else find_places
    free = free if view.level else parted(free, [b.x for b in bars.bars], floor)
    places = find(free, bars.x0 - pitch, bars.x1 + pitch, floor)
    if not places and bars.base < floor:  # what hangs from the line may be letters
        places = find(free, bars.x0 - pitch, bars.x1 + pitch, bars.base)
    return _frame(free, places, scales, floor, pitch)


def _frame(
    free: Sequence[Text], places: Sequence[Place], scales: Sequence[Scale], floor: float, pitch: float
) -> Frame:
    used = {id(t) for p in places for t in p.texts}
    figures = [t for t in free if id(t) not in used and t.figure and t.y < floor + 2 * t.size]
    return Frame(tuple(places), tuple(scales), tuple(figures), floor, pitch)


def _less_ticks(texts: Sequence[Text], scales: Sequence[Scale]) -> list[Text]:
    ticks = {id(t) for s in scales for t in s.ticks}
    return [t for t in texts if id(t) not in ticks]


def _frame_of_lines(view: View, texts: Sequence[Text]) -> Frame | None:
    """Of a plot without bars: the lowest row of period names, or the row under the lowest tick."""
    scales = find_scales(texts)
    free = _less_ticks(texts, scales)
    rows = [r for r in rows_of(free) if sum(is_period(t.text) for t in r) >= max(3, 0.7 * len(r))]
    if rows:
        floor = min(t.box[1] for t in rows[-1] if is_period(t.text)) - 1.0
        if len(rows) > 1 and rows[-1][0].box[1] - rows[-2][0].box[3] < 0.8 * rows[-1][0].size:
            floor = min(t.box[1] for t in rows[-2]) - 1.0
    elif scales:
        floor = max(t.y for s in scales[:1] for t in s.ticks)
    else:
        return None
    places = find_places(free, 0, view.width, floor, least=3)
    if len(places) < 3:
        return None
    pitch = float(np.median(np.diff([p.x for p in places])))
    return _frame(free, places, scales, floor, pitch)


def _lines(view: View, bars: Bars | None, frame: Frame, legend: Sequence[Entry]) -> list[Line]:
    if len(frame.places) < 2:
        return []
    xs = [p.x for p in frame.places]
    taken = [view.ground, (255.0, 255.0, 255.0)]
    if bars:
        taken += [s.colour for b in bars.bars for s in b.segments]
    named = [e.colour for e in legend if e.stroke] if bars else [e.colour for e in legend]
    hidden = [t for t in view.texts if t.box[1] < frame.floor]
    hidden += [t for e in legend for t in e.texts]
    top = (
        0 if bars else int(min((t.y for s in frame.scales for t in s.ticks), default=0.05 * view.height)) - 4
    )
    plot = (int(min(xs)), max(top, 0), int(max(xs)) + 1, int(frame.floor))
    samples = [e.box for e in legend]
    return find_lines(view.rgb, plot, [*(t.box for t in hidden), *samples], taken, named)


def _believed(
    line: Line, values: LineValues, bars: Bars | None, frame: Frame, legend: Sequence[Entry]
) -> bool:
    """Whether a stroke is a series: over bars the legend shows one like it, or labels state it.

    Edges of bars, frames and arrows are strokes too.
    """
    labelled = sum(v.method == LABEL for v in values.points)
    heights = line.heights[np.isfinite(line.heights)]
    if not labelled and float(np.ptp(heights)) < 3:
        return False  # a rule
    if bars is None:
        return True
    edge = _follows_ends(line, bars)
    if entry_of(line.colour, [e for e in legend if e.stroke], nearer_than=60.0):
        return labelled > 0 or not edge
    if labelled < max(2, 0.6 * len(frame.places)):
        return False
    return labelled >= 4 or not edge or bars.stacked


def _follows_ends(line: Line, bars: Bars) -> bool:
    """Whether a stroke runs along the ends of bars, as their own edges do."""
    room = max(5.0, 0.02 * (bars.bottom - bars.top))
    tops = [abs(y - b.end) < room for b in bars.bars if (y := line.at(b.x)) is not None]
    return sum(tops) > 0.5 * len(tops) or not tops


def _other_axis(frame: Frame, values: BarValues) -> Scale | None:
    """The axis that is not the bars', where two are printed and the bars agree with one."""
    mine = values.scale
    if mine is None or len(frame.scales) != 2:
        return None
    near = [abs(s.slope / mine.slope - 1) < 0.05 for s in frame.scales]
    if near[0] == near[1]:
        return None
    return frame.scales[1] if near[0] else frame.scales[0]


def _scales_for(frame: Frame, values: BarValues) -> list[Scale]:
    """Axes a line may belong to: any that are printed; the bars' own only where it is printed."""
    if not values.values or len(frame.scales) < 2:
        return list(frame.scales)
    return [s for s in frame.scales if s is not values.scale] + [s for s in frame.scales if s is values.scale]


# --- what they say -----------------------------------------------------------------------------------


def _kind(view: View, bars: Bars | None, lines: int) -> str:
    if bars is None:
        return "line"
    if lines:
        return "combo"
    if view.level:
        return "horizontal bar"
    return "stacked bar" if bars.stacked else "bar"


def _axes(
    view: View, bars: Bars | None, values: BarValues, frame: Frame, lines: Sequence[tuple[Line, LineValues]]
) -> dict[str, Axis]:
    out: dict[str, Axis] = {}
    first = values.scale if bars else next((v.scale for _, v in lines if v.scale), None)
    if first is not None:
        stated = [p.value for _, v in lines for p in v.points] if bars is None else []
        out["x" if view.level else "y"] = _axis(first, bars, frame.floor, stated)
    others = [v.scale for _, v in lines if v.scale is not None and v.scale is not first]
    printed = [s for s in frame.scales if s is not first]
    second = next((s for s in others if first is None or s.unit != first.unit or s.ticks), None)
    second = second or (printed[0] if len(frame.scales) > 1 and printed else None)
    if first is not None and second is not None and not view.level:
        stated = [p.value for _, v in lines if v.scale is second for p in v.points]
        out["y2"] = _axis(second, None, frame.floor, stated)
    return out


def _axis(scale: Scale, bars: Bars | None, floor: float, stated: Sequence[float] = ()) -> Axis:
    if scale.ticks:
        low, high = scale.low, scale.high
    else:
        ends = [scale.value(bars.base), scale.value(bars.top)] if bars else stated or [0.0]
        low, high = min(ends), max(ends)
    truncated = bool(scale.ticks) and not scale.logarithmic and scale.value(floor) > _CUT * (high - low)
    if bars is not None:
        at_base, at_top = scale.value(bars.base), scale.value(bars.top)
        truncated = abs(at_base) > _CUT * abs(at_top - at_base)
    return Axis(low, high, scale.unit, "log" if scale.logarithmic else "linear", truncated)


def _bar_series(
    view: View, bars: Bars, values: BarValues, frame: Frame, legend: Sequence[Entry], title: str
) -> list[Series]:
    at = placed([b.x for b in bars.bars], frame.places, frame.pitch)
    squares = [e for e in legend if not e.stroke] or list(legend)
    alone = _alone(bars, at, squares)
    points: dict[str, list[Point]] = defaultdict(list)
    fallback = axis_name(view, bars) or title
    several = alone is None  # a colour without a name could be any of them
    for value in values.values:
        place = at[value.bar]
        if place is None:
            continue
        if value.segment is None:
            name = "Total"
        else:
            entry = entry_of(value.segment.colour, squares, nearer_than=_BAR_COLOUR)
            name = alone if alone is not None else (entry.name if entry else "")
        bar = bars.bars[value.bar]
        block = value.segment.box if value.segment else (round(bar.x0), bar.top, round(bar.x1), bar.bottom)
        point = Point(
            place.name, value.value, value.unit, value.method, value.error, view.upright(floats(block))
        )
        if name or not several or (not legend and value.method == LABEL):
            points[name or fallback].append(point)
    order = {e.name: k for k, e in enumerate(legend)}
    named = sorted(points, key=lambda n: order.get(n, len(order)))
    if not legend:
        return [Series(n, points[n]) for n in named]
    return [Series(n, kept) for n in named if (kept := _unambiguous(points[n]))]


def _unambiguous(points: Sequence[Point]) -> list[Point]:
    """Points less those of which a series has two of one category with different values."""
    by: dict[str, list[float]] = defaultdict(list)
    for point in points:
        by[point.category].append(point.value)
    sure = {c for c, v in by.items() if max(v) - min(v) <= 0.02 * max(abs(x) for x in v)}
    out = {p.category: p for p in reversed(points) if p.category in sure}
    return list(reversed(out.values()))


def _alone(bars: Bars, at: Sequence[Place | None], legend: Sequence[Entry]) -> str | None:
    """The one name of bars that stand alone over each category, whatever their colours; None if several."""
    names = [p.name for p in at if p]
    if bars.stacked or len(set(names)) < len(names):
        return None
    found = [entry_of(b.segments[0].colour, legend, nearer_than=_BAR_COLOUR) for b in bars.bars]
    known = sum(e is not None for e in found)
    if known >= 0.8 * len(found) and len({e.name for e in found if e}) > 1:
        return None
    if len(legend) == 1:
        return legend[0].name
    return next((e.name for e in found if e), "")


def _line_series(
    read: Sequence[tuple[Line, LineValues]], legend: Sequence[Entry], alone: str
) -> list[Series]:
    out = []
    for line, values in read:
        strokes = [e for e in legend if e.stroke]
        entry = entry_of(line.colour, strokes, nearer_than=60.0) or entry_of(line.colour, legend)
        name = entry.name if entry else (alone if len(read) == 1 and not legend else "")
        if not name and any(v.method != LABEL for v in values.points):
            continue
        out.append(Series(name, _line_points(values.points)))
    return out


def _line_points(values: Sequence[LineValue]) -> list[Point]:
    return [Point(v.place.name, v.value, v.unit, v.method, v.error, v.box) for v in values]
