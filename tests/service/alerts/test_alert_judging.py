"""When conditions hold, over frames of signals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from pydantic import TypeAdapter, ValidationError

from smalti.service.alerts.conditions import Condition, Rule
from smalti.service.alerts.judging import firings, judged

DAY = datetime(2024, 3, 4, tzinfo=UTC)
SCHEMA = {
    "signal_id": pl.String,
    "issuer_id": pl.String,
    "kind": pl.String,
    "horizon_days": pl.Int64,
    "as_of": pl.Datetime("us", "UTC"),
    "recorded_at": pl.Datetime("us", "UTC"),
    **dict.fromkeys(("value", "low", "high", "percentile"), pl.Float64),
    "model_version": pl.String,
    "in_sample": pl.Boolean,
    "missing": pl.List(pl.String),
    "stale": pl.List(pl.String),
}


def frame(*values: float | None, issuer: str = "a", **columns: list[Any]) -> pl.DataFrame:
    """One signal a day."""
    n = len(values)
    moments = [DAY + timedelta(days=i) for i in range(n)]
    rows = {
        "signal_id": [f"{issuer}{i}" for i in range(n)],
        "issuer_id": [issuer] * n,
        "kind": ["risk"] * n,
        "horizon_days": [30] * n,
        "as_of": moments,
        "recorded_at": moments,
        "value": list(values),
        "low": [None] * n,
        "high": [None] * n,
        "percentile": [None] * n,
        "model_version": ["m"] * n,
        "in_sample": [False] * n,
        "missing": [[]] * n,
        "stale": [[]] * n,
    }
    return pl.DataFrame(rows | columns, schema=SCHEMA)


def condition(**told: Any) -> Any:
    return TypeAdapter(Condition).validate_python({"signal": "risk"} | told)


def fires(told: dict[str, Any], rows: pl.DataFrame) -> list[bool | None]:
    return judged(condition(**told), rows)["fires"].to_list()


def alerts(told: dict[str, Any], rows: pl.DataFrame, hours: float = 0) -> list[tuple[str, str]]:
    """Signal and the signal that raised its alert."""
    found = firings(judged(condition(**told), rows), timedelta(hours=hours))
    return [(one.row["signal_id"], one.first["signal_id"]) for one in found]


def test_a_level_is_passed_strictly_and_by_a_value_only():
    rows = frame(0.3, 0.31, None, float("nan"), 0.29)
    assert fires({"when": "level", "above": 0.3}, rows) == [False, True, None, None, False]
    assert judged(condition(when="level", above=0.3), rows)["unjudged"].to_list() == [
        None, None, "withheld", "withheld", None,
    ]  # fmt: skip
    assert fires({"when": "level", "below": 0.3}, rows) == [False, False, None, None, True]


def test_what_the_model_was_trained_on_fires_only_where_that_is_asked_for():
    rows = frame(0.9, 0.9, in_sample=[True, False])
    assert fires({"when": "level", "above": 0.3}, rows) == [None, True]
    assert fires({"when": "level", "above": 0.3, "in_sample": True}, rows) == [True, True]


def test_sure_looks_at_the_near_end_of_the_interval():
    rows = frame(0.5, 0.5, 0.5, 0.5, low=[0.2, 0.4, None, float("nan")], high=[0.6] * 4)
    assert fires({"when": "level", "above": 0.3, "sure": True}, rows) == [False, True, None, None]
    assert fires({"when": "level", "below": 0.55, "sure": True}, rows) == [False] * 4
    assert fires({"when": "level", "below": 0.65, "sure": True}, rows) == [True] * 4


def test_an_alert_lasts_until_the_condition_ended_by_a_margin():
    rows = frame(0.41, 0.39, 0.41, 0.37, 0.42)
    assert alerts({"when": "level", "above": 0.4}, rows) == [("a0", "a0"), ("a2", "a0"), ("a4", "a4")]
    assert alerts({"when": "level", "above": 0.4, "margin": 0}, rows) == [
        ("a0", "a0"), ("a2", "a2"), ("a4", "a4"),
    ]  # fmt: skip


def test_one_that_begins_again_within_the_window_is_the_same_alert():
    rows = frame(0.5, 0.1, 0.5, 0.1, 0.5)
    assert alerts({"when": "level", "above": 0.4}, rows, hours=48) == [
        ("a0", "a0"), ("a2", "a0"), ("a4", "a4"),
    ]  # fmt: skip


def test_a_withheld_value_neither_fires_nor_ends_an_alert():
    rows = frame(0.5, None, 0.5)
    assert alerts({"when": "level", "above": 0.4}, rows) == [("a0", "a0"), ("a2", "a0")]


def test_series_do_not_touch_one_another():
    rows = pl.concat([frame(0.5, 0.1, issuer="a"), frame(0.2, 0.5, issuer="b")])
    assert alerts({"when": "level", "above": 0.4}, rows) == [("a0", "a0"), ("b1", "b1")]


def test_a_move_counts_from_the_far_end_of_the_days_before():
    rows = frame(0.30, 0.20, 0.25, 0.31, 0.31)
    told = {"when": "change", "by": 0.1, "days": 2}
    found = judged(condition(**told, direction="up"), rows)
    assert found["fires"].to_list() == [None, False, False, True, False]
    assert found["before"].to_list()[3] == pytest.approx(0.20)
    assert fires(told | {"direction": "down"}, rows) == [None, True, False, False, False]
    assert fires(told, rows) == [None, True, False, True, False]


def test_a_relative_move_is_a_share_of_where_it_came_from():
    rows = frame(0.2, 0.3, 0.0, 0.1)
    told = {"when": "change", "by": 0.5, "relative": True, "days": 1, "direction": "up"}
    assert fires(told, rows) == [None, True, False, None]  # from nothing there is no share


def test_what_another_model_says_is_no_move():
    rows = frame(0.2, 0.9, 0.9, model_version=["m", "n", "n"])
    assert fires({"when": "change", "by": 0.1, "days": 7}, rows) == [None, None, False]


def test_a_move_is_not_held_against_what_is_older_than_its_days():
    rows = frame(0.1, 0.5, 0.5, 0.5)
    assert fires({"when": "change", "by": 0.3, "days": 1}, rows) == [None, True, False, False]


def test_a_percentile_of_the_reference_is_the_stored_one():
    rows = frame(0.2, 0.2, 0.2, percentile=[96.0, 95.0, None])
    assert fires({"when": "percentile", "above": 95}, rows) == [True, False, None]


def test_a_percentile_of_its_own_history_needs_twenty_earlier_values():
    rows = frame(*(i / 100 for i in range(20)), 0.5, 0.05, 0.5)
    found = judged(condition(when="percentile", above=90, of="own"), rows)
    assert found["fires"].to_list() == [None] * 20 + [True, False, True]
    assert found["measure"].to_list()[20:] == pytest.approx([100.0, 100 * 6 / 21, 100.0])
    assert found["unjudged"].to_list()[:20] == ["history too short"] * 20


def test_its_own_history_holds_nothing_of_the_same_moment_or_in_sample():
    same = [DAY] * 30
    rows = frame(*([0.1] * 30), as_of=same)
    assert fires({"when": "percentile", "above": 50, "of": "own"}, rows) == [None] * 30
    rows = frame(*([0.1] * 30), in_sample=[True] * 25 + [False] * 5)
    assert fires({"when": "percentile", "above": 50, "of": "own"}, rows) == [None] * 30


def test_missing_or_old_evidence_is_found_by_modality_or_pair():
    rows = frame(0.1, 0.1, None, missing=[["voice@call"], [], []], stale=[[], ["text@call"], []])
    told = {"when": "stale evidence", "signal": "risk"}
    assert fires(told | {"modality": "text"}, rows) == [False, True, False]
    assert fires(told | {"modality": "voice", "state": "missing"}, rows) == [True, False, False]
    assert fires(told | {"modality": "text@call", "state": "either"}, rows) == [False, True, False]
    assert fires(told | {"modality": "text@news", "state": "either"}, rows) == [False, False, False]


@pytest.mark.parametrize(
    "told",
    [
        {"when": "level"},
        {"when": "level", "above": 1, "below": 2},
        {"when": "level", "above": float("inf")},
        {"when": "level", "above": float("nan")},
        {"when": "change", "by": 0},
        {"when": "change", "by": 0.1, "days": 0},
        {"when": "change", "by": 0.1, "days": 10**30},
        {"when": "percentile", "above": 101},
        {"when": "level", "above": 1, "signal": "risk; DROP TABLE signals"},
        {"when": "stale evidence", "modality": "VOICE'"},
        {"when": "never"},
    ],
)
def test_conditions_that_make_no_sense_are_refused(told):
    with pytest.raises(ValidationError):
        condition(**told)


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\nb", "\ud800", "x" * 201])
def test_names_are_words(name):
    with pytest.raises(ValidationError):
        Rule.model_validate({"name": name, "condition": {"when": "contradiction"}})
