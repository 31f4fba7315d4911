"""What `why` tells of a stored signal: what moved it, what contradicts what, and who stands behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smalti.platform.errors import NotFound
from smalti.platform.store import Batch
from smalti.service.engine import Engine
from smalti.service.signals import findings, newest_signals, why
from tests.service.newsroom import ISSUER, moment, newsroom, publish

AS_OF = moment("2025-01-10")
ID = {"fraud": "main id", "fraud.claim_against_fact": "main check"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Engine]:
    with newsroom(tmp_path) as engine:
        publish(engine, "page", "2025-01-02", url="https://paper.example/1", text="Sales rose by a tenth.")
        publish(engine, "copy", "2025-01-03", url="https://other.example/1")
        publish(
            engine, "post", "2025-01-04", "social", author="retail account 1", hints={"synthetic": "true"}
        )
        publish(engine, "10-K", "2025-01-05", "filing", text="Net sales fell 3 percent.")
        batch = Batch()
        batch.add(
            "duplicates", {"document_id": "copy", "of_document": "page", "method": "same", "score": 1.0}
        )
        for kind in ("fraud", "fraud.claim_against_fact"):
            batch.add("signals", signal(kind))
        for rank, (name, effect, method) in enumerate(
            [
                ("e-page", 0.3, "integrated-gradients"), ("e-page", 0.2, "leave-one-out"),
                ("e-copy", -0.1, "integrated-gradients"), ("e-post", 0.1, "integrated-gradients"),
                ("e-page", 0.5, "driver: claim_against_fact"), ("e-10-K", None, "context"),
            ]
        ):  # fmt: skip
            row = {"signal_id": "main id", "evidence_id": name, "modality": "text", "rank": rank}
            batch.add("attributions", row | {"effect": effect, "method": method})
        batch.add("findings", finding(1, "finding", 0.7, ["e-page"], ["e-10-K"]))
        batch.add("findings", finding(2, "cannot compare", None, ["e-post"], []))
        engine.store.commit(batch)
        yield engine


def signal(kind: str) -> dict[str, Any]:
    return {
        "signal_id": ID[kind], "case_id": "case", "issuer_id": ISSUER, "kind": kind, "as_of": AS_OF,
        "horizon_days": 0, "value": 0.4, "model_version": "m", "used": [], "missing": [], "not_trained": [],
        "stale": [], "in_sample": False, "details": "{}",
    }  # fmt: skip


def finding(
    rank: int, verdict: str, strength: float | None, said: list[str], against: list[str]
) -> dict[str, Any]:
    def cited(ids: list[str]) -> str:
        return json.dumps([{"evidence_id": one, "quote": ""} for one in ids])

    return {
        "finding_id": f"f{rank}", "signal_id": "main check", "verdict": verdict,
        "rank": rank, "strength": strength, "reason": "Said up, filed down.", "said": cited(said),
        "against": cited(against), "details": "{}",
    }  # fmt: skip


def test_effects_are_summed_by_document_and_modality_over_one_method(here: Engine) -> None:
    found = why(here.store, "main id")
    sums = {(g.by, g.name): (round(g.effect, 6), g.pieces) for g in found.groups}
    assert sums["modality", "text"] == (0.3, 3)
    assert sums["document", "page.html"] == (0.3, 1)
    assert sums["document", "copy.html"] == (-0.1, 1)


def test_drivers_and_context_come_after_what_moved_the_value(here: Engine) -> None:
    methods = [e.method for e in why(here.store, "main id").evidence]
    assert methods[-2:] == ["driver: claim_against_fact", "context"]


def test_copies_are_one_voice_and_posts_are_told_apart(here: Engine) -> None:
    found = why(here.store, "main id").independence
    assert {o.name: round(o.share, 6) for o in found.origins} == {
        "paper.example": 0.8, "account retail account 1": 0.2,
    }  # fmt: skip
    assert found.copied == pytest.approx(0.2)
    assert found.untrusted == pytest.approx(0.2)


def test_a_finding_shows_both_sides_with_their_words_and_places(here: Engine) -> None:
    signals = newest_signals(here.store, ISSUER, AS_OF, None)
    first, silent = findings(here.store, signals)
    assert (first.check, first.strength) == ("fraud.claim_against_fact", 0.7)
    assert [(c.file, c.quote) for c in first.said] == [("page.html", "Sales rose by a tenth.")]
    assert [(c.file, c.quote) for c in first.against] == [("10-K.html", "Net sales fell 3 percent.")]
    assert (silent.verdict, silent.strength, silent.against) == ("cannot compare", None, [])
    assert first.synthetic


def test_sub_signals_of_the_same_case_stand_beside(here: Engine) -> None:
    assert [s.kind for s in why(here.store, "main id").beside] == ["fraud.claim_against_fact"]


def test_an_id_that_several_signals_begin_with_is_refused(here: Engine) -> None:
    with pytest.raises(NotFound, match="2 signals begin so"):
        why(here.store, "main")
