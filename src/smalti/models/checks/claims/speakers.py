"""Who says what: the sentences of calls, news and posts that the company or somebody else answers for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from smalti.models.checks.claims.claim import Claim
from smalti.models.checks.claims.measures import Measure
from smalti.models.checks.claims.parts import mention
from smalti.models.checks.claims.periods import Named
from smalti.models.checks.claims.reading import read_sentence, sentences
from smalti.models.checks.claims.tokens import Names
from smalti.models.checks.dossier import Dossier
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

__all__ = [
    "Said",
    "Utterance",
    "names_of",
    "said_in_calls",
    "said_in_news",
    "said_in_posts",
    "said_in_releases",
    "utterances",
]

MOST = {"call": 3_000, "release": 1_500, "page": 1_500, "post": 500}
"""Sentences of each voice that are read, the earliest first: a flood costs seconds and says nothing new."""

_BY_ONE = 40  # distinct posts of one account
_REMEMBERED = 12  # sentences for which a period named in a call is still meant
_MENTIONED = 2  # sentences after which a mere mention of a part is forgotten
_ON_A_PART = 30  # sentences for which a call that turned to a part of the company still tells of it
_SUFFIXES = frozenset(
    (
        "the",
        "inc",
        "corp",
        "corporation",
        "company",
        "co",
        "com",
        "ltd",
        "plc",
        "group",
        "holdings",
        "holding",
    )
) | {"llc", "sa", "ag", "nv", "&", "of"}
_LIST = re.compile(
    r"\bbiggest moves\b|\bstocks?\b.*\b(?:to (?:own|watch|buy)|making)\b|&amp; more|& more|\bamong\b"
    r"|\bholdings\b",
    re.I,
)
_TELLING = re.compile(r"\d|record|margin|profit|cash|debt|\bno\b|n't", re.I)
_GREETING = re.compile(r"\b(?:welcome|call|conference|webcast|joining|slides?|press release)\b", re.I)
_RELEASES = re.compile(r"8-K|6-K|EX-99")
_RESULTS = re.compile(r"\b(?:reports?|announces?)\b.{0,80}\b(?:results|earnings|quarter)\b", re.I)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence somebody said or wrote.

    Attributes:
        evidence: the first piece that says it.
        voice: `call` (management on one), `release` (a press release filed), `page` (of news), `post`.
        who: for people: `the Chief Executive Officer`, `a news page`, `a post by bull 3`.
        named: the period named in the sentences before it.
        part: what came before turned to a part of the company.
        also: further pieces that say the very same.
    """

    text: str
    evidence: Evidence
    document: Document
    voice: str
    who: str
    named: Named | None = None
    before: Measure | None = None
    part: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A claim and who made it."""

    claim: Claim
    utterance: Utterance


@dataclass(slots=True)
class _State:
    """What a listener remembers while a text goes on."""

    named: Named | None = None
    since: int = 0
    part: int = 0
    before: Measure | None = None
    speaker: str = ""

    def turn(self, part: str, whole: bool) -> None:
        """Note that a sentence turned to a part of the company, named one, or came back to the whole."""
        self.part = 0 if whole else max(0, self.part - 1)
        if part == "turns" or (part and self.part > _MENTIONED):
            self.part = _ON_A_PART
        elif part:
            self.part = max(self.part, _MENTIONED)


@dataclass(slots=True)
class Reader:
    """Reads the texts of one dossier, each sentence once."""

    dossier: Dossier
    members: frozenset[str]
    names: Names = field(default_factory=lambda: Names(frozenset()))
    utterances: list[Utterance] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    unread: list[tuple[Utterance, str]] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    left_out: int = 0

    def listen(self, utterance: Utterance, state: _State, names: Names) -> None:
        """Read one sentence in its place."""
        self.count[utterance.voice] += 1
        if self.count[utterance.voice] > MOST[utterance.voice]:
            self.left_out += 1
            return
        heard = utterance.evidence.payload.get("numbers") or ()
        read = read_sentence(utterance.text, names, self.members, state.before, heard)
        state.since += 1
        state.turn(read.part, read.whole)
        meant = state.named if state.since <= _REMEMBERED else None
        placed = Utterance(
            utterance.text, utterance.evidence, utterance.document, utterance.voice, utterance.who, meant,
            state.before, state.part > (_MENTIONED if read.part == "names" else 0), utterance.also,
        )  # fmt: skip
        self.utterances.append(placed)
        if read.unread:
            self.unread.append((placed, read.unread))
        self.said += [Said(claim, placed) for claim in read.claims]
        state.before = read.measure
        if (
            read.named is not None
            and not any(c.why_not for c in read.claims)
            and not _GREETING.search(read.text)
        ):
            state.named, state.since = read.named, 0


def names_of(dossier: Dossier) -> Names:
    """The words by which the issuer is called: the first two stand for it, the others after them only."""
    words = [w.strip(".,'’").lower() for w in dossier.name.replace(".", " ").split()]
    own = [w for w in words if w and w not in _SUFFIXES]
    return Names(frozenset(own[:2]), frozenset(own) | _SUFFIXES)


def utterances(dossier: Dossier, members: frozenset[str]) -> Reader:
    """Every sentence of calls, news and posts with its claims."""
    reader = Reader(dossier, members, names_of(dossier))
    said_in_calls(reader)
    said_in_releases(reader)
    said_in_news(reader)
    said_in_posts(reader)
    return reader


def said_in_calls(reader: Reader) -> None:
    """What management says; questions are nobody's claim."""
    states: dict[str, _State] = {}
    for piece in reader.dossier.pieces(EvidenceKind.AUDIO, SourceKind.CALL):
        document = reader.dossier.document(piece)
        if document.document_id in reader.dossier.copies:
            continue
        state = states.setdefault(document.document_id, _State())
        role = str(piece.payload.get("role") or "")
        speaker = str(piece.payload.get("speaker") or piece.locator.speaker or "")
        if speaker != state.speaker:
            answers = piece.payload.get("answer_to") is not None
            state.speaker, state.before = speaker, None
            state.part = state.part if answers else 0
        if role in ("analyst", "operator"):
            state.turn(mention(piece.text, reader.members), whole=False)
            continue
        who = speaker if speaker and not speaker.startswith("Speaker") else "a speaker for the company"
        who = f"the {who}" if who.endswith("Officer") else who
        reader.listen(Utterance(piece.text, piece, document, "call", who), state, reader.names)


def said_in_news(reader: Reader) -> None:
    """What pages say of the issuer: all that a page about it says, else the sentences that name it."""
    dossier = reader.dossier
    states: dict[str, _State] = {}
    for piece in dossier.pieces(EvidenceKind.PARAGRAPH, SourceKind.NEWS):
        document = dossier.document(piece)
        if document.document_id in dossier.copies:
            continue
        state = states.setdefault(document.document_id, _State())
        about = _about(document.title, reader.names) and not _LIST.search(document.title)
        for sentence in sentences(piece.text):
            if about or _about(sentence, reader.names):
                reader.listen(
                    Utterance(sentence, piece, document, "page", "a news page"), state, reader.names
                )


def said_in_releases(reader: Reader) -> None:
    """What the company's own press releases say, where they were filed."""
    dossier = reader.dossier
    states: dict[str, _State] = {}
    for piece in dossier.pieces(EvidenceKind.PARAGRAPH, SourceKind.FILING):
        document = dossier.document(piece)
        form = str(document.hints.get("form") or "")
        if document.document_id in dossier.copies or not (
            _RELEASES.match(form) or _RESULTS.search(document.title)
        ):
            continue
        state = states.setdefault(document.document_id, _State())
        for sentence in sentences(piece.text):
            said = Utterance(sentence, piece, document, "release", "the company")
            reader.listen(said, state, reader.names)


def said_in_posts(reader: Reader) -> None:
    """What posts on this issuer alone say, each text once."""
    dossier = reader.dossier
    same: dict[str, list[Evidence]] = {}
    by_one: Counter[str] = Counter()
    for piece in dossier.pieces(EvidenceKind.PARAGRAPH, SourceKind.SOCIAL):
        document = dossier.document(piece)
        told = str(document.hints.get("cashtags") or "").split()
        if len(told) > 1 or not _TELLING.search(piece.text):
            continue
        plain = re.sub(r"\W+", " ", piece.text.lower()).strip()
        by_one[document.author or ""] += plain not in same
        if plain in same or (by_one[document.author or ""] <= _BY_ONE or not document.author):
            same.setdefault(plain, []).append(piece)
        else:
            reader.left_out += 1
    for pieces in same.values():
        document = dossier.document(pieces[0])
        tags = frozenset(str(document.hints.get("cashtags") or "").lower().split())
        state = _State()
        who = f"a post by {document.author}" if document.author else "a post"
        if len(pieces) > 1:
            who += f" (and {len(pieces) - 1} more)"
        also = tuple(piece.evidence_id for piece in pieces[1:20])
        for sentence in list(_sentences(pieces[0].text))[:20]:
            said = Utterance(sentence, pieces[0], document, "post", who, also=also)
            reader.listen(said, state, Names(reader.names.first | tags, reader.names.rest))


def _sentences(text: str) -> Iterator[str]:
    for line in text[:5_000].splitlines():
        yield from sentences(line)


def _about(text: str, names: Names) -> bool:
    """Whether a text names the issuer: the first word of its name is enough."""
    words = {w.strip(".,'’\"():;").removesuffix("'s").removesuffix("’s").lower() for w in text.split()}
    return bool(names.first & words)
