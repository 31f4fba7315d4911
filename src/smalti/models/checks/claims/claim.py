"""A claim: what one sentence says of one measure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.measures import Measure
from smalti.models.checks.claims.periods import Named

__all__ = ["Claim", "Kind"]


class Kind(StrEnum):
    """What a claim says of its measure."""

    LEVEL = "level"  # it was so much
    CHANGE = "change"  # it rose or fell by so much
    DIRECTION = "direction"  # it rose or fell
    RECORD = "record"  # it was never higher
    SIGN = "sign"  # it was positive, or a profit was made


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence says of a measure.

    Attributes:
        sign: 1 for a rise (or a positive number), -1 for a fall; 0 for a level.
        amount: the number said; None where none is.
        named: the period that the sentence names; None where it names none.
        against: `year` where it is held against a year before (also where nothing is said), `quarter` where
            against the quarter before.
        why_not: why it cannot be held against filed facts; empty where it can.
        words: the part of the sentence that says it.
    """

    kind: Kind
    measure: Measure
    words: str
    sign: int = 0
    amount: Amount | None = None
    named: Named | None = None
    against: str = "year"
    why_not: str = ""
