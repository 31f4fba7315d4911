"""The contradiction index: how surely something an issuer says, shows or files does not fit the rest.

The rule, so that a person can do it by hand:

1. Every finding of a check is worth its strength times the check's weight (`WEIGHTS`): how much a finding of
   that kind, should it stand, speaks of an issuer that misleads.
2. A finding whose `said` side rests on posts alone is worth half: anybody can post.
3. Findings that share a piece on their `said` side are one matter, and count once, as their strongest.
4. Of one check at most five matters count, the strongest: a long call is not worse than a short one.
5. The index is one less the product of one less each worth.

So it lies in [0, 1]; a further matter never lowers it, the same one told again never raises it, and a post
alone cannot bring it over a half of any weight. Each matter's share of it goes by the logarithm of one less
its worth, for these add up: shares sum to the index, also near 1, where leaving one out changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p, prod

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check, Finding
from smalti.platform.records import SourceKind

WEIGHTS: Mapping[str, float] = {
    "claim_against_fact": 1.0,
    "chart_against_table": 0.8,
    "filing_drift": 0.6,
    "picture": 0.5,
    "evasive_answers": 0.4,
    "crowd": 0.4,
    "words_against_voice": 0.3,
}
"""By check. Two numbers that cannot both be true weigh most; how somebody sounded, least."""

POSTED = 0.5
"""What a matter is worth that rests on posts alone, of its worth otherwise."""

MATTERS = 5
"""Matters of one check that count."""

NAME = "contradiction"

_SURE = 0.999
"""A worth of 1 counts as this in shares."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that does not fit, with what it is worth and its share of the index."""

    check: str
    finding: Finding
    worth: float
    share: float


def contradiction(dossier: Dossier, checks: Sequence[Check]) -> Check:
    """The index from the outcomes of the checks; not computable where none of them could judge anything."""
    own = [check for check in checks if check.name in WEIGHTS]
    judged = [check.name for check in own if check.value is not None]
    absent = {check.name: check.reason for check in own if check.value is None}
    if not judged:
        return Check(NAME, None, "not computable: none of the checks it rests on could judge anything")
    found = matters(dossier, own)
    details = {
        "judged": judged,
        "not_judged": absent,
        "matters": [
            {"check": m.check, "worth": round(m.worth, 6), "share": round(m.share, 6)} for m in found
        ],
    }
    return Check(NAME, _joined(m.worth for m in found), None, (), details, tuple(m.finding for m in found))


def matters(dossier: Dossier, checks: Iterable[Check]) -> list[Matter]:
    """What counts towards the index, most first."""
    posted = _posted(dossier)
    ranked = sorted(
        (
            (
                WEIGHTS[check.name] * finding.strength * (POSTED if _said(finding) <= posted else 1.0),
                check.name,
                finding,
            )
            for check in checks
            for finding in check.findings
        ),
        key=lambda one: (-one[0], one[1], one[2].reason),
    )
    counted: Counter[str] = Counter()
    seen: set[str] = set()
    kept = []
    for worth, name, finding in ranked:
        if counted[name] < MATTERS and not _said(finding) & seen:
            kept.append((worth, name, finding))
            counted[name] += 1
        seen |= _said(finding)
    weights = [-log1p(-min(worth, _SURE)) for worth, *_ in kept]
    whole = _joined(worth for worth, *_ in kept)
    return [
        Matter(name, finding, worth, whole * weight / sum(weights))
        for (worth, name, finding), weight in zip(kept, weights, strict=True)
    ]


def _said(finding: Finding) -> set[str]:
    return {citation.evidence_id for citation in finding.said}


def _posted(dossier: Dossier) -> set[str]:
    return {e.evidence_id for e in dossier.evidence if dossier.document(e).kind is SourceKind.SOCIAL}


def _joined(worths: Iterable[float]) -> float:
    return 1 - prod(1 - worth for worth in worths)
