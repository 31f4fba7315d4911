"""Documents to issuers. Issuers that documents state outright are learned first, then all are linked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from smalti.ingest.issuers import Master
from smalti.ingest.link import Link, LinkInput, link
from smalti.platform.ledger import Run
from smalti.platform.records import Issuer, Name, SourceKind
from smalti.platform.store import Batch
from smalti.service.engine import Engine

_TEXT = (
    "SELECT string_agg(text, chr(10) ORDER BY ordinal) FROM evidence e"
    " WHERE e.document_id = d.document_id AND e.kind IN ('paragraph', 'audio', 'image') AND e.ordinal < 200"
)


def link_all(engine: Engine) -> Run:
    """Link what is new; when a new issuer was learned, look at every document again, for it may be meant.

    The finished run's counts: `documents` in the store, `linked` links added, `issuers` known to it.
    """
    store = engine.store
    total = store.counts()["documents"]
    with Run(store, "link", "") as run:
        run.counts["documents"] = total
        before = store.read(
            "SELECT CAST(json_extract(counts, '$.documents') AS BIGINT) AS n, started_at FROM runs"
            " WHERE stage = 'link' AND state = 'done' ORDER BY started_at DESC LIMIT 1"
        )
        if before.height and before["n"][0] == total:
            return run
        known = set(store.read("SELECT issuer_id FROM issuers")["issuer_id"])
        stated, master = _learned(
            _stored_master(engine), _documents(engine, "d.document_id IN (" + _STATED + ")")
        )
        since = before["started_at"][0] if before.height and not stated - known else None
        where = "d.recorded_at >= ?" if since else "true"
        batch = Batch()
        for document_id, given in _documents(engine, where, [since] if since else []):
            for found in link(given, master):
                _add(batch, document_id, found)
        gained = store.commit(batch)
        run.counts["linked"] = gained.get("links", 0)
        run.counts["issuers"] = store.counts()["issuers"]
    return run


_STATED = (
    "SELECT document_id FROM documents, (VALUES ('manifest_issuer'), ('cik'), ('entity_name'), ('company'),"
    " ('name')) AS stated(key) WHERE json_extract_string(hints, '$.' || stated.key) IS NOT NULL"
)


def _stored_master(engine: Engine) -> Master:
    issuers = engine.store.read("SELECT issuer_id, name, cik, lei FROM issuers ORDER BY issuer_id")
    names = engine.store.read(
        "SELECT issuer_id, text, kind, valid_from, valid_to FROM issuer_names ORDER BY issuer_id, kind, text"
    )
    by_issuer: dict[str, list[Name]] = {}
    for issuer_id, *rest in names.iter_rows():
        by_issuer.setdefault(issuer_id, []).append(Name(*rest))
    stored = [
        Issuer(own, name, cik, lei, tuple(by_issuer.get(own, ())))
        for own, name, cik, lei in issuers.iter_rows()
    ]
    return Master.load().extend(stored)


def _learned(master: Master, documents: Iterator[tuple[str, LinkInput]]) -> tuple[set[str], Master]:
    """The issuers that documents state outright, and a master that knows them and their tickers."""
    found: dict[str, Issuer] = {}
    for _, given in documents:
        for one in link(given, master):
            if one.method not in ("manifest", "cik", "cover name"):
                continue
            names = one.issuer.names or (Name(one.issuer.name, "name"),)
            if one.method == "manifest":
                names = (*names, Name(one.quote, "alias"))
            if given.kind is SourceKind.PRICE and "ticker" in given.hints:
                names = (*names, Name(given.hints["ticker"], "ticker"))
            old = found.get(one.issuer.issuer_id, one.issuer)
            found[one.issuer.issuer_id] = replace(old, names=tuple(dict.fromkeys((*old.names, *names))))
    return set(found), master.extend(found.values())


def _documents(
    engine: Engine, where: str, params: list[Any] | None = None
) -> Iterator[tuple[str, LinkInput]]:
    rows = engine.store.read(
        "SELECT d.document_id, d.title, d.kind, d.hints, CAST(d.available_at AS DATE) AS day,"
        f" left(({_TEXT}), 20000) AS text FROM documents d WHERE {where} ORDER BY d.document_id",
        params or [],
    )
    for row in rows.iter_rows(named=True):
        hints: Mapping[str, str] = json.loads(row["hints"])
        yield (
            row["document_id"],
            LinkInput(
                row["title"],
                row["text"] or "",
                SourceKind(row["kind"]),
                hints.get("manifest_issuer"),
                hints,
                row["day"],
            ),
        )


def _add(batch: Batch, document_id: str, found: Link) -> None:
    issuer = found.issuer
    batch.add("issuers", {"issuer_id": issuer.issuer_id, "name": issuer.name, "cik": issuer.cik})
    for name in issuer.names:
        batch.add(
            "issuer_names",
            {
                "issuer_id": issuer.issuer_id,
                "text": name.text,
                "kind": name.kind,
                "valid_from": name.valid_from,
                "valid_to": name.valid_to,
                "origin": found.method,
            },
        )
    batch.add(
        "links",
        {
            "document_id": document_id,
            "issuer_id": issuer.issuer_id,
            "score": found.score,
            "method": found.method,
            "quote": found.quote,
        },
    )
