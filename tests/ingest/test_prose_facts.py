"""Facts that sentences state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smalti.ingest.facts import read_facts
from smalti.ingest.parse.contract import Piece
from smalti.platform.records import EvidenceKind, Locator

OPENING = [
    "fifty-two weeks ended January 28, 2023 and January 29, 2022 and January 30, 2021 make the fiscal years.",
    "We speak of fiscal 2022 and of fiscal 2021 here, as others do not.",
]


def facts(texts: Sequence[str]) -> list[dict[str, Any]]:
    pieces = [
        Piece(EvidenceKind.PARAGRAPH, Locator(page=1, chars=(i * 1000, i * 1000 + len(text))), text)
        for i, text in enumerate([*OPENING, *texts])
    ]
    return [dict(p.payload) | {"chars": p.locator.chars} for p in read_facts(pieces)]


def test_a_comparison_gives_both_amounts_their_years() -> None:
    sentence = "As a percentage of sales, our expenses decreased to 23.5% compared to 23.9% in fiscal 2021."
    now, then = facts(["For the Full Year of Fiscal 2022", sentence])
    assert (now["value"], now["unit"], now["period_end"]) == (23.5, "%", "2023-01-28")
    assert (then["value"], then["period_start"], then["period_end"]) == (23.9, "2021-01-31", "2022-01-29")
    assert sentence[now["chars"][0] - 3000 : now["chars"][1] - 3000] == "23.5%"


def test_without_a_time_to_compare_with_nothing_is_taken() -> None:
    assert (
        facts(["Net sales increased 18.3% to $10.2 billion compared to $8.6 billion in fiscal 2021."]) == []
    )


def test_what_was_paid_during_a_year_is_of_that_year_and_claims_no_concept() -> None:
    text = (
        "During fiscal 2022, the Company repurchased 2.2 million shares of its common stock"
        " at a cost of $900.0 million. During fiscal 2019, the Company repurchased shares for $5 million."
    )
    (found,) = facts([text])
    assert (found["value"], found["unit"], found["as_reported"]) == (900e6, "USD", "$900.0 million")
    assert (found["concept"], found["line"]) == ("", "PaymentsForRepurchaseOfCommonStock")
    assert found["period_end"] == "2023-01-28"


def test_amounts_at_a_day() -> None:
    (found,) = facts(
        ["Cash and cash equivalents at the end of the fourth quarter of fiscal 2022 were $737.9 million."]
    )
    assert (found["value"], found["period_start"], found["period_end"]) == (737.9e6, None, "2023-01-28")
    assert found["line"] == "CashAndCashEquivalents"
