"""What an answer may stand on: a store as of a moment, read and never written, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from smalti.assistant.audience.policy import Policy, policy_of
from smalti.assistant.audience.views import ATTACHED, narrowed, refuse_others
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
_MORE = 10  # times as many hits are asked for where some of them may not be seen
_SEEN = "SELECT document_id FROM documents WHERE document_id IN (SELECT unnest($wanted::TEXT[]))"


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
        policy_file: of audiences; the one that comes with smalti if None.
    """

    store: Store
    find: Find
    as_of: datetime
    audience: Audience = Audience.ANALYST
    attached: Sequence[str] = ()
    find_pages: FindPages = lambda _: ()
    policy_file: Path | None = None

    def __post_init__(self) -> None:
        """Searches, too, find only what the audience may see."""
        if not self.policy.everything:
            object.__setattr__(self, "find", self._narrowed(self.find))
            object.__setattr__(self, "find_pages", self._narrowed_pages(self.find_pages))

    @property
    def policy(self) -> Policy:
        """What the audience may see."""
        return policy_of(self.audience, self.policy_file)

    def rows(self, sql: str, **parameters: Any) -> pl.DataFrame:
        """Read by one of our own statements, bounded in seconds and rows; `$as_of` is always there to use.

        No text of a question, a document or a language model ever becomes part of `sql`: it goes into
        `parameters`.

        Raises:
            TooMany: it took too long.
            NotAllowed: it names a table that questions may not read.
        """
        refuse_others(sql)
        before = narrowed(self.policy)
        own: dict[str, Any] = {"as_of": self.as_of} if "$as_of" in sql else {}
        if before:
            own[ATTACHED] = list(self.attached)
        with reading_for(_SECONDS):
            return self.store.read(f"{before}SELECT * FROM ({sql}) LIMIT {MOST_ROWS}", {**own, **parameters})

    def search(
        self, text: str, issuer_ids: Sequence[str] = (), limit: int = 20, filters: Filters | None = None
    ) -> Found:
        """Pieces of evidence for words and meaning, best first."""
        return self.find(Question(text, self.as_of, issuer_ids, filters or Filters(), limit))

    def _narrowed(self, find: Find) -> Find:
        def found(question: Question) -> Found:
            more = replace(question, limit=question.limit * _MORE)
            all_found = find(more)
            seen = self._seen([one.document_id for one in all_found.hits])
            kinds = set(self.policy.evidence)
            hits = [one for one in all_found.hits if one.document_id in seen and one.kind in kinds]
            return replace(all_found, hits=hits[: question.limit], notes=())

        return found

    def _narrowed_pages(self, find: FindPages) -> FindPages:
        def found(question: PageQuestion) -> Sequence[Page]:
            pages = find(question)
            seen = self._seen([one.document_id for one in pages])
            return [one for one in pages if one.document_id in seen]

        return found

    def _seen(self, document_ids: Sequence[str]) -> set[str]:
        return set(self.rows(_SEEN, wanted=list(document_ids)).to_series())
