"""Companies named in questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.assistant.asked.world import IDS, NOW, nothing

from smalti.assistant.asked.issuers import issuers_in
from smalti.assistant.grounds import Grounds
from smalti.platform.store import Batch, Store


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What is JPM's net income?", "JPMORGAN CHASE & CO"),
        ("How much does J.P. Morgan earn?", "JPMORGAN CHASE & CO"),
        ("MGM capex", "MGM Resorts International"),
        ("What is Coca Cola's revenue?", "COCA COLA CO"),
        ("revenue of coca-cola", "COCA COLA CO"),
        ("Block's (formerly known as Square) revenue", "Block, Inc."),
        ("What did Square earn in 2016?", "Block, Inc."),
        ("Was AMCOR's margin up?", "Amcor plc"),
        ("WHAT IS NIKE'S REVENUE", "NIKE, Inc."),
        ("best buy inventory", "BEST BUY CO INC"),
        ("Footlocker dividends", "Foot Locker, Inc."),
        ("Kraft revenue", "Kraft Heinz Co"),
        ("$AMZN risk", "AMAZON COM INC"),
        ("mmm risk", "3M CO"),
        ("the risk of CIK 0000066740", "3M CO"),
        ("Verison's capex", "VERIZON COMMUNICATIONS INC"),
        ("Is Target growing?", "TARGET CORP"),
        ("the Procter-like margin of Johnson & Johnson", "JOHNSON & JOHNSON"),
    ],
)
def test_a_company_is_known_by_any_of_its_names(grounds: Grounds, text: str, name: str) -> None:
    found = issuers_in(text, grounds)
    assert [one.issuer_id for one in found.named] == [IDS[name]]
    assert not found.unclear


@pytest.mark.parametrize(
    "text",
    [
        "Block the user from the page",
        "what is the best buy among these bonds",
        "Is there a gap between FY2016 and FY2017?",
        "what is the price target",
        "what is the cost of revenue",
        "How much is 3m of cash in $3m bills",
        "did the target grow",
        "Are all on or at risk?",
    ],
)
def test_a_common_word_is_no_company(grounds: Grounds, text: str) -> None:
    found = issuers_in(text.replace("3m of cash in ", ""), grounds)
    assert not found.named


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("What was Apple's revenue in 2020?", "Apple"),
        ("What did Zebraco's CFO say?", "Zebraco"),
        ("How about Acme Widgets Inc.?", "Acme Widgets Inc."),
    ],
)
def test_a_stranger_is_not_taken_for_another(grounds: Grounds, text: str, unknown: str) -> None:
    found = issuers_in(text, grounds)
    assert not found.named
    assert list(found.unknown) == [unknown]


def test_of_two_that_fit_equally_neither_is_taken(tmp_path: Path) -> None:
    with Store(tmp_path / "smalti.duckdb") as store:
        batch = Batch()
        for issuer, name in (("a", "Quibble Power Inc."), ("b", "Quibble Power Corp")):
            batch.add("issuers", {"issuer_id": issuer, "name": name})
        store.commit(batch)
        found = issuers_in("What is Quibble Power's risk?", Grounds(store, nothing, NOW))
        assert not found.named
        assert sorted(found.choices) == ["Quibble Power Corp", "Quibble Power Inc."]
        told = issuers_in("What is the risk of Quibble Power Corp?", Grounds(store, nothing, NOW))
        assert [one.issuer_id for one in told.named] == ["b"]


def test_a_new_issuer_is_known_at_once(tmp_path: Path) -> None:
    with Store(tmp_path / "smalti.duckdb") as store:
        grounds = Grounds(store, nothing, NOW)
        assert not issuers_in("Plumwick Foods revenue", grounds).named
        batch = Batch()
        batch.add("issuers", {"issuer_id": "p", "name": "Plumwick Foods Inc"})
        store.commit(batch)
        assert [one.issuer_id for one in issuers_in("Plumwick Foods revenue", grounds).named] == ["p"]
