"""The periods a chart shows: their order, and those it leaves out that would change what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from smalti.models.checks.chart_facts import Match, When
from smalti.models.checks.chart_marks import Drawing
from smalti.models.checks.chart_series import Drawn, Mark, Row, number
from smalti.models.checks.chart_tables import Filed
from smalti.models.checks.chart_values import Verdict, amount, period
from smalti.models.checks.record import Finding

REVERSED, SHUFFLED = 0.4, 0.5
LATEST_LEFT_OUT, LEFT_OUT_OF_THE_MIDDLE, BEGINS_AT_TROUGH = 0.6, 0.4, 0.3
_ELSEWHERE, _NOT_FILED = 0.7, 0.5
"""Filedors: what is left out is filed in another document; the chart is not the filer's."""
_TURN = 0.03
"""Part of a value by which it must move for a direction to be told."""
_LONG = 5
"""A chart of as many years follows the custom of selected data; where it begins says nothing."""
_BAD = re.compile(
    r"\b(?:costs?|expenses?|debt|borrowings?|liabilit\w+|loss(?:es)?|churn|complaints?|injur\w+|incidents?"
    r"|emissions?|inventor\w+|charge-?offs?|delinquen\w+|days|overhead|impairments?|payables?)\b",
    re.I,
)


def order(drawn: Drawn, row: Row, drawing: Drawing) -> Verdict | None:
    """Time that runs backwards, or to and fro, so that a fall looks like a rise.

    Told only where the flattering direction, as read from left to right, is not the true one.

    Returns:
        None where time runs forwards, or the chart says nothing of it.
    """
    if drawn.kind == "horizontal bar" or len(drawing.marks) < 3:
        return None
    across = sorted(drawing.marks, key=lambda m: m.box[0] if m.box else 0.0)
    in_time = sorted(across, key=lambda m: m.when)
    if across == in_time:
        return None
    backwards = across == in_time[::-1]
    if _direction(row.item, across) <= 0 or _direction(row.item, in_time) > 0:
        return None
    old, new = in_time[0], in_time[-1]
    strength = REVERSED if backwards else SHUFFLED
    way = "from the newest to the oldest" if backwards else "out of order"
    return Verdict(
        Finding(
            said=drawn.cite(*across),
            against=drawn.cite(old, new),
            strength=strength * (1.0 if drawn.filed else _NOT_FILED),
            reason=(
                f"The {drawn.place} puts its periods {way} ({', '.join(period(m.when) for m in across)}), so"
                f" that it seems to go from {across[0].value:g} to {across[-1].value:g}; in time it goes from"
                f" {old.value:g} in {period(old.when)} to {new.value:g} in {period(new.when)}."
            ),
            details={"shown": [period(m.when) for m in across]},
        )
    )


def _direction(item: str, marks: Sequence[Mark]) -> int:
    """1 where the last is better than the first, -1 where it is worse, 0 where they are about one."""
    first, last = marks[0].value, marks[-1].value
    return _better(item, first, last)


def _better(item: str, first: float, last: float) -> int:
    if abs(last - first) <= _TURN * max(abs(first), abs(last)):
        return 0
    return (1 if last > first else -1) * (-1 if _BAD.search(item) else 1)


@dataclass(frozen=True, slots=True)
class _Omitted:
    """A filed number that a chart leaves out, and what that hides."""

    when: When
    fact: Filed
    strength: float
    hides: str


def left_out(drawn: Drawn, match: Match, drawing: Drawing | None) -> Verdict | None:
    """Years (or quarters) that were filed when the chart was shown and would change what it says.

    Told only of a chart that shows a better last than first value, and that agrees with filings: where the
    newest filed period, left out, is worse than the last shown; where one left out of the middle is worse
    than both its neighbours; where it begins at a trough after a better period than its last. A mark that is
    there and was not read must not count as left out: there is to be no room for it on the picture.

    Args:
        drawn: the chart.
        match: the filed item that one of its series shows.
        drawing: how that series is drawn.

    Returns:
        None where nothing of the kind is left out.
    """
    if not match.anchored or match.agreed < 2 or match.agreed < len(match.pairs):
        return None
    shown = {(p.mark.when[0] + match.shift, p.mark.when[1]): p for p in match.pairs}
    filed = {w: f for w, f in match.series.items() if (w[1] == 0) is (min(shown)[1] == 0)}
    item = f"{match.row.item} {match.item[0]}"
    first, last = filed.get(min(shown)), filed.get(max(shown))
    if first is None or last is None or _better(item, first.value, last.value) <= 0:
        return None
    if any(mark.when not in {p.mark.when for p in match.pairs} for mark in match.row.marks):
        return None  # it shows periods that filings do not have: what is left out cannot be told
    omitted = _omitted(filed, shown, item)
    if omitted is None or _has_room(drawn, drawing, omitted.when, shown):
        return None
    year = omitted.when[0] - match.shift
    told = (year, omitted.when[1])
    if str(year) in drawn.evidence.text and not told[1]:
        return None
    same = omitted.fact.document_id == drawn.document.document_id
    strength = omitted.strength * (1.0 if same else _ELSEWHERE) * (1.0 if drawn.filed else _NOT_FILED)
    ends = shown[min(shown)], shown[max(shown)]
    span = f"{period(ends[0].mark.when)} to {period(ends[1].mark.when)}"
    unit = match.item[2]
    return Verdict(
        Finding(
            said=drawn.cite(*(p.mark for p in ends)),
            against=(omitted.fact.citation,),
            strength=round(strength, 3),
            reason=(
                f"The {drawn.place} shows {match.pairs[0].fact.name} of {span}, from"
                f" {amount(first.value, unit)} to {amount(last.value, unit)}; {omitted.hides}:"
                f" {amount(omitted.fact.value, unit)} in {period(told)}."
            ),
            details={"left_out": period(told), "filed": omitted.fact.value, "unit": unit},
        )
    )


def _omitted(filed: Mapping[When, Filed], shown: Mapping[When, object], item: str) -> _Omitted | None:
    start, end = min(shown), max(shown)
    first, last = filed[start], filed[end]
    newest = max(filed)
    if newest > end and _better(item, last.value, filed[newest].value) < 0:
        hides = "it leaves out the newest filed period, which is worse than its last"
        return _Omitted(newest, filed[newest], LATEST_LEFT_OUT, hides)
    for when in sorted(w for w in filed if start < w < end and w not in shown):
        value = filed[when].value
        if _better(item, first.value, value) < 0 and _better(item, last.value, value) < 0:
            hides = "it leaves out a period between them that is worse than both"
            return _Omitted(when, filed[when], LEFT_OUT_OF_THE_MIDDLE, hides)
    before = max((w for w in filed if w < start), default=None)
    worst = all(_better(item, first.value, filed[w].value) >= 0 for w in filed if start <= w <= end)
    if before is None or not worst or len(shown) >= _LONG or not _adjacent(before, start):
        return None
    if (
        _better(item, filed[before].value, last.value) >= 0
        or _better(item, filed[before].value, first.value) >= 0
    ):
        return None
    hides = "it begins at the lowest point, after a period better than its last"
    return _Omitted(before, filed[before], BEGINS_AT_TROUGH, hides)


def _has_room(drawn: Drawn, drawing: Drawing | None, when: When, shown: Mapping[When, object]) -> bool:
    """Whether the picture has room for a mark of a period at its place in time, so that it may be unread."""
    width = number(drawn.payload.get("width")) or (drawn.evidence.locator.box or (0.0,) * 4)[2]
    boxes = sorted(mark.box for mark in drawing.marks if mark.box) if drawing else []
    if len(boxes) < 2 or not width or drawn.kind == "horizontal bar":
        return True
    steps = [b[0] - a[0] for a, b in pairwise(boxes)]
    if when > max(shown):
        return width - boxes[-1][2] > min(steps)
    if when < min(shown):
        return boxes[0][0] > min(steps)
    return max(steps) > 1.5 * min(steps)


def _adjacent(before: When, start: When) -> bool:
    if start[1]:
        return (start[0] * 4 + start[1]) - (before[0] * 4 + before[1]) == 1
    return start[0] - before[0] == 1
