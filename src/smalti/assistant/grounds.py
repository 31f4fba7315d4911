"""What an answer may stand on: a store as of a moment, read and never written, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from smalti.assistant.records import Audience
from smalti.assistant.retrieval import Filters, Found, Question
from smalti.assistant.retrieval.page_records import Page, PageQuestion
from smalti.platform.store import Store
from smalti.platform.store.patience import reading_for

Find = Callable[[Question], Found]
"""Search of the store's evidence; see `Retriever.search`."""
FindPages = Callable[[PageQuestion], Sequence[Page]]
"""Search of the store's pages; see `PageFinder.find`."""

MOST_ROWS = 50_000
"""Rows that one read gives."""
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is read for one question.

    Attributes:
        store: the owner's.
        find: its search.
        as_of: nothing that became public later is read.
        audience: for whom; tools show a customer only what its policy allows.
        attached: documents handed in with the question.
        find_pages: its search for pages; without one, no page is found.
    """

    store: Store
    find: Find
    as_of: datetime
    audience: Audience = Audience.ANALYST
    attached: Sequence[str] = ()
    find_pages: FindPages = lambda _: ()

    def rows(self, sql: str, **parameters: Any) -> pl.DataFrame:
        """Read by one of our own statements, bounded in seconds and rows; `$as_of` is always there to use.

        No text of a question, a document or a language model ever becomes part of `sql`: it goes into
        `parameters`.

        Raises:
            TooMany: it took too long.
        """
        named: Mapping[str, Any] = {"as_of": self.as_of, **parameters} if "$as_of" in sql else parameters
        with reading_for(_SECONDS):
            return self.store.read(f"SELECT * FROM ({sql}) LIMIT {MOST_ROWS}", named)

    def search(
        self, text: str, issuer_ids: Sequence[str] = (), limit: int = 20, filters: Filters | None = None
    ) -> Found:
        """Pieces of evidence for words and meaning, best first."""
        return self.find(Question(text, self.as_of, issuer_ids, filters or Filters(), limit))
