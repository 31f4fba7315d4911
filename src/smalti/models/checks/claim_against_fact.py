"""What calls, news and posts claim of a company's numbers, held against what it filed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from smalti.models.checks.claims.alignment import UNFILED
from smalti.models.checks.claims.claim import Kind
from smalti.models.checks.claims.denials import Denied, affirmations, denied
from smalti.models.checks.claims.filed import Filed
from smalti.models.checks.claims.judging import BESIDE, ELSEWHERE, PART, Contradiction, Judge
from smalti.models.checks.claims.measures import find_measures
from smalti.models.checks.claims.periods import Calendar, find_periods
from smalti.models.checks.claims.retold import Retold, retold
from smalti.models.checks.claims.speakers import Reader, Said, Utterance, utterances
from smalti.models.checks.claims.telling import denial_reason, reason, retold_reason
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check, Citation, Finding, Silence, judged
from smalti.platform.facts import Fact
from smalti.platform.records import Document

__all__ = ["claim_against_fact"]

NAME = "claim_against_fact"
_ASTRAY = re.compile(f"{PART}|{ELSEWHERE}|{BESIDE}")  # then nothing in the sentence is judged
MAX_CITED = 20  # pieces that one finding cites on a side
_MAX_CLAIMS = 20_000

_VOICES = {"call": 0.95, "release": 0.95, "page": 0.8, "post": 0.6}
"""How sure a contradiction by each is at best: a page or a post often tells of another number."""

_HEARD = 0.9
"""A number only heard may be misheard; told in print too, it was not."""

_RETOLD = 0.7
"""Of two statements that differ, and no filing: the less because either may be misread."""

_DENIALS = {"call": 0.9, "release": 0.9, "page": 0.7, "post": 0.45}


def claim_against_fact(dossier: Dossier) -> Check:
    """Hold every claim against filed facts of the same measure and period, and denials against filings' text.

    A finding's strength is the product of how sure the source is (0.95 management, 0.8 a page, 0.6 a post;
    by 0.9 less for a number only heard), how sure the period (1 stated, 0.85 from what was said before, 0.6
    from the date alone), and how far apart the two are beyond their roundings (0.3 under 1% to 1 over 8%).
    """
    facts = dossier.filed()
    judge = Judge(Filed(facts), Calendar(facts))
    reader = utterances(dossier, _members(facts))
    against, silences, stood, unfiled = _judged(judge, reader.said[:_MAX_CLAIMS])
    twice = retold(unfiled, judge.aligner)
    documents = {piece.evidence_id: dossier.document(piece) for piece in dossier.evidence}
    findings = [_finding(group, documents) for group in _grouped(against)]
    denials = [one for utterance in reader.utterances for one in denied(utterance)]
    denial_findings, unanswered = _denials(denials, dossier)
    looked = stood + len(against) + len(twice) + len(denials) - len(unanswered)
    counts = {"claims": len(reader.said), "agreed": stood, "contradicted": len(against)}
    return judged(
        NAME,
        looked,
        [*findings, *map(_retold, twice), *denial_findings],
        [*silences, *_unread(reader), *unanswered],
        nothing=_nothing(reader, facts),
        details=counts | {"denials": len(denials), "sentences_left_out": reader.left_out},
    )


def _nothing(reader: Reader, facts: Sequence[Fact]) -> str:
    if not reader.utterances:
        return "no call, news page or post is known"
    if not reader.said:
        return "nothing that was said claims a number of a filed item"
    return "no claim could be aligned with a filed fact" if facts else "no filed fact is known"


_ACCOUNTING = re.compile(
    r"\b(?:total|other|amount|net|company|corporate|consolidated|range|high|low|year|change|per|share|period"
    r"|balances?|value|basis|investments?|securities|contracts?|hedges?|stock|options?|units|adjustments?|costs?"
    r"|expenses?|plans?|notes?|bonds?|funds?|restated|revised|exercised|forfeited|vested|granted|derivatives?"
    r"|first|second|third|fourth|quarters?|after|before|level|shares|as|outstanding|non-gaap|results?|months?"
    r"|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*"
    r"|liabilit\w+|assets?|taxe?s?|leases?|proceeds|accounts?|effects?|beginning|end|ending|less|gains?|loss\w*)\b",
    re.I,
)
_MOST_MEMBERS = 300


def _members(facts: Iterable[Fact]) -> frozenset[str]:
    """Names of parts of the company as its filings give them: segments, products, regions."""
    counts: Counter[str] = Counter()
    for fact in facts:
        for part in re.split(r" [/>|] ", fact.dimension)[:3]:
            name = part.strip(" .,*()0123456789")
            if name[:1].isupper() and len(name) > 3 and name.count(" ") <= 3 and not _ACCOUNTING.search(name):
                counts[name] += 1
    often = [name for name, n in counts.most_common(_MOST_MEMBERS) if n > 1]
    return frozenset(name for name in often if not find_measures(name) and not find_periods(name))


def _judged(judge: Judge, said: Sequence[Said]) -> tuple[list[Contradiction], list[Silence], int, list[Said]]:
    """Contradictions, silences (each reason once a sentence), how many stood, and what no filing settles."""
    outcomes = [(one, judge.judge(one)) for one in said]
    parts = {_place(one) for one, outcome in outcomes if isinstance(outcome, str) and _ASTRAY.search(outcome)}
    several = _several(outcome for _, outcome in outcomes if isinstance(outcome, Contradiction))
    against: list[Contradiction] = []
    silences: dict[tuple[str, str], Silence] = {}
    for one, outcome in outcomes:
        why = outcome if isinstance(outcome, str) else f"its sentence {PART}" if _place(one) in parts else ""
        if isinstance(outcome, Contradiction) and _subject(outcome) in several:
            why = "its source gives several numbers for it, so that it likely tells of parts"
        if isinstance(outcome, Contradiction) and not why:
            against.append(outcome)
        elif outcome is not None:
            why = f"cannot compare: {why}"
            about = Citation(one.utterance.evidence.evidence_id, one.utterance.text)
            silences.setdefault((about.evidence_id, why), Silence(about, why))
    stood = sum(outcome is None for _, outcome in outcomes)
    unfiled = [one for one, outcome in outcomes if isinstance(outcome, str) and outcome.startswith(UNFILED)]
    return against, list(silences.values()), stood, unfiled


def _several(against: Iterable[Contradiction]) -> set[tuple[object, ...]]:
    """What one document gives several contradicting numbers for without a stated period, or more than two."""
    numbers: dict[tuple[object, ...], set[float]] = defaultdict(set)
    stated: set[tuple[object, ...]] = set()
    for one in against:
        if one.said.claim.amount is not None:
            numbers[_subject(one)].add(one.said.claim.amount.value)
            stated |= {_subject(one)} if one.surety == 1 else set()
    return {subject for subject, told in numbers.items() if len(told) > (2 if subject in stated else 1)}


def _subject(one: Contradiction) -> tuple[object, ...]:
    claim = one.said.claim
    unit = claim.amount.unit if claim.amount is not None else ""
    return one.said.utterance.document.document_id, claim.measure.name, claim.kind, one.period, unit


def _unread(reader: Reader) -> list[Silence]:
    return [
        Silence(Citation(one.evidence.evidence_id, one.text), f"cannot compare: {why}")
        for one, why in reader.unread
        if one.voice != "post"
    ]


def _place(said: Said) -> tuple[str, str]:
    return said.utterance.evidence.evidence_id, said.utterance.text


def _strength(one: Contradiction) -> float:
    utterance = one.said.utterance
    heard = _HEARD if one.said.claim.amount is not None and utterance.voice == "call" else 1.0
    return _VOICES[utterance.voice] * heard * one.surety * one.size


def _key(one: Contradiction) -> tuple[object, ...]:
    """The same claim told twice has the same key."""
    claim = one.said.claim
    value = (
        round(claim.amount.value, 6) if claim.amount is not None and claim.kind is not Kind.RECORD else None
    )
    return claim.measure.name, one.period.end, one.period.days // 20, claim.kind, claim.sign, value


def _grouped(against: Sequence[Contradiction]) -> list[list[Contradiction]]:
    """Of one measure and period: what one document, or all posts, say, and the same claims told elsewhere."""
    groups: list[list[Contradiction]] = []
    by_claim: dict[tuple[object, ...], int] = {}
    by_document: dict[tuple[object, ...], int] = {}
    for one in sorted(against, key=lambda c: (-_strength(c), c.said.utterance.evidence.evidence_id)):
        utterance = one.said.utterance
        source = "posts" if utterance.voice == "post" else utterance.document.document_id
        claim, place = _key(one), (*_key(one)[:3], source)
        at = by_claim.get(claim, by_document.get(place))
        if at is None:
            at = len(groups)
            groups.append([])
        groups[at].append(one)
        by_claim.setdefault(claim, at)
        by_document.setdefault(place, at)
    return groups


def _finding(group: Sequence[Contradiction], documents: Mapping[str, Document]) -> Finding:
    first = group[0]
    own = [one for one in group if one.said.utterance.evidence is first.said.utterance.evidence]
    kinds = {one.said.claim.kind: one for one in reversed(own)}
    told = sorted(kinds.values(), key=lambda one: list(Kind).index(one.said.claim.kind))
    printed = any(one.said.utterance.voice != "call" for one in group)
    strength = _strength(first) / (_HEARD if printed and first.said.utterance.voice == "call" else 1.0)
    details = [
        {
            "kind": one.said.claim.kind.value, "measure": one.said.claim.measure.name,
            "said": one.said.claim.amount.value if one.said.claim.amount else one.said.claim.sign,
            "filed": one.filed.value, "before": one.other.value if one.other else None,
            "unit": one.filed.unit, "period_end": str(one.period.end), "surety": one.surety, "size": one.size,
            "by": one.said.utterance.voice,
        }
        for one in group[:MAX_CITED]
    ]  # fmt: skip
    filed = [v for one in told for v in (one.filed, one.other) if v is not None]
    return Finding(
        tuple(_said(one.said.utterance for one in group)),
        tuple(Citation(e) for e in dict.fromkeys(e for value in filed for e in value.cited))[:MAX_CITED],
        min(1.0, strength),
        reason(told, documents),
        {"claims": details, "times_told": len(group)},
    )


def _retold(one: Retold) -> Finding:
    later, earlier = one.later.utterance, one.earlier.utterance
    return Finding(
        (Citation(later.evidence.evidence_id, later.text),),
        (Citation(earlier.evidence.evidence_id, earlier.text),),
        _RETOLD * _VOICES[later.voice] * one.surety * one.size,
        retold_reason(one),
        {"measure": one.later.claim.measure.name, "period_end": str(one.period.end), "size": one.size},
    )


def _said(every: Iterable[Utterance]) -> list[Citation]:
    """What was said, each piece and sentence once."""
    found: dict[Citation, None] = {}
    for utterance in every:
        found[Citation(utterance.evidence.evidence_id, utterance.text)] = None
        found.update(dict.fromkeys(Citation(other) for other in utterance.also))
        if len(found) >= MAX_CITED:
            break
    return list(found)[:MAX_CITED]


def _denials(denials: Sequence[Denied], dossier: Dossier) -> tuple[list[Finding], list[Silence]]:
    """Denials that a filing speaks against, one finding a topic and voice; those no filing can answer."""
    if not denials:
        return [], []
    affirmed = affirmations(dossier)
    findings: dict[tuple[str, str], Finding] = {}
    silences: list[Silence] = []
    filings = [d for d in dossier.documents.values() if d.kind.value == "filing"]
    for one in denials:
        about = Citation(one.utterance.evidence.evidence_id, one.utterance.text)
        sides = sorted(((a.against(one), a) for a in affirmed), key=lambda pair: -pair[0])
        sides = [pair for pair in sides if pair[0] > 0]
        if not sides:
            if not filings:
                silences.append(
                    Silence(about, f"cannot compare: no filing is known that could tell of {one.topic}")
                )
            continue
        surety, best = sides[0]
        key = (one.topic, best.document.document_id)
        strength = _DENIALS[one.utterance.voice] * surety
        before = findings.get(key)
        told = (*before.said, about) if before else (about,)
        if before is not None and before.strength >= strength:
            findings[key] = Finding(
                told[:MAX_CITED], before.against, before.strength, before.reason, before.details
            )
            continue
        against = dict.fromkeys(
            Citation(a.evidence.evidence_id, a.sentence) for s, a in sides if a.document == best.document
        )
        findings[key] = Finding(
            (about, *told[:-1])[:MAX_CITED], tuple(against)[:MAX_CITED], strength, denial_reason(one, best),
            {"topic": one.topic, "by": one.utterance.voice},
        )  # fmt: skip
    return list(findings.values()), silences
