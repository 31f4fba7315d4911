"""Labels as printed in charts: figures, names with figures, lines that hold several."""

from __future__ import annotations

import pytest

from smalti.ingest.charts.printed import is_period, named_figure, read_figure, texts_of


@pytest.mark.parametrize(
    ("text", "value", "unit", "half"),
    [
        ("$5,225", 5225, "$", 0.5),
        ("5.26%", 5.26, "%", 0.005),
        (".18%", 0.18, "%", 0.005),
        ("$(5.5)", -5.5, "$", 0.05),
        ("(1.3)%", -1.3, "%", 0.05),
        ("-7.16%", -7.16, "%", 0.005),
        ("$4.4B", 4.4, "$B", 0.05),
        ("3.5x", 3.5, "x", 0.05),
        ("$-", 0, "$", 0.5),
        ("2,453", 2453, "", 0.5),
    ],
)
def test_figures_are_read_with_their_unit_and_last_digit(text, value, unit, half):
    figure = read_figure(text)
    assert figure is not None
    assert (figure.value, figure.unit, figure.half_digit) == (value, unit, pytest.approx(half))


@pytest.mark.parametrize("text", ["", "$65-$85", "1Q15", "Q4 2014", "2015E", "n/a", "1.2.3", "(5", "-"])
def test_what_is_not_one_figure_is_none(text):
    assert read_figure(text) is None


def test_a_name_with_its_figure_is_parted():
    name, figure = named_figure("Fixed, 69%") or ("", None)
    assert (name, figure and figure.value) == ("Fixed", 69)
    assert named_figure("FY 2015") is None or not named_figure("FY 2015")[0].startswith("2015")


def test_a_line_of_periods_or_figures_is_cut_where_they_stand():
    texts = texts_of([("Q1'21 Q2'21 Q3'21", (100.0, 10.0, 270.0, 30.0), 1.0)])
    assert [t.text for t in texts] == ["Q1'21", "Q2'21", "Q3'21"]
    assert texts[0].x < 130 < texts[1].x < 240 < texts[2].x
    assert [t.figure.value for t in texts_of([("12 15.5 9", (0.0, 0.0, 90.0, 10.0), 1.0)]) if t.figure] == [
        12, 15.5, 9,
    ]  # fmt: skip
    (whole,) = texts_of([("Net sales in 2014", (0.0, 0.0, 90.0, 10.0), 1.0)])
    assert whole.text == "Net sales in 2014"


@pytest.mark.parametrize("text", ["1Q15", "Q4 2014", "Q2-12", "FY19", "2015E", "2018", "Mar-05", "1H24"])
def test_periods_are_known(text):
    assert is_period(text)
