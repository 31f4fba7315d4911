"""Yes or no on numbers, always with the numbers."""

from __future__ import annotations

import pytest
from tests.assistant.answers.statements import Desk

from smalti.assistant.records import Answer, Status
from smalti.assistant.understood import Change, Kind, Wanted


def _verdict(desk: Desk, text: str, metric: str, *years: int, issuer: str = "vz") -> Answer:
    wanted = [Wanted(metric, change=Change.TREND)] if metric else []
    return desk.ask(Kind.VERDICT, wanted, years, [issuer], text)


@pytest.mark.parametrize(
    ("text", "metric", "begins"),
    [
        ("Has debt increased?", "TotalDebtOnBalanceSheet", "No. Verizon's total debt fell by $229"),
        ("Did debt decrease?", "TotalDebtOnBalanceSheet", "Yes. Verizon's total debt fell by $229"),
        ("Did PP&E grow?", "PropertyPlantAndEquipmentNet", "Yes. Verizon's net property"),
        ("Is the quick ratio improving?", "quick_ratio", "No. Verizon's quick ratio declined: 0.71"),
        ("Has the quick ratio improved or declined?", "quick_ratio", "Verizon's quick ratio declined: 0.71"),
        ("Is capital intensity improving?", "capital_intensity", "No. Verizon's capital intensity"),
    ],
)  # fmt: skip
def test_a_change_is_judged_by_what_was_asked(statements: Desk, text: str, metric: str, begins: str) -> None:
    assert _verdict(statements, text, metric, 2021, 2022).text.startswith(begins)


def test_interest_accrued_on_debt_is_no_debt(statements: Desk) -> None:
    answer = _verdict(statements, "Has debt grown?", "TotalDebtOnBalanceSheet", 2021, 2022)
    assert "from $150,868 million" in answer.text
    assert "to $150,639 million" in answer.text


def test_a_rule_of_thumb_is_told_as_one_with_its_tests(statements: Desk) -> None:
    answer = _verdict(statements, "Is Verizon a capital intensive business?", "", 2022)
    assert answer.text.startswith("Yes. By a rule of thumb, Verizon is capital-intensive in FY2022.")
    assert [one.text for line in answer.sentences[1:] for one in line.figures][1::2] == [
        "16.9%",
        "28.3%",
        "2.77",
    ]
    assert any("two of three" in note for note in answer.notes)


def test_liquidity_is_judged_by_the_quick_ratio_and_the_narrower_one_is_told(statements: Desk) -> None:
    answer = _verdict(statements, "Does it have a healthy liquidity profile?", "quick_ratio", 2022)
    assert answer.text.startswith("No.")
    assert "0.71" in answer.text
    assert "it was 0.54" in answer.text


def test_a_margin_is_steady_within_the_points_the_question_sets(statements: Desk) -> None:
    asked = "Are gross margins consistent (not fluctuating more than {}% each year)?"
    steady = _verdict(statements, asked.format(2), "gross_margin", 2021, 2022, issuer="retail")
    assert steady.text.startswith(
        "Yes. Walnut Stores' gross margin did not move by more than 2 percentage points"
    )
    strict = _verdict(statements, asked.format(0.5), "gross_margin", 2021, 2022, issuer="retail")
    assert strict.text.startswith("No. Walnut Stores' gross margin moved by more than 0.5 percentage points")


def test_the_sign_of_a_number(statements: Desk) -> None:
    answer = _verdict(statements, "Does Verizon have positive working capital?", "working_capital", 2022)
    assert answer.text.startswith(
        "No. Verizon's working capital at the end of FY2022 was negative: -$12,314 million"
    )


def test_whether_anything_was_paid(statements: Desk) -> None:
    answer = _verdict(statements, "Has Verizon paid dividends?", "PaymentsOfDividends", 2022)
    assert answer.text.startswith("Yes. Verizon's dividends paid in FY2022: $10,805 million.")


def test_a_comparison_that_is_not_computed_is_no_yes(statements: Desk) -> None:
    asked = "Does Verizon have revenue of more than a trillion dollars?"
    assert _verdict(statements, asked, "Revenues", 2022).status is Status.UNKNOWN
    asked = "Is Verizon's revenue higher than AT&T's?"
    assert _verdict(statements, asked, "Revenues", 2022).status is Status.UNKNOWN
    asked = "Is Verizon's revenue higher than in 2021?"
    assert _verdict(statements, asked, "Revenues", 2021, 2022).text.startswith("Yes. Verizon's revenue rose")
    asked = "Has Verizon paid more dividends than AT&T?"
    assert _verdict(statements, asked, "PaymentsOfDividends", 2022).status is Status.UNKNOWN


def test_a_banks_statements_say_why_a_metric_does_not_fit(statements: Desk) -> None:
    answer = _verdict(statements, "Is the gross margin improving?", "gross_margin", 2022, issuer="bank")
    assert answer.status is Status.ANSWERED
    assert "not a useful metric here" in answer.text
    assert {one.quote.split(":")[0] for one in answer.citations} >= {"Net interest income", "Deposits"}


def test_a_metric_that_merely_lacks_a_line_is_not_called_unfit(statements: Desk) -> None:
    assert (
        _verdict(statements, "Is the gross margin improving?", "gross_margin", 2022).status is Status.UNKNOWN
    )
