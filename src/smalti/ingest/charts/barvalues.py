"""Values of bars: labels above, in or under them, held against their lengths; else measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smalti.ingest.charts.axes import Scale
from smalti.ingest.charts.bars import Bar, Bars
from smalti.ingest.charts.blocks import Block
from smalti.ingest.charts.chart import LABEL, MEASURED
from smalti.ingest.charts.fits import Fit, Mark, fit
from smalti.ingest.charts.printed import Text

_SURE = 0.05  # a measured value whose error is a larger part of it is left out


@dataclass(frozen=True, slots=True)
class Value:
    """What one segment (or, where `segment` is None, a whole stack) of a bar says."""

    bar: int
    segment: Block | None
    value: float
    unit: str
    method: str
    error: float
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class BarValues:
    """Values of a set of bars, the scale behind them, and the part of them that agree with it."""

    values: tuple[Value, ...]
    scale: Scale | None
    agreement: float


def read_values(bars: Bars, figures: Sequence[Text], scales: Sequence[Scale]) -> BarValues:
    """Labels and measured values of each bar or, where they are stacked, of each segment and stack."""
    if bars.stacked:
        return _stacks(bars, figures, scales)
    return _singles(bars, figures, scales)


def near_bar(bars: Bars, figures: Sequence[Text]) -> list[list[Text]]:
    """For each bar the figures over, in or right under it."""
    xs = np.array([b.x for b in bars.bars])
    pitch = _pitch(bars)
    out: list[list[Text]] = [[] for _ in bars.bars]
    for text in figures:
        k = int(np.abs(xs - text.x).argmin())
        if abs(xs[k] - text.x) <= max(0.5 * pitch, 0.5 * bars.thickness):
            for i in np.flatnonzero(np.abs(xs - xs[k]) < 1).tolist():  # up and down at one place
                out[i].append(text)
    return out


def _pitch(bars: Bars) -> float:
    xs = np.unique(np.round([b.x for b in bars.bars]))
    return float(np.diff(xs).min()) if len(xs) > 1 else bars.thickness


# --- bars of one segment -----------------------------------------------------------------------------


def _singles(bars: Bars, figures: Sequence[Text], scales: Sequence[Scale]) -> BarValues:
    near = near_bar(bars, figures)
    marks = [
        Mark(float(bar.end), tuple(_by_place(bar, own))) for bar, own in zip(bars.bars, near, strict=True)
    ]
    reach = max(abs(b.end - bars.base) for b in bars.bars)
    found = fit(marks, scales, bars.base, reach)
    wanted = sum(bool(m.candidates) for m in marks)
    if found.agreed >= max(2, 0.55 * wanted):
        values = [_single(k, bar, found, bars) for k, bar in enumerate(bars.bars)]
        return BarValues(tuple(v for v in values if v), found.scale, found.agreed / max(len(marks), 1))
    unscaled = _by_place_alone(bars, near)
    if len(unscaled) >= 0.7 * len(bars.bars):
        return BarValues(tuple(unscaled), None, 0.4)
    axis = _axis_for(bars, scales)
    if axis is None or wanted > 0.5 * len(marks):
        return BarValues((), None, 0.0)
    measured = [_measured(k, bar.segments[0], bar.end, axis, axis.unit) for k, bar in enumerate(bars.bars)]
    return BarValues(tuple(v for v in measured if v), axis, 0.7)


def _by_place(bar: Bar, figures: Sequence[Text]) -> list[Text]:
    """Figures just beyond a bar's end first, then those in it, from its end."""

    def beyond(t: Text) -> float:
        return (t.box[1] - bar.bottom) if bar.down else (bar.top - t.box[3])

    outside = [t for t in figures if -0.7 * t.size < beyond(t) < 3.0 * t.size]
    inside = [t for t in figures if t not in outside and bar.top <= t.y <= bar.bottom]
    under = [
        t for t in figures if t not in outside and t not in inside and 0 < t.y - bar.bottom < 1.2 * t.size
    ]
    return [
        *sorted(outside, key=lambda t: abs(beyond(t))),
        *sorted(inside, key=lambda t: abs(t.y - bar.end)),
        *under,
    ]


def _single(k: int, bar: Bar, found: Fit, bars: Bars) -> Value | None:
    label = found.labels[k]
    block = bar.segments[0]
    if label is not None and label.figure:
        figure = label.figure
        return Value(k, block, figure.value, figure.unit, LABEL, figure.half_digit, label)
    scale = found.scale
    if scale is None or found.agreed < 3:
        return None
    return _measured(k, block, bar.end, scale, scale.unit)


def _measured(k: int, block: Block, y: float, scale: Scale, unit: str) -> Value | None:
    value = scale.value(y)
    error = 0.7 * scale.step(y) + scale.residual
    if error > _SURE * abs(value):
        return None
    return Value(k, block, value, unit, MEASURED, error)


def _by_place_alone(bars: Bars, near: Sequence[Sequence[Text]]) -> list[Value]:
    """One figure right over each bar, or the only one in it, of one unit: bars need not be to scale."""
    out = []
    for k, (bar, own) in enumerate(zip(bars.bars, near, strict=True)):
        ranked = _by_place(bar, own)
        if not ranked or (len(ranked) > 1 and len({t.figure.unit for t in ranked if t.figure}) > 1):
            continue
        text = ranked[0]
        if text.figure:
            figure = text.figure
            out.append(Value(k, bar.segments[0], figure.value, figure.unit, LABEL, figure.half_digit, text))
    units = [v.unit for v in out]
    if units and units.count(max(set(units), key=units.count)) < 0.9 * len(units):
        return []
    return out if _in_order(out, bars) else []


def _in_order(values: Sequence[Value], bars: Bars) -> bool:
    """Whether longer bars have larger values, mostly."""
    if len(values) < 2:
        return False
    lengths = np.array([bars.base - bars.bars[v.bar].end for v in values], dtype=float)
    numbers = np.array([v.value for v in values])
    up = np.sign(np.subtract.outer(lengths, lengths)) * np.sign(np.subtract.outer(numbers, numbers))
    apart = np.abs(np.subtract.outer(lengths, lengths)) > 4
    return bool((up[apart] > 0).mean() > 0.75) if apart.any() else True


def _axis_for(bars: Bars, scales: Sequence[Scale]) -> Scale | None:
    """The axis of bars: the only one, or the left one of two."""
    fitting = [s for s in scales if s.ticks and min(t.y for t in s.ticks) <= bars.top + 40]
    beside = [s for s in fitting if s.x < bars.x0] or fitting
    return beside[0] if beside else None


# --- stacks ------------------------------------------------------------------------------------------


def _stacks(bars: Bars, figures: Sequence[Text], scales: Sequence[Scale]) -> BarValues:
    near = near_bar(bars, figures)
    rate, sure = _rate(bars, near)
    over = _rate_of_totals(bars, near)
    if over is not None and over[1] > sure:
        rate, sure = over
    axis = _axis_for(bars, scales)
    if axis is not None and not axis.logarithmic:
        step = abs(axis.slope)
        if rate is None or (sure < 4 and abs(step / rate - 1) > 0.1):
            rate, sure = step, 3
    values: list[Value] = []
    agreed = asked = 0
    for k, (bar, own) in enumerate(zip(bars.bars, near, strict=True)):
        found, right = _stack(k, bar, own, rate, bars)
        values += found
        agreed += right
        asked += len(bar.segments)
    printed = sum(bar.top <= t.y <= bar.bottom for bar, own in zip(bars.bars, near, strict=True) for t in own)
    if rate is not None and sure >= 3 and (agreed >= 0.5 * asked or printed < 0.3 * asked):
        values += _unlabelled(bars, values, rate, axis)
    return BarValues(tuple(values), axis or _scale_of(bars, rate, values), agreed / max(asked, 1))


def _scale_of(bars: Bars, rate: float | None, values: Sequence[Value]) -> Scale | None:
    if rate is None or not values:
        return None
    units = [v.unit for v in values]
    return Scale(rate * bars.base, -rate, max(set(units), key=units.count))


def _rate(bars: Bars, near: Sequence[Sequence[Text]]) -> tuple[float | None, int]:
    """Values a pixel, as most segments with a figure in them have it, and how many do."""
    ratios = []
    for bar, own in zip(bars.bars, near, strict=True):
        for block in bar.segments:
            inside = [t for t in own if block.box[1] <= t.y <= block.box[3] and t.figure]
            if len(inside) == 1 and inside[0].figure and block.height > 8 and inside[0].figure.value > 0:
                ratios.append(inside[0].figure.value / block.height)
    if not ratios:
        return None, 0
    logs = np.log(np.array(ratios))
    close = np.abs(logs[:, None] - logs[None, :]) < 0.09
    best = int(close.sum(axis=1).argmax())
    return float(np.exp(np.median(logs[close[best]]))), int(close[best].sum())


def _rate_of_totals(bars: Bars, near: Sequence[Sequence[Text]]) -> tuple[float, int] | None:
    """Values a pixel as the figures over whole stacks have it, and how many agree."""
    marks = []
    for bar, own in zip(bars.bars, near, strict=True):
        over = [t for t in own if -0.7 * t.size < bar.top - t.box[3] < 3.0 * t.size]
        marks.append(Mark(float(bar.top), tuple(sorted(over, key=lambda t: -t.y))))
    reach = max(abs(b.end - bars.base) for b in bars.bars)
    found = fit(marks, [], bars.base, reach)
    if found.scale is None or found.agreed < max(3, 0.6 * len(marks)):
        return None
    if abs(found.scale.value(bars.base)) > 0.05 * abs(found.scale.value(bars.top)):
        return None  # stacks on a truncated axis: parts of it say nothing of segments
    return abs(found.scale.slope), found.agreed


def _stack(k: int, bar: Bar, own: Sequence[Text], rate: float | None, bars: Bars) -> tuple[list[Value], int]:
    """Labels of one stack: in each segment, then of thin ones beside it, then the total over it."""
    out: list[Value] = []
    waiting = list(own)
    right = 0
    reach = max(abs(b.end - bars.base) for b in bars.bars)
    for block in sorted(bar.segments, key=lambda b: -b.height):
        middle = (block.box[1] + block.box[3]) / 2
        close = [t for t in waiting if abs(t.y - middle) <= block.height / 2 + 0.55 * t.size]
        if bar.top == block.box[1]:
            close += [t for t in waiting if t not in close and 0 <= bar.top - t.box[3] < 0.8 * t.size]
        chosen = _chosen(block, close, rate, reach)
        if chosen is None or chosen.figure is None:
            continue
        right += 1
        waiting.remove(chosen)
        figure = chosen.figure
        out.append(Value(k, block, figure.value, figure.unit, LABEL, figure.half_digit, chosen))
    total = _total(k, bar, out, waiting, rate)
    return ([*out, total] if total else out), right


def _chosen(block: Block, close: Sequence[Text], rate: float | None, reach: float) -> Text | None:
    middle = (block.box[1] + block.box[3]) / 2
    if rate is None:
        inside = [t for t in close if block.box[1] <= t.y <= block.box[3]]
        return inside[0] if len(inside) == 1 and block.height > 0.8 * inside[0].size else None
    room = rate * max(4.0, 0.03 * reach)
    fitting = [
        t
        for t in close
        if t.figure and abs(abs(t.figure.value) - rate * block.height) <= room + t.figure.half_digit
    ]
    return min(fitting, key=lambda t: abs(t.y - middle), default=None)


def _total(
    k: int, bar: Bar, parts: Sequence[Value], waiting: Sequence[Text], rate: float | None
) -> Value | None:
    if bar.down or len(bar.segments) < 2:
        return None
    over = [t for t in waiting if t.y < bar.top and t.figure]
    height = bar.bottom - bar.top
    known = sum(v.value for v in parts) if len(parts) == len(bar.segments) else None
    for text in sorted(over, key=lambda t: -t.y):
        figure = text.figure
        if figure is None or (parts and figure.unit != parts[0].unit and figure.unit and parts[0].unit):
            continue
        adds = (
            known is not None
            and abs(figure.value - known) <= 0.02 * abs(known) + len(parts) * figure.half_digit
        )
        scaled = rate is not None and abs(figure.value - rate * height) <= rate * max(5.0, 0.04 * height)
        if adds or scaled:
            return Value(k, None, figure.value, figure.unit, LABEL, figure.half_digit, text)
    return None


def _unlabelled(bars: Bars, values: Sequence[Value], rate: float, axis: Scale | None) -> list[Value]:
    """Segments without a label, by their height; the first by the axis, which may not begin at zero."""
    have = {(v.bar, v.segment) for v in values}
    unit = values[0].unit if values else (axis.unit if axis else "")
    if axis is not None and "%" in unit and "%" not in axis.unit and axis.slope < -1.0:
        return []  # shares printed in bars that an axis measures in something else
    residual = axis.residual if axis else 0.0
    out = []
    for k, bar in enumerate(bars.bars):
        for n, block in enumerate(bar.segments):
            if (k, block) in have:
                continue
            value = rate * block.height * (-1 if bar.down else 1)
            if n == 0 and axis is not None:
                value = axis.value(block.box[3] if bar.down else block.box[1])
            error = 0.8 * rate + residual
            if error <= _SURE * abs(value):
                out.append(Value(k, block, value, unit, MEASURED, error))
    return out
