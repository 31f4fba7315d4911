"""No way of writing a number goes unseen."""

from datetime import date

import pytest

from smalti.assistant.checks.numerals import numerals


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("were $1,577 million.", [(1.577e9, "USD")]),
        ("were US$1.6 billion", [(1.6e9, "USD")]),
        ("a loss of $(12) million", [(-12e6, "USD")]),
        ("was (1,577)", [(-1577.0, "")]),
        ("rose to $5 million (4.8%)", [(5e6, "USD"), (4.8, "%")]),
        ("fell −3.5%", [(-3.5, "%")]),
        ("of 2.5x and 3 times", [(2.5, "x"), (3.0, "x")]),
        ("10–12 percent", [(10.0, ""), (12.0, "%")]),
        ("$0.35 per share", [(0.35, "USD/share")]),
        ("35 cents per share", [(0.35, "USD/share")]),
        ("by 120 basis points", [(120.0, "bps")]),
        ("by 1.2 percentage points", [(1.2, "points")]),
        ("twenty-five percent", [(25.0, "%")]),
        ("two hundred and five stores", [(205.0, "")]),
        ("three million five hundred thousand", [(3.5e6, "")]),
        ("half of it doubled", [(0.5, ""), (2.0, "x")]),
        ("two thirds of sales", [(2 / 3, "")]),
        ("the 95th percentile", [(95.0, "ordinal")]),
        ("the fourth quarter", [(4.0, "ordinal")]),
        ("in fiscal year 2018", [(2018.0, "year")]),
        ("FY2018 and Q2", [(2018.0, "year"), (2.0, "")]),
        ("٣٫٥٪ of sales", [(3.5, "%")]),
        ("１２３ units and ½", [(123.0, ""), (0.5, "")]),
        ("3M's 10-K", [(3e6, ""), (10.0, "")]),
        ("millions of dollars", [(1e6, "USD")]),
        ("EUR 4.2bn", [(4.2e9, "EUR")]),
        ("one of the few; no one", []),
    ],
)
def test_numerals_are_read_with_scale_sign_and_unit(text: str, read: list[tuple[float, str]]) -> None:
    got = [(one.value, one.unit) for one in numerals(text)]
    assert [unit for _, unit in got] == [unit for _, unit in read]
    assert [value for value, _ in got] == pytest.approx([value for value, _ in read])


def test_a_date_is_one_numeral() -> None:
    (one,) = numerals("at December 31, 2018, cash")
    assert (one.day, one.text) == (date(2018, 12, 31), "December 31, 2018")
    assert [n.day for n in numerals("2019-02-07 and 7 Feb. 2019")] == [date(2019, 2, 7)] * 2
