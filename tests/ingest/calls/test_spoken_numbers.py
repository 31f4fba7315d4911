"""Numbers as said and as written by recognisers, against the values a person would write down."""

import pytest

from smalti.ingest.calls.spoken_numbers import read_numbers


@pytest.mark.parametrize(
    ("said", "value", "unit"),
    [
        ("four hundred and twelve million dollars", 412e6, "USD"),
        ("Revenue was $400 and $12 million, up", 412e6, "USD"),
        ("revenue of 400 and 12 million dollars", 412e6, "USD"),
        ("a hundred and five point two million", 105.2e6, None),
        ("105 point 2 percent", 105.2, "%"),
        ("two thousand eight hundred and forty-six million", 2846e6, None),
        ("2 thousand 846 million dollars", 2846e6, "USD"),
        ("2 million 846 thousand", 2.846e6, None),
        ("$1.3 billion", 1.3e9, "USD"),
        ("one and a half billion dollars", 1.5e9, "USD"),
        ("half a million shares", 5e5, "shares"),
        ("twenty-two cents a share", 0.22, "USD/share"),
        ("$2.16 per share", 2.16, "USD/share"),
        ("4.6%,", 4.6, "%"),
        ("minus three percent", -3.0, "%"),
        ("negative 0.4 percentage points", -0.4, "percentage points"),
        ("two hundred and fifty basis points", 250.0, "basis points"),
        ("5.5x leverage", 5.5, "times"),
        ("12 million euros", 12e6, "EUR"),
        ("1,300,000", 1.3e6, None),
    ],
)
def test_one_amount(said: str, value: float, unit: str | None) -> None:
    (number,) = read_numbers(said.split())
    assert number.value == pytest.approx(value, rel=1e-12)
    assert number.unit == unit


def test_the_raw_words_are_kept_with_their_places() -> None:
    (number, growth) = read_numbers(["Revenue", "was", "$400", "and", "$12", "million,", "up", "12%."])
    assert (number.raw, number.first, number.last) == ("$400 and $12 million,", 2, 5)
    assert (growth.value, growth.raw) == (12.0, "12%.")


@pytest.mark.parametrize(
    "said",
    [
        "in twenty seventeen we",
        "two thousand and sixteen was a good year",
        "fiscal 2016",
        "on February 2, 2017",
        "turn to slide 7",
        "our Form 10-K",
        "one of the best quarters",
        "in Q3 of the year",
        "the first quarter",
    ],
)
def test_years_days_and_labels_are_no_amounts(said: str) -> None:
    assert read_numbers(said.split()) == []


@pytest.mark.parametrize(
    ("said", "low", "high", "unit"),
    [
        ("between 3 and 5 percent", 3.0, 5.0, "%"),
        ("from $125 to $175 million", 125e6, 175e6, "USD"),
        ("$8.70 to $9.05 per share", 8.70, 9.05, "USD/share"),
        ("between 5 and 10 cents", 0.05, 0.10, "USD"),
        ("five hundred to six hundred million dollars", 500e6, 600e6, "USD"),
        ("26 to 26.5%", 26.0, 26.5, "%"),
    ],
)
def test_both_ends_of_a_range_share_unit_and_scale(said: str, low: float, high: float, unit: str) -> None:
    first, second = read_numbers(said.split())
    assert (first.value, second.value) == (pytest.approx(low), pytest.approx(high))
    assert (first.unit, second.unit) == (unit, unit)
    assert (first.bound, second.bound) == ("low", "high")


def test_an_end_that_may_mean_two_things_is_left_out() -> None:
    (number,) = read_numbers(["between", "$400", "and", "$12", "million"])
    assert number.value == 12e6


def test_hostile_lengths_are_read_in_time() -> None:
    assert len(read_numbers([["one", "hundred", "and"][i % 3] for i in range(30_000)])) > 0
    assert read_numbers(["9" * 5_000]) == []
