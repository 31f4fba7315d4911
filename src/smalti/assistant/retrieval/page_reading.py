"""Pages of documents as their pieces in the store tell them: words, headings, and what each page is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from smalti.assistant.retrieval.notes import Notes, short
from smalti.assistant.retrieval.page_records import About, Paper
from smalti.ingest.sections import section_title
from smalti.platform.quantities import read_dates
from smalti.platform.store import Store

_MOST_CHARS = 30_000  # of a page's words
_MOST_HEADINGS = 40  # of a page
_MOST_CONCEPTS = 300  # of a page, with their periods
_LEAST_OF_STATEMENT = 5  # different line items that make a page a primary statement's
_LEAST_OF_BREAKDOWN = 3  # segments, regions or kinds that a line item is told of
_AT_ONCE = 20_000  # pieces read in one go

_PIECES = """
SELECT document_id, kind, text, CAST(locator->>'page' AS INTEGER) AS page,
       payload->>'heading' AS heading, payload->>'section' AS section, payload->>'part' AS part,
       payload->>'caption' AS caption
FROM evidence WHERE document_id IN (SELECT unnest($documents::TEXT[])) AND kind <> 'fact'
  AND (locator->>'page') IS NOT NULL
ORDER BY document_id, ordinal, evidence_id
"""
_FACTS = """
SELECT document_id, CAST(locator->>'page' AS INTEGER) AS page,
       coalesce(payload->>'statement', '') AS statement,
       payload->>'concept' AS concept, payload->>'period_end' AS period_end, count(*) AS n
FROM evidence WHERE document_id IN (SELECT unnest($documents::TEXT[])) AND kind = 'fact'
  AND (locator->>'page') IS NOT NULL AND (payload->>'concept') <> ''
GROUP BY ALL ORDER BY ALL
"""
_BREAKDOWNS = f"""
SELECT document_id, CAST(locator->>'page' AS INTEGER) AS page, coalesce(payload->>'line', '') AS line
FROM evidence WHERE document_id IN (SELECT unnest($documents::TEXT[])) AND kind = 'fact'
  AND (locator->>'page') IS NOT NULL AND (payload->>'dimension') <> ''
GROUP BY ALL HAVING count(DISTINCT payload->>'dimension') >= {_LEAST_OF_BREAKDOWN} ORDER BY ALL
"""
_TOLD = """
SELECT document_id, title, coalesce(json_extract_string(hints, '$.form'), '') AS form,
       CAST(timezone('UTC', available_at) AS DATE) AS day
FROM documents WHERE document_id IN (SELECT unnest($documents::TEXT[])) ORDER BY document_id
"""
_FORM = re.compile(r"\bForm\s+(\d{1,2}-[A-Z]{1,2}|DEF 14A|S-\d)\b", re.IGNORECASE)
_RELEASE = re.compile(
    r"\b(?:reports?|announces?|reported)\b.{0,80}\b(?:results?|quarter|earnings)\b"
    r"|\bearnings\s+(?:release|call)\b|\bresults?\s+for\s+(?:the\s+)?(?:\w+\s+)?(?:quarter|year)",
    re.IGNORECASE | re.DOTALL,
)
_MONTHS = {"10-K": 12, "20-F": 12, "40-F": 12, "10-Q": 3}
_EQUITY = re.compile(
    r"statements? of\s+(?:changes in\s+)?(?:\w+['’]?s?['’]?\s+){0,3}(?:equity|deficit)", re.IGNORECASE
)
_COMPREHENSIVE = re.compile(r"statements? of\s+comprehensive\s+(?:income|loss|earnings)", re.IGNORECASE)
_COVER = re.compile(
    r"\b12\(b\)|commission file (?:number|no)|documents incorporated by reference", re.IGNORECASE
)
_COVER_PAGES = 3  # the first ones, of which some may be the cover
_NAMES = {
    "cover": "cover page",
    "income": "statement of income operations earnings profit and loss",
    "balance": "balance sheet statement of financial position",
    "cash": "statement of cash flows",
    "equity": "statement of shareholders equity",
    "comprehensive": "statement of comprehensive income",
}

Row = Mapping[str, Any]


@dataclass(slots=True)
class PageText:
    """A page: its words, those that stand over it, and what it is."""

    page: int
    body: str
    over: str
    about: About


@dataclass(slots=True)
class ReadPaper:
    """A document with its pages."""

    paper: Paper
    pages: Sequence[PageText]


@dataclass(slots=True)
class _Page:
    texts: list[str] = field(default_factory=list)
    headings: dict[str, None] = field(default_factory=dict)
    captions: dict[str, None] = field(default_factory=dict)
    item: str = ""
    part: str = ""
    note: str = ""
    tables: int = 0


def read_pages(store: Store, documents: pl.DataFrame) -> Iterator[list[tuple[Row, ReadPaper]]]:
    """Documents (rows of `standing`) that have pages, with them; in portions of about as many pieces."""
    portion = (pl.col("pieces").cum_sum() - pl.col("pieces")) // _AT_ONCE
    for (_,), part in documents.with_columns(portion=portion).group_by("portion", maintain_order=True):
        wanted = {"documents": part["document_id"].to_list()}
        pieces = _by_document(store.read(_PIECES, wanted))
        facts = _by_document(store.read(_FACTS, wanted))
        breakdowns = _by_document(store.read(_BREAKDOWNS, wanted))
        told = {row["document_id"]: row for row in store.read(_TOLD, wanted).iter_rows(named=True)}
        yield [
            (
                row,
                _read(
                    row, told[row["document_id"]], pieces[one], facts.get(one, []), breakdowns.get(one, [])
                ),
            )
            for row in part.iter_rows(named=True)
            if (one := row["document_id"]) in pieces
        ]


def _by_document(rows: pl.DataFrame) -> dict[str, list[Row]]:
    return {
        str(key): list(part.iter_rows(named=True))
        for (key,), part in rows.partition_by("document_id", as_dict=True).items()
    }


def _read(
    standing: Row, told: Row, pieces: Sequence[Row], facts: Sequence[Row], breakdowns: Sequence[Row]
) -> ReadPaper:
    form = _form(told, pieces)
    statements = _statements(facts)
    concepts: dict[int, dict[str, None]] = {}
    for one in facts:
        named = f"{one['concept']} {one['period_end'] or ''}".strip()
        concepts.setdefault(one["page"], {})[named] = None
    pages = [
        _page_text(
            number,
            one,
            form,
            statements.get(number, ""),
            tuple(concepts.get(number, ()))[:_MOST_CONCEPTS],
            tuple(row["line"] for row in breakdowns if row["page"] == number),
        )
        for number, one in sorted(_gathered(pieces, form, statements).items())
    ]
    paper = Paper(
        document_id=standing["document_id"],
        title=standing["title"],
        form=form,
        period_end=_period_end(told, facts, form),
        months=_MONTHS.get(form, 0),
        available_at=standing["since"],
        issuers=tuple(standing["issuers"]),
    )
    return ReadPaper(paper, pages)


def _form(told: Row, pieces: Sequence[Row]) -> str:
    """As the document states it; `earnings release` where its first lines report results."""
    named = _FORM.search(told["title"] or "")
    stated = told["form"] or (named[1] if named else "")
    if stated:
        return str(stated).upper().removesuffix("/A")
    opening = " ".join([(told["title"] or "")[:300], *((one["text"] or "")[:200] for one in pieces[:6])])
    return "earnings release" if _RELEASE.search(opening) else ""


def _statements(facts: Sequence[Row]) -> dict[int, str]:
    """Pages of primary statements: where most different line items of a statement stand together."""
    items: Counter[tuple[int, str]] = Counter()
    for page, statement, _ in {(one["page"], one["statement"], one["concept"]) for one in facts}:
        if statement:
            items[page, statement] += 1
    found: dict[int, str] = {}
    for (page, statement), n in sorted(items.items(), key=lambda item: (item[1], item[0])):
        if n >= _LEAST_OF_STATEMENT:
            found[page] = statement
    return found


def _period_end(told: Row, facts: Sequence[Row], form: str) -> date | None:
    """What the title says, else the last day that its statements report on."""
    if form == "8-K":
        return None
    if days := read_dates(told["title"] or ""):
        return max(days)
    ends: Counter[date] = Counter()
    for one in facts:
        if one["statement"] and one["period_end"]:
            ends[date.fromisoformat(one["period_end"])] += one["n"]
    past = {day: n for day, n in ends.items() if day <= told["day"] and n >= _LEAST_OF_STATEMENT}
    return max(past, default=None)


def _gathered(pieces: Iterable[Row], form: str, statements: Mapping[int, str]) -> dict[int, _Page]:
    pages: dict[int, _Page] = {}
    notes = Notes(form)
    first = min(statements, default=0)
    for row in pieces:
        page = pages.setdefault(row["page"], _Page())
        if not page.texts:
            page.item, page.part = row["section"] or "", row["part"] or ""
        heading, text = short(row["heading"]), short(row["text"])
        note = notes.after(row["section"] or "", heading, text if row["page"] >= first else "")
        page.note = page.note or note
        page.headings |= dict.fromkeys(one for one in (note, heading) if one)
        if row["caption"]:
            page.captions[short(row["caption"])] = None
        page.tables += row["kind"] == "table"
        page.texts.append(row["text"] or "")
    return pages


def _page_text(
    number: int,
    page: _Page,
    form: str,
    statement: str,
    concepts: Sequence[str],
    breakdowns: Sequence[str],
) -> PageText:
    headings = tuple(page.headings)[:_MOST_HEADINGS]
    captions = tuple(page.captions)[:_MOST_HEADINGS]
    if not statement and page.tables and "note" not in (page.note or "").lower():
        statement = _other_statement([*headings, *captions])
    if number < _COVER_PAGES and form and not statement and any(_COVER.search(text) for text in page.texts):
        statement = "cover"
    title = section_title(form, page.part, page.item) if page.item else ""
    told = [title, _NAMES.get(statement, ""), page.note, *headings, *captions]
    over = "\n".join(dict.fromkeys(told))
    about = About(page.item, statement, page.note, headings, captions, concepts, breakdowns, page.tables)
    return PageText(number, "\n".join(page.texts)[:_MOST_CHARS], over, about)


def _other_statement(titles: Sequence[str]) -> str:
    """Statements that have no line items of their own among the known ones, by their titles."""
    for title in titles[:4]:
        if _COMPREHENSIVE.search(title):
            return "comprehensive"
        if _EQUITY.search(title):
            return "equity"
    return ""
