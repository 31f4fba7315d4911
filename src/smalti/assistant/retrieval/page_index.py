"""The side structure that finds pages: their words, and what each page is, kept beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Query

from smalti.assistant.retrieval.page_reading import PageText, ReadPaper
from smalti.assistant.retrieval.page_records import About, PageQuestion, Paper
from smalti.assistant.retrieval.side_index import SideIndex, base_schema, us
from smalti.assistant.retrieval.words import prepared, words

VERSION = "3"
"""Another one whenever pages are read or kept in another way: then the index is made anew."""


@dataclass(frozen=True, slots=True)
class Held:
    """A page as the index holds it; `body`, `over` and `named` are its words, as the index cuts them.

    `over`: of what stands over it: the item's title, the note's, headings, captions. `named`: of its
    document's title and its issuers' names.
    """

    paper: Paper
    page: int
    about: About
    body: Sequence[str]
    over: Sequence[str]
    named: Sequence[str]


class PageIndex(SideIndex):
    """Pages by words. A folder that cannot be read is made anew, empty.

    Args:
        folder: of the index; its own, since it may be deleted.

    Raises:
        StoreError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, _schema(), VERSION)

    def add(self, papers: Iterable[tuple[Mapping[str, Any], ReadPaper]]) -> None:
        """Take documents in, each with its row of `standing`; all or none."""
        self.put(
            (row["document_id"], row["signature"], list(_rows(row, read)) if read else [])
            for row, read in papers
        )

    def by_words(
        self, weights: Mapping[str, float], question: PageQuestion, years: Iterable[int], limit: int
    ) -> list[Held]:
        """The pages that match words best; of documents on `years` only, where some are given."""
        return [_held(one) for one in self.best(weights, self._filters(question, years), limit)]

    def by_statement(self, question: PageQuestion, years: Iterable[int], limit: int) -> list[Held]:
        """Pages of the primary statements that are asked for."""
        if not question.statements:
            return []
        return self._all(
            [*self._filters(question, years), self.one_of("statement", question.statements)], limit
        )

    def of_day(self, question: PageQuestion, day: date, limit: int) -> list[Held]:
        """Pages of what was published on a day."""
        first = datetime(day.year, day.month, day.day, tzinfo=UTC)
        published = self.between("since", first, first + timedelta(days=1))
        return self._all([*self._filters(question, ()), published], limit)

    def _all(self, filters: Iterable[Query], limit: int) -> list[Held]:
        searcher = self._index.searcher()
        whole = Query.boolean_query([(tantivy.Occur.Must, one) for one in filters])
        found = self.asked(searcher, whole, limit, count=False)
        return [_held(searcher.doc(address)) for _, address in found.hits]

    def _filters(self, question: PageQuestion, years: Iterable[int]) -> list[Query]:
        found = self.counted(question.as_of)
        found.append(
            self.one_of("issuer", question.issuer_ids) if question.issuer_ids else self.term("copy", "no")
        )
        if wanted := sorted(set(years)):
            found.append(self.one_of("year", map(str, wanted)))
        return found


def _schema() -> tantivy.Schema:
    builder = base_schema()
    builder.add_text_field("held", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("statement", "year"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _rows(standing: Mapping[str, Any], read: ReadPaper) -> Iterator[tantivy.Document]:
    paper = read.paper
    named = f"{standing['title']} {standing['names'] or ''}"
    year = (paper.period_end or paper.available_at).year
    for page in read.pages:
        row = tantivy.Document(
            document=paper.document_id,
            source=standing["source"],
            copy="yes" if standing["copy"] else "no",
            statement=page.about.statement,
            year=str(year),
            since=us(standing["since"]),
            until=us(standing["until"]),
            body=prepared(f"{page.body}\n{page.over}\n{named}"),
            held=_packed(paper, page, named),
        )
        for issuer in standing["issuers"]:
            row.add_text("issuer", issuer)
        yield row


def _packed(paper: Paper, page: PageText, named: str) -> str:
    told = asdict(paper)
    told["period_end"] = paper.period_end.isoformat() if paper.period_end else None
    told["available_at"] = us(paper.available_at)
    cut = [" ".join(words(text)) for text in (page.body, page.over, named)]
    return json.dumps([told, page.page, asdict(page.about), *cut])


def _held(row: tantivy.Document) -> Held:
    told, page, about, body, over, named = json.loads(str(row.get_first("held")))
    told["period_end"] = date.fromisoformat(told["period_end"]) if told["period_end"] else None
    told["available_at"] = datetime.fromtimestamp(told["available_at"] / 1e6, UTC)
    return Held(Paper(**told), page, About(**about), body.split(), over.split(), named.split())
