import pytest

from smalti.platform.chart_words import quarter_of, scale_factor, without_scale, year_of


@pytest.mark.parametrize(
    ("label", "year"),
    [
        ("2025", 2025), ("FY25", 2025), ("'25", 2025), ("2025 (unaudited)", 2025), ("Q1 2025", None),
        ("2010-14", None), ("2024/25", None), ("2019 to 2021", None), ("Total", None), ("12025", None),
        ("2024-2025", None),
    ],
)  # fmt: skip
def test_a_label_names_one_year_or_none(label: str, year: int | None) -> None:
    assert year_of(label) == year


@pytest.mark.parametrize(
    ("label", "quarter"),
    [
        ("Q3 2025", (2025, 3)), ("3Q25", (2025, 3)), ("Q1'24", (2024, 1)), ("Q4 FY25", (2025, 4)),
        ("2025", None), ("Q1", None), ("Q1 to Q3 2025", None),
    ],
)  # fmt: skip
def test_a_label_names_one_quarter_or_none(label: str, quarter: tuple[int, int] | None) -> None:
    assert quarter_of(label) == quarter


def test_scales_are_read_from_value_title_or_axis_and_left_open_otherwise() -> None:
    assert scale_factor("$B", "Net sales") == 1e9
    assert scale_factor("", "Net sales ($ in thousands)") == 1e3
    assert scale_factor("%", "Margin") == 1.0
    assert scale_factor("$", "Net sales") is None
    assert without_scale("Net sales, $ millions").strip() == "Net sales"
    assert without_scale("Revenue, $m").strip() == without_scale("Revenue (US$mm)").strip() == "Revenue"
