"""Pages of documents, found by words and by what they are.

A filing is built: statements, notes, items. Who asks for a number of the balance sheet wants the page of
that statement in the report on that year, however seldom its words stand there. So a question first points
to documents (issuer, time, form) and to places within them, and words decide the rest.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from smalti.assistant.retrieval import ranking
from smalti.assistant.retrieval.page_index import Held, PageIndex
from smalti.assistant.retrieval.page_ranking import ALSO, ranked
from smalti.assistant.retrieval.page_reading import read_pages
from smalti.assistant.retrieval.page_records import Page, PageQuestion
from smalti.assistant.retrieval.words import query_words
from smalti.platform.store import Store

_BY_WORDS, _OF_YEARS, _STATEMENTS, _OF_DAY = 120, 60, 60, 60  # pages looked at closely
_PIECES = 5  # of a page, shown with it
_ON_PAGES = """
SELECT document_id, CAST(locator->>'page' AS INTEGER) AS page, evidence_id, coalesce(text, '') AS text
FROM evidence WHERE document_id IN (SELECT unnest($documents::TEXT[])) AND kind IN ('paragraph', 'table')
  AND CAST(locator->>'page' AS INTEGER) IN (SELECT unnest($pages::INTEGER[]))
ORDER BY document_id, ordinal, evidence_id
"""


class PageFinder:
    """Finds pages of a store through an index that it keeps up to date; always the same store.

    Args:
        index: of pages.
    """

    def __init__(self, index: PageIndex) -> None:
        self._index = index
        self._refreshing = threading.Lock()

    def refresh(self, store: Store, documents: pl.DataFrame) -> None:
        """Bring the index up to the store; `documents` as from `standing`."""
        with self._refreshing:
            held = self._index.held()
            states = documents.select("document_id", "signature").iter_rows()
            wanted = documents.filter(
                pl.Series([held.get(one) != now for one, now in states], dtype=pl.Boolean)
            )
            gone = sorted(held.keys() - set(documents["document_id"]))
            if gone:
                self._index.remove(gone)
            for portion in read_pages(store, wanted):
                self._index.add(portion)

    def remove(self, document_ids: Iterable[str]) -> None:
        """Forget documents at once."""
        self._index.remove(document_ids)

    def clear(self) -> None:
        """Forget everything."""
        self._index.clear()

    def find(self, store: Store, question: PageQuestion) -> list[Page]:
        """The pages that answer a question best, best first."""
        weights = self._weights(question)
        best = ranked(self._candidates(question, weights), question, weights)[: question.limit]
        pieces = _pieces(store, [one for one, _, _ in best], weights)
        return [_page(one, score, why, pieces) for one, score, why in best]

    def _weights(self, question: PageQuestion) -> dict[str, float]:
        looked_for, _ = query_words(question.text)
        also = [word for word in query_words(" ".join(question.also))[0] if word not in looked_for]
        rarity = ranking.weights(*self._index.counts([*looked_for, *also], question.as_of))
        return {word: weight * (ALSO if word in also else 1.0) for word, weight in rarity.items()}

    def _candidates(self, question: PageQuestion, weights: Mapping[str, float]) -> Iterable[Held]:
        years = _years(question)
        found = self._index.by_words(weights, question, (), _BY_WORDS)
        if years:
            found += self._index.by_words(weights, question, years, _OF_YEARS)
        if question.issuer_ids or years:
            found += self._index.by_statement(question, years, _STATEMENTS)
        if question.issuer_ids and years:
            found += self._index.by_statement(question, (), _STATEMENTS)
        if question.day:
            found += self._index.of_day(question, question.day, _OF_DAY)
        return {(one.paper.document_id, one.page): one for one in found}.values()


def _years(question: PageQuestion) -> set[int]:
    """Calendar years in which the times asked for can end, whichever way their issuer counts."""
    years: set[int] = set()
    if question.day:
        years.add(question.day.year)
    for one in question.spells:
        if one.end:
            years.add(one.end.year)
        elif one.year:
            years |= {one.year, one.year + 1}
    return years


def _pieces(
    store: Store, pages: Sequence[Held], weights: Mapping[str, float]
) -> dict[tuple[str, int], list[str]]:
    """The best pieces of each page, best first."""
    wanted = {(one.paper.document_id, one.page) for one in pages}
    if not wanted:
        return {}
    rows = store.read(
        _ON_PAGES,
        {"documents": sorted({one for one, _ in wanted}), "pages": sorted({page for _, page in wanted})},
    )
    scored: dict[tuple[str, int], list[tuple[float, str]]] = {}
    for document, page, evidence, text in rows.iter_rows():
        if (document, page) in wanted:
            scored.setdefault((document, page), []).append((ranking.bm25(text, weights), evidence))
    return {
        where: [one for _, one in sorted(found, key=lambda item: -item[0])[:_PIECES]]
        for where, found in scored.items()
    }


def _page(held: Held, score: float, why: str, pieces: Mapping[tuple[str, int], Sequence[str]]) -> Page:
    return Page(
        document_id=held.paper.document_id,
        page=held.page,
        score=score,
        title=held.paper.title,
        form=held.paper.form,
        period_end=held.paper.period_end,
        statement=held.about.statement,
        note=held.about.note,
        item=held.about.item,
        headings=tuple(held.about.headings),
        pieces=tuple(pieces.get((held.paper.document_id, held.page), ())),
        why=why,
    )
