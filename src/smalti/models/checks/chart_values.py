"""Values that a chart shows and filings state otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from smalti.models.checks.chart_facts import Match, Pair
from smalti.models.checks.chart_marks import Drawing
from smalti.models.checks.chart_series import Drawn
from smalti.models.checks.chart_tables import Filed
from smalti.models.checks.record import Finding
from smalti.platform.facts import DIFFERS, verdict

ANCHORED, NAMED = 0.9, 0.4
"""Strength where the rest of the series agrees with the same item, and where only its name and scale do."""
MEASURED = 0.5
"""At most, where the value follows from the height of a mark."""
_DOUBTFUL, _LATER, _NOT_FILED, _SLIGHT = 0.6, 0.8, 0.8, 0.5
"""Factors: the value was not read surely; the filing came after the chart; the chart is not the filer's; it
differs by less than 1%."""
_LEAST = 0.005
"""Part of the filed value below which a difference is rounding."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking at one thing gives: a finding, or why it was not judged; neither where all is well."""

    finding: Finding | None = None
    silence: str = ""

    @property
    def strength(self) -> float:
        """Of the finding; 0 without one."""
        return self.finding.strength if self.finding else 0.0


def compare_values(drawn: Drawn, match: Match, drawing: Drawing | None) -> Verdict:
    """Every mark of a series against its filed number.

    A difference that a reading slip would make too (a power of ten, a lost sign, another period's number, a
    label that its own mark denies, one digit of a label that nothing confirms) is not told.

    Args:
        drawn: the chart.
        match: one of its series and the filed item it shows.
        drawing: its marks' places, where known.
    """
    differing = [p for p in match.pairs if not p.agrees and _apart(p) > _LEAST]
    if not differing:
        return Verdict()
    why = _too_unsure(drawn, match, differing)
    if why:
        return Verdict(silence=f"cannot compare: {why}")
    told = [(pair, strength) for pair in differing if (strength := _strength(drawn, match, drawing, pair))]
    if not told:
        slip = f"{_shown(differing[0])} may be misread where filings state {_amount(differing[0].fact)}"
        return Verdict(silence=f"cannot compare: {slip}")
    worst = max(told, key=lambda t: (t[1], _apart(t[0])))[0]
    details = {
        "differs": [_row(pair) for pair, _ in told],
        "agrees": match.agreed,
        "compared": len(match.pairs),
        "anchored": match.anchored,
    }
    finding = Finding(
        said=drawn.cite(*(pair.mark for pair, _ in told)),
        against=tuple(pair.fact.citation for pair, _ in told),
        strength=max(strength for _, strength in told),
        reason=_reason(drawn, match, worst, len(told)),
        details=details,
    )
    return Verdict(finding)


def _too_unsure(drawn: Drawn, match: Match, differing: list[Pair]) -> str:
    """Why a series that differs may be of something else; empty where it is surely this."""
    row, name = match.row, match.item[0]
    sizes = [pair.ours / pair.fact.value for pair in differing if pair.fact.value]
    reasons = {
        f"it is not sure that the chart's {row.name or 'series'!r} is the filed {name!r}": not match.known,
        "the chart states no scale": row.factor is None,
        f"it is not sure that {drawn.title!r} means {name}": match.loose,
        "none of its values agrees with a filing: it may be of another company or year": match.shift
        or not drawn.filed,
        "values measured from marks, none of which agrees with a filing": not all(
            pair.mark.labelled for pair in differing
        ),
        "its values are of another size than the filed ones: its scale or its item is another": not all(
            0.5 < size < 2 for size in sizes
        ),
    }
    return "" if match.anchored else next((why for why, holds in reasons.items() if holds), "")


def _strength(drawn: Drawn, match: Match, drawing: Drawing | None, pair: Pair) -> float:
    """By the rule in this module's constants; 0 for what may be a slip in reading."""
    fact, mark = pair.fact, pair.mark
    if verdict(pair.ours, fact.value, pair.off, fact.rounding) != DIFFERS:
        return 0.0
    if fact.value and abs(pair.ours + fact.value) <= pair.off + fact.rounding:
        return 0.0
    year, quarter = mark.when
    for step in (-1, 1):
        near = match.series.get((year + match.shift + step, quarter))
        if near and abs(pair.ours - near.value) <= pair.off + near.rounding:
            return 0.0
    strength = ANCHORED if match.anchored else NAMED
    exact = drawn.payload.get("origin") == "vector" and mark.labelled
    confirmed = _confirmed(drawing, pair)
    if not mark.labelled:
        if not match.anchored or _apart(pair) < 0.05 or abs(pair.ours - fact.value) < 3 * pair.off:
            return 0.0
        strength = min(strength, MEASURED)
    elif confirmed is False or (not exact and confirmed is None and _one_digit(pair)):
        return 0.0
    if not drawn.sure or (mark.labelled and not (exact or confirmed)):
        strength *= _DOUBTFUL
    strength *= _LATER if pair.later else 1.0
    strength *= 1.0 if drawn.filed else _NOT_FILED
    return round(strength * (_SLIGHT if _apart(pair) < 0.01 else 1.0), 3)


def _confirmed(drawing: Drawing | None, pair: Pair) -> bool | None:
    if drawing is None or pair.mark not in drawing.marks:
        return None
    return drawing.confirms(drawing.marks.index(pair.mark))


def _one_digit(pair: Pair) -> bool:
    """Whether label and filed number, written alike, differ in a single digit."""
    ours = f"{abs(pair.mark.value):.6g}"
    places = len(ours.partition(".")[2])
    theirs = f"{abs(pair.fact.value) * abs(pair.mark.value / pair.ours) if pair.ours else 0:.{places}f}"
    return len(ours) == len(theirs) and sum(a != b for a, b in zip(ours, theirs, strict=True)) == 1


def _apart(pair: Pair) -> float:
    return abs(pair.ours - pair.fact.value) / max(abs(pair.fact.value), 1e-12)


def _row(pair: Pair) -> dict[str, object]:
    return {
        "period": period(pair.mark.when),
        "chart": pair.ours,
        "filed": pair.fact.value,
        "unit": pair.fact.unit,
        "apart": round(_apart(pair), 4),
    }


def _reason(drawn: Drawn, match: Match, worst: Pair, count: int) -> str:
    way = "more" if worst.ours > worst.fact.value else "less"
    name = worst.fact.name
    head = f"The {drawn.place} shows {name} of {_shown(worst)} for {period(worst.mark.when)}; "
    filed = f"the filing states {_amount(worst.fact)}, so the chart shows {_apart(worst):.1%} {way}."
    rest = f" {count} of {len(match.pairs)} values differ." if count > 1 else ""
    return f"{head}{filed}{rest}"


def _shown(pair: Pair) -> str:
    about = "" if pair.mark.labelled else "about "
    return about + amount(pair.ours, pair.fact.unit)


def _amount(fact: Filed) -> str:
    return amount(fact.value, fact.unit)


def amount(value: float, unit: str) -> str:
    """For people: `$412.0 million`, `EUR 3.1 billion`, `33.8%`, `1,234 shares`."""
    if unit == "%":
        return f"{value:g}%"
    code, _, per = unit.partition("/")
    sign = "-" if value < 0 else ""
    size, word = next(
        ((s, w) for s, w in ((1e9, " billion"), (1e6, " million")) if abs(value) >= s and not per), (1.0, "")
    )
    body = (
        f"{abs(value) / size:,.{2 if per or size == 1e9 else 1}f}"
        if size > 1 or per
        else f"{abs(value):,.0f}"
    )
    tail = f" a {per}" if per else ""
    if code == "USD":
        return f"{sign}${body}{word}{tail}"
    return f"{sign}{body}{word} {code}{tail}"


def period(when: tuple[int, int]) -> str:
    """`2025`, `2025 Q3`."""
    return f"{when[0]} Q{when[1]}" if when[1] else str(when[0])
