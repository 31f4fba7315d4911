from datetime import date

import pytest

from smalti.platform.quantities import (
    Number,
    Period,
    PeriodPhrase,
    Scale,
    Unread,
    read_currency,
    read_dates,
    read_number,
    read_period,
    read_scale,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(1,234)", Number(-1234)),
        ("1,474", Number(1474)),
        ("$ 5,058", Number(5058, "USD")),
        ("$(3)", Number(-3, "USD")),
        ("($3)", Number(-3, "USD")),
        ("-$5", Number(-5, "USD")),
        ("(1,234", Number(-1234)),  # its closing bracket fell into the next cell
        ("−7", Number(-7)),
        ("12.5%", Number(12.5, percent=True)),
        ("(12.5)%", Number(-12.5, percent=True)),
        ("(12.5%)", Number(-12.5, percent=True)),
        ("$ 1.2 million", Number(1_200_000, "USD", scaled=True)),
        ("$3.1bn", Number(3_100_000_000, "USD", scaled=True)),
        (".05", Number(0.05)),
        ("1,234 (a)", Number(1234)),
        ("81,288*", Number(81288)),
        ("C$12", Number(12, "CAD")),
    ],
)
def test_numbers_as_filings_write_them(text: str, number: Number) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("$ —", "a dash: nil or not applicable"),
        ("nm", "stated as not meaningful or not applicable"),
        ("N/A", "stated as not meaningful or not applicable"),
        ("1,23", "not one plainly written number"),  # a decimal comma, or a digit lost
        ("1.234,56", "not one plainly written number"),
        ("1,2341", "not one plainly written number"),  # a footnote mark glued on
        ("1 234", "not one plainly written number"),
        ("494 and 500", "not one plainly written number"),
        ("1,234)", "a closing bracket without its opening one"),
        ("-(5)", "two minus signs"),
        ("¥5", "not one plainly written number"),  # yen or yuan
        ("٣٤", "digits of another script"),
        ("9" * 30, "too long for one number"),
    ],
)
def test_what_could_be_read_two_ways_is_not_read(text: str, reason: str) -> None:
    assert read_number(text) == Unread(reason)


def test_a_table_scale_multiplies_exactly_and_never_twice() -> None:
    assert Number(1.1).times(1e6) == 1_100_000.0
    assert Number(1_200_000, scaled=True).times(1e6) == 1_200_000
    assert Number(12.5, percent=True).times(1e6) == 12.5


@pytest.mark.parametrize(
    ("caption", "scale"),
    [
        ("(Millions, except per share amounts)", Scale(1e6, 1e6)),
        ("(MILLIONS, EXCEPT PER COMMON SHARE DATA)", Scale(1e6, 1e6)),
        ("(In thousands, except share and per share data)", Scale(1e3, 1.0)),
        ("(Dollars in millions, except per share amount)", Scale(1e6, 1e6, "USD")),
        (
            "(In millions, except number of shares, which are reflected in thousands, and per-share amounts)",
            Scale(1e6, 1e3),
        ),
        ("($ in 000s)", Scale(1e3, 1e3, "USD")),
        ("$ and shares in millions, except per share amounts", Scale(1e6, 1e6, "USD")),
        ("Dollars in millions and shares in thousands", Scale(1e6, 1e3, "USD")),
        ("(Amounts in millions of Canadian dollars)", Scale(1e6, 1e6, "CAD")),
    ],
)
def test_scales_of_real_captions(caption: str, scale: Scale) -> None:
    assert read_scale(caption) == scale


def test_a_caption_with_two_scales_or_none_is_not_read() -> None:
    assert read_scale("in millions ... (in thousands)") == Unread("two scales stated")
    assert read_scale("We sold 2.5 million units") == Unread("no scale stated")


def test_currencies() -> None:
    assert read_currency("$ 12") == "USD"
    assert read_currency("in euros") == "EUR"
    assert read_currency("£5 or $7") == Unread("two currencies named")


@pytest.mark.parametrize(
    ("header", "column", "period"),
    [
        ("Years ended December 31", "2016", Period(date(2016, 1, 1), date(2016, 12, 31))),
        ("As of December 31,", "2020", Period(None, date(2020, 12, 31))),
        ("Three Months Ended", "March 29, 2025", Period(date(2024, 12, 30), date(2025, 3, 29))),
        ("Three months ended June 30,", "2023", Period(date(2023, 4, 1), date(2023, 6, 30))),
        ("Six months ended February 29,", "2024", Period(date(2023, 9, 1), date(2024, 2, 29))),
        ("52 weeks ended", "January 28, 2017", Period(date(2016, 1, 31), date(2017, 1, 28))),
    ],
)
def test_a_column_under_its_header_is_a_period(header: str, column: str, period: Period) -> None:
    above, own = read_period(header), read_period(column)
    assert isinstance(above, PeriodPhrase)
    assert isinstance(own, PeriodPhrase)
    assert own.under(above).resolve() == period


def test_periods_half_said_or_said_twice_are_not_resolved() -> None:
    assert read_period("December 31, 2016 and 2015") == Unread("several days or years in one header")
    assert read_period("Three and six months ended; three months ended and nine months ended") == Unread(
        "several lengths in one header"
    )
    year_only = read_period("2016")
    assert isinstance(year_only, PeriodPhrase)
    assert year_only.resolve() == Unread("no day of the year stated")
    assert PeriodPhrase(months=12, month=2, day=30, year=2016).resolve() == Unread("no such day")
    assert PeriodPhrase(month=12, day=31, year=2016).resolve() == Unread(
        "neither a length nor 'as of' stated"
    )


def test_dates_in_running_text() -> None:
    text = "Dated February 9, 2017, amended 1 March 2017; the 31st of June 31, 2017 is none."
    assert read_dates(text) == [date(2017, 2, 9), date(2017, 3, 1)]
