"""One number told twice: statements on the same measure and period that no filing settles yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from smalti.models.checks.claims.alignment import Aligner
from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.apart import fits, misheard, signed, size_of, size_of_growth, size_of_points
from smalti.models.checks.claims.claim import Kind
from smalti.models.checks.claims.speakers import Said
from smalti.platform.quantities import Period

__all__ = ["Retold", "retold"]

_SURE = 0.85  # of the period, at least
_ALIKE = 1.7  # times as much: beyond that the two likely tell of different things
_MAX = 200  # statements on one measure and period that are compared


@dataclass(frozen=True, slots=True)
class Retold:
    """Two statements that cannot both be true.

    Attributes:
        later, earlier: who made them, by when.
        surety: of the period, the less sure of both.
        size: over 0 to 1, how far the two are apart.
    """

    later: Said
    earlier: Said
    period: Period
    surety: float
    size: float


def retold(every: Iterable[Said], aligner: Aligner) -> list[Retold]:
    """Where calls and pages give two numbers for one measure and period: each later one with the first.

    Args:
        every: claims that could be held against filings but for want of one; what posts say is left out.
        aligner: for the periods meant.
    """
    told: dict[tuple[object, ...], list[tuple[Said, Period, float]]] = defaultdict(list)
    for said in every:
        claim = said.claim
        if (
            claim.kind not in (Kind.LEVEL, Kind.CHANGE)
            or claim.amount is None
            or said.utterance.voice == "post"
        ):
            continue
        periods, surety = aligner.periods(said)
        if len(periods) == 1 and surety >= _SURE and not claim.amount.bound:
            unit = "points" if claim.amount.unit == "bps" else claim.amount.unit
            key = (claim.measure.name, periods[0], claim.kind, unit, claim.against)
            told[key].append((said, periods[0], surety))
    return [found for same in told.values() for found in _differing(same)]


def _differing(same: Sequence[tuple[Said, Period, float]]) -> Iterator[Retold]:
    ordered = sorted(same, key=lambda one: one[0].utterance.document.available_at)[:_MAX]
    first, period, sure = ordered[0]
    for later, _, surety in ordered[1:]:
        apart = later.utterance.document.document_id != first.utterance.document.document_id
        size = _apart(first, later) if apart else 0.0
        if size:
            yield Retold(later, first, period, min(sure, surety), size)


def _apart(one: Said, other: Said) -> float:
    """How far two statements are apart, 0 to 1; 0 where both may be true or tell of different things."""
    a, b = _told(one), _told(other)
    if fits(a, b.value, b.off) or misheard(a, b.value, b.off, heard=True):
        return 0.0
    if one.claim.measure.unit == "ratio":
        return size_of_points((a.value - b.value) / (100.0 if a.unit == "bps" else 1.0))
    if one.claim.kind is Kind.CHANGE and a.unit == "%":
        return size_of_growth(a.value - b.value)
    larger, smaller = max(abs(a.value), abs(b.value)), min(abs(a.value), abs(b.value))
    return size_of(a.value, b.value) if a.value * b.value < 0 or larger < _ALIKE * smaller else 0.0


def _told(said: Said) -> Amount:
    amount = said.claim.amount
    assert amount is not None
    return signed(amount, said.claim.sign) if said.claim.kind is Kind.CHANGE else amount
