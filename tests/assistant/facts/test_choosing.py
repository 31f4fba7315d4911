"""One number is meant by a line item of a period, or none is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from smalti.assistant.facts.choosing import Days, Lacking, choose, choose_labelled
from smalti.assistant.facts.ledger import Filed, Filing, Ledger
from smalti.assistant.metrics import items
from smalti.platform.concepts import Statement

YEAR = Days(date(2022, 1, 1), date(2022, 12, 31))
OWN = Filing("own", "10-K 2022", "10-K", datetime(2023, 2, 1, tzinfo=UTC), date(2022, 12, 31))
LATER = Filing("later", "10-K 2023", "10-K", datetime(2024, 2, 1, tzinfo=UTC), date(2023, 12, 31))
SALES = Filed(
    "sales", OWN, "Revenues", "Net sales", 100e6, "USD", YEAR.start, YEAR.end, "", "", "", Statement.INCOME,
    ("Net sales",), ("2022",), (4, 0), False, 1,
)  # fmt: skip


class _Shelf(Ledger):
    """A ledger of given rows, all of one day."""

    def __init__(self, rows: Sequence[Filed]) -> None:
        self.rows = rows

    def at(self, end: date) -> Sequence[Filed]:
        return [one for one in self.rows if one.end == end]


def _chosen(*rows: Filed, item: str = "Revenues") -> float:
    return choose(_Shelf(rows), items()[item], YEAR, YEAR.end).value


def test_the_statement_counts_before_other_tables() -> None:
    note = replace(SALES, evidence_id="note", value=90e6, statement=None)
    assert _chosen(note, SALES) == 100e6


def test_the_filing_of_the_period_counts_and_a_later_one_is_told() -> None:
    again = replace(SALES, evidence_id="again", filing=LATER, value=95e6)
    chosen = choose(_Shelf([again, SALES]), items()["Revenues"], YEAR, YEAR.end)
    assert chosen.value == 100e6
    assert chosen.restated is not None
    assert chosen.restated.value == 95e6


def test_the_same_number_printed_later_is_no_restatement() -> None:
    again = replace(SALES, evidence_id="again", filing=LATER, value=100.1e6)
    assert choose(_Shelf([again, SALES]), items()["Revenues"], YEAR, YEAR.end).restated is None


@pytest.mark.parametrize(
    "other",
    [
        replace(SALES, dimension="Tools"),
        replace(SALES, start=date(2022, 10, 1)),
        replace(SALES, unit="shares"),
        replace(SALES, end=date(2021, 12, 31)),
    ],
    ids=["a part", "a quarter", "another unit", "another year"],
)
def test_a_number_of_something_else_is_not_taken(other: Filed) -> None:
    with pytest.raises(Lacking):
        _chosen(other)


def test_two_values_of_one_statement_are_not_chosen_between() -> None:
    with pytest.raises(Lacking, match="more than one"):
        _chosen(SALES, replace(SALES, evidence_id="b", label="Total sales", value=120e6))


def test_totals_that_the_read_statement_lacks_are_not_taken_from_segments() -> None:
    segment = replace(
        SALES, evidence_id="s", concept="CostOfRevenue", statement=None, label="Cost of services"
    )
    with pytest.raises(Lacking):
        _chosen(SALES, segment, item="CostOfRevenue")


def test_a_52_week_year_may_begin_some_days_off() -> None:
    assert _chosen(replace(SALES, start=date(2022, 1, 4))) == 100e6


def test_costs_are_positive_however_they_are_printed() -> None:
    paid = replace(SALES, concept="", label="Dividends paid", value=-7e6, statement=Statement.CASH)
    assert _chosen(paid, item="PaymentsOfDividends") == 7e6


def test_dividends_to_others_are_not_the_shareholders() -> None:
    label = "Dividends paid to noncontrolling interest"
    others = replace(SALES, concept="", label=label, value=-2e6, statement=Statement.CASH)
    with pytest.raises(Lacking):
        _chosen(others, item="PaymentsOfDividends")


def test_a_line_without_a_name_is_found_by_its_label() -> None:
    fees = replace(SALES, concept="", label="Membership fees", value=4e6)
    assert choose_labelled(_Shelf([SALES, fees]), "membership fees", YEAR, YEAR.end).value == 4e6
    with pytest.raises(Lacking):
        choose_labelled(_Shelf([SALES, fees]), "franchise fees", YEAR, YEAR.end)
