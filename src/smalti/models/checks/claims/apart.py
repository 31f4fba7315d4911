"""Numbers said beside numbers filed: whether they fit, how far apart they are, how that is told."""

from __future__ import annotations

from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.claim import Claim
from smalti.models.checks.claims.filed import Value
from smalti.models.checks.claims.measures import Measure

__all__ = [
    "change_text",
    "changes",
    "fits",
    "gap_text",
    "misheard",
    "moved",
    "number_text",
    "signed",
    "size_of",
    "size_of_growth",
    "size_of_points",
]

_POWERS = (10.0, 100.0, 1e3, 1e6, 1e9, 0.1, 0.01, 1e-3, 1e-6, 1e-9)
_ALIKE = ({13, 30}, {14, 40}, {15, 50}, {16, 60}, {17, 70}, {18, 80}, {19, 90})
_LEAST_MOVE = 0.005  # of an amount: what moved less did not move
_LEAST_POINTS = 0.1  # of a ratio, in percentage points


def fits(amount: Amount, value: float, off: float) -> bool:
    """Whether a number said can be the filed one, within both roundings."""
    slack = (amount.off + off) * (1 + 1e-9) + 1e-9
    if amount.bound == "low":
        return value >= amount.value - slack
    if amount.bound == "high":
        return value <= amount.value + slack
    return abs(amount.value - value) <= slack


def signed(amount: Amount, sign: int) -> Amount:
    """A change as a signed number."""
    if sign >= 0:
        return amount
    bound = {"low": "high", "high": "low"}.get(amount.bound, "")
    return Amount(
        -abs(amount.value),
        amount.unit,
        amount.off,
        amount.start,
        amount.end,
        amount.raw,
        bound,
        amount.scaled,
    )


def changes(claim: Claim, amount: Amount, now: Value, then: Value) -> list[tuple[float, float]]:
    """The change in the claim's unit, with its error; a ratio's in percent may be meant in two ways."""
    difference, off = now.value - then.value, now.off + then.off
    if claim.measure.unit == "ratio":
        if amount.unit == "bps":
            return [(100 * difference, 100 * off + 1)]
        points = [(difference, off + 0.01)]
        if amount.unit == "%" and then.value > 0:
            points.append((100 * difference / then.value, 100 * off / then.value))
        return points
    if amount.unit != "%":
        return [(difference, off)]
    if then.value <= 0 or now.value < 0:
        return []
    grown = now.value / then.value
    return [(100 * (grown - 1), 100 * (now.off + grown * then.off) / then.value + 0.05)]


def moved(now: Value, then: Value, measure: Measure) -> float:
    """How a measure moved, as a fraction or in points; 0 where within rounding or hardly."""
    difference = now.value - then.value
    if abs(difference) <= now.off + then.off:
        return 0.0
    if measure.unit == "ratio":
        return difference if abs(difference) >= _LEAST_POINTS else 0.0
    part = difference / abs(then.value) if then.value else (1.0 if difference > 0 else -1.0)
    return part if abs(part) >= _LEAST_MOVE else 0.0


def misheard(amount: Amount, value: float, off: float, heard: bool) -> str:
    """Why a number that does not fit may not have been meant: a power of ten, or fifteen for fifty."""
    for power in _POWERS if amount.value else ():
        if value and abs(amount.value * power - value) <= amount.off * power + off:
            return f"{amount.raw} is the filed number times {1 / power:g}: likely a slip of scale"
    pair = {_leading(amount.value), _leading(value)}
    if heard and pair in _ALIKE:
        return f"{amount.raw} sounds like the filed number: it may be misheard"
    return ""


def _leading(value: float) -> int:
    """The first two figures of a number: 15 of 15.2 million, and of 1.5."""
    return int(f"{abs(value):.6e}".replace(".", "")[:2])


def size_of(said: float, filed: float) -> float:
    """How far apart two amounts are, 0 to 1: by the difference in the filed one."""
    if said * filed < 0:
        return 1.0
    part = abs(said - filed) / max(abs(filed), 1e-12)
    return 0.3 if part < 0.01 else 0.6 if part < 0.03 else 0.85 if part < 0.08 else 1.0


def size_of_points(points: float) -> float:
    """Likewise for points of a ratio."""
    apart = abs(points)
    return 0.3 if apart < 0.25 else 0.6 if apart < 0.75 else 0.85 if apart < 2 else 1.0


def size_of_growth(points: float) -> float:
    """Likewise for points of growth."""
    apart = abs(points)
    return 0.3 if apart < 0.75 else 0.6 if apart < 2 else 0.85 if apart < 4 else 1.0


def change_text(move: float, unit: str, currency: str) -> str:
    """`it fell 6.7%`, `it rose 40 basis points`."""
    units = {"%": "%", "points": " points", "bps": " basis points"}
    size = f"{abs(move):,.1f}{units[unit]}" if unit in units else number_text(abs(move), currency)
    return f"it {'rose' if move > 0 else 'fell'} {size}"


def number_text(value: float, unit: str) -> str:
    """`371.4 million USD`, `33.8%`, `2.16 USD/share`."""
    if unit == "%":
        return f"{value:.1f}%"
    for floor, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if abs(value) >= floor:
            return f"{value / floor:,.4g} {word} {unit}"
    return f"{value:,.4g} {unit}"


def gap_text(claim: Claim, said: float, value: Value) -> str:
    """How the filed number stands to the claimed one: `9.9% less`."""
    if claim.measure.unit == "ratio":
        apart = value.value - said
        return f"{abs(apart):.1f} points {'more' if apart > 0 else 'less'}"
    if said == 0:
        return "not none"
    if said * value.value <= 0:
        return "of the other sign"
    part = value.value / said - 1
    return f"{abs(part):.1%} {'more' if part > 0 else 'less'}"
