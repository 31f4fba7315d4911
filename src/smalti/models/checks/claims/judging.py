"""A claim held against filed values: whether they agree, contradict, or cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.claim import Claim, Kind
from smalti.models.checks.claims.filed import Filed, Value
from smalti.models.checks.claims.measures import MEASURES, Measure
from smalti.models.checks.claims.periods import Calendar
from smalti.models.checks.claims.speakers import Said
from smalti.platform.quantities import Period

__all__ = ["Contradiction", "Judge"]

_DOLLARS = frozenset(("USD", "CAD", "AUD", "HKD", "NZD", "SGD"))
_POWERS = (10.0, 100.0, 1e3, 1e6, 1e9, 0.1, 0.01, 1e-3, 1e-6, 1e-9)
_ALIKE = ({13, 30}, {14, 40}, {15, 50}, {16, 60}, {17, 70}, {18, 80}, {19, 90})
_LEAST_MOVE = 0.005  # of an amount: what moved less did not move
_LEAST_POINTS = 0.1  # of a ratio, in percentage points
_FAR = 3.0  # times as much: then a number more likely tells of something else
_DAYS = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A claim that filed values speak against.

    Attributes:
        period: that of the filed value.
        filed: what it is held against; the other value for a change or a record in `other`.
        surety: 1 where the period is stated; less where it follows from what was said or when.
        size: 0 to 1, how far the two are apart.
        gap: in the claim's own terms, for people.
    """

    said: Said
    period: Period
    filed: Value
    other: Value | None
    surety: float
    size: float
    gap: str


class Judge:
    """Holds claims against one issuer's facts."""

    def __init__(self, filed: Filed, calendar: Calendar) -> None:
        """Both learned from the same facts."""
        self.filed, self.calendar = filed, calendar

    def judge(self, said: Said) -> Contradiction | str | None:
        """A contradiction, why the claim cannot be compared, or None where it stands."""
        claim = said.claim
        if claim.why_not:
            return claim.why_not
        if said.utterance.part:
            return "what was said before turned to a part of the company"
        if unit := self._unit_problem(claim):
            return unit
        periods, surety = self._periods(said)
        if not periods:
            return f"it is not plain of which period it tells{'' if self.calendar.ends else ': no fiscal year is known'}"
        outcomes = [self._held(said, period, surety) for period in periods]
        if None in outcomes:
            return None
        silent = [one for one in outcomes if isinstance(one, str)]
        if silent:
            return silent[0]
        found = [one for one in outcomes if isinstance(one, Contradiction)]
        return min(found, key=lambda one: one.size)

    def _periods(self, said: Said) -> tuple[list[Period], float]:
        """The periods a claim may tell of, and how sure that is."""
        claim, utterance = said.claim, said.utterance
        day = utterance.document.available_at.date()
        if claim.named is not None and claim.named.kind != "comparison":
            found = self.calendar.resolve(claim.named, day)
            surety = 1.0 if claim.named.year or claim.named.number or utterance.voice == "company" else 0.9
            if claim.named.kind == "quarter" and not claim.named.number and utterance.voice != "company":
                surety = 0.7
        elif utterance.named is not None and (found := self.calendar.resolve(utterance.named, day)):
            surety = 0.85
        else:
            found, surety = self.calendar.implied(day, utterance.voice != "company"), 0.6
        found = [p for p in found if p.end < day]
        if claim.measure.instant:
            found = list({p.end: Period(None, p.end) for p in found}.values())
        return found, surety

    def _unit_problem(self, claim: Claim) -> str:
        amount = claim.amount
        if amount is None or claim.kind is Kind.RECORD:
            return ""
        wanted = claim.measure.unit
        if claim.kind is Kind.LEVEL:
            fits = {
                "ratio": amount.unit == "%",
                "share": "/" in amount.unit or (amount.money and not amount.scaled),
                "money": amount.money or (not amount.unit and amount.scaled),
            }[wanted]
            if claim.measure.name == "earnings" and "/" in amount.unit:
                fits = True
        elif wanted == "ratio":
            fits = amount.unit in ("%", "points", "bps")
        else:
            fits = amount.unit == "%" or amount.money or "/" in amount.unit
        if not fits:
            return f"the unit of {amount.raw!r} is not that of {claim.measure.name}"
        return self._currency_problem(amount)

    def _currency_problem(self, amount: Amount) -> str:
        known = self.filed.currencies
        unit = amount.unit.split("/")[0]
        if unit in ("%", "points", "bps") or not known:
            return ""
        if len(known) > 1 and unit in ("", "$"):
            return f"the currency is not plain: the filings are in {', '.join(sorted(known))}"
        if unit == "¥":
            return "the currency is not plain: yen or yuan"
        if (unit == "$" and not known & _DOLLARS) or (unit not in ("", "$") and unit not in known):
            return f"it is in another currency than the filings ({', '.join(sorted(known))})"
        return ""

    def _held(self, said: Said, period: Period, surety: float) -> Contradiction | str | None:
        claim = said.claim
        return {
            Kind.LEVEL: self._level,
            Kind.CHANGE: self._change,
            Kind.DIRECTION: self._direction,
            Kind.SIGN: self._sign,
            Kind.RECORD: self._record,
        }[claim.kind](said, period, surety)

    def _values(self, measure: Measure, period: Period, amount: Amount | None = None) -> list[Value]:
        """All values of a measure; of the ambiguous ones all that may be meant."""
        meant = {
            "margins": ("gross margin", "operating margin", "net margin"),
            "earnings": ("net income", "operating income"),
        }.get(measure.name, (measure.name,))
        if measure.name == "earnings" and amount is not None and "/" in amount.unit:
            meant = ("earnings per share",)
        found = [v for name in meant for v in self.filed.values(MEASURES[name], period)]
        if (
            amount is not None
            and len(unit := amount.unit.split("/")[0]) == 3
            and unit.isupper()
            and unit != "bps"
        ):
            found = [v for v in found if v.unit.split("/")[0] == unit]
        return found

    def _missing(self, claim: Claim, period: Period) -> str:
        return f"no filing gives {claim.measure.name} of {self.named(period)}"

    def named(self, period: Period) -> str:
        """A period for people: `the year to 2025-12-31`, `the quarter to 2026-03-31`."""
        if period.start is None:
            return f"{period.end}"
        long = "year" if period.days > 300 else "quarter" if period.days < 110 else f"{period.days} days"
        return f"the {long} to {period.end}"

    def _level(self, said: Said, period: Period, surety: float) -> Contradiction | str | None:
        claim, amount = said.claim, said.claim.amount
        assert amount is not None
        values = self._values(claim.measure, period, amount)
        if not values:
            return self._missing(claim, period)
        losing = [v for v in values if v.value < 0]
        if any(_fits(amount, v.value, v.off) for v in values):
            return None
        if (
            losing
            and claim.sign == 0
            and claim.measure.loss
            and any(_fits(amount, -v.value, v.off) for v in losing)
            and "loss" in claim.words.lower()
        ):
            return None
        value = min(self._current(values), key=lambda v: abs(v.value - amount.value))
        if odd := _misheard(amount, value, said.utterance.voice == "company"):
            return odd
        size = (
            _points_size(amount.value - value.value)
            if claim.measure.unit == "ratio"
            else _size(amount.value, value.value)
        )
        if (
            claim.measure.unit != "ratio"
            and value.value > 0
            and not 1 / _FAR < amount.value / value.value < _FAR
        ):
            if surety < 1:
                return f"{amount.raw} is so far from the filed number that it likely tells of something else"
            size *= 0.5
        return Contradiction(said, value.period, value, None, surety, size, _gap(claim, amount.value, value))

    def _current(self, values: Sequence[Value]) -> list[Value]:
        """Those of the newest filing of each way to compute it; all that are stated then."""
        newest = max(v.available_at for v in values)
        return [v for v in values if v.available_at == newest]

    def _before(self, period: Period, against: str) -> Period:
        """The period a change is reckoned from."""
        year, quarter = timedelta(days=365), timedelta(days=91)
        back = quarter if against == "quarter" else year
        end = period.end - back
        end = min(
            (e for e in (*self.calendar.ends, *self.calendar.quarter_ends(period.end + timedelta(days=1)))),
            key=lambda e: abs(e - end), default=end,
        )  # fmt: skip
        return Period(None if period.start is None else end - timedelta(days=period.days - 1), end)

    def _pairs(self, claim: Claim, period: Period) -> list[tuple[Value, Value]]:
        """The measure in a period and in the one before it, made in the same way, newest first."""
        ways = ("year", "quarter") if claim.measure.instant and claim.against == "year" else (claim.against,)
        found: list[tuple[Value, Value]] = []
        for against in ways:
            before = self._values(claim.measure, self._before(period, against))
            for now in self._values(claim.measure, period):
                alike = [
                    v
                    for v in before
                    if v.unit == now.unit and _same_items(v, now) and v.period.end < now.period.end
                ]
                found += [(now, v) for v in alike]
        return found

    def _change(self, said: Said, period: Period, surety: float) -> Contradiction | str | None:
        claim, amount = said.claim, said.claim.amount
        assert amount is not None
        pairs = self._pairs(claim, period)
        if not pairs:
            return self._missing(claim, period) + " and of the one before"
        measured = [(m, now, then) for now, then in pairs for m in _moves(claim, amount, now, then)]
        if not measured:
            return f"{claim.measure.name} was negative, so that a change in percent means nothing"
        signed = _signed(amount, claim.sign)
        if any(_fits(signed, move, off) for (move, off), _, _ in measured):
            return None
        newest = max(max(n.available_at, t.available_at) for _, n, t in measured)
        now_known = [one for one in measured if max(one[1].available_at, one[2].available_at) == newest]
        (move, _), now, then = min(now_known, key=lambda one: abs(one[0][0] - signed.value))
        if odd := _misheard(
            signed, Value(move, 0, "%", (), now.period, newest), said.utterance.voice == "company"
        ):
            return odd
        if amount.unit in ("%", "points", "bps"):
            per = 100.0 if amount.unit == "bps" else 1.0
            size = (
                _points_size((signed.value - move) / per)
                if claim.measure.unit == "ratio"
                else _growth_size(signed.value - move)
            )
        else:
            size = _size(signed.value, move)
        unit = {"%": "%", "points": " points", "bps": " basis points"}.get(amount.unit, "")
        gap = f"by the filings it {'rose' if move > 0 else 'fell'} {_number(abs(move), unit, now.unit)}"
        return Contradiction(said, now.period, now, then, surety, size, gap)

    def _direction(self, said: Said, period: Period, surety: float) -> Contradiction | str | None:
        claim = said.claim
        pairs = self._pairs(claim, period)
        if not pairs:
            return self._missing(claim, period) + " and of the one before"
        moves = [(_moved(now, then, claim.measure), now, then) for now, then in pairs]
        if any(move * claim.sign >= 0 for move, _, _ in moves):
            return None
        newest = max(max(n.available_at, t.available_at) for _, n, t in moves)
        current = [one for one in moves if max(one[1].available_at, one[2].available_at) == newest]
        move, now, then = min(current, key=lambda one: abs(one[0]))
        size = _points_size(move) if claim.measure.unit == "ratio" else _growth_size(100 * move)
        gap = f"by the filings it {'rose' if move > 0 else 'fell'}"
        return Contradiction(said, now.period, now, then, surety * 0.95, size, gap)

    def _sign(self, said: Said, period: Period, surety: float) -> Contradiction | str | None:
        values = self._values(said.claim.measure, period)
        if not values:
            return self._missing(said.claim, period)
        if any(v.value * said.claim.sign > 0 for v in values):
            return None
        value = max(self._current(values), key=lambda v: v.value)
        return Contradiction(said, value.period, value, None, surety, 1.0, "by the filings it was negative")

    def _record(self, said: Said, period: Period, surety: float) -> Contradiction | str | None:
        claim = said.claim
        values = self._values(claim.measure, period)
        if not values:
            return self._missing(claim, period)
        if claim.measure.name in ("margins", "earnings"):
            return f"which {claim.measure.name} is meant is not said"
        days = range(0, 1) if period.start is None else range(max(1, period.days - 10), period.days + 11)
        earlier = [
            (now, then)
            for other in self.filed.periods(claim.measure, days)
            if other.end < period.end - _DAYS and self._comparable(claim, period, other)
            for now in self._current(values)
            for then in self._current(self._values(claim.measure, other))[:3]
            if then.unit == now.unit and _same_items(now, then)
        ]
        if not earlier:
            return f"no filing gives {claim.measure.name} of an earlier period of that length"
        worst = [(now, then) for now, then in earlier if -_moved(now, then, claim.measure) > 0]
        years = {then.period.end for _, then in earlier}
        if not worst:
            return None if len(years) >= 2 else f"only one earlier period of {claim.measure.name} is known"
        best = max(v.value for v in values)
        now, then = max(worst, key=lambda pair: pair[1].value)
        if best >= then.value:
            return None
        move = _moved(now, then, claim.measure)
        size = _points_size(move) if claim.measure.unit == "ratio" else _growth_size(100 * move)
        return Contradiction(said, now.period, now, then, surety, size, "by the filings it was higher before")

    def _comparable(self, claim: Claim, period: Period, other: Period) -> bool:
        """A record fourth quarter is one among fourth quarters; a record quarter may be meant so too."""
        if period.start is None or period.days > 110:
            return True
        years = (period.end - other.end).days / 365.25
        return abs(years - round(years)) < 0.06 and round(years) >= 1


def _same_items(one: Value, other: Value) -> bool:
    return [f.concept for f in one.facts] == [f.concept for f in other.facts] or (
        {f.concept for f in one.facts} == {f.concept for f in other.facts}
    )


def _fits(amount: Amount, value: float, off: float) -> bool:
    """Whether a number said can be the filed one, within both roundings."""
    slack = (amount.off + off) * (1 + 1e-9) + 1e-9
    if amount.bound == "low":
        return value >= amount.value - slack
    if amount.bound == "high":
        return value <= amount.value + slack
    return abs(amount.value - value) <= slack


def _signed(amount: Amount, sign: int) -> Amount:
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


def _moves(claim: Claim, amount: Amount, now: Value, then: Value) -> list[tuple[float, float]]:
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


def _moved(now: Value, then: Value, measure: Measure) -> float:
    """How a measure moved, as a fraction or in points; 0 where within rounding or hardly."""
    difference = now.value - then.value
    if abs(difference) <= now.off + then.off:
        return 0.0
    if measure.unit == "ratio":
        return difference if abs(difference) >= _LEAST_POINTS else 0.0
    part = difference / abs(then.value) if then.value else (1.0 if difference > 0 else -1.0)
    return part if abs(part) >= _LEAST_MOVE else 0.0


def _misheard(amount: Amount, value: Value, heard: bool) -> str:
    """Why a number that does not fit may not have been meant: a power of ten, or fifteen for fifty."""
    for power in _POWERS:
        if value.value and abs(amount.value * power - value.value) <= amount.off * power + value.off:
            return f"{amount.raw} is the filed number times {1 / power:g}: likely a slip of scale"
    if heard and value.value > 0:
        digits = [float(f"{abs(v):.6e}".split("e")[0]) for v in (amount.value, value.value)]
        if abs(amount.value - value.value) <= 0.55 * max(abs(amount.value), abs(value.value)) * 2:
            for few, many in ((amount.value, value.value), (value.value, amount.value)):
                if any(round(abs(few)) == min(p) and round(abs(many)) == max(p) for p in _ALIKE):
                    return f"{amount.raw} sounds like the filed number: it may be misheard"
        del digits
    return ""


def _size(said: float, filed: float) -> float:
    """How far apart two amounts are, 0 to 1: by the difference in the filed one."""
    if said * filed < 0:
        return 1.0
    part = abs(said - filed) / max(abs(filed), 1e-12)
    return 0.3 if part < 0.01 else 0.6 if part < 0.03 else 0.85 if part < 0.08 else 1.0


def _points_size(points: float) -> float:
    apart = abs(points)
    return 0.3 if apart < 0.25 else 0.6 if apart < 0.75 else 0.85 if apart < 2 else 1.0


def _growth_size(points: float) -> float:
    apart = abs(points)
    return 0.3 if apart < 0.75 else 0.6 if apart < 2 else 0.85 if apart < 4 else 1.0


def _number(value: float, unit: str, currency: str) -> str:
    return f"{value:,.1f}{unit}" if unit else f"{value:,.6g} {currency}"


def _gap(claim: Claim, said: float, value: Value) -> str:
    if claim.measure.unit == "ratio":
        apart = value.value - said
        return f"{abs(apart):.1f} points {'more' if apart > 0 else 'less'}"
    if said * value.value <= 0:
        return "of the other sign"
    part = value.value / said - 1
    return f"{abs(part):.1%} {'more' if part > 0 else 'less'}"
