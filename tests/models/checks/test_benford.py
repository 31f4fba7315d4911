import pytest

from smalti.models.checks.benford import benford, benford_two_digits, expected, leading, rounding_unit


def amounts(counts: list[int]) -> dict[str, float]:
    values = [float(digit) * 1000 + i for digit, n in enumerate(counts, 1) for i in range(n)]
    return {f"e{i}": value for i, value in enumerate(values)}


def powers(base: float, count: int) -> dict[str, float]:
    """A geometric series follows the law."""
    return {f"e{i}": round(1000 * base**i, 2) for i in range(count)}


def test_expected_shares_are_benfords() -> None:
    assert [round(share, 3) for share in expected(tuple(range(1, 10)))] == [
        0.301, 0.176, 0.125, 0.097, 0.079, 0.067, 0.058, 0.051, 0.046,
    ]  # fmt: skip
    two = expected(tuple(range(10, 100)))
    assert sum(two) == pytest.approx(1)
    assert two[0] == pytest.approx(0.04139, abs=1e-5)
    assert two[-1] == pytest.approx(0.00436, abs=1e-5)


def test_numbers_that_follow_the_law_are_close() -> None:
    check = benford(amounts([301, 176, 125, 97, 79, 67, 58, 51, 46]))
    assert check.value is not None
    assert check.value < 0.0005
    assert check.details["p_value"] > 0.999
    assert (check.details["zone"], check.details["suspect"]) == ("close", False)


def test_evenly_spread_digits_are_far() -> None:
    check = benford(amounts([20] * 9))
    # Shares of 1/9 each: the nine absolute deviations add to .5374.
    assert check.value == pytest.approx(0.5374 / 9, abs=1e-4)
    # 180 * (sum of (1/9)^2/e - 1) = 180 * .4016
    assert check.details["chi_square"] == pytest.approx(72.3, abs=0.1)
    assert check.details["p_value"] < 1e-10
    assert check.value > 3 * check.details["expected_mad"]
    assert (check.details["zone"], check.details["suspect"]) == ("nonconforming", True)


def test_a_deviation_that_so_few_amounts_show_by_chance_is_not_suspect() -> None:
    check = benford(amounts([40, 20, 10, 14, 8, 9, 5, 9, 5]))
    assert check.details["zone"] == "nonconforming"  # MAD beyond .015, but .020 is what chance gives here
    assert check.details["p_value"] > 0.3
    assert check.details["suspect"] is False


def test_first_two_digits_tell_invented_amounts_that_the_first_digit_does_not() -> None:
    honest = powers(1.0137, 1500)
    assert benford_two_digits(honest).details["suspect"] is False
    # Every amount that leads with 2 is set to 2.4 something, just under a limit of 2.5.
    bent = {
        key: 24 * 10 ** (len(str(int(value))) - 2) + value % 1 if leading(value, 1) == 2 else value
        for key, value in honest.items()
    }
    assert benford(bent).details["suspect"] is False
    check = benford_two_digits(bent)
    assert check.details["suspect"] is True
    assert max(range(90), key=check.details["counts"].__getitem__) == 24 - 10


def test_amounts_printed_with_one_digit_have_no_second_one() -> None:
    # 1,200 amounts of two and more digits in millions, and 600 of one digit: 5 million is no "50".
    whole = {key: float(int(value)) * 1e6 for key, value in powers(1.0137, 1200).items()}
    small = {f"s{i}": float(1 + i % 9) * 1e6 for i in range(600)}
    assert rounding_unit((whole | small).values()) == 1e6
    check = benford_two_digits(whole | small)
    assert check.details["n"] == 1200
    assert check.details["suspect"] is False


def test_too_few_amounts_give_no_value_but_a_reason() -> None:
    few = amounts([12] * 9) | {"zero": 0.0, "zero2": 0.0}
    check = benford(few)
    assert check.value is None
    assert check.reason == "not computable: 108 amounts, 110 needed"
    assert benford_two_digits(few).reason == "not computable: 108 amounts, 1146 needed"
    assert benford({}).reason == "not computable: 0 amounts, 110 needed"


@pytest.mark.parametrize(
    ("value", "width", "digits"),
    [
        (0.00452, 1, 4), (-987.0, 1, 9), (1e12, 1, 1), (29.99, 1, 2), (9.9999999e5, 1, 9),
        (99999999.0, 1, 9), (30.0, 2, 30), (-45.6, 2, 45), (1e12, 2, 10),
    ],
)  # fmt: skip
def test_leading_digits(value: float, width: int, digits: int) -> None:
    assert leading(value, width) == digits
