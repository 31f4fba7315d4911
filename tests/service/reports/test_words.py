"""Numbers in their units, and texts of documents without what hides in them."""

from __future__ import annotations

import pytest

from smalti.service.reports import words
from smalti.service.reports.glyphs import printable


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("risk", 0.2592, "26%"),
        ("fraud", 0.0117, "1.2%"),
        ("sentiment", -0.2672, "-0.27"),
        ("fraud.beneish_m", -2.7053, "-2.71"),
        ("risk", None, "–"),
    ],
)
def test_a_number_is_told_in_its_unit(kind: str, value: float | None, told: str) -> None:
    assert words.number(kind, value) == told


def test_changes_are_points_of_what_they_change() -> None:
    assert words.moved("risk", 0.021) == "+2.1 points"
    assert words.moved("sentiment", -0.123) == "-0.12"


@pytest.mark.parametrize(
    ("value", "told"), [(1, "1st"), (2, "2nd"), (11, "11th"), (84, "84th"), (93, "93rd")]
)
def test_ordinals(value: float, told: str) -> None:
    assert words.ordinal(value) == told


def test_reasons_name_inputs_and_items_in_plain_words() -> None:
    told = words.reason("out of range: 100% of price@price lies beyond what training showed")
    assert told == "100% of prices lies beyond what training showed"
    told = words.reason("not computable: ReceivablesNetCurrent of two years before missing")
    assert told == "Receivables net current of two years before missing"


def test_what_hides_or_reorders_is_taken_out() -> None:
    assert words.clean("a\u202eb\u200bc\x00d\ufeff\n\n e") == "abcd e"
    assert words.clean("\ud800x").encode()  # can be written
    assert words.clean("w" * 500, 10) == "w" * 9 + "…"


def test_what_the_fonts_lack_is_shown_as_lacking() -> None:
    assert printable("up 🚀🚀 中文 ok") == "up □ □ ok"
    assert printable("Čapek, Ωmega, Чехов: €5 ≤ 6") == "Čapek, Ωmega, Чехов: €5 ≤ 6"


def test_a_very_long_word_can_be_broken_and_loses_nothing() -> None:
    word = "x" * 10_000
    shown = printable(word)
    assert shown.replace("\u200b", "") == word
    assert max(len(part) for part in shown.split("\u200b")) <= 12


def test_horizons_of_risk_are_told_together() -> None:
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a"]) == "a"
    assert words.listed([]) == ""
