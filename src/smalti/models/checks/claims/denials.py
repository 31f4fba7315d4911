"""Denials: `no material weakness`, `no restatement`, held against the text of filings that affirm it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from smalti.models.checks.claims.reading import sentences
from smalti.models.checks.claims.speakers import Utterance
from smalti.models.checks.dossier import Dossier
from smalti.platform.quantities import read_dates
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

__all__ = ["Affirmation", "Denied", "Topic", "affirmations", "denied"]

_MAX_PARAGRAPH = 20_000
_MAX_AFFIRMED = 50  # sentences of one filing on one topic
_BEFORE = timedelta(days=150)  # how old an affirming filing may be when the denial is spoken
_AFTER = timedelta(days=200)  # and how much later it may come
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_BETWEEN = r"(?:[^.;]|\.\d){0,80}?"


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that may be denied.

    Attributes:
        name: for people.
        denial: in what people say.
        affirms: in a filing: it is so, now.
        unless: in the same sentence of the filing: it is not, or no longer.
        cleared: elsewhere in the same filing: then it is of an earlier time.
        later: how far a filing made after the denial speaks against it (1: it tells of the same time).
        periodic: judged anew each year, so that what a filing says of a year long over does not count.
    """

    name: str
    cue: str
    denial: re.Pattern[str]
    affirms: re.Pattern[str]
    unless: re.Pattern[str]
    cleared: re.Pattern[str] | None = None
    later: float = 1.0
    periodic: bool = True


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_MIGHT = (
    r"\b(?:could|may|might|would|if|whether|cannot assure|no assurance|not identif|no material weakness"
    r"|future|from time to time|defined|is a deficiency"
    r"|any such|risk that|assessing the risk|possib(?:le|ility))\b"
)
_OVER = (
    r"\bremediat(?:ed|ion of the previously)|\bpreviously (?:identified|reported|disclosed)"
    r"|\bno longer\b|\bprior (?:period|year)s?\b|\balleviated?\b"
)
_HYPOTHETICAL = _re(_MIGHT)
_NOT_SAID = _re(
    r"\b(?:not|never|n't) (?:yet |been )?(?:disclos|reveal|admit|mention|fix|remediat|resolv|tell|told"
    r"|address"
    r"|correct|report|acknowledg)"
)
_NEAR = r"(?:[\w']+ ){0,5}?"
_NO = r"(?:no|not|never|n't|without|zero|free (?:of|from)|neither)"

TOPICS: Sequence[Topic] = (
    Topic(
        "a material weakness in internal control", "material weakness|not effective|ineffective",
        _re(rf"\b{_NO} {_NEAR}material weakness|\bmaterial weakness(?:es)? (?:was|were) not (?:found"
            rf"|identified)"
            r"|\binternal controls?(?: over financial reporting)? (?:is|are|was|were|remains?"
            r"|remained) (?:fully |highly )?effective"),
        _re(rf"\bidentified {_BETWEEN}\bmaterial weakness|\b(?:is|was|are|were|existed"
            rf"|constitutes?d?) (?:a |an |the |\w+ )?material weakness"
            rf"|\bbecause of (?:the|this|these|a) {_BETWEEN}material weakness"
            rf"|\bmaterial weakness(?:es)? {_BETWEEN}\b(?:exist(?:s|ed)?|remain)"
            rf"|\binternal controls? over financial reporting {_BETWEEN}\b(?:was|were|is"
            rf"|are) (?:not effective|ineffective)"),
        _re(rf"{_OVER}|\bis a deficiency"),
        _re(r"internal controls? over financial reporting (?:was|were|is|are) effective"
            r"|concluded that (?:it|our internal control\b[^.]{0,60}) was effective|\b(?:was|were|is|are"
            r"|has been|have been) (?:now )?(?:fully |successfully )?remediated|completed (?:the|our"
            r"|its) remediation|remediation (?:was|is|has been) complete"),
    ),
    Topic(
        "substantial doubt about going concern", "going concern",
        _re(rf"\b{_NO} {_NEAR}(?:going[- ]concern|doubt about our (?:ability|future))"),
        _re(rf"\bsubstantial doubt {_BETWEEN}\bgoing concern"),
        _re(rf"{_OVER}|\b(?:no|not|without) {_BETWEEN}substantial doubt|\bdoes not raise"
            rf"|\bdo not raise|\bevaluat"),
    ),
    Topic(
        "a restatement of its accounts", "restate|relied upon",
        _re(rf"\b{_NO} {_NEAR}(?:restatement|restate|restating)\b"),
        _re(rf"\b(?:has|have|had|will|we|company|committee|board|management) {_BETWEEN}\brestat(?:e|ed"
            rf"|ing) {_BETWEEN}\b(?:financial statements|results|revenue|net sales|earnings|accounts"
            rf"|previously|prior)"
            rf"|\brestatement of (?:our|its|the|previously|prior) {_BETWEEN}(?:financial statements"
            rf"|results|revenue|net sales|issued)"
            r"|\bshould no longer be relied upon"),
        _re(r"\bamended and restated|\bstock split|\breclassif|\bnew accounting|\badopt"
            r"|\bretrospective|\bno restatement|\bdiscontinued"),
        later=0.9,
        periodic=False,
    ),
    Topic(
        "an investigation by an authority", "investigat|subpoena|wells notice",
        _re(rf"\b{_NO} {_NEAR}(?:investigation|subpoena|inquiry|probe)\b|\bnot (?:being "
            rf"|under )?(?:investigated|investigation)\b"),
        _re(rf"\b(?:received|served with) {_BETWEEN}\b(?:subpoena|wells notice|civil investigative demand)"
            rf"|\b(?:sec|securities and exchange commission|department of justice|doj|attorney general"
            rf"|ftc) {_BETWEEN}\b(?:opened|commenced|is conducting|has begun|began|initiated"
            rf"|notified us of) {_BETWEEN}\b(?:investigation|inquiry)"
            r"|\b(?:is|are|was|were|been) (?:the subject of|under) (?:a "
            r"|an )?(?:\w+ ){0,2}(?:investigation|inquiry)|\bformal order of investigation"),
        _re(rf"\bconcluded {_BETWEEN}\bwithout|\bclosed (?:its|the) investigation|\b(?:no"
            rf"|not) {_BETWEEN}\binvestigation"),
        later=0.7,
        periodic=False,
    ),
    Topic(
        "a breach of loan covenants", "covenant",
        _re(r"\bin (?:full )?compliance with (?:all|our|each|every|the) (?:of )?(?:our "
            r"|the )?(?:\w+ )?covenants?|\b(?:no|not|never) (?:\w+ ){0,4}(?:breach(?:ed)?|violat(?:ed"
            r"|ion)|default(?:ed)?)(?: \w+){0,5} covenants?"),
        _re(rf"\bnot in compliance with {_BETWEEN}\bcovenants?|\b(?:breached|violated|failed to (?:comply"
            rf"|meet)|in (?:breach|violation|default) (?:of|under)) {_BETWEEN}\bcovenants?"
            rf"|\bwaivers? {_BETWEEN}\b(?:of|for) {_BETWEEN}\b(?:breach|violation|default|non-?compliance)"),
        _re(r"\bevent of default shall\b"),
        later=0.8,
        periodic=False,
    ),
)  # fmt: skip

_CUSTOMER_DENIAL = _re(
    rf"\b(?:no|not one|never|none)\b {_BETWEEN}\bcustomers?\b {_BETWEEN}\b(?:more than|over|above"
    rf"|exceed(?:s|ed|ing)?|as much as|at least|greater than) (?P<share>\d{{1,2}}|ten|five"
    rf"|twenty)\b ?(?:%|percent|per cent)"
)  # fmt: skip
_CUSTOMER_AFFIRMS = _re(
    rf"\b(?P<count>one|two|three|four|five|a single|our largest|its largest|customer [a-z]|1|2|3|4"
    rf"|5)\b(?: (?:customers?|distributors?))?(?:, \w+,)? (?:accounted|accounts|account|represented"
    rf"|represents|represent|comprised|contributed|made up)\b {_BETWEEN}"
    r"(?P<share>\d{1,2}(?:\.\d)?) ?(?:%|percent|per cent) of (?:our |its |the company's )?(?:total "
    r"|consolidated |net )*(?:revenues?|sales)"
)  # fmt: skip
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "twenty": 20}
_CUSTOMERS = "a customer above that share"
_AHEAD = _re(r"\b(?:if|would|could|might|may|should|hope|want|guarantee)\b|\?")
_SOFT = _re(r"\b(?:expects?|believes?|will|anticipates?|think|aware)\b")


@dataclass(frozen=True, slots=True)
class Denied:
    """A denial: of what, above which share for a customer, and how firmly (1: outright)."""

    topic: str
    utterance: Utterance
    share: float = 0.0
    soft: float = 1.0


@dataclass(frozen=True, slots=True)
class Affirmation:
    """A filing's sentence that affirms what was denied."""

    topic: str
    evidence: Evidence
    document: Document
    sentence: str
    later: float
    share: float = 0.0
    periodic: bool = True

    def against(self, one: Denied) -> float:
        """How surely it speaks against a denial, 0 to 1, by when each was made and of how much it tells."""
        if self.topic != one.topic or (one.share and self.share <= one.share + 0.5):
            return 0.0
        apart = self.document.available_at - one.utterance.document.available_at
        if not -_BEFORE <= apart <= _AFTER or self._of_another_time(
            one.utterance.document.available_at.date()
        ):
            return 0.0
        return one.soft * (self.later if apart > timedelta(0) else 0.9)

    def _of_another_time(self, said: date) -> bool:
        """Whether the sentence tells of what came after the denial, or of a year long over by then."""
        if any(day > said for day in read_dates(self.sentence)):
            return True
        if not self.periodic:
            return False
        years = [int(year) for year in _YEAR.findall(self.sentence)]
        return bool(years) and max(years) < said.year - 1


def denied(utterance: Utterance) -> Iterator[Denied]:
    """What a sentence denies."""
    text = utterance.text[:600]
    lowered = text.lower()
    if "customer" in lowered and (found := _CUSTOMER_DENIAL.search(text)):
        share = float(_COUNTS.get(found["share"].lower(), 0) or found["share"])
        yield Denied(_CUSTOMERS, utterance, share)
    if _AHEAD.search(text) or _NOT_SAID.search(text):
        return
    for topic in TOPICS:
        beside = utterance.voice in ("page", "post") and topic.affirms.search(utterance.evidence.text[:4_000])
        if topic.denial.search(text) and not beside:
            yield Denied(topic.name, utterance, soft=0.8 if _SOFT.search(text) else 1.0)


def affirmations(dossier: Dossier) -> list[Affirmation]:
    """Every sentence of a filing that affirms what may be denied; hypothetical and past ones are none."""
    found: list[Affirmation] = []
    cleared: set[tuple[str, str]] = set()
    count: Counter[tuple[str, str]] = Counter()
    cues = {topic.name: _re(topic.cue) for topic in TOPICS}
    for piece in dossier.pieces(EvidenceKind.PARAGRAPH, SourceKind.FILING):
        if len(piece.text) > _MAX_PARAGRAPH:
            continue
        document = dossier.document(piece)
        if "effective" in piece.text or "remediat" in piece.text:
            cleared |= {
                (t.name, document.document_id) for t in TOPICS if t.cleared and t.cleared.search(piece.text)
            }
        wanted = [
            topic
            for topic in TOPICS
            if count[topic.name, document.document_id] < _MAX_AFFIRMED and cues[topic.name].search(piece.text)
        ]
        customers = "customer" in piece.text.lower() or "distributor" in piece.text.lower()
        if not wanted and not customers:
            continue
        for sentence in sentences(piece.text):
            before = len(found)
            found += [
                Affirmation(t.name, piece, document, sentence, t.later, periodic=t.periodic)
                for t in wanted
                if _affirms(t, sentence)
            ]
            count.update((one.topic, document.document_id) for one in found[before:])
            if customers and (share := _concentration(sentence)):
                found.append(Affirmation(_CUSTOMERS, piece, document, sentence, 0.9, share))
    return [one for one in found if (one.topic, one.document.document_id) not in cleared]


def _affirms(topic: Topic, sentence: str) -> bool:
    short = sentence[:1_000]
    found = topic.affirms.search(short)
    return found is not None and not (
        topic.unless.search(short) or _HYPOTHETICAL.search(short, 0, found.end())
    )


def _concentration(sentence: str) -> float:
    """The least share that one of the customers named must have; 0 where none is said."""
    if _HYPOTHETICAL.search(sentence):
        return 0.0
    found = _CUSTOMER_AFFIRMS.search(sentence[:1_000])
    if found is None:
        return 0.0
    count = found["count"].lower()
    several = _COUNTS.get(count) or (int(count) if count.isdigit() else 1)
    return float(found["share"]) / several
