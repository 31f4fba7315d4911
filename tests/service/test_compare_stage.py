"""Comparisons in the store: made once, added to by later filings, and usable from the later of two clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from smalti.platform.store import Batch
from smalti.service.engine import Engine
from smalti.service.stages.compare import compare_all, comparisons, verified


def add(
    engine: Engine, name: str, kind: str, day: str, evidence: str, payload: dict[str, Any], text: str = ""
) -> None:
    """A document of the issuer `anvil` with one piece."""
    batch = Batch()
    moment = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    batch.add(
        "documents",
        {"document_id": name, "artifact_id": name, "part": "", "kind": kind, "title": name, "hints": "{}"}
        | {"available_at": moment, "available_method": "header"},
    )
    batch.add(
        "evidence",
        {"evidence_id": f"e-{name}", "document_id": name, "kind": evidence, "ordinal": 0, "text": text}
        | {"payload": json.dumps(payload)},
    )
    batch.add(
        "links", {"document_id": name, "issuer_id": "anvil", "score": 1.0, "method": "cik", "quote": ""}
    )
    engine.store.commit(batch)


def sales(value: float, as_reported: str, **more: Any) -> dict[str, Any]:
    return {
        "concept": "Revenues",
        "label": "Net sales",
        "value": value,
        "unit": "USD",
        "period_start": "2016-01-01",
        "period_end": "2016-12-31",
        "as_reported": as_reported,
    } | more


CALL = {"words": [], "numbers": [{"value": 30.1e9, "unit": "USD", "raw": "30.1 billion", "unverified": True}]}


def rows(engine: Engine, day: str) -> list[tuple[str, str, str, str]]:
    as_of = datetime.fromisoformat(day).replace(hour=23, tzinfo=UTC)
    found = comparisons(engine.store, as_of).select("evidence_id", "item", "with_evidence", "verdict")
    return sorted(found.iter_rows())


def test_what_is_told_twice_is_compared_from_the_later_clock_on(engine: Engine) -> None:
    add(engine, "call", "call", "2017-01-24", "audio", CALL, "Sales of the year were $30.1 billion.")
    add(engine, "pdf", "filing", "2017-02-09", "fact", sales(30_109e6, "30,109"))
    run = compare_all(engine)
    assert (run.counts["issuers"], run.counts["comparisons"]) == (1, 1)
    assert rows(engine, "2017-02-08") == []
    assert rows(engine, "2017-02-09") == [("e-call", "number 0", "e-pdf", "agrees")]
    assert verified(engine.store, datetime(2017, 2, 8, 23, tzinfo=UTC)) == set()
    assert verified(engine.store, datetime(2017, 2, 9, 23, tzinfo=UTC)) == {("e-call", "number 0")}


def test_a_second_run_adds_nothing_and_a_new_filing_adds_to_what_was_there(engine: Engine) -> None:
    add(engine, "pdf", "filing", "2017-02-09", "fact", sales(30_109e6, "30,109"))
    add(engine, "tagged", "filing", "2017-02-10", "fact", sales(30_109e6, "30109000000", tag="Revenues"))
    assert compare_all(engine).counts["comparisons"] == 1
    again = compare_all(engine)
    assert (again.counts["issuers"], again.counts["comparisons"]) == (0, 0)
    add(engine, "amended", "filing", "2017-02-09", "fact", sales(29_000e6, "29000000000", tag="Revenues"))
    assert compare_all(engine).counts["comparisons"] == 1
    assert rows(engine, "2017-02-10") == [
        ("e-pdf", "", "e-amended", "differs"),
        ("e-pdf", "", "e-tagged", "agrees"),
    ]


def test_a_chart_of_a_filing_is_confirmed_and_another_issuers_facts_are_not_touched(engine: Engine) -> None:
    points = [{"category": "2016", "value": 30.1, "unit": "$B", "method": "label", "error": 0.05}]
    chart = {"chart": "bar", "title": "Net sales", "axes": {}, "series": [{"name": "", "points": points}]}
    add(engine, "deck", "filing", "2017-02-09", "chart", chart)
    add(engine, "tagged", "filing", "2017-02-10", "fact", sales(30_109e6, "30109000000", tag="Revenues"))
    other = Batch()
    moment = datetime(2017, 2, 1, tzinfo=UTC)
    other.add(
        "documents",
        {"document_id": "o", "artifact_id": "o", "part": "", "kind": "filing", "title": "o", "hints": "{}"}
        | {"available_at": moment, "available_method": "header"},
    )
    payload = json.dumps(sales(1e6, "1"))
    other.add(
        "evidence",
        {
            "evidence_id": "e-o",
            "document_id": "o",
            "kind": "fact",
            "ordinal": 0,
            "payload": payload,
            "text": "",
        },
    )
    other.add("links", {"document_id": "o", "issuer_id": "other", "score": 1.0, "method": "cik", "quote": ""})
    engine.store.commit(other)
    compare_all(engine)
    assert rows(engine, "2017-03-01") == [("e-deck", "series 0 point 0", "e-tagged", "agrees")]
