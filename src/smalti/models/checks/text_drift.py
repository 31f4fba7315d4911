"""How the text of an annual filing left that of the year before: risk factors and notes.

*Topics that matter* (lenders, investigations, a few customers, ...) count where one year speaks of them, in
the heading of a risk factor, the title of a note, or as of a fact, and the other nowhere names them: strength
.4 for one told as a fact, .3 for another that is new, .2 for one whose heading vanished. *A new auditor*, by
the year since which each year's auditor says to have served: .3. *An accounting policy* worded otherwise,
which no new standard explains: .2.

*All other change* is one finding, whatever its amount: .05, or .15 where half of the risk factors' text is
not in the other year. Companies rewrite them seldom, and L. Cohen, C. Malloy and Q. Nguyen ("Lazy Prices",
Journal of Finance 75(3), 2020) found lower returns where they did.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from smalti.models.checks.filing_language import hypothetical
from smalti.models.checks.filing_notes import Note, complete, notes
from smalti.models.checks.filings import Filing, shortened
from smalti.models.checks.grave_subjects import AUDITOR_CHANGE, INQUIRY
from smalti.models.checks.policies import PolicyChange, policy_changes
from smalti.models.checks.record import Citation, Finding, Silence
from smalti.models.checks.risk_factors import Change, Factor, Paragraph, diff_factors, read_factors, sentences
from smalti.platform.records import Evidence

__all__ = ["text_drift"]

FURTHEST = timedelta(days=500)
"""Between two filings that are of one year and the next."""
NEW, NEW_FACT, GONE, POLICY, ORDINARY, REWRITTEN = 0.3, 0.4, 0.2, 0.2, 0.05, 0.15
HALF = 0.5
LEAST_DRIFT = 0.1
_LEAST_FACTORS = 5  # paragraphs
_LEAST_SHARE = 0.3  # of the longer year's letters: less, and one of them was not read whole
_SAME_TITLE = 75  # of 100
_MOST_NAMED = 3
_TITLE = 90  # letters


@dataclass(frozen=True, slots=True)
class _Topic:
    """What matters when it appears or vanishes; `subject` is the grave event that tells more of it."""

    name: str
    words: re.Pattern[str]
    subject: str = ""


def _topic(name: str, words: str, subject: str = "") -> _Topic:
    return _Topic(name, re.compile(words, re.I), subject)


_NOTES = ("8", "15", "18")
_SERVES = re.compile(
    r"\bserved as .{0,80}?\bauditors? .{0,60}?since (?:at least )?((?:19|20)\d\d)\b", re.I | re.S
)
_FEW = r"(?:one|two|three|four|few|single|small number of|limited number of)"
_OF_FACTORS = (
    _topic(
        "lenders and liquidity",
        r"\bcovenants?\b|\bliquidity\b|\bour lenders?\b|\bservice our (?:debt|indebtedness)"
        r"|\bsubstantial indebtedness",
    ),
    _topic("investigations", r"\bsubpoena|\binvestigations?\b|\benforcement actions?\b", INQUIRY.name),
    _topic(
        "dependence on a few customers",
        rf"\b{_FEW} (?:\w+ ){{0,2}}(?:customers?|distributors?)\b|\blargest (?:customer|distributor)"
        r"|\bmajor customers?\b",
    ),
    _topic("delisting", r"\bdelist|\bminimum bid\b|\bcontinued listing\b"),
    _topic("related parties", r"\brelated[- ]part(?:y|ies)\b"),
    _topic(
        "late and extended payment",
        r"\bextended (?:payment )?terms|\bpast due\b|\boverdue\b|\bbill[- ]and[- ]hold",
    ),
    _topic(
        "departures of executives", r"\bresign(?:ed|ation)\b.{0,80}\bchief (?:financial|accounting|executive)"
    ),
)
_OF_NOTES = (
    _topic("related parties", r"\brelated[- ]part(?:y|ies)\b"),
    _topic(
        "sales of receivables",
        r"\bfactoring\b|\b(?:sales?|securitization|transfers?) of (?:\w+ )?receivables\b",
    ),
    _topic("contingencies", r"\bcontingenc|\blitigation\b|\blegal (?:proceedings|matters)\b"),
    _topic("concentrations", r"\bconcentrations?\b|\bmajor customers?\b"),
    _topic("covenants", r"\bcovenants?\b"),
)


def text_drift(old: Filing, new: Filing, told: Collection[str] = ()) -> tuple[list[Finding], list[Silence]]:
    """What appeared, vanished and changed from one annual filing to the next.

    Args:
        old: of the year before.
        new: of a year later.
        told: names of the grave events that are findings already.
    """
    about = Citation(new.paragraphs[0].evidence_id)
    if new.document.available_at - old.document.available_at > FURTHEST:
        why = (
            f"cannot compare: no annual filing of the year before the {new.label} (the nearest: {old.label})"
        )
        return [], [Silence(about, why)]
    found: list[Finding] = []
    silences: list[Silence] = []
    changes: Sequence[Change] = ()
    drift = 0.0
    if why := _not_comparable(old, new):
        silences.append(Silence(about, why))
    else:
        factors = [read_factors(_paragraphs(one)) for one in (old, new)]
        topics = [topic for topic in _OF_FACTORS if topic.subject not in told]
        found += _topics(topics, _factors_of(old, factors[0]), _factors_of(new, factors[1]), "risk factors")
        diff = diff_factors(*factors)
        changes, drift = diff.changes, diff.drift
    noted = notes(old), notes(new)
    if why := _differ_much(old, new, "notes", *_NOTES):
        silences.append(Silence(about, why))
        noted = [], []
    else:
        found += _topics(_OF_NOTES, _notes_of(old, noted[0]), _notes_of(new, noted[1]), "notes")
        found += [_policy(change, old, new) for change in policy_changes(old, new)]
        if not (complete(noted[0]) and complete(noted[1])):
            noted = [], []
    if AUDITOR_CHANGE.name not in told:
        found += _auditors(old, new)
    found += _ordinary(old, new, changes, drift, noted)
    return found, silences


def _not_comparable(old: Filing, new: Filing) -> str:
    """Why their risk factors are not."""
    for one in (old, new):
        if len(one.section("1A")) < _LEAST_FACTORS:
            return f"cannot compare: the {one.label} has no risk factors under Item 1A"
    return _differ_much(old, new, "risk factors", "1A")


def _differ_much(old: Filing, new: Filing, what: str, *sections: str) -> str:
    """Why one of them cannot have been read whole; empty where both may have been."""
    sizes = [sum(len(piece.text) for piece in one.section(*sections)) for one in (old, new)]
    if min(sizes) > _LEAST_SHARE * max(sizes):
        return ""
    return (
        f"cannot compare: the {what} of the {old.label} have {sizes[0]:,} letters, those of the {new.label}"
        f" {sizes[1]:,}"
    )


def _paragraphs(filing: Filing) -> list[Paragraph]:
    return [Paragraph(piece.evidence_id, piece.text) for piece in filing.section("1A")]


@dataclass(frozen=True, slots=True)
class _Side:
    """One year: what it puts in headings, what it tells as a fact (piece, words), and all that it says."""

    filing: Filing
    headings: Sequence[tuple[Evidence, str]]
    facts: Sequence[tuple[Evidence, str]]
    every: Sequence[Evidence]

    def names(self, topic: _Topic) -> bool:
        return any(topic.words.search(piece.text) for piece in self.every)


def _factors_of(filing: Filing, factors: Sequence[Factor]) -> _Side:
    pieces = filing.section("1A")
    by_id = {piece.evidence_id: piece for piece in pieces}
    headings = [(by_id[one.evidence_ids[0]], one.heading) for one in factors if one.heading]
    said = ((piece, quote) for piece in pieces for quote in sentences(piece.text))
    return _Side(filing, headings, [one for one in said if not hypothetical(one[1].lower())], pieces)


def _notes_of(filing: Filing, noted: Sequence[Note]) -> _Side:
    """Titles of the notes; where they run on into text, their beginnings."""
    return _Side(filing, [(one.piece, one.title) for one in noted], [], filing.section(*_NOTES))


def _topics(topics: Sequence[_Topic], old: _Side, new: _Side, where: str) -> Iterator[Finding]:
    """Topics that one year speaks of and the other does not name."""
    for topic in topics:
        facts = [one for one in new.facts if topic.words.search(one[1])]
        came = facts or [one for one in new.headings if topic.words.search(one[1])]
        went = [one for one in old.headings if topic.words.search(one[1])]
        details = {"topic": topic.name, "in": where, "told_as_fact": bool(facts)}
        if came and not old.names(topic):
            piece, quote = came[0]
            reason = (
                f"The {where} of the {new.filing.label} newly speak of {topic.name}: “{_short(quote)}”"
                f" ({piece.locator.describe()}); those of the {old.filing.label} do nowhere."
            )
            said, against = Citation(piece.evidence_id, quote), Citation(old.every[0].evidence_id)
            yield Finding((said,), (against,), NEW_FACT if facts else NEW, reason, details)
        elif went and not new.names(topic):
            piece, quote = went[0]
            reason = (
                f"The {where} of the {new.filing.label} nowhere speak of {topic.name} any more; those of the"
                f" {old.filing.label} said: “{_short(quote)}” ({piece.locator.describe()})."
            )
            said, against = Citation(new.every[0].evidence_id), Citation(piece.evidence_id, quote)
            yield Finding((said,), (against,), GONE, reason, details)


def _policy(change: PolicyChange, old: Filing, new: Filing) -> Finding:
    (before, was), (after, now) = change.old, change.new
    reason = (
        f"The {new.label} words {change.name} otherwise: “{_short(now)}” ({after.locator.describe()}); the"
        f" {old.label} said: “{_short(was)}” ({before.locator.describe()})."
    )
    said, against = Citation(after.evidence_id, now), Citation(before.evidence_id, was)
    return Finding((said,), (against,), POLICY, reason, {"policy": change.name})


def _auditors(old: Filing, new: Filing) -> Iterator[Finding]:
    """The year since which the auditor has served, where it is another one than a year before."""
    before, after = _serving_since(old), _serving_since(new)
    if before is None or after is None or after[2] <= before[2]:
        return
    if after[2] < old.document.available_at.year - 1:
        return  # a firm that served then already: how it counts its years changed
    reason = (
        f"The auditor of the {new.label} has served since {after[2]} ({after[0].locator.describe()}); that of"
        f" the {old.label} since {before[2]} ({before[0].locator.describe()}): another firm."
    )
    said, against = Citation(after[0].evidence_id, after[1]), Citation(before[0].evidence_id, before[1])
    yield Finding((said,), (against,), NEW, reason, {"since": after[2], "before_since": before[2]})


def _serving_since(filing: Filing) -> tuple[Evidence, str, int] | None:
    for piece in filing.paragraphs:
        found = _SERVES.search(piece.text)
        if found:
            return piece, found.group(), int(found[1])
    return None


def _ordinary(
    old: Filing,
    new: Filing,
    changes: Sequence[Change],
    drift: float,
    noted: tuple[Sequence[Note], Sequence[Note]],
) -> Iterator[Finding]:
    """All change of text as one finding; none where nothing came, went or much was rewritten."""
    fresh = [one.new for one in changes if one.verdict == "new" and one.new]
    gone = [one.old for one in changes if one.verdict == "dropped" and one.old]
    came, went = _unmatched(noted[1], noted[0]), _unmatched(noted[0], noted[1])
    if not (fresh or gone or came or went) and drift < LEAST_DRIFT:
        return
    parts = [f"{drift:.0%} of the risk factors' text changed"] if changes else []
    parts += _named("new risk factors", [one.heading for one in fresh])
    parts += _named("risk factors gone", [one.heading for one in gone])
    parts += _named("new notes", [one.title for one in came])
    parts += _named("notes gone", [one.title for one in went])
    said = [one.evidence_ids[0] for one in fresh] + [one.piece.evidence_id for one in came]
    against = [one.evidence_ids[0] for one in gone] + [one.piece.evidence_id for one in went]
    said += [s.evidence_id for one in changes for s in one.added]
    against += [s.evidence_id for one in changes for s in one.removed]
    yield Finding(
        _cited(said, new),
        _cited(against, old),
        REWRITTEN if drift >= HALF else ORDINARY,
        f"From the {old.label} to the {new.label}: {'; '.join(parts)}.",
        {
            "drift": drift,
            "new": len(fresh),
            "dropped": len(gone),
            "notes_new": len(came),
            "notes_gone": len(went),
        },
    )


def _cited(ids: Sequence[str], filing: Filing) -> tuple[Citation, ...]:
    """The first of them, each once; where there is none, the start of the filing's risk factors or notes."""
    start = (*filing.section("1A", *_NOTES), *filing.paragraphs)[0].evidence_id
    return tuple(Citation(one) for one in list(dict.fromkeys(ids))[:_MOST_NAMED]) or (Citation(start),)


def _unmatched(notes_of: Sequence[Note], others: Sequence[Note]) -> list[Note]:
    """Notes that the other year has under no number."""
    return [
        note for note in notes_of if all(_alike(note.title, other.title) < _SAME_TITLE for other in others)
    ]


def _alike(one: str, other: str) -> float:
    """Of 100; the shorter decides, since titles run on into text where a page was read so."""
    width = max(12, min(len(one), len(other), 40))
    return fuzz.token_sort_ratio(one[:width].lower(), other[:width].lower())


def _named(what: str, titles: Sequence[str]) -> list[str]:
    titles = [title for title in titles if title]
    if not titles:
        return []
    more = f" and {len(titles) - _MOST_NAMED} more" if len(titles) > _MOST_NAMED else ""
    return [f"{what}: {', '.join(f'“{_short(one)}”' for one in titles[:_MOST_NAMED])}{more}"]


def _short(text: str) -> str:
    return shortened(text, 2 * _TITLE)
