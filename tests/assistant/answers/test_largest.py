"""Parts of a figure ranked from the tables that list them."""

from __future__ import annotations

from tests.assistant.answers.statements import Desk

from smalti.assistant.records import Answer, Status
from smalti.assistant.understood import Kind, Wanted


def _largest(desk: Desk, text: str, *years: int, issuer: str = "retail") -> Answer:
    return desk.ask(Kind.LARGEST, [Wanted("Revenues")], years or (2022,), [issuer], text)


def test_the_part_with_the_most_and_the_least_leaving_the_unnamed_rest_aside(statements: Desk) -> None:
    most = _largest(statements, "Which segment had the highest net sales?")
    assert most.text.startswith(
        "Walnut Stores' segment with the highest revenue in FY2022 was Tools: $600 million."
    )
    least = _largest(statements, "Which segment had the lowest net sales?")
    assert least.text.startswith(
        "Walnut Stores' segment with the lowest revenue in FY2022 was Paints: $300 million."
    )


def test_growth_ranks_by_the_year_before_and_shows_the_working(statements: Desk) -> None:
    answer = _largest(statements, "Which segment's net sales fell most?")
    assert (
        "fell most in FY2022 was Paints: -14.3%, from $350 million in FY2021 to $300 million in FY2022"
        in answer.text
    )
    assert answer.computations[0].worked == "(300 − 350) / 350 × 100 = -14.3%"


def test_parts_above_a_share_of_the_whole(statements: Desk) -> None:
    answer = _largest(statements, "Which segments have more than 25% of revenue?")
    assert answer.text.startswith("Yes. Tools, Paints had more than 25% of Walnut Stores' revenue in FY2022.")
    assert "Tools: a share of 60.0% in revenue ($600 million)." in answer.text


def test_nothing_is_ranked_where_no_table_lists_the_parts(statements: Desk) -> None:
    assert _largest(statements, "Which region had the highest revenue?", issuer="vz").status is Status.UNKNOWN


def test_a_question_that_sets_something_aside_is_not_ranked_by_the_plain_numbers(statements: Desk) -> None:
    text = "Excluding currency effects, which segment had the highest net sales?"
    assert _largest(statements, text).status is Status.UNKNOWN


def test_which_activities_brought_in_the_most_cash(statements: Desk) -> None:
    asked = "Among operating, investing and financing activities, which {} cash?"
    most = _largest(statements, asked.format("brought in the most"), issuer="vz")
    assert "operating activities brought in the most cash: $37,141 million" in most.text
    lost = _largest(statements, asked.format("lost the most"), issuer="vz")
    assert "investing activities brought in the least cash: -$28,662 million" in lost.text
