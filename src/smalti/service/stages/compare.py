"""Numbers told twice, held against each other: what a filing prints, shows and says beside what it tags."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import chain

import polars as pl

from smalti.ingest.compare import Comparison, Told, compare_charts, compare_heard, compare_printed
from smalti.platform.facts import AGREES, Fact, fact_of
from smalti.platform.ledger import Run
from smalti.platform.store import Batch, Store
from smalti.service.engine import Engine

_COMPARED = (
    "e.kind IN ('fact', 'chart') OR (e.kind = 'audio' AND json_extract(e.payload, '$.numbers') IS NOT NULL)"
)


def compare_all(engine: Engine) -> Run:
    """Compare anew the numbers of every issuer that gained a document or a link since the last run.

    Rows are only ever added: a fact that a later filing contradicts keeps the comparison with the earlier
    one. The finished run's counts: `issuers` looked at, `comparisons` added.
    """
    store = engine.store
    with Run(store, "compare", "") as run:
        before = store.read(
            "SELECT max(started_at) AS at FROM runs WHERE stage = 'compare' AND state = 'done'"
        )["at"][0]
        todo = store.read(
            "SELECT DISTINCT l.issuer_id FROM links l JOIN documents d USING (document_id)"
            f" WHERE EXISTS (SELECT 1 FROM evidence e WHERE e.document_id = d.document_id AND ({_COMPARED}))"
            " AND (?::TIMESTAMPTZ IS NULL OR greatest(d.recorded_at, l.recorded_at) >= ?) ORDER BY 1",
            [before, before],
        )["issuer_id"]
        engine.progress.start("issuers compared", len(todo))
        for issuer_id in todo:
            batch = Batch()
            for found in _of_issuer(store, issuer_id):
                batch.add("comparisons", asdict(found))
            run.counts["comparisons"] += store.commit(batch).get("comparisons", 0)
            run.counts["issuers"] += 1
            engine.progress.step("issuers compared", issuer_id)
    return run


def _of_issuer(store: Store, issuer_id: str) -> Iterator[Comparison]:
    facts: list[Fact] = []
    charts: list[Told] = []
    sentences: list[Told] = []
    rows = store.read(
        "SELECT e.evidence_id, e.kind, e.text, e.payload, d.kind AS source, d.available_at"
        " FROM evidence e JOIN documents d USING (document_id) JOIN links l USING (document_id)"
        f" WHERE l.issuer_id = ? AND ({_COMPARED}) ORDER BY e.evidence_id",
        [issuer_id],
    )
    for evidence_id, kind, text, payload, source, available_at in rows.iter_rows():
        if kind == "fact" and source == "filing":
            facts.append(fact_of(evidence_id, json.loads(payload), available_at))
        elif kind in ("chart", "audio"):
            told = Told(evidence_id, text or "", json.loads(payload), available_at)
            (charts if kind == "chart" else sentences).append(told)
    return chain(compare_printed(facts), compare_charts(charts, facts), compare_heard(sentences, facts))


def comparisons(store: Store, as_of: datetime) -> pl.DataFrame:
    """What could be compared at a moment: both documents had to be out.

    Returns:
        Columns of table `comparisons`, and `available_at`, the later of both documents' clocks.
    """
    return store.read(
        "SELECT c.* EXCLUDE (recorded_at), greatest(a.available_at, b.available_at) AS available_at"
        " FROM comparisons c JOIN evidence x ON x.evidence_id = c.evidence_id"
        " JOIN documents a ON a.document_id = x.document_id"
        " JOIN evidence y ON y.evidence_id = c.with_evidence"
        " JOIN documents b ON b.document_id = y.document_id"
        " WHERE greatest(a.available_at, b.available_at) <= ? ORDER BY ALL",
        [as_of],
    )


def verified(store: Store, as_of: datetime) -> set[tuple[str, str]]:
    """Evidence and item of every number that a filing confirmed by a moment.

    All other numbers heard in a call or measured in a chart stay unverified.
    """
    found = comparisons(store, as_of).filter(pl.col("verdict") == AGREES)
    return set(found.select("evidence_id", "item").iter_rows())
