"""Grave events as filings word them: a sentence that states one as a fact, or one that says all is well.

Each subject has words that state it, words that make the same phrase innocent, and words of a filing in which
nothing of it happened (calm). What comes before the phrase in its sentence must not make it a mere
possibility: "if we identify a material weakness" states nothing, "we identified a material weakness, which
could ..." does. Every pattern has bounded gaps and reads sentences of bounded length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from smalti.models.checks.filings import Filing, section_of
from smalti.models.checks.grave_subjects import SUBJECTS, Subject
from smalti.models.checks.risk_factors import sentences
from smalti.platform.records import Evidence

__all__ = ["Event", "Reading", "calm", "hypothetical", "read_events", "remediated", "states"]

MAX_LETTERS = 1_500
"""Of a sentence that are read; what is longer is a table or an attack."""
MAX_PARAGRAPH = 20_000
MAX_READ = 300_000
"""Letters of sentences that may state a subject, in one filing; the longest filings have a tenth of it."""
MAX_EVENTS = 20
"""Of one subject in one filing that are kept: a phrase repeated ten thousand times is one event."""

_NEAR = 60  # characters before a phrase in which `not` or an owner counts
_HYPOTHETICAL = re.compile(
    r"\b(?:if|could|may(?! \d)|might|(?<!it )(?<!they )would|cannot (?:assure|be certain)|no assurances?"
    r"|in the event|whether|unless|were to|should (?:we|our|the company)|risks? (?:that|of)|potentially"
    r"|failure to|examples? of)\b"
)
_NEGATED = re.compile(
    r"\b(?:no|not|nor|neither|never|without|none|absence of|alleviat\w+|eliminat\w+)\b|n['’]t\b"
)
_OTHERS = re.compile(  # whose weakness or doubt it may be instead; what is ours is named after them
    r"\b(?:customer|supplier|vendor|tenant|borrower|franchisee|investee|counterpart(?:y|ies)|lessee|lessor"
    r"|competitor|licensee|licensor|joint venture|acquiree|target|dealer|obligor|insurer)"
    r"(?:s|['’]s|s['’])?(?!\w)"
)
_OWN = re.compile(r"\b(?:we|our|us|the company|management|the registrant|the corporation)\b")
_DOUBTED = re.compile(r"\bdoubt (?:as to|about|regarding|on) whether\b")
_TITLE = re.compile(
    r"^(?:Risk Factors|Controls and Procedures|Legal Proceedings|Other Information)\s+(?=[A-Z])"
)
_OPEN = re.compile(r"\bnot (?:yet )?(?:be |been )?(?:fully |considered )*remediated\b")
_REMEDIATED = re.compile(
    r"\b(?:was|were|been|is|are|fully|we|successfully|since|have) remediated\b|remediation .{0,60}\bcomplete"
)


@dataclass(frozen=True, slots=True)
class Event:
    """A sentence that states an event as a fact, or the announcement that a form's item is.

    Attributes:
        quote: its words, as they stand in `piece`.
        strength: of such a statement.
    """

    subject: Subject
    piece: Evidence
    quote: str
    strength: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a filing states.

    Attributes:
        events: by the subject's name, the strongest first and in reading order among equals.
        cut: subjects of which more was there than `MAX_READ`.
    """

    events: Mapping[str, Sequence[Event]]
    cut: Sequence[str]


def read_events(filing: Filing) -> Reading:
    """Every grave event that a filing states."""
    found: dict[str, Sequence[Event]] = {}
    cut = []
    for subject in SUBJECTS:
        stated, whole = _stated(subject, filing)
        own = [*_announced(subject, filing), *stated]
        if own:
            found[subject.name] = sorted(own, key=lambda event: -event.strength)
        if not whole:
            cut.append(subject.name)
    return Reading(found, cut)


def calm(subject: Subject, filing: Filing) -> Event | None:
    """The first sentence in which a filing says that nothing of the kind happened; None where none does."""
    for section in subject.calm_sections:
        left = MAX_READ
        for piece in filing.section(section):
            for quote, words in _sentences_of(piece):
                left -= len(words)
                if left < 0:
                    break
                found = subject.calm.search(words)
                if found and not hypothetical(words[: found.end()]):
                    return Event(subject, piece, quote, subject.strength)
    return None


def remediated(filing: Filing) -> bool:
    """Whether a filing says that a weakness of its controls was mended."""
    return any(
        _REMEDIATED.search(words) and not _OPEN.search(words)
        for piece in filing.paragraphs
        if "remediat" in piece.text
        for _, words in _sentences_of(piece)
    )


def _announced(subject: Subject, filing: Filing) -> Iterator[Event]:
    """By an item of Form 8-K, or by the form itself."""
    listed = {item.strip() for item in str(filing.document.hints.get("items", "")).split(",")}
    under = [piece for item in subject.items for piece in filing.section(item)]
    form = subject.form is not None and subject.form.match(filing.form)
    first = next(iter(under or filing.paragraphs), None)
    if first is not None and (under or form or listed & set(subject.items)):
        yield Event(subject, first, first.text[:MAX_LETTERS], subject.strength)


def _stated(subject: Subject, filing: Filing) -> tuple[list[Event], bool]:
    """Its statements of a subject, each wording once, and whether all that may be one was read."""
    found: list[Event] = []
    left = MAX_READ
    seen: set[str] = set()
    for piece in filing.paragraphs:
        if subject.sections and section_of(piece) not in subject.sections:
            continue
        if not _cued(subject, piece.text[:MAX_PARAGRAPH].lower()):
            continue
        for quote, words in _sentences_of(piece):
            if words in seen or not _cued(subject, words):
                continue
            seen.add(words)
            left -= len(words)
            if left < 0 or len(found) == MAX_EVENTS:
                return found, left >= 0
            if states(subject, words):
                graver = subject.graver is not None and subject.graver.search(words)
                strength = subject.graver_strength if graver else subject.strength
                found.append(Event(subject, piece, quote, strength))
    return found, True


def _cued(subject: Subject, words: str) -> bool:
    return any(cue in words for cue in subject.cues)


def states(subject: Subject, words: str) -> bool:
    """Whether a sentence states an event as a fact.

    Args:
        subject: which.
        words: in lower case, single-spaced.
    """
    words = _OPEN.sub("unmended", _DOUBTED.sub("doubt that", words))
    found = subject.says.search(words)
    if found is None:
        return False
    if subject.innocent.search(words) or hypothetical(words[: found.end()]):
        return False
    near = words[max(0, found.start() - _NEAR) : found.start()]
    if subject.negatable and _NEGATED.search(near):
        return False
    *_, after_others = _OTHERS.split(words[: found.end()])
    return len(after_others) == found.end() or _OWN.search(after_others) is not None


def hypothetical(words: str) -> bool:
    """Whether a sentence, in lower case, speaks of what may be, and not of what is."""
    return _HYPOTHETICAL.search(words) is not None


def _sentences_of(piece: Evidence) -> Iterator[tuple[str, str]]:
    """Each sentence as it stands, and in lower case with single spaces."""
    for sentence in sentences(piece.text[:MAX_PARAGRAPH]):
        quote = _TITLE.sub("", sentence)  # what is left of `Item 1A. Risk Factors` read as one with its text
        if len(quote) <= MAX_LETTERS:
            yield quote, " ".join(quote.lower().split())
