"""Documents to issuers. Issuers that documents state outright are learned first, then all are linked.

What is stored stays: an issuer keeps its id and its row, and what is learned later of it becomes further rows
of `issuer_names`. Two kinds of these are no names: `cik`, a CIK that came to light after the issuer was known
by name alone; and `former`, the day until which a name that was stored without one was borne.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from smalti.ingest.issuers import Master
from smalti.ingest.learn import Stated, learned
from smalti.ingest.link import Link, LinkInput, link
from smalti.ingest.names import core
from smalti.ingest.subsidiaries import is_exhibit_21
from smalti.platform.ledger import Run
from smalti.platform.records import Issuer, Name, SourceKind
from smalti.platform.store import Batch
from smalti.service.engine import Engine

_TEXT = (
    "SELECT string_agg(text, chr(10) ORDER BY ordinal) FROM evidence e"
    " WHERE e.document_id = d.document_id AND e.kind IN ('paragraph', 'audio', 'image') AND e.ordinal < 200"
)
_WHOLE = (
    "SELECT string_agg(text, chr(10) ORDER BY ordinal) AS text FROM evidence"
    " WHERE document_id = ? AND kind IN ('paragraph', 'table')"
)
_STATED = (
    "SELECT document_id FROM documents, (VALUES ('manifest_issuer'), ('cik'), ('entity_name'), ('company'),"
    " ('name')) AS stated(key) WHERE json_extract_string(hints, '$.' || stated.key) IS NOT NULL"
)


def link_all(engine: Engine) -> Run:
    """Link what is new; when an issuer or a name was learned, look at every document again.

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
        stored = _stored_issuers(engine)
        base = Master.load().extend(stored.values())
        found = learned(base, _stated(engine))
        master = base.extend(found)
        again = not before.height or _is_news(found, stored, base)
        since = None if again else before["started_at"][0]
        batch = Batch()
        written: set[str] = set()
        for issuer in found:
            _add_issuer(batch, issuer, "stated", stored.get(issuer.issuer_id))
            written.add(issuer.issuer_id)
        where, params = ("d.recorded_at >= ?", [since]) if since else ("true", [])
        for document_id, given in _documents(engine, where, params):
            for one in link(given, master):
                if one.issuer.issuer_id not in written:
                    written.add(one.issuer.issuer_id)
                    _add_issuer(batch, one.issuer, one.method, stored.get(one.issuer.issuer_id))
                _add_link(batch, document_id, one)
        gained = store.commit(batch)
        run.counts["linked"] = gained.get("links", 0)
        run.counts["issuers"] = store.counts()["issuers"]
    return run


def _stored_issuers(engine: Engine) -> Mapping[str, Issuer]:
    """The issuers in the store, with all that was learned of each since."""
    issuers = engine.store.read("SELECT issuer_id, name, cik, lei FROM issuers ORDER BY issuer_id")
    names = engine.store.read(
        "SELECT issuer_id, text, kind, valid_from, valid_to FROM issuer_names ORDER BY issuer_id, kind, text"
    )
    by_issuer: dict[str, list[Name]] = {}
    for issuer_id, *rest in names.iter_rows():
        by_issuer.setdefault(issuer_id, []).append(Name(*rest))
    return {
        own: _whole(Issuer(own, name, cik, lei), by_issuer.get(own, ()))
        for own, name, cik, lei in issuers.iter_rows()
    }


def _whole(issuer: Issuer, rows: Iterable[Name]) -> Issuer:
    rows = tuple(rows)
    ends = {row.text: row.valid_to for row in rows if row.kind == "former"}
    ciks = [row.text for row in rows if row.kind == "cik"]
    names = tuple(
        replace(row, valid_to=row.valid_to or ends.get(row.text)) if row.kind == "name" else row
        for row in rows
        if row.kind not in ("former", "cik")
    )
    return replace(issuer, names=names, cik=issuer.cik or next(iter(ciks), None))


def _is_news(found: Iterable[Issuer], stored: Mapping[str, Issuer], base: Master) -> bool:
    """Whether documents looked at before may now be linked otherwise."""
    for issuer in found:
        old = base.by_id(issuer.issuer_id)
        if issuer.issuer_id not in stored or old is None:
            return True
        said = {core(name.text) for name in old.names}
        if any(core(name.text) not in said for name in issuer.names):
            return True
    return False


def _stated(engine: Engine) -> Iterator[Stated]:
    for document_id, given in _documents(engine, f"d.document_id IN ({_STATED})"):
        exhibit = is_exhibit_21(given.hints.get("exhibit", ""))
        whole = engine.store.read(_WHOLE, [document_id])["text"][0] if exhibit else ""
        yield Stated(given, whole or "")


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


def _add_issuer(batch: Batch, issuer: Issuer, origin: str, old: Issuer | None) -> None:
    """The rows of an issuer; of one stored before, what is new of it."""
    batch.add("issuers", {"issuer_id": issuer.issuer_id, "name": issuer.name, "cik": issuer.cik})
    names = list(issuer.names)
    if old is not None:
        if issuer.cik and not old.cik:
            names.append(Name(issuer.cik, "cik"))
        open_ended = {name.text for name in old.names if name.kind == "name" and name.valid_to is None}
        ended = [n for n in names if n.kind == "name" and n.valid_to and n.text in open_ended]
        names += [Name(n.text, "former", None, n.valid_to) for n in ended]
    for name in names:
        batch.add(
            "issuer_names",
            {
                "issuer_id": issuer.issuer_id,
                "text": name.text,
                "kind": name.kind,
                "valid_from": name.valid_from,
                "valid_to": name.valid_to,
                "origin": origin,
            },
        )


def _add_link(batch: Batch, document_id: str, found: Link) -> None:
    batch.add(
        "links",
        {
            "document_id": document_id,
            "issuer_id": found.issuer.issuer_id,
            "score": found.score,
            "method": found.method,
            "quote": found.quote,
        },
    )
