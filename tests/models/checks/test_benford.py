import pytest

from smalti.models.checks.benford import EXPECTED, benford, chi_square_tail, first_digit


def amounts(counts: list[int]) -> dict[str, float]:
    values = [float(digit) * 1000 + i for digit, n in enumerate(counts, 1) for i in range(n)]
    return {f"e{i}": value for i, value in enumerate(values)}


def test_expected_shares_are_benfords() -> None:
    assert [round(share, 3) for share in EXPECTED] == [
        0.301, 0.176, 0.125, 0.097, 0.079, 0.067, 0.058, 0.051, 0.046,
    ]  # fmt: skip
    assert sum(EXPECTED) == pytest.approx(1)


def test_numbers_that_follow_the_law_are_close() -> None:
    check = benford(amounts([301, 176, 125, 97, 79, 67, 58, 51, 46]))
    assert check.value is not None
    assert check.value < 0.0005
    assert check.details["p_value"] > 0.999


def test_evenly_spread_digits_are_far() -> None:
    check = benford(amounts([20] * 9))
    # Shares of 1/9 each: the nine absolute deviations add to .5374.
    assert check.value == pytest.approx(0.5374 / 9, abs=1e-4)
    # 180 * (sum of (1/9)^2/e - 1) = 180 * .4016
    assert check.details["chi_square"] == pytest.approx(72.3, abs=0.1)
    assert check.details["p_value"] < 1e-10
    assert check.value > 3 * check.details["expected_mad"]


def test_the_tail_matches_published_critical_values_of_eight_degrees() -> None:
    assert chi_square_tail(15.507) == pytest.approx(0.05, abs=1e-5)
    assert chi_square_tail(20.090) == pytest.approx(0.01, abs=1e-5)
    assert chi_square_tail(0) == 1


def test_too_few_amounts_give_no_value_but_a_reason() -> None:
    check = benford(amounts([12] * 9) | {"zero": 0.0, "zero2": 0.0})
    assert check.value is None
    assert check.reason == "not computable: 108 amounts, 110 needed"


@pytest.mark.parametrize(
    ("value", "digit"), [(0.00452, 4), (-987.0, 9), (1e12, 1), (29.99, 2), (9.9999999e5, 9), (99999999.0, 9)]
)
def test_first_digit(value: float, digit: int) -> None:
    assert first_digit(value) == digit
