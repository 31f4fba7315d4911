"""Which filed values a claim is to be held against: its periods, its unit, and all values stated for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.claim import Claim, Kind
from smalti.models.checks.claims.filed import Filed, Value
from smalti.models.checks.claims.measures import MEASURES, Measure
from smalti.models.checks.claims.periods import Calendar, period_text
from smalti.models.checks.claims.speakers import Said
from smalti.platform.quantities import Period

__all__ = ["UNFILED", "Aligner", "current", "same_items"]

UNFILED = "no filing gives"
"""How a silence begins that a later filing may end."""

_DOLLARS = frozenset(("USD", "CAD", "AUD", "HKD", "NZD", "SGD"))
_MEANT = {
    "margins": ("gross margin", "operating margin", "net margin"),
    "earnings": ("net income", "operating income"),
}


class Aligner:
    """Finds filed values for claims of one issuer."""

    def __init__(self, filed: Filed, calendar: Calendar) -> None:
        """Both learned from the same facts."""
        self.filed, self.calendar = filed, calendar

    def periods(self, said: Said) -> tuple[list[Period], float]:
        """The periods a claim may tell of, and how sure that is: 1 where it is stated."""
        claim, utterance = said.claim, said.utterance
        day = utterance.document.available_at.date()
        if claim.named is not None and claim.named.kind != "comparison":
            found, surety = self.calendar.resolve(claim.named, day), 1.0
            if not (claim.named.year or claim.named.number) and utterance.voice in ("page", "post"):
                surety = 0.9 if claim.named.kind == "year" else 0.7
        elif utterance.named is not None and (found := self.calendar.resolve(utterance.named, day)):
            surety = 0.85
        else:
            return self.implied(said), 0.6
        return _ended(found, claim.measure, day), surety

    def implied(self, said: Said) -> list[Period]:
        """The periods that may be meant where none is named."""
        utterance = said.utterance
        day = utterance.document.available_at.date()
        found = self.calendar.implied(day, utterance.voice in ("page", "post"))
        return _ended(found, said.claim.measure, day)

    def unit_problem(self, claim: Claim) -> str:
        """Why a claim's number cannot be one of its measure, or not surely; empty where it can."""
        amount = claim.amount
        if amount is None or claim.kind is Kind.RECORD:
            return ""
        if not _unit_fits(claim, amount):
            return f"the unit of {amount.raw!r} is not that of {claim.measure.name}"
        known = self.filed.currencies
        unit = amount.unit.split("/")[0]
        if unit in ("%", "points", "bps") or not known:
            return ""
        if len(known) > 1 and unit in ("", "$"):
            return f"the currency is not plain: the filings are in {', '.join(sorted(known))}"
        foreign = not known & _DOLLARS if unit == "$" else unit and unit not in known
        if foreign:
            return f"it is in another currency than the filings ({', '.join(sorted(known))})"
        return ""

    def values(self, measure: Measure, period: Period, amount: Amount | None = None) -> list[Value]:
        """All values stated of a measure in a period; of an ambiguous one all that may be meant."""
        meant: Sequence[str] = _MEANT.get(measure.name, (measure.name,))
        if measure.name == "earnings" and amount is not None and "/" in amount.unit:
            meant = ("earnings per share",)
        found = [v for name in meant for v in self.filed.values(MEASURES[name], period)]
        unit = amount.unit.split("/")[0] if amount is not None else ""
        if len(unit) == 3 and unit.isupper():
            found = [v for v in found if v.unit.split("/")[0] == unit]
        return found

    def missing(self, claim: Claim, period: Period) -> str:
        """That no filing gives it."""
        return f"{UNFILED} {claim.measure.name} of {period_text(period)}"

    def pairs(self, claim: Claim, period: Period) -> list[tuple[Value, Value]]:
        """The measure in a period and in the one before, made of the same items."""
        instant = claim.measure.instant and claim.against == "year"
        found: list[tuple[Value, Value]] = []
        for against in ("year", "quarter") if instant else (claim.against,):
            before = self.values(claim.measure, self._before(period, against))
            for now in self.values(claim.measure, period):
                alike = (v for v in before if v.unit == now.unit and v.period.end < now.period.end)
                found += [(now, v) for v in alike if same_items(v, now)]
        return found

    def _before(self, period: Period, against: str) -> Period:
        """The period a change is reckoned from."""
        wanted = period.end - timedelta(days=91 if against == "quarter" else 365)
        ends: list[date] = [*self.calendar.ends, *self.calendar.quarter_ends(period.end + timedelta(days=1))]
        end = min(ends, key=lambda e: abs(e - wanted), default=wanted)
        return Period(None if period.start is None else end - timedelta(days=period.days - 1), end)


def _ended(periods: Sequence[Period], measure: Measure, day: date) -> list[Period]:
    """Those that were over by a day, as moments where the measure is of one."""
    over = [period for period in periods if period.end < day]
    return list({p.end: Period(None, p.end) for p in over}.values()) if measure.instant else over


def current(values: Sequence[Value]) -> list[Value]:
    """Those of the newest filing."""
    newest = max((v.available_at for v in values), default=None)
    return [v for v in values if v.available_at == newest]


def same_items(one: Value, other: Value) -> bool:
    """Whether two values are made of the same line items."""
    return {f.concept for f in one.facts} == {f.concept for f in other.facts}


def _unit_fits(claim: Claim, amount: Amount) -> bool:
    wanted = claim.measure.unit
    per_share = "/" in amount.unit
    if claim.kind is Kind.LEVEL:
        if wanted == "ratio":
            return amount.unit == "%"
        if wanted == "share" or (claim.measure.name == "earnings" and per_share):
            return per_share or (amount.money and not amount.scaled)
        return amount.money or (not amount.unit and amount.scaled)
    if wanted == "ratio":
        return amount.unit in ("%", "points", "bps")
    return amount.unit == "%" or amount.money or per_share
