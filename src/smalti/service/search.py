"""Search over the service's store: the index it keeps, the encoder of queries, and keeping both fresh."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from weakref import WeakKeyDictionary, finalize

import numpy as np
import structlog
from numpy.typing import NDArray

from smalti.assistant.retrieval import Found, Question
from smalti.assistant.retrieval.meaning import Meaning, unit
from smalti.assistant.retrieval.page_finder import PageFinder
from smalti.assistant.retrieval.page_index import PageIndex
from smalti.assistant.retrieval.page_records import Page, PageQuestion
from smalti.assistant.retrieval.retriever import Refreshed, Retriever
from smalti.assistant.retrieval.text_index import TantivyIndex
from smalti.platform.errors import SmaltiError
from smalti.platform.local_workers import LocalWorkers
from smalti.platform.settings import Settings
from smalti.platform.store import Store
from smalti.platform.workers import Workers
from smalti.service.engine import Engine
from smalti.service.stages.embed import ENCODERS, encoder_prefix

_log = structlog.get_logger(__name__)

_TASK = "smalti.models.encoders.tasks:encode_texts"
_FIRST_S = 20.0  # seconds the first query may wait while the encoder is loaded
_HANGS_S = 60.0  # seconds after which an encoder that does not answer is ended
_LOOK_EVERY_S = 2.0  # seconds between two looks, by searches, at whether the store has more than the index
_REMEMBERED = 2_000  # vectors of queries, 1.5 kB each


class QueryEncoder:
    """Makes vectors of queries in a worker of its own, which no stage can keep busy.

    Args:
        settings: device and threads; `search_seconds`, how long a query waits.
        workers: instead of a process of its own.
    """

    def __init__(self, settings: Settings, workers: Workers | None = None) -> None:
        self._device = settings.device
        self._patience = settings.search_seconds
        self._workers = workers or LocalWorkers(1, settings.threads, attempts=1)
        self._thread = ThreadPoolExecutor(1, "search-encoder")
        self._warm = False
        self._known = lru_cache(maxsize=_REMEMBERED)(self._ask)

    def __call__(self, text: str) -> NDArray[np.float32] | None:
        """The vector of a text; None where no encoder is installed or none answers in time."""
        if encoder_prefix(ENCODERS["text"]) is None:
            return None
        try:
            found = self._known(text).result(self._patience if self._warm else _FIRST_S)
        except TimeoutError:
            _log.warning("the encoder did not answer a search in time", seconds=self._patience)
            return None
        except SmaltiError as error:
            self._known.cache_clear()
            _log.warning("a search goes without the encoder", reason=str(error))
            return None
        self._warm = True
        return found

    def close(self) -> None:
        """End the worker."""
        self._thread.shutdown(cancel_futures=True)
        self._workers.close()

    def _ask(self, text: str) -> Future[NDArray[np.float32]]:
        return self._thread.submit(self._encode, text)

    def _encode(self, text: str) -> NDArray[np.float32]:
        _, vectors = self._workers.call(_TASK, timeout=_HANGS_S, texts=[text], device=self._device)
        return unit(vectors[0])


class Searching:
    """What one store is searched with: kept as long as the store is.

    It does not hold the store, which is handed to it: so it goes when the store does.
    """

    def __init__(self, settings: Settings) -> None:
        text = encoder_prefix(ENCODERS["text"]) or "none"
        index = TantivyIndex(settings.home / "index" / "text")
        self.pages = PageFinder(PageIndex(settings.home / "index" / "pages"))
        self.retriever = Retriever(index, Meaning(text, settings.search_vectors), self.pages)
        self.encoder = QueryEncoder(settings)
        self._thread = ThreadPoolExecutor(1, "search-index")
        self._refreshing: Future[Refreshed] | None = None
        self._looked = 0.0
        self._changing = threading.Lock()

    def freshen(self, store: Store, patience: float | None) -> None:
        """Have the index brought up to the store, in the background; at most every few seconds.

        One that was not up to the store since this process began is waited for, `patience` seconds or to its
        end.
        """
        with self._changing:
            done = self._refreshing is None or self._refreshing.done()
            if done and time.monotonic() - self._looked > _LOOK_EVERY_S:
                self._looked = time.monotonic()
                self._refreshing = self._thread.submit(self.retriever.refresh, store)
                self._refreshing.add_done_callback(_log_failure)
        if not self.retriever.ready and self._refreshing is not None:
            with suppress(TimeoutError):
                self._refreshing.result(patience)

    def close(self) -> None:
        """End what it began."""
        self._thread.shutdown(cancel_futures=True)
        self.encoder.close()


def _log_failure(refreshing: Future[Refreshed]) -> None:
    if not refreshing.cancelled() and (error := refreshing.exception()) is not None:
        _log.error("the search index was not brought up to the store", error=str(error))


_of_store: WeakKeyDictionary[Store, Searching] = WeakKeyDictionary()
_opening = threading.Lock()


def searching(engine: Engine) -> Searching:
    """What the engine's store is searched with, opened once.

    Raises:
        StoreError: the folder of the index cannot be written.
    """
    with _opening:
        found = _of_store.get(engine.store)
        if found is None:
            found = Searching(engine.settings)
            _of_store[engine.store] = found
            finalize(engine.store, found.close)
        return found


def search(engine: Engine, question: Question, patience: float | None = None) -> Found:
    """Search the engine's store.

    Args:
        engine: the owner's.
        question: what is looked for.
        patience: seconds to wait for an index that is not yet up to the store, which the first search of a
            process may meet; without end if None. An answer from an unfinished index says so.

    Raises:
        StoreError: the index cannot be read or written.
    """
    own = searching(engine)
    own.freshen(engine.store, patience)
    return own.retriever.search(engine.store, question, own.encoder)


def find_pages(engine: Engine, question: PageQuestion, patience: float | None = None) -> list[Page]:
    """Search the engine's store for pages; `patience` as in `search`.

    Raises:
        StoreError: the index cannot be read or written.
    """
    own = searching(engine)
    own.freshen(engine.store, patience)
    return own.pages.find(engine.store, question)


def refresh(engine: Engine) -> Refreshed:
    """Bring the index up to the store: after reading, and at the start. Cheap when nothing changed.

    Raises:
        StoreError: the index cannot be written.
    """
    return searching(engine).retriever.refresh(engine.store)


def rebuild(engine: Engine) -> Refreshed:
    """Make the index anew from the store; the store is what counts.

    Raises:
        StoreError: the index cannot be written.
    """
    return searching(engine).retriever.rebuild(engine.store)


def remove(engine: Engine, document_ids: Iterable[str]) -> None:
    """Take documents out of the index at once; for an erasure, after it was committed.

    Raises:
        StoreError: the index cannot be written.
    """
    searching(engine).retriever.remove(document_ids)
