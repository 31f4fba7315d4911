"""Coverage counts the truths that intervals hold, and abstention what withholding costs and saves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.models.model_worlds import random_model

from smalti.models.datasets.maec import Call, Closes
from smalti.models.evaluation import abstention, coverage
from smalti.models.evaluation.abstention import measure_abstention, stressed
from smalti.models.evaluation.calls import LAST, firsts
from smalti.models.evaluation.coverage import PATTERNS, measure_coverage, pattern_name
from smalti.models.heads import RISK
from smalti.models.prices import price_features

THROUGH = date(2016, 12, 29)


def closes(ticker: int, days: int = 900) -> Closes:
    rng = np.random.default_rng(ticker)
    start = np.datetime64("2015-01-01")
    moves = rng.normal(0, 0.01 * (1 + ticker % 3), days)
    return Closes(start + np.arange(days), 100 * np.cumprod(1 + moves))


def call(ticker: int, day: date) -> Call:
    rng = np.random.default_rng([ticker, day.toordinal()])
    text = rng.normal(size=(3, 384)).astype(np.float32)
    return Call(f"{day}-{ticker}", f"T{ticker}", day, text, rng.normal(size=(3, 29)).astype(np.float32))


@pytest.fixture(scope="module")
def world() -> tuple[Any, list[Call], dict[str, Closes]]:
    calls = [call(at % 6, date(2015, 10, 1) + timedelta(13 * at)) for at in range(40)]
    model = random_model(RISK)
    table = {
        "reach": np.full((8, 4), 1e6, np.float32),
        "reference": np.tile(np.linspace(-6, -2, 101, dtype=np.float32), (4, 1)),
    }
    return replace(model, table=table, trained_through=THROUGH), calls, {f"T{n}": closes(n) for n in range(6)}


@pytest.fixture(scope="module")
def figures(world: tuple[Any, list[Call], dict[str, Closes]]) -> dict[str, Any]:
    return measure_coverage(*world)


def test_an_interval_without_end_holds_every_truth_in_every_pattern(figures: dict[str, Any]) -> None:
    rows = figures["patterns"]["rows"]
    assert list(rows) == [pattern_name(p) for p in PATTERNS]
    assert rows["price + text + voice"]["inside_30"] == 1.0
    assert rows["voice"]["inside_3_interval"] == [1.0, 1.0]
    assert rows["text"]["cases"] == figures["calls"] == 4


def test_an_interval_of_no_width_holds_none(world: tuple[Any, list[Call], dict[str, Closes]]) -> None:
    model, calls, prices = world
    none = replace(model, table={**model.table, "reach": np.zeros((8, 4), np.float32)})
    row = coverage._covered(none, 7, _outputs(none, calls, prices), firsts(calls, prices, LAST))
    assert [row[f"inside_{days}"] for days in (3, 7, 15, 30)] == [0.0] * 4
    assert row["half_width"] == {"3": 0.0, "7": 0.0, "15": 0.0, "30": 0.0}


def _outputs(model: Any, calls: list[Call], prices: dict[str, Closes]) -> Any:
    return np.zeros((len(firsts(calls, prices, LAST)), 8), np.float32)


def test_a_call_counts_only_where_all_its_labels_are_known(
    world: tuple[Any, list[Call], dict[str, Closes]],
) -> None:
    _, calls, prices = world
    last = calls[10].day
    found = firsts(calls, prices, last)
    assert 0 < len(found) < 10
    assert all(sample.label_end <= last for sample in found)  # type: ignore[operator]  # each has an end


def test_only_calls_after_the_last_label_are_tested_and_only_those_before_calibrate(
    figures: dict[str, Any], world: tuple[Any, list[Call], dict[str, Closes]]
) -> None:
    _, calls, _ = world
    after = [c for c in calls if c.day > THROUGH]
    assert figures["calls"] == len(after)
    days = [name.split(" to ") for name in figures["stretches"]["rows"]]
    assert all(start <= end <= THROUGH.isoformat() for start, end in days)
    assert sum(row["cases"] for row in figures["stretches"]["rows"].values()) < len(calls) - len(after) + 1


def test_a_table_that_promises_no_gain_has_only_what_the_test_calls_showed(figures: dict[str, Any]) -> None:
    rows = figures["gains"]["rows"]
    assert len(rows) == 9
    assert "error_shrinks" not in rows["price, then voice too"]
    assert set(rows["price, then voice too"]["error_shrinks_test"]) == {"3", "7", "15", "30"}


def test_keeping_the_narrowest_leaves_the_others_out(figures: dict[str, Any]) -> None:
    rows = figures["kept_by_width"]["rows"]
    assert rows["narrowest 100%"]["error_left"] == {}
    assert rows["narrowest 25%"]["covers"]["30"] <= rows["narrowest 90%"]["covers"]["30"]


def test_stress_multiplies_past_and_future_volatility_alike() -> None:
    calm = closes(0)
    wild = stressed(calm, 3)
    assert (wild.days == calm.days).all()
    gained = price_features(wild.levels[:300]) - price_features(calm.levels[:300])
    np.testing.assert_allclose(gained[:4], np.log(3), atol=1e-3)
    crash = Closes(calm.days[:3], np.array([100.0, 60.0, 50.0]))
    assert stressed(crash, 5).levels.min() > 0


def test_what_is_withheld_is_what_lies_past_the_limit(
    world: tuple[Any, list[Call], dict[str, Closes]],
) -> None:
    model, calls, prices = world
    for network in model.networks:
        for _, features in network.features():
            features.low.fill_(-1e9)
            features.high.fill_(1e9)
    before, after = ([c for c in calls if (c.day <= THROUGH) is past] for past in (True, False))
    usual = measure_abstention(model, before, after, prices)["abstention"]["rows"]
    assert all(row["kept_x1"] == row["kept_x5"] == 1.0 for row in usual.values())
    assert "error_withheld" not in usual["30 days"]
    for network in model.networks:
        for _, features in network.features():
            features.high.fill_(-1e8)
    odd = measure_abstention(model, before, after, prices)
    assert odd["abstention"]["rows"]["30 days"]["kept_x1"] == 0.0
    assert odd["abstention"]["rows"]["3 days"]["kept_x1"] == 1.0
    assert list(odd["range_test"]["rows"]) == ["up to 100%"]


def test_the_bands_tell_how_errors_grow_with_what_is_out_of_range() -> None:
    found = abstention.Judged(
        errors=np.array([[0.1] * 4, [0.3] * 4, [0.8] * 4]),
        inside=np.array([[True] * 4, [True] * 4, [False] * 4]),
        outside=np.array([0.0, 0.05, 0.95]),
        factors=np.array([1.0, 1.5, 5.0]),
    )
    rows = abstention._by_band(found)
    assert {name: row["error"]["30"] for name, row in rows.items()} == {
        "none": 0.1,
        "up to 10%": 0.3,
        "up to 100%": 0.8,
    }
    assert rows["up to 100%"]["as_they_were"] == 0
    kept = abstention._kept(found)["30 days"]
    assert kept["kept_x1"] == 1.0
    assert (kept["error_kept"], kept["error_withheld"], kept["inside_withheld"]) == (0.2, 0.8, 0.0)
