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
    found, shares = facts([text])
    assert (shares["value"], shares["unit"], shares["line"]) == (2.2e6, "shares", "")
    assert (found["value"], found["unit"], found["as_reported"]) == (900e6, "USD", "$900.0 million")
    assert (found["concept"], found["line"]) == ("", "PaymentsForRepurchaseOfCommonStock")
    assert found["period_end"] == "2023-01-28"


def test_amounts_at_a_day() -> None:
    (found,) = facts(
        ["Cash and cash equivalents at the end of the fourth quarter of fiscal 2022 were $737.9 million."]
    )
    assert (found["value"], found["period_start"], found["period_end"]) == (737.9e6, None, "2023-01-28")
    assert found["line"] == "CashAndCashEquivalents"


def told(text: str) -> list[tuple[str, float, str, str | None, str]]:
    keys = ("label", "value", "unit", "period_start", "period_end")
    return [tuple(fact[key] for key in keys) for fact in facts([text])]


def test_as_many_amounts_as_times_are_paired_in_order() -> None:
    text = "Our advertising was $864 million and $915 million in fiscal 2022 and fiscal 2021, respectively."
    assert told(text) == [
        ("Our advertising", 864e6, "USD", "2022-01-30", "2023-01-28"),
        ("Our advertising", 915e6, "USD", "2021-01-31", "2022-01-29"),
    ]
    assert told(
        "At January 28, 2023, and January 29, 2022, deferred rent was $33 million and $36 million."
    ) == [
        ("deferred rent", 33e6, "USD", None, "2023-01-28"),
        ("deferred rent", 36e6, "USD", None, "2022-01-29"),
    ]


def test_amounts_that_do_not_pair_with_times_are_left_out() -> None:
    for text in (
        "Rent and advertising were $5 million and $6 million, respectively, in fiscal 2022.",
        "Advertising expenses were $864 million in fiscal 2022 and fiscal 2021.",
        "Advertising expenses were $864 million in 2022.",  # of which year's days, nothing says
        "The increase was $5 million in fiscal 2022.",
        "Costs, which were $4 million before, were less than $5 million in fiscal 2022.",
        "At January 28, 2023, we had $539.3 million of cash, cash equivalents, and investments.",
    ):
        assert told(text) == [], text


def test_a_change_is_told_from_what_was_reached() -> None:
    changed = "Hardware costs for fiscal 2022 increased by $7.5 million, or 6%, compared to fiscal 2021."
    assert [(label, value, unit) for label, value, unit, *_ in told(changed)] == [
        ("Hardware costs increased", 7.5e6, "USD"),
        ("Hardware costs increased", 6.0, "%"),
    ]
    (reached,) = told("Hardware costs increased 6% to $22.7 million in fiscal 2022.")
    assert reached == ("Hardware costs", 22.7e6, "USD", "2022-01-30", "2023-01-28")


def test_an_earlier_time_compared_with_has_its_own_amount() -> None:
    now, then = told("Our effective tax rate was 23.1% in fiscal 2022, compared to 23.4% in fiscal 2021.")
    assert now == ("Our effective tax rate", 23.1, "%", "2022-01-30", "2023-01-28")
    assert (then[1], then[4]) == (23.4, "2022-01-29")


def test_deeds_say_what_was_paid_or_bought() -> None:
    assert told("In fiscal 2022, we recorded $4 million of restructuring charges.") == [
        ("we recorded restructuring charges", 4e6, "USD", "2022-01-30", "2023-01-28")
    ]
    (bought,) = told("On March 17, 2022, the Company acquired 100% of the equity of a packaging site.")
    assert bought == (
        "the Company acquired of the equity of a packaging site", 100.0, "%", None, "2022-03-17"
    )  # fmt: skip


def test_a_segment_named_is_the_dimension_and_cash_used_is_negative() -> None:
    (part,) = facts(["Our Domestic segment’s capital spending was $4 million in fiscal 2022."])
    assert (part["dimension"], part["value"]) == ("Domestic", 4e6)
    (used,) = facts(["Net cash used in financing activities was $8.5 billion in fiscal 2022."])
    assert (used["line"], used["value"]) == ("NetCashFromFinancingActivities", -8.5e9)


def test_what_was_there_at_a_day_and_what_was_declared_on_one() -> None:
    (cost,) = told("At January 28, 2023, there was $2 million of unrecognized cost that we expect to pay.")
    assert cost == ("unrecognized cost", 2e6, "USD", None, "2023-01-28")
    (dividend,) = told(
        "On February 6, 2022, our Board of Directors declared a cash dividend of $0.41 per common share,"
        " payable on May 6, 2022."
    )
    assert (dividend[1:3], dividend[4]) == ((0.41, "USD/share"), "2022-02-06")


def test_people_and_shares_are_counted() -> None:
    assert told("As of January 28, 2023, we employed approximately 18,000 full-time employees.") == [
        ("we employed full-time employees", 18_000.0, "pure", None, "2023-01-28")
    ]
    (shares,) = told("During fiscal 2022, we repurchased 2.2 million shares of our common stock.")
    assert shares[1:3] == (2.2e6, "shares")


def test_totals_and_values_of_something_named_count_as_subjects() -> None:
    (found,) = told("The fair value of the note was $5 million as of January 28, 2023.")
    assert found[:2] == ("The fair value of the note", 5e6)
    assert told("The fair value of these was $5 million as of January 28, 2023.") == []
    assert told("The total was $5 million as of January 28, 2023.") == []
