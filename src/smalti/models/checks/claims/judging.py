"""A claim held against filed values: whether they agree, contradict, or cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from smalti.models.checks.claims.alignment import UNFILED, Aligner, current, same_items
from smalti.models.checks.claims.amounts import Amount, read_amounts
from smalti.models.checks.claims.apart import (
    change_text,
    changes,
    fits,
    gap_text,
    misheard,
    moved,
    number_text,
    signed,
    size_of,
    size_of_growth,
    size_of_points,
)
from smalti.models.checks.claims.claim import Claim, Kind
from smalti.models.checks.claims.filed import Filed, Value
from smalti.models.checks.claims.periods import Calendar
from smalti.models.checks.claims.speakers import Said
from smalti.platform.quantities import Period

__all__ = ["BESIDE", "ELSEWHERE", "PART", "Contradiction", "Judge"]

PART = "likely tells of a part of the company or of another period"
"""Said of a number too far from the filed one: then nothing in its sentence is judged."""

ELSEWHERE = "is what the filings give for"
"""Said of the number of another period or part: likewise."""

BESIDE = "its source gives the filed number beside it, as another's"
"""Said of a page or a post that reports on a contradiction: likewise."""

_DAYS = timedelta(days=8)
_LONG = 4_000  # characters of a page's paragraph that are searched for the filed number
_FAR = 3.0  # times as much
_TOO_FAR = 0.5  # so far apart, a number more likely tells of something else
_PARTLY = 0.6  # of the filed number: who claims falsely seldom claims so much less
_AFTER_RESTATED = 0.7
_MOST_OF_A_TREND = 0.85  # a rise or fall without a number may be meant in other ways too


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A claim that filed values speak against.

    Attributes:
        period: that of the filed value.
        filed: what it is held against; `other` is the earlier value, for a change or a record.
        surety: 1 where the period is stated; less where it follows from what was said before, or when.
        size: over 0 to 1, how far the two are apart.
        gap: the difference, for people.
    """

    said: Said
    period: Period
    filed: Value
    other: Value | None
    surety: float
    size: float
    gap: str


Outcome = Contradiction | str | None
"""A contradiction; or why there is no comparing; or None where the claim stands."""


class Judge:
    """Holds claims against one issuer's facts."""

    def __init__(self, filed: Filed, calendar: Calendar) -> None:
        """Both learned from the same facts."""
        self.filed, self.calendar = filed, calendar
        self.aligner = Aligner(filed, calendar)

    def judge(self, said: Said) -> Outcome:
        """What becomes of a claim: where it may tell of several periods, all must speak against it."""
        why = said.claim.why_not or self.aligner.unit_problem(said.claim)
        if why or said.utterance.part:
            return why or "what was said before turned to a part of the company"
        periods, surety = self.aligner.periods(said)
        if not periods:
            known = "" if self.calendar.ends else ": no fiscal year is known"
            return f"it is not plain of which period it tells{known}"
        outcomes = [self._held(said, period, surety) for period in periods]
        if surety < 1 and Kind.RECORD is not said.claim.kind:
            outcomes += [None for one in self.aligner.implied(said) if self._held(said, one, surety) is None][
                :1
            ]
        found = [one for one in outcomes if isinstance(one, Contradiction)]
        if any(_more_than_its_year(one) for one in found):
            outcomes = [one for one in outcomes if not isinstance(one, str) or not one.startswith(UNFILED)]
        silent = next((one for one in outcomes if isinstance(one, str)), None)
        if len(found) == len(outcomes):
            return min(found, key=lambda one: one.size)
        return None if None in outcomes else silent

    def _held(self, said: Said, period: Period, surety: float) -> Outcome:
        forms = {
            Kind.LEVEL: self._level,
            Kind.CHANGE: self._change,
            Kind.DIRECTION: self._direction,
            Kind.SIGN: self._sign,
            Kind.RECORD: self._record,
        }
        return forms[said.claim.kind](said, period, surety)

    def _level(self, said: Said, period: Period, surety: float) -> Outcome:
        claim, amount = said.claim, said.claim.amount
        assert amount is not None
        values = self.aligner.values(claim.measure, period, amount)
        if not values:
            return self.aligner.missing(claim, period)
        newest = current(values)
        if any(fits(amount, v.value, v.off) for v in values):
            restated = newest[0].available_at < said.utterance.document.available_at - _DAYS
            if not restated or any(fits(amount, v.value, v.off) for v in newest):
                return None
            surety *= _AFTER_RESTATED
        value = min(newest, key=lambda v: abs(v.value - amount.value))
        if why := self._astray(said, amount, value, surety) or (
            BESIDE if _knows_better(said, values) else ""
        ):
            return why
        if claim.measure.unit == "ratio":
            size = size_of_points(amount.value - value.value)
        else:
            far = value.value > 0 and amount.value > _FAR * value.value
            size = size_of(amount.value, value.value) * (_TOO_FAR if far else 1.0)
        return Contradiction(
            said, value.period, value, None, surety, size, gap_text(claim, amount.value, value)
        )

    def _astray(self, said: Said, amount: Amount, value: Value, surety: float) -> str:
        """Why a number that does not fit the filed one may be misheard, or of something else."""
        if odd := misheard(amount, value.value, value.off, said.utterance.voice == "call"):
            return odd
        if elsewhere := self.filed.elsewhere(said.claim.measure, amount, value.period):
            return f"{amount.raw} {ELSEWHERE} {elsewhere}"
        if said.claim.measure.unit == "ratio" or value.value <= 0 or amount.value <= 0:
            return ""
        far = _far(said.claim, amount.value / value.value, surety)
        return (
            f"{amount.raw} beside the filed {number_text(value.value, value.unit)}: it {far}" if far else ""
        )

    def _change(self, said: Said, period: Period, surety: float) -> Outcome:
        claim, amount = said.claim, said.claim.amount
        assert amount is not None
        pairs = self.aligner.pairs(claim, period)
        if not pairs:
            return self.aligner.missing(claim, period) + " and of the one before"
        measured = [(m, now, then) for now, then in pairs for m in changes(claim, amount, now, then)]
        if not measured:
            return f"{claim.measure.name} was negative, so that a change in percent means nothing"
        told = signed(amount, claim.sign)
        if any(fits(told, move, off) for (move, off), _, _ in measured):
            return None
        (move, off), now, then = min(_newest(measured), key=lambda one: abs(one[0][0] - told.value))
        if odd := misheard(told, move, off, said.utterance.voice == "call"):
            return odd
        if amount.unit not in ("%", "points", "bps"):
            size = size_of(told.value, move)
        elif claim.measure.unit == "ratio":
            size = size_of_points((told.value - move) / (100.0 if amount.unit == "bps" else 1.0))
        else:
            size = size_of_growth(told.value - move)
        return Contradiction(
            said, now.period, now, then, surety, size, change_text(move, amount.unit, now.unit)
        )

    def _direction(self, said: Said, period: Period, surety: float) -> Outcome:
        claim = said.claim
        pairs = self.aligner.pairs(claim, period)
        if not pairs:
            return self.aligner.missing(claim, period) + " and of the one before"
        trends = [((moved(now, then, claim.measure), 0.0), now, then) for now, then in pairs]
        if any(trend[0] * claim.sign >= 0 for trend, _, _ in trends):
            return None
        (move, _), now, then = min(_newest(trends), key=lambda one: abs(one[0][0]))
        gap = f"it {'rose' if move > 0 else 'fell'}"
        return Contradiction(said, now.period, now, then, surety * _MOST_OF_A_TREND, _size(claim, move), gap)

    def _sign(self, said: Said, period: Period, surety: float) -> Outcome:
        values = self.aligner.values(said.claim.measure, period)
        if not values:
            return self.aligner.missing(said.claim, period)
        if any(v.value * said.claim.sign > 0 for v in values):
            return None
        value = max(current(values), key=lambda v: v.value * said.claim.sign)
        return Contradiction(said, value.period, value, None, surety, 1.0, "of the other sign")

    def _record(self, said: Said, period: Period, surety: float) -> Outcome:
        claim = said.claim
        values = self.aligner.values(claim.measure, period)
        if not values:
            return self.aligner.missing(claim, period)
        if claim.measure.name in ("margins", "earnings"):
            return f"which {claim.measure.name} is meant is not said"
        earlier = self._earlier(claim, period, current(values))
        if not earlier:
            return f"no filing gives {claim.measure.name} of an earlier period as long as {period.days} days"
        now, then = max(earlier, key=lambda pair: pair[1].value)
        move = moved(now, then, claim.measure)
        if move >= 0 or max(v.value for v in values) >= then.value:
            known = {before.period.end for _, before in earlier}
            return None if len(known) > 1 else f"only one earlier period of {claim.measure.name} is known"
        return Contradiction(said, now.period, now, then, surety, _size(claim, move), "it was higher before")

    def _earlier(self, claim: Claim, period: Period, values: Sequence[Value]) -> list[tuple[Value, Value]]:
        """Values of now with those of every earlier period as long; quarters with the same of other years."""
        days = range(1) if period.start is None else range(max(1, period.days - 10), period.days + 11)
        return [
            (now, then)
            for other in self.filed.periods(claim.measure, days)
            if other.end < period.end - _DAYS and _comparable(period, other)
            for now in values
            for then in current(self.aligner.values(claim.measure, other))
            if then.unit == now.unit and same_items(now, then)
        ]


def _more_than_its_year(one: Contradiction) -> bool:
    """Whether revenue is claimed that not even the whole year had: then no quarter of it had."""
    claim, amount = one.said.claim, one.said.claim.amount
    level = claim.kind is Kind.LEVEL and claim.measure.name == "revenue" and amount is not None
    return level and amount is not None and one.period.days > 300 and amount.value > one.filed.value


def _knows_better(said: Said, values: Sequence[Value]) -> bool:
    """Whether a page or post that gives a false number gives the filed one too."""
    if said.utterance.voice not in ("page", "post"):
        return False
    beside = _amounts(said.utterance.evidence.text[:_LONG])
    return any(fits(one, v.value, v.off) for one in beside for v in values)


@lru_cache(maxsize=256)
def _amounts(text: str) -> tuple[Amount, ...]:
    return tuple(read_amounts(text))


def _comparable(period: Period, other: Period) -> bool:
    """A record quarter may be meant as one among the same quarters of other years."""
    if period.start is None or period.days > 110:
        return True
    years = (period.end - other.end).days / 365.25
    return round(years) >= 1 and abs(years - round(years)) < 0.06


def _newest(
    measured: Sequence[tuple[tuple[float, float], Value, Value]],
) -> list[tuple[tuple[float, float], Value, Value]]:
    newest = max(max(now.available_at, then.available_at) for _, now, then in measured)
    return [one for one in measured if max(one[1].available_at, one[2].available_at) == newest]


def _size(claim: Claim, move: float) -> float:
    return size_of_points(move) if claim.measure.unit == "ratio" else size_of_growth(100 * move)


def _far(claim: Claim, times: float, surety: float) -> str:
    """Why a number so many times the filed one is taken for one of something else; empty where it is not."""
    if times > _FAR and surety < 1:
        return PART
    if times < (_PARTLY if claim.measure.earned else 1 / _FAR):
        return PART
    return ""
