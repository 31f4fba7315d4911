"""Values and metrics told from filed statements, with their working and their places."""

from __future__ import annotations

import pytest
from tests.assistant.answers.statements import Desk

from smalti.assistant.records import Answer, Status
from smalti.assistant.understood import Change, Kind, Wanted

VZ = ("vz",)


def _value(desk: Desk, wanted: Wanted, *years: int, text: str = "", issuer: str = "vz") -> Answer:
    return desk.ask(Kind.VALUE, [wanted], years, [issuer], text)


def test_a_line_is_told_as_filed_and_cites_its_row(statements: Desk) -> None:
    answer = _value(statements, Wanted("CapitalExpenditures", unit="USD millions"), 2022)
    assert answer.text == "Verizon's capital expenditures in FY2022 were $23,087 million. [1]"
    assert answer.citations[0].evidence_id == "vz 16 0"
    assert answer.sentences[0].figures[-1].value == 23_087e6


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("quick_ratio", "0.71"),
        ("working_capital_ratio", "0.75"),
        ("capital_intensity", "2.77"),
        ("ebitda_margin", "34.8%"),
        ("effective_tax_rate", "23.1%"),
        ("return_on_assets", "5.7%"),
        ("free_cash_flow", "$14,054 million"),
        ("net_debt", "$148,034 million"),
        ("dividend_payout_ratio", "0.51"),
    ],
)
def test_a_metric_is_worked_out_from_the_statements(statements: Desk, metric: str, told: str) -> None:
    answer = _value(statements, Wanted(metric), 2022)
    assert answer.status is Status.ANSWERED
    assert answer.sentences[0].figures[-1].text == told


def test_the_working_shows_each_number(statements: Desk) -> None:
    (made,) = _value(statements, Wanted("return_on_assets"), 2022).computations
    assert made.formula == "net income FY2022 / ((total assets FY2021 + total assets FY2022) / 2) × 100"
    assert made.worked == "21,256 / ((366,596 + 379,680) / 2) × 100 = 5.7%"


def test_the_formula_of_the_question_counts(statements: Desk) -> None:
    text = (
        "What is the FY2022 asset turnover? Asset turnover is defined as: FY2022 revenue / (average total"
        " assets between FY2021 and FY2022)."
    )
    answer = _value(statements, Wanted("asset_turnover", decimals=3), 2022, text=text)
    assert answer.sentences[0].figures[-1].text == "0.367"
    assert answer.computations[0].source == "as the question defines it"


def test_a_definition_that_cannot_be_met_is_not_replaced_by_the_usual_one(statements: Desk) -> None:
    text = "What is the operating margin? Operating margin is defined as: adjusted surplus / revenue."
    assert _value(statements, Wanted("operating_margin"), 2022, text=text).status is Status.UNKNOWN


def test_growth_and_average_over_years(statements: Desk) -> None:
    growth = _value(statements, Wanted("Revenues", change=Change.GROWTH), 2021, 2022)
    assert "grew by 2.4% from FY2021 to FY2022: from $133,613 million to $136,835 million" in growth.text
    mean = _value(statements, Wanted(label="capex as a % of revenue", change=Change.AVERAGE), 2021, 2022)
    assert mean.sentences[0].figures[-1].text == "16.0%"


def test_outflows_printed_with_a_minus_are_told_as_what_was_paid(statements: Desk) -> None:
    answer = _value(statements, Wanted("PaymentsOfDividends"), 2022)
    assert "$10,805 million" in answer.text


def test_two_numbers_joined_by_the_question_are_one(statements: Desk) -> None:
    text = "What is Verizon's FY2022 EBITDA less capex?"
    wanted = [Wanted("ebitda", "EBITDA"), Wanted("CapitalExpenditures", "capex")]
    answer = statements.ask(Kind.VALUE, wanted, [2022], VZ, text)
    assert "$24,479 million" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "What was revenue in FY2022 excluding the impact of currency?",
        "How much revenue does Verizon expect in FY2022?",
        "What was the revenue of the consumer segment in FY2022?",
        "What will revenue be next year?",
        "What was revenue in FY2022 in kilograms?",
    ],
)
def test_a_question_of_something_else_is_not_answered_with_the_filed_line(
    statements: Desk, text: str
) -> None:
    assert _value(statements, Wanted("Revenues"), 2022, text=text).status is Status.UNKNOWN


def test_a_currency_that_is_not_the_filed_one_is_refused_with_the_reason(statements: Desk) -> None:
    answer = _value(statements, Wanted("Revenues", unit="JPY millions"), 2022)
    assert answer.status is Status.UNKNOWN
    assert "it is filed in USD, and no exchange rate is stored" in answer.notes[0]
    assert _value(statements, Wanted("Revenues", unit="USD millions"), 2022).status is Status.ANSWERED


def test_a_line_that_is_not_filed_is_not_made_up(statements: Desk) -> None:
    assert _value(statements, Wanted("inventory_turnover"), 2022).status is Status.UNKNOWN
    assert _value(statements, Wanted("Revenues"), 2019).status is Status.UNKNOWN


def test_parts_are_added_where_a_statement_prints_no_sum(statements: Desk) -> None:
    answer = _value(statements, Wanted("InventoryNet"), 2022, issuer="retail")
    assert "$100 million" in answer.text
    assert answer.computations[0].worked == "30 + 70 = 100"


def test_a_later_restatement_is_told_beside_the_number_as_filed(statements: Desk) -> None:
    answer = _value(statements, Wanted("Revenues"), 2022, issuer="retail")
    assert "was $1,000 million" in answer.text
    assert "A later filing (10 February 2024) gives $950 million" in answer.text
