"""What the assistant is asked and what it answers: every sentence with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Audience(StrEnum):
    """For whom an answer is: what may be shown, and how it is said, is `audience` policy."""

    ANALYST = "analyst"
    CUSTOMER = "customer"


class Status(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    PARTLY = "partly"
    """Some of it; notes say what is missing."""
    UNKNOWN = "unknown"
    """Nothing stored supports an answer: it says so, and shows what was found."""
    UNCLEAR = "unclear"
    """It asks back: the issuer or the period is ambiguous."""
    DECLINED = "declined"
    """The audience's policy does not allow an answer."""
    HANDED_OVER = "handed over"
    """A person has to take it from here."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked before in the same conversation, and what was answered.

    Attributes:
        issuer_ids: whom it was about, as it was understood.
        periods: of what time, as words: `FY2018`.
        subject: what of them: a metric, a line item or a topic, in words.
    """

    text: str
    answer: str
    issuer_ids: Sequence[str] = ()
    periods: Sequence[str] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question.

    Attributes:
        text: as it was asked; untrusted like any text from outside.
        as_of: only what was public by then is read.
        issuer_id: whom the asker looks at, where the question names nobody.
        history: earlier turns of the conversation, oldest first.
        attached: documents (ids) handed in with the question; they went through ingest.
    """

    text: str
    as_of: datetime
    audience: Audience = Audience.ANALYST
    issuer_id: str | None = None
    history: Sequence[Turn] = ()
    attached: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A piece of evidence that an answer rests on, as it is shown.

    Attributes:
        mark: its number in the answer, from 1.
        where: its place in its document, for people.
        page: of a PDF, counted from 0; None elsewhere.
        quote: the words it is cited for, as they stand there; plain text.
        issuers: names of those its document is linked to, surest first.
        suspicious: why it is not to be trusted (it holds orders to machines, is marked unverified);
            empty where nothing speaks against it.
        synthetic: made by the demo world; no fact about a real company.
    """

    mark: int
    evidence_id: str
    document_id: str
    kind: str
    source: str
    title: str
    where: str
    quote: str
    issuers: Sequence[str]
    available_at: datetime
    page: int | None = None
    url: str | None = None
    suspicious: str = ""
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A numeral of an answer, bound to the one thing it comes from.

    Attributes:
        text: as it stands in the sentence: `$1,577 million`.
        value: in `unit`, with all its digits.
        unit: `USD`, `USD/share`, `shares`, `pure` (ratios and shares of one), `days`, `date`, ...
        concept: the line item, metric or signal: a name of `platform.concepts`, of the assistant's metrics,
            a kind of signal, or the plain label of what has no such name.
        start, end: its period; `start` None for a moment, both None for what has no time.
        issuer_id: whose it is; empty for what is nobody's.
        evidence_id: the piece that states it, or
        computation: the name of the computation that made it; exactly one of both is set, save for numerals
            that only repeat the question or name a period (`said`).
        said: it says nothing new: `question` (as asked) or `label` (a period, form, note or page number of
            what is cited).
    """

    text: str
    value: float
    unit: str
    concept: str = ""
    start: date | None = None
    end: date | None = None
    issuer_id: str = ""
    evidence_id: str = ""
    computation: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Computation:
    """A number that was computed here.

    Attributes:
        name: within its answer: `a`, `b`, ...
        formula: for people, in the terms of its inputs.
        worked: the same with the numbers in it.
        inputs: what went in, each from evidence or from another computation of the answer.
        result: its own figure.
        source: who defines it so.
    """

    name: str
    formula: str
    worked: str
    inputs: Sequence[Figure]
    result: Figure
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer.

    Attributes:
        text: plain text, without marks of citations.
        cites: marks of the citations that support it.
        figures: every numeral in it, in order.
        quoted: its words stand so in what it cites.
    """

    text: str
    cites: Sequence[int] = ()
    figures: Sequence[Figure] = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done on the way to an answer, told while it happens: a tool and what it found."""

    tool: str
    told: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says.

    Attributes:
        kind: of question, as it was understood: `value`, `ratio`, `why`, ...
        citations: in the order of their marks.
        notes: what a reader must know of it: stale, partial, in-sample, suspicious.
        offers: questions that may follow, or the choices of a question asked back.
        subject, issuer_ids, periods: as understood, for the next turn.
        by: who worded it: `smalti`, or the name of the language model.
    """

    status: Status
    sentences: Sequence[Sentence]
    as_of: datetime
    kind: str = ""
    citations: Sequence[Citation] = ()
    computations: Sequence[Computation] = ()
    notes: Sequence[str] = ()
    offers: Sequence[str] = ()
    issuer_ids: Sequence[str] = ()
    periods: Sequence[str] = ()
    subject: str = ""
    steps: Sequence[Step] = field(default=())
    by: str = "smalti"

    @property
    def text(self) -> str:
        """The whole as plain text, with `[1]` behind what a citation supports."""
        return " ".join(
            sentence.text + "".join(f" [{mark}]" for mark in sentence.cites) for sentence in self.sentences
        )
