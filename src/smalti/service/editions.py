"""How new what the store holds is, told without reading it: what pages remember is good for one edition.

A page asks for the edition first, which costs nothing, and then only for what it does not hold of it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smalti.models.versions import weights_version
from smalti.platform.settings import Settings
from smalti.platform.store import Store

if TYPE_CHECKING:
    import polars as pl

_OF_SIGNALS = frozenset({"signals", "attributions", "findings"})
_OF_DOCUMENTS = frozenset(
    {"documents", "evidence", "links", "issuers", "issuer_names", "facts", "likenesses"}
)
_LATEST = (
    "SELECT max(as_of) FROM signals WHERE kind IN ('risk', 'sentiment') AND value IS NOT NULL AND as_of <= ?"
)
"""Risk and sentiment are withheld as soon as what they rest on is too old; fraud speaks of a whole year."""


@dataclass(frozen=True, slots=True)
class EditionView:
    """What answers of this moment rest on.

    Attributes:
        signals: changes with each commit of signals, their attributions and findings.
        documents: changes with each commit of documents, evidence and issuers.
        model_version: of the weights that score now.
        latest_scored: the last moment as of which risk or sentiment was scored, not withheld; null if none.
        now: the service's clock.
    """

    signals: str
    documents: str
    model_version: str
    latest_scored: datetime | None
    now: datetime


class Editions:
    """Counts commits by what they touched. Thread-safe.

    Args:
        store: whose commits.
        settings: name the weights that score.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._run = secrets.token_hex(4)  # so that a count is never taken for that of another run
        self._signals = self._documents = 0
        self._latest: tuple[int, datetime | None] | None = None
        self._changing = threading.Lock()
        store.watch(self._committed)

    def now(self) -> EditionView:
        """The edition of this moment."""
        with self._changing:
            signals, documents = self._signals, self._documents
        moment = self._store.now()
        return EditionView(
            f"{self._run}-{signals}",
            f"{self._run}-{documents}",
            weights_version(self._settings.model),
            self._latest_scored(signals, moment),
            moment,
        )

    def _latest_scored(self, signals: int, moment: datetime) -> datetime | None:
        """Read once an edition."""
        known = self._latest
        if known is None or known[0] != signals:
            known = self._latest = signals, self._store.read(_LATEST, [moment]).item()
        return known[1]

    def _committed(self, frames: Mapping[str, pl.DataFrame]) -> None:
        touched = {name for name, frame in frames.items() if frame.height}
        # What is only taken away leaves no rows to see, and an erasure may take anything.
        anything = not touched or "tombstones" in touched
        with self._changing:
            self._signals += anything or bool(touched & _OF_SIGNALS)
            self._documents += anything or bool(touched & _OF_DOCUMENTS)
