from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.models.checks.dossiers import document, dossier, filed

from smalti.models.checks.benford import (
    Amount,
    amounts,
    benford,
    benford_two_digits,
    expected,
    leading,
    least_amounts,
    rounding_unit,
)
from smalti.platform.records import SourceKind

BENFORD = [301, 176, 125, 97, 79, 67, 58, 51, 46]


def single(values: Sequence[float]) -> list[Amount]:
    """Amounts of a line each."""
    return [Amount(f"e{i}", f"line {i}", float(value)) for i, value in enumerate(values)]


def led(counts: Sequence[int]) -> list[float]:
    """So many amounts that lead with 1, 2, ..."""
    return [digit * 1000.0 + i for digit, n in enumerate(counts, 1) for i in range(n)]


def powers(base: float, count: int) -> list[float]:
    """A geometric series follows the law."""
    return [round(1000 * base**i, 2) for i in range(count)]


def test_expected_shares_are_benfords() -> None:
    assert [round(share, 3) for share in expected(range(1, 10))] == [
        0.301, 0.176, 0.125, 0.097, 0.079, 0.067, 0.058, 0.051, 0.046,
    ]  # fmt: skip
    two = expected(range(10, 100))
    assert two.sum() == pytest.approx(1)
    assert (two[0], two[-1]) == pytest.approx((0.04139, 0.00436), abs=1e-5)


def test_numbers_that_follow_the_law_are_close() -> None:
    check = benford(single(led(BENFORD)))
    assert check.value is not None
    assert check.value < 0.0005
    assert check.details["p_value"] > 0.999
    assert (check.details["zone"], check.details["suspect"]) == ("close", False)
    assert check.details["counts"] == BENFORD


def test_evenly_spread_digits_are_far() -> None:
    check = benford(single(led([20] * 9)))
    # Shares of 1/9 each: the nine absolute deviations add to .5374.
    assert check.value == pytest.approx(0.5374 / 9, abs=1e-4)
    # 180 * (sum of (1/9)^2/e - 1) = 180 * .4016
    assert check.details["chi_square"] == pytest.approx(72.3, abs=0.1)
    assert check.details["p_value"] < 1e-10
    # sqrt(2 e (1 - e) / (180 pi)), averaged over the digits: .2943 * .0595
    assert check.details["expected_mad"] == pytest.approx(0.0175, abs=1e-4)
    assert check.details["threshold"] == pytest.approx(0.0175 + 0.015, abs=1e-4)
    assert (check.details["zone"], check.details["suspect"]) == ("nonconforming", True)


def test_a_deviation_that_so_few_amounts_show_by_chance_is_none() -> None:
    check = benford(single(led([40, 20, 10, 14, 8, 9, 5, 9, 5])))
    assert check.value is not None
    assert check.value > 0.015  # beyond Nigrini's last bound, but .023 is what chance gives here
    assert (check.details["zone"], check.details["suspect"]) == ("close", False)


def test_a_line_told_for_many_periods_is_no_crowd_of_witnesses() -> None:
    # Among amounts that follow the law two lines that lead with 9 in each of six periods, or twelve lines.
    honest = single(led([30, 18, 12, 10, 8, 7, 6, 5, 5]))
    nines = [Amount(f"n{i}", f"nine {i % 2}", 9000.0 + i) for i in range(12)]
    two = benford([*honest, *nines])
    twelve = benford([*honest, *(replace(one, line=one.evidence_id) for one in nines)])
    # (101 + 2 * 36) / 113 amounts a cluster, which agree wholly
    assert two.details["design_effect"] == pytest.approx(173 / 113)
    assert (two.details["lines"], twelve.details["lines"]) == (103, 113)
    assert twelve.details["design_effect"] == 1.0
    assert two.details["chi_square"] == pytest.approx(twelve.details["chi_square"] * 113 / 173)
    assert twelve.details["p_value"] < 0.001 < two.details["p_value"]
    assert two.details["expected_mad"] > twelve.details["expected_mad"]


def test_first_two_digits_tell_invented_amounts_that_the_first_digit_does_not() -> None:
    honest = powers(1.0137, 1500)
    assert benford_two_digits(single(honest)).details["suspect"] is False
    # All amounts that lead with 1 are set to 19: just under a limit of 2.
    bent = [19 * 10 ** (len(str(int(v))) - 2) + v % 1 if leading(v, 1) == 1 else v for v in honest]
    assert benford(single(bent)).details["suspect"] is False
    check = benford_two_digits(single(bent))
    assert check.details["suspect"] is True
    assert max(range(90), key=check.details["counts"].__getitem__) == 19 - 10


def test_amounts_printed_with_one_digit_have_no_second_one() -> None:
    # 1,200 amounts of two and more digits in millions, and 600 of one digit: 5 million is no "50".
    whole = [float(int(value)) * 1e6 for value in powers(1.0137, 1200)]
    small = [float(1 + i % 9) * 1e6 for i in range(600)]
    assert rounding_unit([*whole, *small]) == 1e6
    check = benford_two_digits(single([*whole, *small]))
    assert check.details["n"] == 1200
    assert check.details["suspect"] is False


def test_too_few_amounts_give_no_value_but_a_reason() -> None:
    few = single([*led([10] * 9), 0.0, 0.0])
    check = benford(few)
    assert check.value is None
    assert check.reason == "not computable: 90 amounts, 98 needed"
    assert benford_two_digits(few).reason == "not computable: 90 amounts, 939 needed"
    assert benford([]).reason == "not computable: 0 amounts, 98 needed"


def test_all_but_a_fifth_of_the_digits_must_be_expected_five_times() -> None:
    assert least_amounts(range(1, 10)) == 98  # 97.7 * log10(1 + 1/8) = 5; the ninth may be rarer
    assert least_amounts(range(10, 100)) == 939  # 938.4 * log10(1 + 1/81) = 5; eighteen may be rarer


@pytest.mark.parametrize(
    ("value", "width", "digits"),
    [
        (0.00452, 1, 4), (-987.0, 1, 9), (1e12, 1, 1), (29.99, 1, 2), (9.9999999e5, 1, 9),
        (99999999.0, 1, 9), (30.0, 2, 30), (-45.6, 2, 45), (1e12, 2, 10), (5e-324, 1, 5),
    ],
)  # fmt: skip
def test_leading_digits(value: float, width: int, digits: int) -> None:
    assert leading(value, width) == digits


def test_amounts_are_those_of_the_newest_filing_that_has_enough_each_once() -> None:
    old, new, note = (document(SourceKind.FILING, day) for day in ("2025-02-01", "2026-02-01", "2026-05-01"))
    news = document(SourceKind.NEWS, "2026-05-02")
    of_old = [filed(old, f"Item {i}", 10.0 + i, "2024-12-31") for i in range(200)]
    of_new = [filed(new, f"Item {i}", 20.0 + i, "2025-12-31") for i in range(150)]
    again = [
        replace(one, evidence_id=f"again-{one.evidence_id}", ordinal=1) for one in of_new
    ]  # printed a second time
    odd = [
        filed(new, "Margin", 0.4, "2025-12-31", unit="%"),
        filed(new, "Earnings", 2.5, "2025-12-31", unit="USD/share"),
        filed(new, "Doubted", 7.0, "2025-12-31", unverified="totals do not add up"),
        filed(new, "Endless", float("inf"), "2025-12-31"),
        filed(new, "Nothing", float("nan"), "2025-12-31"),
        filed(new, "Shares", 1e6, "2025-12-31", unit="shares"),
    ]
    small = [filed(note, "Item 1", 5.0, "2026-03-31")]
    told = [filed(news, f"Item {i}", 1.0, "2025-12-31") for i in range(300)]
    given = dossier([old, new, note, news], [*of_old, *of_new, *again, *odd, *small, *told])
    found = amounts(given)
    assert {one.evidence_id for one in found} == {one.evidence_id for one in [*of_new, odd[-1]]}
    copied = dossier([old, new], [*of_old, *of_new], copies={new.document_id: "elsewhere"})
    assert {one.evidence_id for one in amounts(copied)} == {one.evidence_id for one in of_old}
    assert [one.value for one in amounts(dossier([note], small))] == [5.0]
    assert amounts(dossier([], [])) == []
