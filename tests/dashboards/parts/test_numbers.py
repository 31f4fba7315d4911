"""Numbers are told as people read them, also the odd ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smalti.dashboards.parts import numbers
from smalti.platform.words import CHECKS

NOW = datetime(2026, 5, 15, 14, 3, tzinfo=UTC)
KINDS = ["risk", "fraud", "sentiment", "fraud.unheard_of", "other", *CHECKS]


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("risk", 0.241, "24.1%"),
        ("risk", -0.0, "0.0%"),
        ("risk", 1e20, "1e+22%"),
        ("fraud", 0.012, "1.20%"),
        ("fraud", 0.00001, "under 0.01%"),
        ("fraud", 0.0, "0.00%"),
        ("sentiment", 0.31, "+0.31"),
        ("sentiment", -0.267, "−0.27"),
        ("sentiment", -0.0004, "0.00"),
        ("fraud.beneish_m", -1.3655, "−1.37"),
        ("risk.altman_z", 4.41, "4.41"),
        ("risk.piotroski_f", 6.0, "6 of 9"),
        ("fraud.sloan_accruals", 0.1007, "10.1%"),
        ("fraud.benford", 0.018297, "0.0183"),
        ("fraud.claim_against_fact", 0.9997, "over 0.99"),
        ("fraud.claim_against_fact", 1.0, "1.00"),
        ("fraud.crowd", 0.0, "0.00"),
    ],
)
def test_a_score_is_told_in_its_own_unit(kind: str, value: float, told: str) -> None:
    assert numbers.score(kind, value) == told


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_withheld(value: float | None) -> None:
    assert numbers.score("risk", value) == "withheld"
    assert numbers.moved("risk", value) == "–"
    assert numbers.interval("risk", 0.1, value) == ""
    assert numbers.percentile(value) == ""
    assert numbers.money(value, "USD") == numbers.amount(value) == "–"


@pytest.mark.parametrize(
    ("kind", "difference", "told"),
    [
        ("risk", 0.021, "+2.1 pp"),
        ("risk", -1e-9, "0.0 pp"),
        ("fraud", -0.0012, "−0.12 pp"),
        ("sentiment", -0.1, "−0.10"),
        ("fraud.beneish_m", 0.5, "+0.50"),
        ("risk.piotroski_f", -2.0, "−2"),
    ],
)
def test_differences_of_percentages_are_points(kind: str, difference: float, told: str) -> None:
    assert numbers.moved(kind, difference) == told


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.floats(allow_nan=True))
def test_no_value_is_told_as_a_negative_zero_or_at_length(kind: str, value: float) -> None:
    for told in (numbers.score(kind, value), numbers.moved(kind, value)):
        assert "-" not in told.replace("e-", "")
        assert len(told) < 40
        assert not (told.startswith("−") and not any(c in "123456789" for c in told))


def test_every_kind_says_what_it_is_measured_in() -> None:
    assert all(numbers.unit(kind) for kind in ["risk", "fraud", "sentiment", *CHECKS])


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [
        (371_412_000.0, "USD", "$371.4 million"),
        (-300.0, "EUR", "−€300"),
        (1.234e9, "CHF", "CHF 1.2 billion"),
        (12.5, "GBP", "£12.50"),
        (0.0, "USD", "$0"),
        (-0.0, "USD", "$0"),
    ],
)
def test_money_carries_its_currency(amount: float, currency: str, told: str) -> None:
    assert numbers.money(amount, currency) == told


def test_facts_carry_their_unit() -> None:
    assert numbers.amount(371_412_000.0, "USD") == "$371.4 million"
    assert numbers.amount(12_345.6, "shares") == "12,345.6 shares"
    assert numbers.amount(0.00012, "pure") == "0.00012"


def test_percentiles_reach_no_end_by_rounding() -> None:
    told = {v: numbers.percentile(v) for v in (0.0, 0.2, 11.0, 71.2, 99.9, 100.0)}
    assert list(told.values()) == [f"{v} percentile" for v in ("0th", "1st", "11th", "71st", "99th", "100th")]


def test_moments_are_told_in_utc() -> None:
    elsewhere = datetime(2026, 5, 15, 23, 30, tzinfo=timezone(timedelta(hours=-4)))
    assert numbers.when(elsewhere) == "16 May 2026, 03:30 UTC"
    assert numbers.day(elsewhere) == "16 May 2026"
    assert numbers.when(None) == "never"


@pytest.mark.parametrize(
    ("back", "old", "told"),
    [
        (timedelta(seconds=5), "0 min", "just now"),
        (timedelta(minutes=3), "3 min", "3 min ago"),
        (timedelta(minutes=59, seconds=40), "1 h", "1 h ago"),
        (timedelta(hours=47), "47 h", "47 h ago"),
        (timedelta(hours=47, minutes=45), "2 days", "2 days ago"),
        (timedelta(days=1200), "1,200 days", "1,200 days ago"),
        (timedelta(days=-3), "0 min", "in 3 days"),
    ],
)
def test_ages_are_told_in_one_unit(back: timedelta, old: str, told: str) -> None:
    assert numbers.age(NOW - back, NOW) == old
    assert numbers.ago(NOW - back, NOW) == told
