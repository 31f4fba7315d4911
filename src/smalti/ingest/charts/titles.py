"""A chart's title and the names of its axes."""

from __future__ import annotations

from collections.abc import Sequence

from smalti.ingest.charts.bars import Bars
from smalti.ingest.charts.legend import Entry
from smalti.ingest.charts.printed import Text, turned
from smalti.ingest.charts.view import View


def title_of(view: View, top: float, legend: Sequence[Entry]) -> str:
    """The largest words over the plot, whose upper end is given, with lines as large under them."""
    named = {t.text for e in legend for t in e.texts}
    texts = upright_texts(view)
    limit = 0.35 * (view.whole if view.level else view.height) if view.level else top
    over = [t for t in texts if t.box[3] < limit + 6 and not t.figure and t.text not in named]
    over = [t for t in over if sum(c.isalpha() for c in t.text) >= 3 and t.box[2] - t.box[0] > 1.5 * t.size]
    if not over:
        return ""
    largest = max(t.size for t in over)
    lines = [t for t in over if t.size > 0.72 * largest]
    return " ".join(t.text for t in sorted(lines, key=lambda t: (t.y, t.x))[:3])


def axis_name(view: View, bars: Bars) -> str:
    """The name of the value axis: words on their side, left of the plot."""
    if view.level:
        return ""
    beside = [
        t
        for t in view.texts
        if t.box[2] < bars.x0 and t.box[3] - t.box[1] > 2.5 * (t.box[2] - t.box[0]) and not t.figure
    ]
    beside = [t for t in beside if sum(c.isalpha() for c in t.text) >= 4 and t.score > 0.9]
    return max(beside, key=lambda t: len(t.text)).text if beside else ""


def upright_texts(view: View) -> list[Text]:
    """A view's words as they stood in the picture."""
    if not view.level:
        return list(view.texts)
    out: list[Text] = list(view.texts)
    for _ in range(3):
        out = turned(out, view.height)
    return out
