"""What a search for pages is asked, and the pages it answers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Spell:
    """A time that a question names, for the choice of a document: dates where they are known, else a year.

    Attributes:
        end: its last day.
        months: its length; None if not known.
        year: as the question counts; used where `end` is None.
        quarter: 1 to 4.
    """

    end: date | None = None
    months: int | None = None
    year: int | None = None
    quarter: int | None = None


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """What pages are looked for. Whatever is not known is left empty and narrows nothing.

    Attributes:
        text: words.
        as_of: only what was public by then.
        issuer_ids: whose pages; a page of another's is not found.
        spells: times it is about, the main one last.
        forms: kinds of document it names: `10-K`, `8-K`, `earnings release`.
        statements: primary statements that hold what is asked, each with how sure that is, in (0, 1].
        items: of the annual report that deal with such things: `7`, `1A`.
        concepts: line items that are asked for.
        broken_down: it asks for them by segment, region or kind.
        also: other words for what is asked for.
        day: when the document itself was published, where the question says so.
        limit: most pages.
    """

    text: str
    as_of: datetime
    issuer_ids: Sequence[str] = ()
    spells: Sequence[Spell] = ()
    forms: Sequence[str] = ()
    statements: Mapping[str, float] = field(default_factory=dict)
    items: Sequence[str] = ()
    concepts: Sequence[str] = ()
    broken_down: bool = False
    also: Sequence[str] = ()
    day: date | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class About:
    """What a page is, as its document's own structure tells.

    Attributes:
        item: the form's item its first lines stand in: `7`; empty if none.
        statement: `income`, `balance`, `cash`, `equity` or `comprehensive` where it is that primary
            statement's page, `cover` of a form's cover, else empty.
        note: title of the note to the statements that goes on over it: `Note 7. Debt`.
        headings: those that stand over its pieces, in order; the first may be from an earlier page.
        captions: of its tables.
        concepts: line items of its facts, each with the last day of its period: `Revenues 2018-12-31`.
        breakdowns: line items that it tells of three or more segments, regions or kinds; empty for those
            without a name.
        tables: how many.
    """

    item: str = ""
    statement: str = ""
    note: str = ""
    headings: Sequence[str] = ()
    captions: Sequence[str] = ()
    concepts: Sequence[str] = ()
    breakdowns: Sequence[str] = ()
    tables: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """A document with pages, as far as it tells which one to open.

    Attributes:
        form: `10-K`, `10-Q`, `8-K`, `earnings release`, ...; empty if it does not say.
        period_end: last day of the year or quarter it reports on.
        months: 12 for an annual report, 3 for a quarterly one; 0 if not known.
    """

    document_id: str
    title: str
    form: str
    period_end: date | None
    months: int
    available_at: datetime
    issuers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was found; fields of what it is as in `About` and `Paper`.

    Attributes:
        page: counted from 0, as in `Locator`.
        score: what pages are ordered by; comparable within one answer only.
        pieces: evidence (ids) on it that matches best: paragraphs and tables.
        why: what brought it here, for people.
    """

    document_id: str
    page: int
    score: float
    title: str
    form: str
    period_end: date | None
    statement: str
    note: str
    item: str
    headings: Sequence[str]
    pieces: Sequence[str]
    why: str
