"""News documents that say again what an earlier one said.

The rows are current state: a function of the documents alone, so that they end the same in whatever order
these arrived. What is new can concern only documents of the days around it, and only those are read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smalti.ingest.dedupe import MAX_TEXT, MOST_APART, Duplicate, NewsItem, repeated_news
from smalti.platform.ledger import Run
from smalti.platform.store import Batch
from smalti.service.engine import Engine

# A newer reading of the same record stands for it: the two are one document, not a document and its copy.
_NEWS = (
    "SELECT d.document_id, d.artifact_id, d.title, d.url, d.available_at, d.recorded_at FROM documents d"
    " WHERE d.kind = 'news'"
    " QUALIFY row_number() OVER (PARTITION BY d.artifact_id, d.part"
    "  ORDER BY d.recorded_at DESC, d.document_id) = 1"
)
_WITH_TEXT = (
    f"WITH news AS ({_NEWS}), places AS (SELECT artifact_id,"
    " list(DISTINCT source_id || ' ' || coalesce(path, url)) AS places FROM sightings GROUP BY artifact_id)"
    " SELECT n.document_id, n.artifact_id, n.title, n.url, n.available_at, p.places, left((SELECT"
    " string_agg(e.text, chr(10) ORDER BY e.ordinal) FROM evidence e WHERE e.document_id = n.document_id"
    f" AND e.kind = 'paragraph'), {MAX_TEXT}) AS text FROM news n LEFT JOIN places p USING (artifact_id)"
    " WHERE n.available_at BETWEEN ? AND ?"
    " ORDER BY n.document_id"
)


def dedupe_all(engine: Engine) -> Run:
    """Find the copies among what is new and what stands near it in time.

    The finished run's counts: `documents` of news looked at, `duplicates` known in the store.
    """
    with Run(engine.store, "dedupe", "") as run:
        span = _touched(engine)
        if span is not None:
            first, last = span
            items = _items(engine, first - MOST_APART, last + MOST_APART)
            run.counts["documents"] = len(items)
            found = {one.key: one for one in repeated_news(items, since=first)}
            decided = {item.key for item in items if item.available_at >= first}
            engine.store.commit(_changes(found, _stored(engine), decided))
        run.counts["duplicates"] = engine.store.counts()["duplicates"]
    return run


def _touched(engine: Engine) -> tuple[datetime, datetime] | None:
    """The first and last moment of the news that was recorded since the last run began; None for none."""
    before = engine.store.read(
        "SELECT max(started_at) AS at FROM runs WHERE stage = 'dedupe' AND state = 'done'"
    )["at"][0]
    where, params = ("WHERE recorded_at >= ?", [before]) if before else ("", [])
    span = engine.store.read(
        f"WITH news AS ({_NEWS}) SELECT min(available_at), max(available_at) FROM news {where}", params
    ).row(0)
    return None if span[0] is None else (span[0], span[1])


def _items(engine: Engine, first: datetime, last: datetime) -> list[NewsItem]:
    rows = engine.store.read(_WITH_TEXT, [first, last])
    return [
        NewsItem(
            row["document_id"],
            f"{row['title']}\n{(row['text'] or '').removeprefix(row['title']).lstrip()}",
            row["url"],
            row["available_at"],
            row["artifact_id"],
            frozenset(row["places"] or ()),
        )
        for row in rows.iter_rows(named=True)
    ]


def _stored(engine: Engine) -> Mapping[str, tuple[Any, ...]]:
    rows = engine.store.read("SELECT document_id, of_document, method, score FROM duplicates")
    return {row[0]: row[1:] for row in rows.iter_rows()}


def _changes(
    found: Mapping[str, Duplicate], stored: Mapping[str, tuple[Any, ...]], decided: set[str]
) -> Batch:
    """The rows that differ from what is stored, of the documents that were decided."""
    batch = Batch()
    for document_id in sorted(decided & stored.keys() - found.keys()):
        batch.drop("duplicates", document_id=document_id)
    for document_id, one in found.items():
        if stored.get(document_id) != (one.of, one.reason, one.score):
            batch.add(
                "duplicates",
                {
                    "document_id": document_id,
                    "of_document": one.of,
                    "method": one.reason,
                    "score": one.score,
                },
            )
    return batch
