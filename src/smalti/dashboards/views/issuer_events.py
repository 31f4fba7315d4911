"""What happened beside a score: filings, calls, bursts of news and posts, findings, changes of model."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from smalti.client.frames import TIME
from smalti.dashboards.page import Page
from smalti.dashboards.views import issuer_asked as asked
from smalti.dashboards.views.issuer_asked import Subject
from smalti.platform import words

_SCHEMA: dict[str, Any] = {"at": TIME, "lane": pl.String, "told": pl.String, "evidence_id": pl.String}
_BEFORE = timedelta(days=14)
"""What happened so long before the first of all scores is shown beside it."""


def happened(page: Page, about: Subject, shown: pl.DataFrame, since: datetime | None) -> pl.DataFrame:
    """Events between two moments, oldest first.

    Args:
        page: as of when.
        about: the issuer.
        shown: its scores, oldest first, one at least.
        since: the first moment; None begins a little before the scores.

    Returns:
        `at`, `lane` (as `charts.history.LANES`), `told`, `evidence_id` (null of what is no evidence's).
    """
    first = since or shown["as_of"][0] - _BEFORE
    documents = asked.events(page, about.issuer_id, first, page.as_of)
    found = asked.findings(page, about.issuer_id, page.as_of)
    rows = [*_documents(documents), *_findings(found), *_models(shown)]
    return pl.DataFrame(rows, schema=_SCHEMA).filter(pl.col("at") >= first).sort("at", "lane")


def _documents(found: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in found.drop_nulls("evidence_id").iter_rows(named=True):
        more = row["documents"] - 1
        if row["usual"] is None:
            told = row["title"] + (f" and {more} more" if more else "")
        else:
            kind = words.SOURCES.get(row["kind"], row["kind"])
            told = f"{row['documents']} {kind}, usually {row['usual']:.1f} a day; first: {row['title']}"
        yield {"at": row["at"], "lane": row["kind"], "told": told, "evidence_id": row["evidence_id"]}


def _findings(found: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """A finding happened when the last of the pieces that it holds against each other became public.

    Those of one day are one event, which leads to the strongest of them.
    """
    days: dict[date, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
    for row in found.iter_rows(named=True):
        if row["verdict"] != "finding" or row["check"] == words.CONTRADICTION:
            continue
        cited = [*json.loads(row["said"]), *json.loads(row["against"])]
        if cited:
            at = max(asked.moment(one["available_at"]) for one in cited)
            days[at.date()].append((at, row | {"evidence_id": cited[0]["evidence_id"]}))
    for own in days.values():
        at, row = own[0]
        told = f"{words.capital(words.check(row['check']))}: {row['reason']}"
        told += f" (and {len(own) - 1} more)" if len(own) > 1 else ""
        yield {"at": at, "lane": "finding", "told": told, "evidence_id": row["evidence_id"]}


def _models(shown: pl.DataFrame) -> Iterator[dict[str, Any]]:
    changed = shown.filter(pl.col("model_version") != pl.col("model_version").shift(1))
    for row in changed.iter_rows(named=True):
        told = f"Scored by {row['model_version']} from here on"
        yield {"at": row["as_of"], "lane": "model", "told": told, "evidence_id": None}
