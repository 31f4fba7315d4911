"""A filed number as it is compared: what a document says of one item and period, and when it was known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from smalti.platform.concepts import plain_label
from smalti.platform.records import Json

__all__ = ["AGREES", "DIFFERS", "Fact", "as_known", "fact_of", "verdict"]

AGREES, DIFFERS = "agrees", "differs"
_SLIPS = (3, -3, 6, -6, 9, -9, 2, -2, 1, -1)


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of an issuer as one document gives it.

    Attributes:
        concept: a name of `platform.concepts`; empty for other items and for parts of the whole.
        start, end: first and last day; `start` is None for a moment.
        rounding: half of the last digit it was given with, in `unit`.
        tagged: the filer's own XBRL says it.
        available_at: of its document.
        line: the item it tells of where `concept` is empty because it is of a part (`dimension`) only.
        unverified: why it is not to be relied on; empty where nothing speaks against it.
    """

    evidence_id: str
    concept: str
    label: str
    dimension: str
    value: float
    unit: str
    start: date | None
    end: date
    rounding: float
    tagged: bool
    available_at: datetime
    line: str = ""
    unverified: str = ""

    @property
    def days(self) -> int:
        """Length in days; 0 for a moment."""
        return (self.end - self.start).days + 1 if self.start else 0


def fact_of(evidence_id: str, payload: Json, available_at: datetime) -> Fact:
    """A stored fact's payload (`parse.contract`) as a `Fact`."""
    start = payload.get("period_start")
    value = float(payload["value"])
    return Fact(
        evidence_id=evidence_id,
        concept=payload.get("concept") or "",
        label=payload.get("label") or "",
        dimension=payload.get("dimension") or "",
        value=value,
        unit=payload["unit"],
        start=date.fromisoformat(start) if start else None,
        end=date.fromisoformat(payload["period_end"]),
        rounding=_rounding(value, str(payload.get("as_reported") or "")),
        tagged="tag" in payload,
        available_at=available_at,
        line=payload.get("line") or "",
        unverified=payload.get("unverified") or "",
    )


def _rounding(value: float, printed: str) -> float:
    """Half of the last printed digit's worth."""
    found = re.search(r"\d[\d,]*(?:\.(\d+))?|\.(\d+)", printed)
    if not found:
        return 0.0
    number = float(found[0].replace(",", ""))
    factor = abs(value) / number if number else 1.0
    return 0.5 * factor / 10.0 ** len(found[1] or found[2] or "")


def verdict(ours: float, theirs: float, off: float, theirs_off: float = 0.0) -> str:
    """How two numbers compare, each known within `off`, in its own unit."""
    if abs(ours - theirs) <= (off + theirs_off) * (1 + 1e-9):
        return AGREES
    if ours and theirs:
        for power in _SLIPS:
            factor = 10.0**power
            if abs(ours * factor - theirs) <= (off * factor + theirs_off) * (1 + 1e-9):
                return f"{DIFFERS} by 10^{power}"
    return DIFFERS


def as_known(facts: Iterable[Fact], as_of: datetime) -> list[Fact]:
    """Of each item, unit and period the fact of the newest document available by `as_of`.

    A restatement takes its original's place from the day it was filed, not before.
    """
    known: dict[tuple[str, ...], Fact] = {}
    for fact in sorted(facts, key=lambda f: (f.available_at, f.evidence_id)):
        if fact.available_at <= as_of:
            name = fact.concept or plain_label(fact.label)
            known[name, fact.dimension, fact.unit, str(fact.start), str(fact.end)] = fact
    return list(known.values())
