"""What a check gives: findings with the evidence on both sides, a value, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from math import prod

from smalti.platform.records import Json, Signal, SignalKind, content_id


@dataclass(frozen=True, slots=True)
class Citation:
    """A piece of evidence, and the words (or numbers) of it that matter; empty for all of it."""

    evidence_id: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit.

    Attributes:
        said: what is claimed, shown or done.
        against: what that is held against: the other side, or what makes it odd.
        strength: over 0, up to 1: the share of such findings one would expect to stand when looked into.
        reason: one or two plain sentences that name both sides with their numbers.
        details: numbers behind the strength, for people who check it.
    """

    said: tuple[Citation, ...]
    against: tuple[Citation, ...]
    strength: float
    reason: str
    details: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a finding nobody could check.

        Raises:
            ValueError: a side without evidence, or a strength out of range.
        """
        if not (self.said and self.against and 0 < self.strength <= 1):
            raise ValueError(f"a finding needs two sides and a strength in (0, 1]: {self.reason}")


@dataclass(frozen=True, slots=True)
class Silence:
    """Something a check looked at and could not judge, and why: `cannot compare: ...`."""

    about: Citation
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: `beneish_m`, `claim_against_fact`: the last part of its sub-signal's name.
        value: the score, or for a check that looks for findings how likely any of them stands; None when
            it cannot be computed.
        reason: why there is no value, None when there is one.
        inputs: ids of the evidence a computed score rests on.
        details: the parts of the score, its threshold, what was taken as zero, how much was looked at.
        findings: strongest first.
        silences: what could not be judged.
        head: the signal it is a sub-signal of.
    """

    name: str
    value: float | None
    reason: str | None
    inputs: tuple[str, ...] = ()
    details: Json = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    silences: tuple[Silence, ...] = ()
    head: SignalKind = SignalKind.FRAUD


class NotComputable(Exception):
    """Raised inside a check when something it needs is absent; it becomes the check's `reason`."""


def judged(
    name: str,
    looked_at: int,
    findings: Iterable[Finding],
    silences: Sequence[Silence] = (),
    *,
    nothing: str,
    details: Json | None = None,
) -> Check:
    """The outcome of a check that looks for findings.

    Its value is the chance that at least one finding stands, were they independent: one less the product of
    one less each strength; 0 where much was looked at and nothing found.

    Args:
        name: the check's.
        looked_at: how many things could be judged.
        findings: in any order.
        silences: what could not be.
        nothing: why nothing could be judged, should `looked_at` be 0: `no call is known`.
        details: of the outcome, beside `looked_at`.
    """
    ranked = tuple(sorted(findings, key=lambda f: (-f.strength, f.said[0].evidence_id, f.reason)))
    shown = {"looked_at": looked_at, "not_judged": len(silences), **(details or {})}
    if not looked_at:
        return Check(name, None, f"not computable: {nothing}", (), shown, (), tuple(silences))
    value = 1 - prod(1 - finding.strength for finding in ranked)
    return Check(name, value, None, (), shown, ranked, tuple(silences))


MAX_ROWS = 500
"""Findings, and silences, of one check that are stored: a flood of posts must not become a flood of rows."""


def finding_rows(signal: Signal, check: Check) -> Iterator[Json]:
    """The findings and silences of a check as rows of table `findings`, strongest first."""
    for rank, found in enumerate(check.findings[:MAX_ROWS], 1):
        sides = {side: [asdict(c) for c in getattr(found, side)] for side in ("said", "against")}
        yield _row(signal, rank, "finding", found.reason, sides, found.strength, found.details)
    for rank, silence in enumerate(check.silences[:MAX_ROWS], 1):
        sides = {"said": [asdict(silence.about)], "against": []}
        yield _row(signal, rank, "cannot compare", silence.reason, sides, None, {})


def _row(
    signal: Signal, rank: int, verdict: str, reason: str, sides: Json, strength: float | None, details: Json
) -> Json:
    texts = {side: json.dumps(cited) for side, cited in sides.items()}
    return {
        "finding_id": content_id("finding", signal.signal_id, verdict, str(rank), reason),
        "signal_id": signal.signal_id,
        "verdict": verdict,
        "rank": rank,
        "strength": strength,
        "reason": reason,
        **texts,
        "details": json.dumps(dict(details), default=str),
    }
