"""The rule by which answers are judged: what is not plainly right is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smalti.assistant.evaluation.judging import (
    CORRECT,
    NAME,
    NUMBER,
    REFUSED,
    TEXT,
    VERDICT,
    WRONG,
    judge,
    quantity_of,
    rule_of,
)
from smalti.assistant.evaluation.questions import Place, Posed
from smalti.assistant.records import Answer, Figure, Sentence, Status

PAGE = Place("ANVIL_2018_10K", 59)
CAPEX = "What is the FY2018 capital expenditure amount (in USD millions) for Anvil?"


def asked(text: str, reference: str) -> Posed:
    return Posed("q", "metrics-generated", text, reference, [PAGE])


def said(*sentences: Sentence | str, status: Status = Status.ANSWERED) -> Answer:
    told = [one if isinstance(one, Sentence) else Sentence(one) for one in sentences]
    return Answer(status, told, datetime(2026, 1, 1, tzinfo=UTC))


def told(value: float, unit: str, text: str = "7", said: str = "") -> Sentence:
    return Sentence(f"It was {text}.", figures=[Figure(text, value, unit, said=said)])


@pytest.mark.parametrize(
    ("text", "reference", "value", "unit"),
    [
        (CAPEX, "$1577.00", 1_577e6, "USD"),
        ("Year end PPNE? Answer in USD billions.", "$8.70", 8.7e9, "USD"),
        ("Working capital ratio?", "1.73", 1.73, ""),
        ("Change in revenue, in percents?", "30.8%", 30.8, "%"),
        ("How much does it expect to pay in USD million?", "77.78", 77.78e6, "USD"),
        ("What was the Adjusted EBITDA for FY 2023", "Adj. EBITDA was $2,018mn in FY 2023", 2_018e6, "USD"),
        ("How much could each shareholder get?", "They could receive $66.56 per share.", 66.56, "USD"),
        ("What percent of spend was in Q4?", "36%. The answer here assumes FY2023 ends in 2024.", 36.0, "%"),
    ],
)
def test_a_reference_that_is_one_quantity_is_read_with_its_unit_and_scale(text, reference, value, unit):
    found = quantity_of(asked(text, reference))
    assert found is not None
    assert (found.value, found.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    ("text", "reference", "rule"),
    [
        (CAPEX, "$1577.00", NUMBER),
        ("Is Anvil capital-intensive?", "No, its ratio is 5.1%", VERDICT),
        ("Which segment had the lowest revenue?", "Corporate. Its revenue was -$473 million.", NAME),
        ("What is the nature of the liability?", "87% of it is owed to employees.", TEXT),
        ("How does the tax rate compare?", "It was 0.62%, compared to -14.76% in FY2021.", TEXT),
    ],
)
def test_each_question_has_its_rule(text, reference, rule):
    assert rule_of(asked(text, reference)) == rule


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        (told(1_577e6, "USD"), CORRECT),
        (told(1_590e6, "USD"), CORRECT),
        (told(1_600e6, "USD"), WRONG),
        (told(-1_577e6, "USD"), WRONG),
        (told(1_577.0, "USD"), WRONG),
        (told(1_577e6, "shares"), WRONG),
        (Sentence("It was 1,577."), WRONG),
        (Sentence("It was $1,577 million.", figures=told(1_577e6, "USD").figures, quoted=True), WRONG),
    ],
)
def test_the_leading_figure_is_the_reference_in_unit_scale_and_sign(sentence, verdict):
    assert judge(asked(CAPEX, "$1577.00"), said(sentence), [PAGE]).verdict == verdict


def test_a_figure_that_repeats_the_question_does_not_lead():
    year = Figure("2018", 2018.0, "date", said="label")
    sentence = Sentence("In 2018 it was 7.", figures=[year, Figure("7", 1_577e6, "USD")])
    assert judge(asked(CAPEX, "$1577.00"), said(sentence), []).verdict == CORRECT


def test_what_rounds_to_the_reference_is_right_although_it_is_further_off_than_one_percent():
    one = asked("What is the return on assets? Round to two decimal places.", "0.01")
    assert judge(one, said(told(0.0143, "pure")), []).verdict == CORRECT
    assert judge(one, said(told(0.0157, "pure")), []).verdict == WRONG
    percents = asked("Average of capex in percents?", "1.9%")
    assert judge(percents, said(told(0.0194, "pure")), []).verdict == CORRECT
    assert judge(percents, said(told(1.94, "%")), []).verdict == CORRECT
    assert judge(percents, said(told(1.94, "USD")), []).verdict == WRONG


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.UNCLEAR, Status.DECLINED, Status.HANDED_OVER])
def test_no_answer_is_refused_whatever_it_shows(status):
    answer = said(told(1_577e6, "USD"), status=status)
    assert judge(asked(CAPEX, "$1577.00"), answer, [PAGE]).verdict == REFUSED


def test_yes_or_no_needs_the_word_first_and_the_page():
    one = asked("Is Anvil capital-intensive?", "No, it is not.")
    assert judge(one, said("No: its ratio is low."), [PAGE]).verdict == CORRECT
    assert judge(one, said("Yes: its ratio is high."), [PAGE]).verdict == WRONG
    assert judge(one, said("Its ratio is low, so no."), [PAGE]).verdict == WRONG
    assert judge(one, said("No: its ratio is low."), [Place("ANVIL_2018_10K", 60)]).verdict == WRONG


def test_a_number_of_the_reference_shows_the_same_as_its_page():
    one = asked("Has Anvil increased its debt?", "No. Its debt decreased by $229 million.")
    assert judge(one, said("No. It fell by $229.5 million."), []).verdict == CORRECT
    assert judge(one, said("No. It fell by $240 million."), []).verdict == WRONG
    assert judge(one, said("Yes. It moved by $229 million."), []).verdict == WRONG


def test_which_needs_the_name_itself_in_the_answers_own_first_sentence():
    one = asked("Which segment had the lowest revenue?", "Corporate. Its revenue was -$473 million.")
    assert judge(one, said("The lowest was Corporate: -$473 million."), []).verdict == CORRECT
    assert judge(one, said("Banking had the lowest."), [PAGE]).verdict == WRONG
    assert judge(one, said("It was Corporate & Investment Bank."), []).verdict == WRONG
    assert judge(one, said("It was Banking.", "Corporate was next."), []).verdict == WRONG
    assert judge(one, said(Sentence("Corporate: -473", quoted=True)), []).verdict == WRONG
    bank = asked("Which segment had the highest income?", "Corporate & Investment Bank. It earned 7.")
    assert judge(bank, said("It was Corporate & Investment Bank."), []).verdict == CORRECT
    assert judge(bank, said("It was Corporate."), []).verdict == WRONG


def test_which_without_a_name_needs_the_word_and_the_page():
    one = asked("Which category did best?", "The entertainment segment had the highest growth.")
    assert judge(one, said("Entertainment segment, with growth of 9%."), [PAGE]).verdict == CORRECT
    assert judge(one, said("Entertainment segment, with growth of 9%."), []).verdict == WRONG
    assert judge(one, said("The computing segment had the highest growth."), [PAGE]).verdict == WRONG


def test_a_direction_must_be_the_same():
    one = asked("Did wages increase or decrease in FY2023?", "Wages increased in FY2023.")
    assert judge(one, said("Wages rose; they increased by 2%."), [PAGE]).verdict == CORRECT
    assert judge(one, said("Wages fell. In 2021 they increased."), [PAGE]).verdict == WRONG


def test_text_needs_half_of_the_words_that_mean_something():
    one = asked("What drove inventories?", "They grew by the opening of 47 new stores.")
    assert judge(one, said("Inventories grew because 47 stores were opened."), [PAGE]).verdict == CORRECT
    assert judge(one, said("Inventories grew on higher costs."), [PAGE]).verdict == WRONG
