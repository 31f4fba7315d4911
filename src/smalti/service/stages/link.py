"""Documents to issuers. Issuers that documents state outright are learned first, then all are linked."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
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
        stated = _documents(engine, "d.document_id IN (" + _STATED + ")")
        learned = _learned(_stored_master(engine), stated)
        new = {issuer.issuer_id for issuer in learned} - known
        masters = _Masters(_stored_master(engine), learned)
        since = before["started_at"][0] if before.height and not new else None
        where = "d.recorded_at >= ?" if since else "true"
        batch = Batch()
        for document_id, given in _documents(engine, where, [since] if since else []):
            for found in link(given, masters.on(given.on)):
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


class _Masters:
    """Who bore which name when: a name that a later document states is nobody's before that day."""

    def __init__(self, base: Master, learned: Iterable[Issuer]) -> None:
        self._base = base
        self._learned = tuple(learned)
        dated = {name.valid_from for issuer in self._learned for name in issuer.names}
        self._changes = sorted(day for day in dated if day is not None)
        self._made: dict[int, Master] = {}

    def on(self, day: date | None) -> Master:
        """All issuers, with the names known on a day."""
        day = day or date.max
        epoch = bisect_right(self._changes, day)
        if epoch not in self._made:
            self._made[epoch] = self._base.extend(
                replace(i, names=tuple(n for n in i.names if (n.valid_from or date.min) <= day))
                for i in self._learned
            )
        return self._made[epoch]


def _learned(master: Master, documents: Iterable[tuple[str, LinkInput]]) -> list[Issuer]:
    """The issuers that documents state outright, with their names.

    Those stated with a CIK come first: a name beside no CIK then means the entity that has one. The name an
    issuer is first known by holds from ever; another that a cover page states, from that page's day.
    """
    stated = sorted((given for _, given in documents), key=lambda given: given.on or date.max)
    found: dict[str, Issuer] = {}
    for only_with_cik in (True, False):
        for given in stated:
            for one in link(given, master):
                sure = one.method in ("manifest", "cik", "cover name")
                if sure and (one.issuer.cik or not only_with_cik):
                    old = found.get(one.issuer.issuer_id)
                    found[one.issuer.issuer_id] = _with_names(old, one, given)
        master = master.extend(found.values())
    return list(found.values())


def _with_names(old: Issuer | None, one: Link, given: LinkInput) -> Issuer:
    """An issuer with the names that one document gives it; `old` as known from earlier documents."""
    names = list(one.issuer.names or (Name(one.issuer.name, "name"),))
    if old is not None and one.method != "manifest":
        known = {(name.text, name.kind) for name in old.names}
        names = [
            n if n.valid_from or (n.text, n.kind) in known else replace(n, valid_from=given.on) for n in names
        ]
    if one.method == "manifest":
        names.append(Name(one.quote, "alias"))
    if given.kind is SourceKind.PRICE and "ticker" in given.hints:
        names.append(Name(given.hints["ticker"], "ticker"))
    known_names = {(n.text, n.kind): n for n in (*names, *(old.names if old else ()))}
    whole = replace(old or one.issuer, names=tuple(known_names.values()))
    # People write a name as it is meant to be read; covers and registers put it in capitals.
    written = one.method == "manifest" and Master.load().by_id(whole.issuer_id) is None
    return replace(whole, name=one.quote) if written else whole


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
