"""Filing drift: what an issuer's filings newly tell of, and how their text left that of the year before.

*Grave events* (`grave_subjects`): of each kind one finding, which cites the strongest statements among the
newest annual filing, what was filed since the one before it, and on the other side what the year before said.
Strength, by rule: that of the statement; half of it where the year before said the same (it goes on, it is no
news); four fifths where no earlier filing is known, against the same filing's calm words or, failing these,
its cover. A weakness that stands beside the same filing's conclusion that its controls are effective counts
half, or nothing where the filing says that it was mended.

*Text* that appeared, vanished or changed is weaker: see `text_drift`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.filing_language import Event, calm, read_events, remediated
from smalti.models.checks.filings import Filing, filings, shortened, year_before
from smalti.models.checks.grave_subjects import MATERIAL_WEAKNESS, SUBJECTS, Subject
from smalti.models.checks.record import Check, Citation, Finding, Silence, judged
from smalti.models.checks.text_drift import text_drift

STILL = 0.5
"""Of a statement's strength where the year before made the same."""
ALONE = 0.8
"""Of a statement's strength where there is no earlier filing to hold it against."""
DENIED = 0.5
"""Of a statement's strength where the same filing concludes that controls are effective."""
RECENT = timedelta(days=400)
"""Before the newest filing, where no annual one of the year before says how far back news goes."""
MOST_CITED = 3
MOST_LETTERS = 220
"""Of a quote in a reason; the whole of it is cited."""


def filing_drift(dossier: Dossier) -> Check:
    """Grave events that filings tell of, and what changed in their text from year to year."""
    known = filings(dossier)
    recent = _recent(known)
    readings = [(one, read_events(one)) for one in recent]
    found = []
    for subject in SUBJECTS:
        own = [(one, read.events[subject.name]) for one, read in readings if subject.name in read.events]
        found += _finding(subject, own, known) if own else []
    changed, silences = _drift(known, {str(one.details["subject"]) for one in found})
    found += changed
    silences += [_cut(one, name) for one, read in readings for name in read.cut]
    return judged("filing_drift", len(recent), found, silences, nothing="no filing with text is known")


def _cut(filing: Filing, subject: str) -> Silence:
    why = f"cannot compare: the {filing.label} holds more sentences that may tell of {subject} than are read"
    return Silence(Citation(filing.paragraphs[0].evidence_id), why)


def _drift(known: Sequence[Filing], told: Collection[str]) -> tuple[list[Finding], list[Silence]]:
    """Of the newest annual filing against the one of the year before."""
    newest = next((one for one in reversed(known) if one.annual), None)
    if newest is None:
        return [], []
    before = year_before(known, newest)
    if before is None:
        about = Citation(newest.paragraphs[0].evidence_id)
        return [], [Silence(about, f"cannot compare: no annual filing before the {newest.label} is known")]
    return text_drift(before, newest, told)


def _recent(known: Sequence[Filing]) -> list[Filing]:
    """The newest annual filing, and all that came after the one before it."""
    if not known:
        return []
    newest = next((one for one in reversed(known) if one.annual), known[-1])
    before = year_before(known, newest)
    since = before.document.available_at if before else known[-1].document.available_at - RECENT
    return [one for one in known if one.document.available_at > since]


def _finding(
    subject: Subject, own: Sequence[tuple[Filing, Sequence[Event]]], known: Sequence[Filing]
) -> list[Finding]:
    """The one finding of a subject; none where what is told turns out to be mended."""
    judged_ones = [one for filing, told in own if (one := _judged(subject, filing, told, known))]
    if not judged_ones:
        return []
    best = max(judged_ones, key=lambda one: one.strength)
    others = [one for one in judged_ones if one is not best]
    said = [c for one in (best, *others) for c in one.said]
    return [
        Finding(
            tuple(said[:MOST_CITED]),
            best.against,
            best.strength,
            best.reason,
            {**best.details, "filings": len(judged_ones), "statements": sum(len(told) for _, told in own)},
        )
    ]


def _judged(
    subject: Subject, filing: Filing, told: Sequence[Event], known: Sequence[Filing]
) -> Finding | None:
    """What one filing tells of a subject, held against the year before or against itself."""
    best = told[0]
    own_calm = calm(subject, filing)
    factor, why = 1.0, ""
    before = year_before(known, filing)
    if subject is MATERIAL_WEAKNESS and own_calm and not _concludes(told):
        if remediated(filing):
            return None
        factor, against = DENIED, own_calm
        why = f"the same filing concludes: “{_short(own_calm.quote)}” ({_place(own_calm)})"
    elif before is None:
        against = own_calm or _cover(subject, filing)
        factor = ALONE
        words = f"it also says: “{_short(own_calm.quote)}” ({_place(own_calm)})" if own_calm else ""
        why = f"no earlier annual filing is known{'; ' + words if words else ''}"
    elif earlier := read_events(before).events.get(subject.name):
        factor, against = STILL, earlier[0]
        why = f"the {before.label} said so already: “{_short(against.quote)}” ({_place(against)})"
    elif quiet := calm(subject, before):
        against = quiet
        why = f"the {before.label} said: “{_short(quiet.quote)}” ({_place(quiet)})"
    else:
        against = _cover(subject, before)
        why = f"the {before.label} says nothing of it"
    return Finding(
        tuple(Citation(one.piece.evidence_id, one.quote) for one in told[:MOST_CITED]),
        (Citation(against.piece.evidence_id, against.quote),),
        best.strength * factor,
        f"The {filing.label} tells of {subject.name}: “{_short(best.quote)}” ({_place(best)}); {why}.",
        {"subject": subject.name, "of_statement": best.strength, "factor": factor},
    )


def _concludes(told: Sequence[Event]) -> bool:
    """Whether it is the filing's conclusion, not only talk of a weakness somewhere in it."""
    return any("effective" in one.quote.lower() for one in told)


def _cover(subject: Subject, filing: Filing) -> Event:
    """What stands for a filing silent on a subject: the start of the item for it, else its cover."""
    pieces = [piece for section in subject.calm_sections for piece in filing.section(section)]
    piece = (pieces or list(filing.paragraphs))[0]
    return Event(subject, piece, "", 0.0)


def _place(event: Event) -> str:
    return event.piece.locator.describe()


def _short(quote: str) -> str:
    return shortened(quote, MOST_LETTERS)
